"""What a search asks of a device, as SQL: conditions to hold a device to, and finders of the few that may fit.

A finder returns device ids by an index of its own, or gives up when there are more than `FEW`: then the devices are
gone through in order, and so many fit that a page is soon full. Neither waits for the planner to guess right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, get_args

from psycopg import sql

from catalog.model import HEARTBEATS, Product
from store import faults
from store.database import Connection
from store.devices.identity import Status
from store.devices.presence import LAST_SEEN
from store.searching import Words

Standing: TypeAlias = Literal["connected", "disconnected", "reporting", "silent", "healthy", "faulty"]
STANDINGS: Final[tuple[str, ...]] = get_args(Standing)

FEW: Final = 10_000
ENOUGH: Final = 200
"""So few are looked at one by one, whatever else is asked of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which devices are looked for: those that match everything given."""

    product: str | None = None
    customer: str | None = None
    """Id of the present owner."""
    q: str | None = None
    """Each of its words anywhere in the device's id and serial number, or each in its present owner's id and name."""
    status: Status | Literal["silent"] | None = None
    firmware: str | None = None
    """Exactly as the device reports it."""
    standing: Standing | None = None
    """As `Presence` says it at the time of asking; `silent`: has an open silence. What is not known matches nothing."""
    coverage_below: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked of a device."""

    condition: sql.Composable
    """Of devices `d`, their `latest` l and `device_state` s. It lets some pass that do not fit where `exactly` says."""
    finder: sql.Composable | None = None
    """A query for the device ids of all that fit, and no other; None: no index knows them. Rows without an id stand for
    what it came upon that has no device: they count too, for where it stops at `FEW` there may be more behind."""


def parts(wanted: Wanted, *, names: bool, followed: bool) -> Iterator[Part]:
    """Everything that is asked beside product, registry status, coverage and what `exactly` tells, those first whose
    finder finds fewest. `names`: the reader may know customers' names. `followed`: the table `faults` is up to date."""
    if wanted.customer is not None:
        yield _CUSTOMER
    if wanted.standing == "faulty" and followed:
        yield _FAULTY
    words = Words.of(wanted.q)
    if words:
        found = _text(words, names=names)
        yield found if words.indexed else Part(found.condition)
    if wanted.firmware is not None:
        yield _FIRMWARE
    if "silent" in (wanted.status, wanted.standing):
        yield _SILENT
    if wanted.standing is not None and wanted.standing in _STANDINGS and not (wanted.standing == "faulty" and followed):
        yield Part(_STANDINGS[wanted.standing])
    if wanted.standing == "healthy" and followed:
        yield Part(sql.SQL("NOT {}").format(_FAULTY.condition))


def own(wanted: Wanted) -> Iterator[sql.Composable]:
    """Conditions of `devices` d alone, by indexes that are in order of id."""
    if wanted.product is not None:
        yield sql.SQL("d.product = %(product)s")
    if wanted.status not in (None, "silent"):
        yield sql.SQL("d.status = %(status)s")


def values(wanted: Wanted, catalog: Mapping[str, Product], now: datetime) -> dict[str, Any]:
    """What the conditions and finders name."""
    followed = [(p.key, fault) for p in catalog.values() for fault in faults.closable(p)]
    return {
        "product": wanted.product,
        "customer": wanted.customer,
        "firmware": wanted.firmware,
        "status": wanted.status,
        "now": now,
        "products": list(catalog),
        "heartbeats": [float(p.heartbeat_s * HEARTBEATS) for p in catalog.values()],
        "fault_products": [product for product, _ in followed if wanted.product in (None, product)],
        "opened_by": [fault.opened_by for product, fault in followed if wanted.product in (None, product)],
        "closed_by": [fault.closed_by for product, fault in followed if wanted.product in (None, product)],
        **Words.of(wanted.q).arguments,
    }


def few(conn: Connection, asked: Sequence[Part], given: Mapping[str, Any]) -> tuple[list[Part], list[int] | None]:
    """Those of `asked` that few devices fit, and the ids of those that fit all of these; None when there is no such."""
    chosen: list[Part] = []
    ids: set[int] | None = None
    for part in asked:
        if part.finder is None or (ids is not None and len(ids) <= ENOUGH):
            continue
        query = sql.SQL("SELECT device_id FROM ({}) f LIMIT {}").format(part.finder, FEW + 1)
        rows = conn.execute(query, given).fetchall()
        if len(rows) <= FEW:
            found = {row[0] for row in rows} - {None}
            ids = found if ids is None else ids & found
            chosen.append(part)
    return chosen, None if ids is None else list(ids)


_CUSTOMER: Final = Part(
    sql.SQL("""EXISTS (SELECT FROM ownerships o JOIN customers c USING (customer_id) WHERE o.device_id = d.device_id
               AND c.customer = %(customer)s AND o.during @> now())"""),
    sql.SQL("""SELECT o.device_id FROM customers c JOIN ownerships o USING (customer_id)
               WHERE c.customer = %(customer)s AND o.during @> now()"""),
)
_FIRMWARE: Final = Part(
    sql.SQL("s.firmware = %(firmware)s"),
    sql.SQL("SELECT device_id FROM device_state WHERE firmware = %(firmware)s"),
)
_SILENT: Final = Part(
    sql.SQL("EXISTS (SELECT FROM silences q WHERE q.device_id = d.device_id AND q.ended_at IS NULL)"),
    sql.SQL("SELECT device_id FROM silences WHERE ended_at IS NULL"),
)

_FAULTY: Final = Part(
    sql.SQL("""EXISTS (SELECT FROM faults f WHERE f.device_id = d.device_id AND f.is_open
               AND f.product = ANY(%(fault_products)s))"""),
    sql.SQL("SELECT device_id FROM faults WHERE is_open AND product = ANY(%(fault_products)s)"),
)


def _text(words: Words, *, names: bool) -> Part:
    of_device, of_customer = words.within(sql.SQL("d.found_by")), words.within(sql.SQL("c.found_by"))
    if not names:  # by the same index, but a match in the name alone is none
        of_customer = sql.SQL("{} AND {}").format(of_customer, words.within(sql.SQL("lower(c.customer)")))
    # Two trigram indexes, each usable only when its column stands alone: a union, not an OR.
    return Part(
        # A scalar, not EXISTS: of that the planner makes a hash of all owners there are. Below CASE, not WHERE: with
        # that it goes through all owners again for each customer, as long as the tables are new to it.
        sql.SQL("""(({}) OR (SELECT {} FROM ownerships o JOIN customers c USING (customer_id)
            WHERE o.device_id = d.device_id AND o.during @> now()))""").format(of_device, of_customer),
        sql.SQL("""(SELECT device_id FROM devices d WHERE {device} LIMIT {many})
            UNION ALL
            (SELECT CASE WHEN o.during @> now() THEN o.device_id END
             FROM (SELECT customer_id FROM customers c WHERE {customer} LIMIT {many}) k
             LEFT JOIN ownerships o USING (customer_id) LIMIT {many})""").format(
            device=of_device, customer=of_customer, many=FEW + 1
        ),
    )


_STANDINGS: Final[Mapping[str, sql.Composable]] = {
    "connected": sql.SQL("s.online"),
    "disconnected": sql.SQL("s.online IS NOT TRUE"),
    "reporting": sql.SQL(
        """{} >= %(now)s - (SELECT h.s * interval '1 s' FROM
           unnest(%(products)s::text[], %(heartbeats)s::float8[]) h (product, s) WHERE h.product = d.product)"""
    ).format(LAST_SEEN),
    "healthy": sql.SQL("{} IS NOT NULL").format(LAST_SEEN),
    # As `_FAULTY`, where that is not up to date: of each fault the newest beginning, and no end that is not before it.
    "faulty": sql.SQL("""EXISTS (
        SELECT FROM unnest(%(fault_products)s::text[], %(opened_by)s::text[], %(closed_by)s::text[])
            f (product, opened_by, closed_by)
        CROSS JOIN LATERAL (SELECT ts, boot, seq FROM events e WHERE e.device_id = d.device_id AND e.kind = f.opened_by
                            ORDER BY ts DESC, boot DESC, seq DESC LIMIT 1) o
        WHERE f.product = d.product AND NOT EXISTS (
            SELECT FROM events e WHERE e.device_id = d.device_id AND e.kind = f.closed_by
            AND e.ts >= o.ts AND (e.ts, e.boot, e.seq) >= (o.ts, o.boot, o.seq)))"""),
}
"""What `Presence` says of each, by SQL. It knows neither whether we hear at all nor the faults of "healthy": those that
pass are looked at once more."""
