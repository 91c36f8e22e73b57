"""Which devices have an open fault, kept by the transaction that adds an event (migration 0009).

The table `faults` has of each fault that an event ends the newest beginning and the newest end. A trigger on `events`
keeps it, so whoever adds an event does: intake, a replay, a program of the release before. What it knows of faults is
`fault_kinds`, which `vop migrate` writes; events from before a fault was declared are gone through then (`fill`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final, NamedTuple

from catalog.model import Product
from store.database import Connection
from store.errors import translated
from store.migrating.locking import PATIENCE_S, Say, patiently

CHUNK_DEVICES: Final = 2_000
"""Gone through in one transaction."""


class Closable(NamedTuple):
    """A fault that an event ends. One that none does is momentary and never open."""

    fault: str
    opened_by: str
    closed_by: str


def closable(product: Product) -> list[Closable]:
    """Those of `product`, in order of kind."""
    return sorted(Closable(f.kind, f.opened_by, f.closed_by) for f in product.fault if f.closed_by is not None)


@translated()
def followed(conn: Connection, products: Iterable[Product]) -> bool:
    """Whether the table is what the events say of these products' faults, as they are declared here.

    It is not while `vop migrate` goes through old events, nor where this program's catalogue is not the migrated one.
    """
    wanted = {(product.key, *fault) for product in products for fault in closable(product)}
    rows = conn.execute(
        """SELECT product, fault, opened_by, closed_by FROM fault_kinds
           WHERE product = ANY(%s) AND filled_at IS NOT NULL""",
        ([key for key, *_ in wanted],),
    )
    return {tuple(row) for row in rows} == wanted


def declare(conn: Connection, product: Product) -> None:
    """Follow the faults of `product` as it declares them now, from the next event on, and others no more.

    The product must be written down. Call it in a transaction of its own, and `fill` after it.
    """
    wanted = {tuple(fault) for fault in closable(product)}
    rows = conn.execute("SELECT fault, opened_by, closed_by FROM fault_kinds WHERE product = %s", (product.key,))
    known = {tuple(row) for row in rows}
    if wanted == known:
        return
    # Whoever adds events reads this table until it commits. So nobody is half-way through: what was added before is
    # there for `fill`, and the next event is noted by what is declared now.
    conn.execute("LOCK TABLE fault_kinds IN ACCESS EXCLUSIVE MODE")
    gone = [fault for fault, _, _ in known - wanted]
    conn.execute("DELETE FROM fault_kinds WHERE product = %s AND fault = ANY(%s)", (product.key, gone))
    conn.execute("DELETE FROM faults WHERE product = %s AND fault = ANY(%s)", (product.key, gone))
    for fault in sorted(wanted - known):
        conn.execute(
            "INSERT INTO fault_kinds (product, fault, opened_by, closed_by) VALUES (%s, %s, %s, %s)",
            (product.key, *fault),
        )


def fill(conn: Connection, say: Say, patience_s: float = PATIENCE_S) -> None:
    """Go through the events from before a fault was declared. `conn` is in autocommit; what was killed begins anew."""
    new = conn.execute("SELECT product, fault FROM fault_kinds WHERE filled_at IS NULL").fetchall()
    after: int | None = 0 if new else None
    while after is not None:
        after = patiently(conn, "faults", partial(_fill, conn, [product for product, _ in new], after), say, patience_s)
    for fault in new:
        conn.execute("UPDATE fault_kinds SET filled_at = now() WHERE (product, fault) = (%s, %s)", fault)


def _fill(conn: Connection, products: list[str], after: int) -> int | None:
    """Of the next devices behind the number `after`; returns that of the last, None: there are no more."""
    row = conn.execute(_FILL, {"products": products, "after": after, "many": CHUNK_DEVICES}).fetchone()
    return row[0] if row else None


_NEWEST: Final = """LEFT JOIN LATERAL (
    SELECT ARRAY[(extract(epoch FROM ts) * 1000000)::bigint, boot, seq] AS place FROM events e
    WHERE e.device_id = d.device_id AND e.kind = {} ORDER BY ts DESC, boot DESC, seq DESC LIMIT 1) {} ON true"""
_FILL: Final = f"""
    WITH part AS MATERIALIZED (
        SELECT device_id, product FROM devices
        WHERE device_id > %(after)s AND product = ANY(%(products)s) ORDER BY device_id LIMIT %(many)s
    ), noted AS (
        INSERT INTO faults AS known (device_id, fault, product, opened, closed)
        SELECT d.device_id, k.fault, d.product, o.place, c.place
        FROM part d JOIN fault_kinds k USING (product)
        {_NEWEST.format("k.opened_by", "o")}
        {_NEWEST.format("k.closed_by", "c")}
        WHERE k.filled_at IS NULL AND coalesce(o.place, c.place) IS NOT NULL
        ORDER BY d.device_id, k.fault
        ON CONFLICT (device_id, fault) DO UPDATE
            SET opened = greatest(known.opened, EXCLUDED.opened), closed = greatest(known.closed, EXCLUDED.closed)
    )
    SELECT max(device_id) FROM part HAVING count(*) > 0""".encode()  # noqa: S608 - composed of literals alone
