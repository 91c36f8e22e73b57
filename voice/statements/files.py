"""Statements out of a file: CSV with a header, or a JSON object a line. A bad row is told and stops no other."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, cast

from store.statements import CHANNELS, Language
from voice.errors import BadFile
from voice.statements.taking import Said

Form: TypeAlias = Literal["csv", "jsonl"]

REQUIRED: Final = ("customer", "channel", "text", "said_at")
OPTIONAL: Final = ("device", "case", "split", "lang", "answered_at", "ref")
MAX_FIELD: Final = 64_000
"""Characters of one cell or line; what is longer is no statement."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: what was said, or why it cannot be read."""

    number: int
    """Line of the file it ends on, from 1."""
    said: Said | None
    problem: str | None = None


def rows(lines: Iterable[str], form: Form) -> Iterator[Row]:
    """The rows of a file. Raises `BadFile` when it is no such file, or a column is unknown, missing or there twice."""
    yield from _of_csv(lines) if form == "csv" else _of_jsonl(lines)


def _of_jsonl(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > MAX_FIELD:
            yield Row(number, None, "the line is too long")
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(number, None, "it is not readable JSON")
            continue
        yield row(number, found)


def _of_csv(lines: Iterable[str]) -> Iterator[Row]:
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check(header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                yield Row(reader.line_num, None, f"it has {len(cells)} columns, the first line {len(header)}")
                continue
            yield row(reader.line_num, {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()})
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num}: {error}") from error


def _check(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = sorted(set(header) - {*REQUIRED, *OPTIONAL})
    twice = sorted({name for name in header if header.count(name) > 1})
    for names, what in ((missing, "lacks"), (unknown, "has the unknown"), (twice, "repeats the")):
        if names:
            raise BadFile(
                f"the first line {what} column {', '.join(names) or '(blank)'}; columns are {', '.join(REQUIRED)} "
                f"and, as you like, {', '.join(OPTIONAL)}"
            )


class _Wrong(Exception):
    """What is wrong with a row, for a person."""


def row(number: int, found: Any) -> Row:
    """The row that a JSON value is."""
    if not isinstance(found, dict):
        return Row(number, None, "it is no JSON object")
    try:
        return Row(number, _said(found))
    except _Wrong as wrong:
        return Row(number, None, str(wrong))


def _said(found: Mapping[str, Any]) -> Said:
    unknown = sorted(set(found) - {*REQUIRED, *OPTIONAL})
    if unknown:
        raise _Wrong(f"unknown member {', '.join(map(repr, unknown[:5]))}")
    values = {name: _text(name, found.get(name)) for name in ("customer", "channel", "text", "device", "lang", "ref")}
    for name in ("customer", "channel", "text"):
        if not values[name]:
            raise _Wrong(f"{name} is missing")
    said_at = _time("said_at", found.get("said_at"))
    if said_at is None:
        raise _Wrong("said_at is missing")
    if values["channel"] not in CHANNELS:
        raise _Wrong(f"channel is none of {', '.join(CHANNELS)}")
    if values["lang"] not in (None, "en", "fa"):
        raise _Wrong("lang is neither en nor fa")
    if values["ref"] is not None and len(values["ref"]) > 200:
        raise _Wrong("ref has more than 200 characters")
    return Said(
        customer=values["customer"] or "",
        channel=values["channel"],
        text=values["text"] or "",
        said_at=said_at,
        device=values["device"],
        case=_number(found.get("case")),
        split=_flag(found.get("split")),
        lang=cast(Language | None, values["lang"]),
        answered_at=_time("answered_at", found.get("answered_at")),
        ref=values["ref"],
    )


def _text(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or "\0" in value:
        raise _Wrong(f"{name} is no text")
    return value if name == "text" else value.strip()


def _time(name: str, value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 2200:
        raise _Wrong(f"{name} is no RFC 3339 time with an offset, like 2026-03-29T08:00:00+02:00")
    return moment


def _number(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 19:
        return int(value)
    raise _Wrong("case is no number of a case")


def _flag(value: Any) -> bool:
    if value in (None, "", False) or (isinstance(value, str) and value.strip().lower() in ("no", "false", "0")):
        return False
    if value is True or (isinstance(value, str) and value.strip().lower() in ("yes", "true", "1")):
        return True
    raise _Wrong("split is neither yes nor no")
