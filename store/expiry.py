"""Raw telemetry goes a chunk or partition at a time, oldest first, and only after its rollup is verified.

Of each piece that is old enough: what is marked in it is rolled up, the rollups are computed anew from the raw rows and
compared, and then, with writers shut out of the piece and no new mark in it, it is dropped. A piece that cannot go
yet stops those after it: `products.raw_since` says for a whole product up to when raw rows are gone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import sql

from catalog.model import Product
from store import partitions
from store.database import Connection
from store.errors import Retry, translated
from store.product_tables import is_hypertable
from store.rollups import verify
from store.rollups.hours import FIRST, hour_of, start_of
from store.rollups.place import Place
from store.rollups.roller import alone, raw_since_hour, roll_alone

log = logging.getLogger(__name__)

LOCK_TIMEOUT_MS = 1_500
"""How long a drop may make the intake wait, which queues behind it. More than PostgreSQL's deadlock_timeout (1 s), for
only a wait that long makes autovacuum give way."""
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between attempts, in which others go on; after the last it is left to the next run."""
LOOKS = 4
"""At a piece in one run: what arrives while it is compared is rolled up and compared for itself."""
GROUP = 200
"""Devices whose old rollups are deleted in one transaction."""
STEPS = 100
"""Of the roller between two looks at whether more is left."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk or partition: `[since, until)`, in hours from the epoch."""

    schema: str
    name: str
    since: int
    until: int

    @property
    def identifier(self) -> sql.Identifier:
        """For SQL."""
        return sql.Identifier(self.schema, self.name)


@dataclass(frozen=True, slots=True)
class Expired:
    """What became of the pieces that were old enough."""

    dropped: int = 0
    kept: int = 0
    """Not verified, marked anew, in use, or after such a one."""


@translated()
def drop(conn: Connection, product: Product, before: datetime, now: datetime) -> Expired:
    """Drop the product's raw rows in pieces that end at or before `before`.

    The connection must not be inside a transaction. While another process rolls up or drops, everything is kept.
    """
    with conn.transaction():
        old = _pieces(conn, product, before)
    if not old:
        return Expired()
    with alone(conn) as mine:
        if not mine:
            return Expired(kept=len(old))
        for done, piece in enumerate(old):
            if not _goes(conn, product, piece, now):
                return Expired(done, len(old) - done)
    return Expired(len(old))


def _pieces(conn: Connection, product: Product, before: datetime) -> list[Piece]:
    """Those that end at or before `before`, oldest first."""
    found = _chunks(conn, product) if is_hypertable(conn, product.table) else _partitions(conn, product)
    return sorted((p for p in found if start_of(p.until) <= before), key=lambda p: p.since)


def _chunks(conn: Connection, product: Product) -> Iterator[Piece]:
    rows = conn.execute(
        """SELECT chunk_schema, chunk_name, range_start, range_end FROM timescaledb_information.chunks
           WHERE hypertable_schema = 'public' AND hypertable_name = %s""",
        (product.table,),
    )
    for schema, name, since, until in rows:
        yield Piece(schema, name, hour_of(since), hour_of(until))


def _partitions(conn: Connection, product: Product) -> Iterator[Piece]:
    for name in partitions.existing(conn, product.table):
        year, month = map(int, name[-7:].split("_"))
        since = datetime(year, month, 1, tzinfo=UTC)
        until = (since + timedelta(days=32)).replace(day=1)
        yield Piece("public", name, hour_of(since), hour_of(until))


def _goes(conn: Connection, product: Product, piece: Piece, now: datetime) -> bool:
    with conn.transaction():
        raw_since = raw_since_hour(conn, product)
    place = Place(product, max(piece.since, raw_since), piece.until)
    gone = _is_dropped(conn, piece, place, raw_since, now)
    # What was compared is good for whoever takes up a run that was killed, and for nobody later.
    place.forget(conn)
    return gone


def _is_dropped(conn: Connection, piece: Piece, place: Place, raw_since: int, now: datetime) -> bool:
    only: Collection[int] | None = None
    for _ in range(LOOKS):
        while roll_alone(conn, [place.product.key], now, steps=STEPS, until=start_of(piece.until)).more:
            pass
        if not _is_sound(conn, piece, place, raw_since, only):
            return False
        news = _try_to_drop(conn, place.product, piece, raw_since)
        if not news:
            return news is not None
        # All others are as they were compared: who changes them leaves a mark.
        only = news
    return False


def _is_sound(conn: Connection, piece: Piece, place: Place, raw_since: int, only: Collection[int] | None) -> bool:
    """Compare the rollups of the piece, or of `only` these devices in it; what is wrong is marked."""
    product = place.product
    with conn.transaction():
        wrong = _late(conn, piece, raw_since)
        if wrong:  # what has just arrived, its mark with it, is nobody's fault
            wrong = sorted(set(wrong).difference(verify.marked(conn, product, piece.since, piece.until)))
    if place.since < place.until and only is None:
        place.recall(conn)
        wrong += verify.different(
            conn, product, place.since, place.until, after=place.device_id,
            tell=lambda device_id, digest: place.reached(conn, device_id, digest),
        )  # fmt: skip
    elif place.since < place.until:
        wrong += verify.different(conn, product, place.since, place.until, only=only)
    if wrong:
        log.error(
            "%s is kept: the rollups of %d devices are not what its rows say (first: device_id %d). They are rolled up "
            "anew; should this be said again, rows were changed past the intake without `rollups.mark`",
            piece.name, len(wrong), wrong[0],
        )  # fmt: skip
        with conn.transaction():
            verify.mark_again(conn, wrong, piece.since, piece.until)
    return not wrong


def _try_to_drop(conn: Connection, product: Product, piece: Piece, raw_since: int) -> list[int] | None:
    """Drop it; devices that keep it, for something of its time has come of them, none, or None when it is in use."""
    for pause_s in (*PAUSES_S, 0.0):
        try:
            with translated(), conn.transaction():
                return _drop(conn, product, piece, raw_since)
        except Retry as error:
            log.info("%s is kept for now: somebody uses it (%s)", piece.name, error)
            time.sleep(pause_s)
    return None


def _late(conn: Connection, piece: Piece, raw_since: int) -> list[int]:
    """Devices with rows of a time whose raw rows were dropped: such rows belong into the rollups, and away."""
    if piece.since >= raw_since:
        return []
    rows = conn.execute(
        sql.SQL("SELECT DISTINCT device_id FROM {} WHERE ts < %s ORDER BY 1").format(piece.identifier),
        (start_of(min(raw_since, piece.until)),),
    )
    return [row[0] for row in rows]


def _drop(conn: Connection, product: Product, piece: Piece, raw_since: int) -> list[int]:
    conn.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}".encode())
    # From here on nobody writes to it. Whoever wrote after it was compared has left a mark.
    conn.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(piece.identifier))
    news = sorted({*verify.marked(conn, product, piece.since, piece.until), *_late(conn, piece, raw_since)})
    if news:
        log.info("%s is kept for now: readings of its time have just arrived", piece.name)
        return news
    if is_hypertable(conn, product.table):
        conn.execute(
            "SELECT drop_chunks(%s::regclass, newer_than => %s::timestamptz, older_than => %s::timestamptz)",
            (product.table, start_of(piece.since), start_of(piece.until)),
        )
    else:
        conn.execute(sql.SQL("DROP TABLE {}").format(piece.identifier))
    conn.execute(
        "UPDATE products SET raw_since = greatest(raw_since, %s) WHERE product = %s",
        (start_of(piece.until), product.key),
    )
    return []


def drop_rollups(conn: Connection, product: Product, before: datetime) -> int:
    """Delete the product's rollups of days before `before`, but none whose raw rows are still there; how many."""
    with conn.transaction():
        raw_since = raw_since_hour(conn, product)
        ids = [
            r[0] for r in conn.execute("SELECT device_id FROM devices WHERE product = %s ORDER BY 1", (product.key,))
        ]
    if raw_since == FIRST:
        return 0
    day = min(before, start_of(raw_since)).date()
    gone = 0
    for begin in range(0, len(ids), GROUP):
        with conn.transaction():
            gone += conn.execute(_OLD_ROLLUPS, (product.key, ids[begin : begin + GROUP], day)).rowcount
    return gone


# By signal, so that each is one short range of the primary key and not all of a device's days.
_OLD_ROLLUPS = """DELETE FROM rollups WHERE ctid = ANY(ARRAY(
    SELECT r.id FROM (SELECT signal_id FROM product_signals WHERE product = %s) s CROSS JOIN unnest(%s::int[]) d
    CROSS JOIN LATERAL (SELECT ctid AS id FROM rollups
                        WHERE device_id = d AND signal = s.signal_id AND day < %s OFFSET 0) r))"""
