"""Parameters that many routes take, each with one spelling, one check and one description."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request
from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from api import document
from api.errors import BadInput

ID = r"^[A-Za-z0-9._-]{1,64}$"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+ -]\d\d:?\d\d)")
YEARS = range(1970, 2200)


def _instant(value: Any) -> Any:
    """RFC 3339 with its offset. A `+` that the URL turned into a blank is read as meant."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("give an RFC 3339 time with offset, e.g. 2026-03-29T00:00:00Z")
    text = re.sub(r" (\d\d:?\d\d)$", r"+\1", value.upper())
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    moment = datetime.fromisoformat(text)
    if moment.year not in YEARS:
        raise ValueError("the year must lie between 1970 and 2199")
    return moment.astimezone(UTC)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("NUL is not text")
    return text


Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
NoNul = AfterValidator(_storable)
Text = Annotated[str, NoNul]
# `Text` here would have the length checked before the blanks are gone.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Id = Annotated[str, StringConstraints(pattern=ID)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]

DeviceId = Annotated[str, Path(pattern=ID, description="Device id, as in its topics.")]
CustomerId = Annotated[str, Path(pattern=ID, description="Customer id.")]
Search = Annotated[Text | None, Query(min_length=1, max_length=100, description="Part of an id, a serial or a name.")]


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open `[start, end)`, UTC."""

    start: datetime
    end: datetime


def period(default: timedelta, longest: timedelta) -> Callable[..., Period]:
    """A dependency that reads `from` and `to`: `to` is now and `from` is `default` before it, unless given."""
    begin = f"Begin; {default.days} day{'s' if default.days > 1 else ''} before `to` unless given."

    def read(
        from_: Instant | None = Query(None, alias="from", description=begin),
        to: Instant | None = Query(None, description="End, not included; now unless given."),
    ) -> Period:
        end = to or datetime.now(UTC)
        start = from_ or end - default
        if start >= end:
            raise BadInput("`from` must lie before `to`; they are half-open", kind="bad-period")
        if end - start > longest:
            raise BadInput(f"the period is longer than {longest.days} days; ask for less at once", kind="bad-period")
        return Period(start, end)

    return read


def known_parameters(request: Request) -> None:
    """Refuse a query parameter the route does not declare: a misspelt filter must not answer everything."""
    known = document.query_parameters(request.app, request.method.replace("HEAD", "GET"), request.scope["route"].path)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        allowed = ", ".join(sorted(known)) or "none"
        named = ", ".join(repr(name[:64]) for name in unknown[:5])
        raise BadInput(f"unknown query parameter {named}; this route knows: {allowed}", kind="unknown-parameter")
