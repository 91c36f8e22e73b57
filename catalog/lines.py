"""On which line of a product file something stands, for whoever edits it."""

from __future__ import annotations

import re
from typing import TypeAlias

Location: TypeAlias = tuple[int | str, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*[.=]")
_STEP = re.compile(r"([^.\[\]\s(]+)|\[(\d+)\]")
_LINE = re.compile(r"line (\d+)")


def line_of(text: str, place: str) -> int | None:
    """The line, from 1, of a `Problem`'s place in `text`: of the nearest table when the key itself is not there.

    None where the place names none of the file's own. Text of several lines in quotes may mislead it.
    """
    told = _LINE.match(place)
    if told:
        return int(told[1])
    if place.startswith("end of "):  # as tomllib says it of the document
        return max(1, len(text.splitlines()))
    wanted = _location(place)
    known = _lines(text)
    return next((known[wanted[:size]] for size in range(len(wanted), 0, -1) if wanted[:size] in known), None)


def _location(place: str) -> Location:
    return tuple(int(index) if index else name for name, index in _STEP.findall(place.partition(" (")[0]))


def _lines(text: str) -> dict[Location, int]:
    found: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    here: Location = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            here = ()
            *outer, last = header[2].split(".")
            for name in outer:
                here = (*here, name)
                if here in counts:
                    here = (*here, counts[here])
            here = (*here, last)
            if header[1] == "[[":
                counts[here] = counts.get(here, -1) + 1
                found.setdefault(here, number)
                here = (*here, counts[here])
            found.setdefault(here, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*here, key[1]), number)
    return found
