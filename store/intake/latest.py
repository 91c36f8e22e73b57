"""The newest value of every signal, merged once a batch. Newest by (ts, boot, seq), never by arrival.

The row of `latest` is also the lock that orders batches of one device: workers that share a subscription may hold
elements of the same device at the same time, and continuity is computed from what is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from catalog.elements import Reading
from store.database import Connection
from store.intake.arrays import integers
from store.rollups.marks import GROWN

Signals: TypeAlias = dict[str, list[Any]]
"""Signal key -> [ts_ms, boot, seq, value]."""


def lock(conn: Connection, device_ids: Collection[int]) -> dict[int, Signals]:
    """Lock the rows of these devices in order, making those that are missing; return what they hold."""
    ids = integers(sorted(device_ids))
    rows = conn.execute(_LOCK, (ids,)).fetchall()
    if len(rows) < len(device_ids):
        conn.execute(
            """INSERT INTO latest (device_id, updated_at)
               SELECT d, '-infinity' FROM unnest(%s::int[]) d ON CONFLICT DO NOTHING""",
            (ids,),
        )
        rows = conn.execute(_LOCK, (ids,)).fetchall()
    return dict(rows)


_LOCK = "SELECT device_id, signals FROM latest WHERE device_id = ANY(%s::int[]) ORDER BY device_id FOR UPDATE"


def merge(known: Signals, readings: Sequence[Reading]) -> Signals:
    """The signals of `readings` that are newer than the `known` ones."""
    newer: Signals = {}
    for reading in sorted(readings, key=_order, reverse=True) if len(readings) > 1 else readings:
        # Newest first: most readings of a batch add no key, which one comparison of sets tells.
        if reading.values.keys() <= newer.keys():
            continue
        for key, value in reading.values.items():
            if key not in newer:
                newer[key] = [reading.ts_ms, reading.boot, reading.seq, value]
    return {key: value for key, value in newer.items() if key not in known or value[:3] > known[key][:3]}


def _order(reading: Reading) -> tuple[int, int, int]:
    return (reading.ts_ms, reading.boot, reading.seq)


def _merged(known: Signals, readings: Sequence[Reading]) -> str | None:
    """The whole document after `readings`; None when they change nothing."""
    newer = merge(known, readings)
    return orjson.dumps(known | newer).decode() if newer else None


def update(
    conn: Connection,
    held: Mapping[int, Signals],
    readings: Sequence[tuple[int, Reading]],
    newest_ms: Mapping[int, int],
    arrived_ms: Mapping[int, int],
    stored: Collection[tuple[int, int]] = (),
) -> None:
    """Merge `readings` (device_id, reading) into the locked rows and note when each device was last heard.

    `newest_ms` is the newest element time of a device in this batch, `arrived_ms` its newest arrival. `stored` are
    the hours since the epoch in which readings are new, as (device_id, hour): their rollups are marked as stale.
    """
    by_device: defaultdict[int, list[Reading]] = defaultdict(list)
    for device_id, reading in readings:
        by_device[device_id].append(reading)
    changes = [(d, _merged(held[d], by_device[d]), newest_ms.get(d), arrived_ms[d]) for d in sorted(arrived_ms)]
    devices, documents, times, arrivals = zip(*changes, strict=True)
    conn.execute(
        """UPDATE latest l SET
               signals = coalesce(u.s, l.signals),
               ts = greatest(l.ts, at_ms(u.t)),
               updated_at = greatest(l.updated_at, at_ms(u.a)),
               dirty = {grown}
           FROM unnest(%s::int[], %b::text[]::json[], %s::bigint[], %s::bigint[], %s::text[]) AS u(d, s, t, a, m)
           WHERE l.device_id = u.d""".replace("{grown}", GROWN).encode(),
        (integers(devices), list(documents), integers(times), integers(arrivals), _marks(devices, stored)),
    )


def _marks(devices: Sequence[int], stored: Collection[tuple[int, int]]) -> str:
    """The hours of each of the devices as one array literal of multiranges, NULL for who has none."""
    spans: defaultdict[int, list[str]] = defaultdict(list)
    for device_id, hour in stored:
        spans[device_id].append(f"[{hour},{hour + 1})")
    # A multirange has commas, so it is quoted; nothing in it needs more.
    return "{" + ",".join(f'"{{{",".join(spans[d])}}}"' if d in spans else "NULL" for d in devices) + "}"
