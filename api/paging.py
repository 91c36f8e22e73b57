"""Lists: `{"items": [...], "next": cursor|null}`, continued by key and never by offset.

A cursor is opaque to clients. It names the list it belongs to and the key of the last item seen; whatever does not
decode to exactly that is refused, so a forged one can at most point elsewhere in a list its sender may read anyway.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar, overload

import orjson
from fastapi import Query
from pydantic import BaseModel

from api.errors import BadInput

MAX_LIMIT = 500
DEFAULT_LIMIT = 100
MAX_CURSOR_CHARS = 512

Part: TypeAlias = int | str | datetime
A = TypeVar("A", int, str, datetime)
B = TypeVar("B", int, str, datetime)
C = TypeVar("C", int, str, datetime)
D = TypeVar("D", int, str, datetime)
Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items to return.")]
Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR_CHARS, description="`next` of the page before, with otherwise the same parameters."),
]


class Page(BaseModel, Generic[Item]):
    """Part of a list. `next` is null on the last page."""

    items: list[Item]
    next: str | None = None


def encode(name: str, *parts: Part) -> str:
    """The cursor of list `name` after the item whose key is `parts`."""
    plain = [p.astimezone(UTC).isoformat() if isinstance(p, datetime) else p for p in parts]
    return base64.urlsafe_b64encode(orjson.dumps([name, *plain])).rstrip(b"=").decode()


@overload
def decode(cursor: str | None, name: str, a: type[A], /) -> tuple[A] | None: ...
@overload
def decode(cursor: str | None, name: str, a: type[A], b: type[B], /) -> tuple[A, B] | None: ...
@overload
def decode(cursor: str | None, name: str, a: type[A], b: type[B], c: type[C], /) -> tuple[A, B, C] | None: ...
@overload
def decode(
    cursor: str | None, name: str, a: type[A], b: type[B], c: type[C], d: type[D], /
) -> tuple[A, B, C, D] | None: ...
def decode(cursor: str | None, name: str, /, *shape: Any) -> tuple[Part, ...] | None:
    """The key within `cursor`, of the types in `shape`; None without one. Raises `BadInput` ("bad-cursor")."""
    if cursor is None:
        return None
    if "=" in cursor:
        raise _bad()
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        said = orjson.loads(raw)
    except (ValueError, binascii.Error) as error:
        raise _bad() from error
    if not isinstance(said, list) or len(said) != len(shape) + 1 or said[0] != name:
        raise _bad()
    return tuple(_part(value, kind) for value, kind in zip(said[1:], shape, strict=True))


def _part(value: object, kind: type[Part]) -> Part:
    if kind is datetime and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise _bad() from error
        if moment.tzinfo is None or not 1900 <= moment.year <= 2999:
            raise _bad()
        return moment
    if kind is int and type(value) is int and abs(value) < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise _bad()


def _bad() -> BadInput:
    return BadInput("the cursor is not one this list has given; start again without it", kind="bad-cursor")


def page(
    name: str,
    rows: Sequence[Row],
    limit: int,
    key: Callable[[Row], tuple[Part, ...]],
    shown: Callable[[Row], Item | None],
) -> Page[Item]:
    """A page of `rows` (at most `limit`), with the cursor of the next one if there may be more.

    Rows for which `shown` is None are left out; such a page is short, and not the last for that.
    """
    items = [item for item in map(shown, rows) if item is not None]
    return Page(items=items, next=encode(name, *key(rows[-1])) if rows and len(rows) >= limit else None)
