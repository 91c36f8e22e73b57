"""From what pydantic found to what the author reads: where, what is wrong, what is allowed."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from catalog.errors import Problem
from catalog.model import (
    Attribute,
    Battery,
    Command,
    Doses,
    Event,
    FailureMode,
    Fault,
    Product,
    Setting,
    Signal,
    Stock,
    Text,
    Use,
    Words,
)

Location: TypeAlias = tuple[int | str, ...]

_NAMES = ("key", "kind", "name")
_SHOWN_CHARACTERS = 60
_OF_ABSENT_KEYS = ("missing", "extra_forbidden", "rule")
"""Types of errors whose place may be a key that the file does not have."""

_KEY = "a-z, 0-9 and _, a letter first, at most 48 characters"
EXPECTED: dict[str, str] = {
    "key": _KEY,
    "kind": _KEY,
    "name": _KEY,
    "version": "a whole number from 1, raised with every change",
    "label": '{ en = "...", fa = "..." }, 1 to 200 characters each',
    "part": '{ en = "...", fa = "..." }, 1 to 200 characters each',
    "action": '{ en = "...", fa = "..." }, 1 to 200 characters each',
    "en": "English text, 1 to 200 characters",
    "fa": "Persian text, 1 to 200 characters",
    "words": '{ en = ["..."], fa = ["..."] }',
    "value_labels": '{ word = { en = "...", fa = "..." } }, words of its values',
    "heartbeat_s": "seconds, above 0",
    "signal": "at least one [[signal]], at most 400",
    "type": "float32, float64, int64, bool, enum or text",
    "range": "[lowest, highest], two numbers",
    "event": "the key of an [[event]]",
    "opened_by": "the key of an [[event]]",
    "empty": "the key of an [[event]]",
    "level": "the key of a [[signal]] of numbers",
    "taken": "the key of an [[event]]",
    "missed": "the key of an [[event]]",
    "signals": "a list of keys of [[signal]], at least one",
    "horizon_days": "days, above 0",
    "cost_failure": "money in VOP_CURRENCY, 0 or more",
    "cost_visit": "money in VOP_CURRENCY, 0 or more",
    "cost_part": "money in VOP_CURRENCY, 0 or more",
    "lead_time_days": "days, 0 or more",
    "visit_effect": "a share, 0 to 1",
    "roles": "a list of admin, support, maintenance, clinician, carer, stock, quality",
    "timeout_s": "seconds, above 0",
    "default": "a value of the setting's type",
    "count": "1, or the key of a required int64 attribute of the event",
}
"""What belongs under a key: each one that may be missing by mistake, or be of several types."""

_TABLES: dict[str, type[Any]] = {
    "signal": Signal,
    "event": Event,
    "attribute": Attribute,
    "argument": Attribute,
    "use": Use,
    "battery": Battery,
    "stock": Stock,
    "doses": Doses,
    "fault": Fault,
    "failure_mode": FailureMode,
    "command": Command,
    "setting": Setting,
    "label": Text,
    "part": Text,
    "action": Text,
    "words": Words,
}
"""Which model reads the table of that name."""


def unfit(file: Path, raw: Mapping[str, Any]) -> list[Problem]:
    """TOML values that no key takes: dates, and text that holds control characters."""
    return [
        Problem(file, path_of(raw, location), wrong, allowed) for location, wrong, allowed in _unfit_values(raw, ())
    ]


def explain(file: Path, raw: Mapping[str, Any], error: ValidationError) -> list[Problem]:
    """Every problem in the order of the file's keys; one for each place."""
    found: dict[str, Problem] = {}
    for each in error.errors(include_url=False):
        if each["type"] == "references":
            for path, wrong, allowed in each["ctx"]["findings"]:
                found.setdefault(path, Problem(file, path, wrong, allowed))
            continue
        if each["type"] == "too_short" and each["input"]:
            continue  # its entries were refused, which is told already
        location = _existing(raw, each["loc"], missing=each["type"] in _OF_ABSENT_KEYS)
        path = path_of(raw, location)
        wrong, allowed = _words(location, each)
        if path in found:  # the branches of a union each complain
            allowed = EXPECTED[str(location[-1])]
        found[path] = Problem(file, path, wrong, allowed)
    return list(found.values())


def path_of(raw: Mapping[str, Any], location: Location) -> str:
    """`signal[3].unit (battery_pct)`: the place, and the keys of the entries it lies in."""
    text, names, here = "", [], raw
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        here = _into(here, step)
        if isinstance(step, int) and isinstance(here, Mapping):
            names += [here[name] for name in _NAMES if isinstance(here.get(name), str)][:1]
    return f"{text} ({'.'.join(names)})" if names else text


def _into(here: Any, step: int | str) -> Any:
    if isinstance(here, Mapping):
        return here.get(str(step))
    if isinstance(here, Sequence) and not isinstance(here, str) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def _existing(raw: Mapping[str, Any], location: Location, *, missing: bool) -> Location:
    """The location without pydantic's tags for branches of a union: no keys of the file."""
    here: Any = raw
    for depth, step in enumerate(location):
        last = missing and depth == len(location) - 1
        if not last and _into(here, step) is None:
            return location[:depth]
        here = _into(here, step)
    return location


def _words(location: Location, error: Any) -> tuple[str, str]:
    kind = error["type"]
    name = next((step for step in reversed(location) if isinstance(step, str)), "")
    if kind == "rule":
        return error["ctx"]["wrong"], error["ctx"]["allowed"]
    if kind == "missing":
        if name in ("key", "name", "kind"):
            return "is missing", _key_rule(location)
        return "is missing", "a list of texts" if "words" in location[:-1] else EXPECTED[name]
    if kind == "extra_forbidden":
        known = sorted(_model_of(location[:-1]).model_fields)
        close = difflib.get_close_matches(name, known, 1)
        hint = f", did you mean {close[0]!r}?" if close else ""
        return f"is not a key here{hint}", ", ".join(known)
    if kind == "string_pattern_mismatch":
        return f"{_shown(error['input'])} is not a well-formed word", _key_rule(location)
    if kind in ("too_short", "string_too_short"):
        return "is empty", EXPECTED.get(name, "at least one character")
    if kind == "too_long":
        return (
            f"has {error['ctx']['actual_length']} entries",
            f"at most {error['ctx']['max_length']}",
        )
    allowed = str(error["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return f"{_shown(error['input'])} is not allowed", _IN_TOML.get(kind, allowed)


_IN_TOML = {
    "tuple_type": "a list in [ ]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "string_type": 'text in "quotes"',
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
}


def _key_rule(location: Location) -> str:
    if location == ("key",):
        return "a-z, 0-9 and _, a letter first, at most 32 characters: it names tables"
    return "printable ASCII without blanks, at most 48 characters" if "values" in location else _KEY


def _model_of(location: Location) -> type[Any]:
    if "value_labels" in location:  # below it stand words of an enum, whatever they are called
        return Text
    names = [step for step in location if isinstance(step, str)]
    return _TABLES[names[-1]] if names else Product


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."


def _unfit_values(value: Any, location: Location) -> Iterator[tuple[Location, str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unfit_values(inner, (*location, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _unfit_values(inner, (*location, at))
    elif isinstance(value, datetime.date | datetime.time):
        yield location, f"{value} is a date or time of TOML", 'a number, or text in "quotes"'
    elif isinstance(value, str) and any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        yield location, "the text holds control characters", "one line of text"
