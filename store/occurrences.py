"""How often and when events of some kinds happened to a device, over spans of time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from store.database import Connection
from store.errors import translated

Span = tuple[datetime, datetime]
"""Half-open."""


class Occurrence(NamedTuple):
    """One event, by its identity."""

    ts: datetime
    boot: int
    seq: int
    kind: str


def _arguments(device_id: int, kinds: Collection[str], spans: Sequence[Span]) -> dict[str, object]:
    return {
        "device": device_id,
        "kinds": list(kinds),
        "since": [since for since, _ in spans],
        "until": [until for _, until in spans],
    }


_FROM = """FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS span (since, until)
    CROSS JOIN unnest(%(kinds)s::text[]) AS wanted (kind)
    JOIN events e ON e.device_id = %(device)s AND e.kind = wanted.kind AND e.ts >= since AND e.ts < until"""


@translated()
def counts(conn: Connection, device_id: int, kinds: Collection[str], spans: Sequence[Span]) -> dict[str, int]:
    """How many events of each of `kinds` there were within `spans`, which do not overlap."""
    rows = conn.execute(
        f"SELECT e.kind, count(*) {_FROM} GROUP BY e.kind",
        _arguments(device_id, kinds, spans),
    ).fetchall()
    found: dict[str, int] = dict(rows)
    return {kind: found.get(kind, 0) for kind in kinds}


@translated()
def first(conn: Connection, device_id: int, kinds: Collection[str], spans: Sequence[Span]) -> Occurrence | None:
    """The earliest event of one of `kinds` within `spans`."""
    row = conn.execute(
        f"SELECT e.ts, e.boot, e.seq, e.kind {_FROM} ORDER BY e.ts, e.boot, e.seq LIMIT 1",
        _arguments(device_id, kinds, spans),
    ).fetchone()
    return None if row is None else Occurrence(*row)
