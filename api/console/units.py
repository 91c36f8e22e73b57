"""UCUM codes as people write them: symbols where there is one, counted words for the rest."""

from __future__ import annotations

import gettext
import re

_SYMBOLS = {
    "1": "", "Cel": "°C", "[degF]": "°F", "dB{mW}": "dBm", "W.h": "Wh", "kW.h": "kWh", "mA.h": "mAh", "A.h": "Ah",
    "MBy": "MB", "kBy": "kB", "GBy": "GB", "By": "B", "m2": "m²", "m3": "m³", "/min": "1/min", "deg": "°", "Ohm": "Ω",
    "um": "µm",
}  # fmt: skip
"""Where the code is not already the symbol."""
_NOTE = re.compile(r"\{([^}]*)\}")


def shown(code: str, texts: gettext.NullTranslations) -> str:
    """The symbol or plural word of a UCUM code; empty for a plain number."""
    return _SYMBOLS.get(code) if code in _SYMBOLS else counted(code, 2, texts) or _NOTE.sub(r"\1", code)  # type: ignore[return-value]


def counted(code: str, count: float, texts: gettext.NullTranslations) -> str | None:
    """The word for things that are counted, e.g. doses; None for units that are written as symbols."""
    number = 1 if count == 1 else 2
    _n = texts.ngettext
    match code:
        case "{dose}":
            return _n("dose", "doses", number)
        case "{event}":
            return _n("event", "events", number)
        case "{item}":
            return _n("item", "items", number)
        case "{retry}":
            return _n("retry", "retries", number)
        case "{screen}":
            return _n("screen", "screens", number)
        case "{session}":
            return _n("session", "sessions", number)
        case "{step}":
            return _n("step", "steps", number)
        case "min":
            return texts.gettext("min")
        case "h":
            return texts.gettext("h")
        case "s":
            return texts.gettext("s")
        case "d":
            return _n("day", "days", number)
        case _:
            found = _NOTE.fullmatch(code)
            return found[1] if found else None
