"""`insight_weeks`: a row a device and week: uses, heard time, faults, firmware."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from catalog.model import Product
from store import usage
from store.database import Connection
from store.errors import translated
from store.usage import Asked, Window

WEEK: Final = timedelta(days=7)


def monday(at: datetime) -> date:
    """The first day of the week `at` lies in, in UTC."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def window(week: date) -> Window:
    """The week that begins on `week`."""
    since = datetime.combine(week, time(), UTC)
    return Window(since, since + WEEK)


@translated()
def devices_of(conn: Connection, products: Collection[str], after: int, limit: int) -> list[tuple[int, str]]:
    """The next devices of `products` that were ever heard, by number: (device_id, product)."""
    rows = conn.execute(
        """SELECT d.device_id, d.product FROM devices d
           WHERE d.device_id > %s AND d.product = ANY(%s)
             AND EXISTS (SELECT FROM heard WHERE heard.device_id = d.device_id)
           ORDER BY d.device_id LIMIT %s""",
        (after, sorted(products), limit),
    )
    return rows.fetchall()


@translated()
def known(conn: Connection, device_ids: Sequence[int]) -> set[int]:
    """Which of the devices have rows already."""
    rows = conn.execute("SELECT DISTINCT device_id FROM insight_weeks WHERE device_id = ANY(%s)", (list(device_ids),))
    return {device_id for (device_id,) in rows}


@translated()
def refresh(conn: Connection, product: Product, device_ids: Sequence[int], weeks: Sequence[date]) -> int:
    """Make the rows of these devices and weeks what events and heard time say; returns how many there are.

    `weeks` must rise. A week in which nothing was heard has no row: no telemetry is not zero use.
    """
    windows = [window(week) for week in weeks]
    asked = [Asked(device_id, windows) for device_id in device_ids]
    with conn.transaction():
        heard = usage.heard_seconds_of(conn, asked)
        counts = usage.counts_of(conn, product.use, asked) if product.use is not None else None
        faults = _faults(conn, product, device_ids, windows)
        rows = [
            (device_id, week, counts[nth][k].uses if counts is not None else None, heard[nth][k])
            for nth, device_id in enumerate(device_ids)
            for k, week in enumerate(weeks)
        ]
        told = [row for row in rows if row[3] or row[2]]
        begun = [json.dumps(faults.get((device_id, week), {})) for device_id, week, *_ in told]
        conn.execute(
            "DELETE FROM insight_weeks WHERE device_id = ANY(%s) AND week = ANY(%s)", (list(device_ids), list(weeks))
        )
        conn.execute(
            """INSERT INTO insight_weeks (device_id, week, uses, heard, faults, firmware)
               SELECT device, week, uses, least(heard_s / %s, 1), faults, (
                   SELECT firmware FROM connections
                   WHERE device_id = device AND arrived_at < (week + 7)::timestamp AT TIME ZONE 'UTC'
                     AND firmware IS NOT NULL
                   ORDER BY arrived_at DESC LIMIT 1)
               FROM unnest(%s::int[], %s::date[], %s::int[], %s::float8[], %s::jsonb[])
                   AS told (device, week, uses, heard_s, faults)""",
            (
                WEEK.total_seconds(),
                *([row[k] for row in told] for k in range(4)),
                begun,
            ),
        )
    return len(told)


def _faults(
    conn: Connection, product: Product, device_ids: Sequence[int], windows: Sequence[Window]
) -> Mapping[tuple[int, date], dict[str, int]]:
    """How often each fault began, by device and week."""
    by_event: defaultdict[str, list[str]] = defaultdict(list)
    for declared in product.fault:
        by_event[declared.opened_by].append(declared.kind)
    found: defaultdict[tuple[int, date], dict[str, int]] = defaultdict(dict)
    if not by_event:
        return found
    rows = conn.execute(
        """SELECT device_id, kind, date_trunc('week', ts AT TIME ZONE 'UTC')::date, count(*) FROM events
           WHERE device_id = ANY(%s) AND kind = ANY(%s) AND ts >= %s AND ts < %s GROUP BY 1, 2, 3""",
        (list(device_ids), sorted(by_event), windows[0].since, windows[-1].until),
    )
    for device_id, event, week, n in rows:
        begun = found[device_id, week]
        for fault in by_event[event]:
            begun[fault] = begun.get(fault, 0) + n
    return found
