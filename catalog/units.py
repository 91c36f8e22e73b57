"""Units as UCUM codes (the Unified Code for Units of Measure, case sensitive): is this text one?

The grammar is whole; of the atoms, those in square brackets (customary units such as `[in_i]`)
are taken on trust, all others are listed.
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 32

_PREFIXES = [
    "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a",
    "z", "y", "Ki", "Mi", "Gi", "Ti",
]  # fmt: skip
_METRIC = [
    "m", "s", "g", "rad", "K", "C", "cd", "mol", "sr", "Hz", "N", "Pa", "J", "W", "A", "V", "F",
    "Ohm", "S", "Wb", "Cel", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "l", "L", "ar", "t", "bar",
    "u", "eV", "pc", "kat", "U", "By", "bit", "Bd", "B", "Np", "Ci", "R", "RAD", "REM", "P", "St",
    "G", "Mx", "Oe", "Gb", "Ky", "sb", "Lmb", "ph", "gf", "cal", "dyn", "erg", "mho", "st", "eq",
    "osm", "tex", "g%", "m[H2O]", "m[Hg]", "B[SPL]", "B[V]", "B[mV]", "B[uV]", "B[10.nV]", "B[W]",
    "B[kW]",
]  # fmt: skip
_OTHER = [
    "%", "deg", "gon", "'", "''", "min", "h", "d", "wk", "mo", "mo_s", "mo_j", "mo_g", "a", "a_t",
    "a_j", "a_g", "AU", "atm", "bit_s", "circ", "sph", "b", "10*", "10^",
]  # fmt: skip


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CUSTOMARY = r"\[[A-Za-z0-9_'*^/%.\-]+\]"
_UNIT = rf"(?:(?:{_any_of(_PREFIXES)})?(?:{_any_of(_METRIC)})|{_any_of(_OTHER)}|{_CUSTOMARY})"
_NOTE = r"\{[!-z|~]*\}"
_COMPONENT = re.compile(rf"(?:{_UNIT}(?:[+-]?[1-9][0-9]*)?(?:{_NOTE})?|[1-9][0-9]*(?:{_NOTE})?|{_NOTE})")
_PARENTHESES = re.compile(r"\(([^()]*)\)([+-]?[1-9][0-9]*)?")
_SEPARATOR = re.compile(r"[./](?![^\[]*\])(?![^{]*\})")

_MEANT = {
    "": "1", "°C": "Cel", "°c": "Cel", "degC": "Cel", "celsius": "Cel", "Celsius": "Cel",
    "°F": "[degF]", "percent": "%", "pct": "%", "rpm": "/min", "RPM": "/min", "sec": "s",
    "seconds": "s", "minutes": "min", "hours": "h", "hr": "h", "days": "d", "ppm": "[ppm]",
    "ppb": "[ppb]", "dBm": "dB{mW}", "dbm": "dB{mW}", "Ah": "A.h", "mAh": "mA.h", "Wh": "W.h",
    "kWh": "kW.h", "m²": "m2", "m³": "m3", "µm": "um", "°": "deg", "ohm": "Ohm", "Ω": "Ohm",
    "litre": "L", "liter": "L", "bytes": "By", "kg/m³": "kg/m3", "count": "{count}",
    "pcs": "{piece}", "items": "{item}", "none": "1", "kwh": "kW.h",
}  # fmt: skip
"""What people write where UCUM says otherwise."""


def is_ucum(unit: str) -> bool:
    """Whether `unit` is a UCUM code of at most 32 characters."""
    if not 0 < len(unit) <= MAX_CHARACTERS:
        return False
    unit = re.sub(_NOTE, "{}", unit)  # what stands in a note is free text, parentheses too
    while (inner := _PARENTHESES.search(unit)) is not None:
        if not _is_term(inner[1]):
            return False
        unit = f"{unit[: inner.start()]}1{unit[inner.end() :]}"
    return _is_term(unit.removeprefix("/"))


def meant(unit: str) -> str | None:
    """The UCUM code for a common other spelling of a unit, or None."""
    return _MEANT.get(unit.strip())


def _is_term(text: str) -> bool:
    return all(_COMPONENT.fullmatch(component) for component in _SEPARATOR.split(text))
