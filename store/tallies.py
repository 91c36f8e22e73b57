"""How many elements of each device are stored: to be held against what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql

from catalog.model import Product
from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of one device."""

    readings: int = 0
    events: int = 0
    dead: int = 0
    """Elements refused, each counted once however often it came."""

    @property
    def kept(self) -> int:
        """All of it."""
        return self.readings + self.events + self.dead


@translated()
def by_device(conn: Connection, products: Iterable[Product]) -> dict[str, Tally]:
    """Elements of every device, those without boot and seq left out: they have no identity of the device's own.

    Reads whole tables: for a demo or a test, not for a page.
    """
    readings: dict[str, int] = {}
    for product in products:
        readings |= _counts(
            conn,
            sql.SQL("SELECT device_id FROM {} WHERE boot >= 0").format(sql.Identifier(product.table)),
        )
    events = _counts(conn, sql.SQL("SELECT device_id FROM events WHERE boot >= 0"))
    dead = _counts(
        conn,
        sql.SQL("""SELECT d.device_id FROM dead_letters
            JOIN dead_messages m USING (message_id) JOIN devices d ON split_part(m.topic, '/', 3) = d.device"""),
    )
    return {
        name: Tally(readings.get(name, 0), events.get(name, 0), dead.get(name, 0))
        for name in {*readings, *events, *dead}
    }


def _counts(conn: Connection, rows: sql.Composable) -> dict[str, int]:
    # Counted before the join: a million rows and sixty names.
    query = sql.SQL(
        """SELECT d.device, c.n FROM (SELECT device_id, count(*) AS n FROM ({rows}) r GROUP BY device_id) c
           JOIN devices d USING (device_id)"""
    ).format(rows=rows)
    return dict(conn.execute(query).fetchall())
