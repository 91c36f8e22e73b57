"""The roller: brings rollups up to date with the hours marked in `latest`, a few devices at a time.

Each step is two transactions, so that the intake, which needs the same rows of `latest`, never waits for the
aggregation. The first moves closed hours of some devices from `dirty` to `rolling`. The second makes their rollups
from the raw rows and takes the hours out of `rolling`. What arrives in between is marked in `dirty` again, for the
intake marks what it stores; what a killed roller leaves in `rolling` is taken up by the next one.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from catalog.model import Product
from store.database import Connection
from store.errors import Retry, StoreError, Unavailable, translated
from store.rollups import late, rebuild
from store.rollups.hours import FIRST, LAST, Hours, hour_of
from store.rollups.measures import kept
from store.rollups.products import declared

log = logging.getLogger(__name__)

LOCK = 0x766F7002
"""Advisory lock of whoever rolls, or drops raw telemetry ("vop", 2): of a session, so it ends with it."""

GRACE = timedelta(minutes=5)
"""An hour is closed so long after its end: most devices that send late are not later than this."""

STEP_DEVICES = 200
STEP_HOURS = 8_000
"""Most hours of devices a step, so that a backlog of years is rolled in pieces of seconds."""
HOUR_SIGNALS = 40
"""Signals of a device that count as one of these hours; a wider product's hours count more often."""
DEVICE_HOURS = 31 * 24
"""Most of one device a step."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """What a run did."""

    devices: int = 0
    hours: int = 0
    """Hours of devices."""
    days: int = 0
    """Days of devices, each a row a signal."""
    late: int = 0
    """Raw rows added to rollups whose raw rows are gone."""
    more: bool = False
    """Whether closed hours are left: run it again."""
    busy: bool = False
    """Whether somebody else is rolling: nothing was done."""

    def plus(self, *, devices: int, hours: int, days: int, late: int) -> Rolled:
        """With another step added."""
        return Rolled(self.devices + devices, self.hours + hours, self.days + days, self.late + late)


class Part(NamedTuple):
    """Hours of a device that a step takes on."""

    device_id: int
    product: str
    hours: Hours


@translated()
def roll(
    conn: Connection,
    products: Collection[str] | None,
    now: datetime,
    *,
    steps: int = 50,
    until: datetime | None = None,
) -> Rolled:
    """Roll up hours closed at `now` (and ended by `until`) in at most `steps` steps, of these products or of all.

    The connection must not be inside a transaction: each step is two of its own. It may be killed at any point, and
    two at once do no harm: the second one finds the first `busy`. A device that cannot be rolled up keeps no other
    from it: its error is raised at the end.
    """
    with alone(conn) as mine:
        return roll_alone(conn, products, now, steps=steps, until=until) if mine else Rolled(busy=True)


@contextmanager
def alone(conn: Connection) -> Iterator[bool]:
    """Hold the roller's lock if nobody else does; whether it is held."""
    with conn.transaction():
        row = conn.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
    mine = row == (True,)
    try:
        yield mine
    finally:
        if mine and not conn.closed:
            with conn.transaction():
                conn.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def roll_alone(
    conn: Connection,
    products: Collection[str] | None,
    now: datetime,
    *,
    steps: int,
    until: datetime | None = None,
) -> Rolled:
    """`roll` for who already holds the lock."""
    closed = hour_of(now - GRACE if until is None else min(now - GRACE, until))
    done, failed = Rolled(), None
    after, again, more = 0, False, True
    for _ in range(steps):
        known = {key: p for key, p in declared(conn).items() if products is None or key in products}
        picked, cut = _pick(conn, known, closed, after)
        again |= cut
        if not picked:
            if not again:
                more = False
                break
            after, again = 0, False
            continue
        after = picked[-1].device_id
        for parts in (picked,) if failed is None else _singly(picked):
            try:
                days, late_rows = _step(conn, parts)
            except Retry as error:
                log.info("a step of the roller lost against another transaction: %s", error)
                again = True
            except Unavailable:
                raise
            except StoreError as error:
                failed = error
                if len(parts) > 1:  # whose fault it is shows when they are taken one by one
                    after = parts[0].device_id - 1
                else:
                    # Without its traceback: PostgreSQL's own words may quote a row.
                    log.error("device_id %d cannot be rolled up: %s", parts[0].device_id, error)  # noqa: TRY400
            else:
                hours = sum(len(p.hours) for p in parts)
                done = done.plus(devices=len(parts), hours=hours, days=days, late=late_rows)
    if failed is not None:
        raise failed
    return replace(done, more=more)


def _singly(picked: Sequence[Part]) -> list[Sequence[Part]]:
    return [[part] for part in picked]


# In order of device, as the intake locks them, so that the two wait for each other and never in a circle. Where to go
# on is said of both tables: the planner does not conclude one from the other, and would merge from the first device.
_CANDIDATES = """SELECT l.device_id, d.product, l.dirty, l.rolling FROM latest l JOIN devices d USING (device_id)
    WHERE l.device_id > %(after)s AND d.device_id > %(after)s AND d.product = ANY(%(products)s)
      AND (NOT isempty(l.rolling) OR (NOT isempty(l.dirty) AND lower(l.dirty) < %(closed)s))
    ORDER BY l.device_id LIMIT %(most)s FOR UPDATE OF l"""


def _pick(conn: Connection, catalog: Mapping[str, Product], closed: int, after: int) -> tuple[list[Part], bool]:
    """Move closed hours of the next devices to `rolling`; also says whether any of theirs had to stay behind."""
    picked: list[Part] = []
    cut = False
    left = STEP_HOURS
    with conn.transaction():
        parameters = {"after": after, "products": list(catalog), "closed": closed, "most": STEP_DEVICES}
        for device_id, product, dirty, rolling in conn.execute(_CANDIDATES, parameters).fetchall():
            if left <= 0:
                break
            before = Hours.stored(rolling)
            wanted = Hours.stored(dirty).within(FIRST, closed)
            cost = hour_cost(catalog[product])
            taken = wanted.first(max(0, min(DEVICE_HOURS, -(-left // cost)) - len(before)))
            cut |= taken != wanted
            picked.append(Part(device_id, product, before | taken))
            left -= len(picked[-1].hours) * cost
        conn.execute(
            """UPDATE latest l SET dirty = l.dirty - u.h::int4multirange, rolling = l.rolling + u.h::int4multirange
               FROM unnest(%s::int[], %s::text[]) u(d, h)
               WHERE l.device_id = u.d
                 AND (NOT l.rolling @> u.h::int4multirange OR l.dirty && u.h::int4multirange)""",
            _columns(picked),
        )
    return picked, cut


def hour_cost(product: Product) -> int:
    """How many of `STEP_HOURS` an hour of a device of this product is."""
    return -(-len(product.signal) // HOUR_SIGNALS)


def _columns(picked: Sequence[Part]) -> tuple[list[int], list[str]]:
    return [p.device_id for p in picked], [p.hours.literal() for p in picked]


def _step(conn: Connection, picked: Sequence[Part]) -> tuple[int, int]:
    """Make the rollups of what was picked; (days of devices, late rows). Raises `Retry` when it has to be undone."""
    by_product: defaultdict[str, dict[int, Hours]] = defaultdict(dict)
    for part in picked:
        by_product[part.product][part.device_id] = part.hours
    days = late_rows = 0
    with translated(), conn.transaction():
        conn.execute(rebuild.STAGE)
        # Asked after the hours were taken: who declares a product otherwise marks them, and was either seen here or
        # marks them again.
        catalog = declared(conn)
        if unread := by_product.keys() - catalog.keys():
            raise Retry(f"product {min(unread)} was declared anew meanwhile, and in a form of another release")
        for product, hours in sorted(by_product.items()):
            more_days, more_late = _rebuild(conn, catalog[product], hours)
            days, late_rows = days + more_days, late_rows + more_late
        conn.execute(
            "SELECT 1 FROM latest WHERE device_id = ANY(%s) ORDER BY device_id FOR UPDATE", (_columns(picked)[0],)
        )
        done = conn.execute(
            """UPDATE latest l SET rolling = l.rolling - u.h::int4multirange FROM unnest(%s::int[], %s::text[]) u(d, h)
               WHERE l.device_id = u.d AND l.rolling @> u.h::int4multirange""",
            _columns(picked),
        )
        if done.rowcount != len(picked):
            raise Retry("a device was erased while it was rolled up")
    return days, late_rows


def _rebuild(conn: Connection, product: Product, hours: Mapping[int, Hours]) -> tuple[int, int]:
    since = raw_since_hour(conn, product)
    rolled = {device: part for device, h in hours.items() if (part := h.within(since, LAST))}
    gone = {device: part for device, h in hours.items() if (part := h.within(FIRST, since))}
    signals = kept(conn, product)
    rebuild.fresh(conn, product.table, signals, rolled)
    late_rows = late.take(conn, product, gone) if gone else 0
    if late_rows:
        rebuild.fresh(conn, late.TABLE, signals, gone, late=True)
    days = rebuild.fold(conn, signals, rolled, gone if late_rows else {})
    if gone:
        late.forget(conn)
    conn.execute("DELETE FROM rolled_hours")
    return days, late_rows


def raw_since_hour(conn: Connection, product: Product) -> int:
    """The first hour whose raw rows were not dropped."""
    row = conn.execute("SELECT raw_since FROM products WHERE product = %s", (product.key,)).fetchone()
    return FIRST if row is None or row[0] is None else hour_of(row[0])
