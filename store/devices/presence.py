"""Connected, reporting and healthy are three things: a unit may hold its connection and say
nothing, report all day and be stuck under a sofa, or be silent and perfectly well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import sql

from catalog.model import HEARTBEATS, Product
from store import slots
from store.database import Connection
from store.errors import translated
from store.hearing import hearing


@dataclass(frozen=True, slots=True)
class OpenFault:
    """A fault the device reported and has not reported the end of."""

    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of a device's being there, at one moment."""

    connected: bool | None
    """The last announcement was "online": the device says so itself, its last will (sent by the
    broker) the contrary. None: nothing that could tell otherwise reaches us now, or what did before
    was lost with the broker's connection and the device is quiet since.
    """
    connected_changed_at: datetime | None
    """When that announcement arrived; None: there never was one."""
    reporting: bool | None
    """Heard within three heartbeats of its product. None: its product is not in the catalogue, or
    it was not, but we have not listened for so long either.
    """
    last_seen: datetime | None
    """When the newest message of its own arrived, whatever time that message speaks of."""
    healthy: bool | None
    """No fault is open, by the last it said; None: it has never been heard, or its product is not
    in the catalogue.
    """
    open_faults: tuple[OpenFault, ...]
    """In order of kind. A fault the catalogue closes by no event is momentary and never open."""
    receiving: bool
    """Whether what devices send reaches us now; the rest is what was known when it last did."""


LAST_SEEN = sql.SQL("GREATEST(l.updated_at, CASE WHEN s.online THEN s.arrived_at END)")
"""SQL over `latest l` and `device_state s`: a will is the broker's word, not the device's."""


def presence(conn: Connection, product: Product, device_id: int, *, now: datetime | None = None) -> Presence:
    """Presence of one device of `product`. A device that is not registered is absent in every
    respect.
    """
    return presences(conn, {product.key: product}, [(device_id, product.key)], now=now)[device_id]


@translated()
def presences(
    conn: Connection,
    catalog: Mapping[str, Product],
    devices: Iterable[tuple[int, str]],
    *,
    now: datetime | None = None,
    faults: bool = True,
) -> dict[int, Presence]:
    """Presence of many devices, given as (device_id, product key): two queries, and one more a
    product. Without `faults` that one is spared, and of no device it is known whether it is healthy.
    """
    now = now or datetime.now(UTC)
    since, _ = hearing(slots.listing(conn), now)
    product_of = dict(devices)
    heard = {
        row[0]: row[1:]
        for row in conn.execute(
            sql.SQL("""SELECT d.device_id, coalesce(s.online, false), s.arrived_at, {last_seen}
                FROM unnest(%s::int[]) AS d (device_id)
                LEFT JOIN device_state s USING (device_id)
                LEFT JOIN latest l USING (device_id)""").format(last_seen=LAST_SEEN),
            (list(product_of),),
        )
    }
    by_product: dict[str, list[int]] = defaultdict(list)
    for device_id, key in product_of.items():
        by_product[key].append(device_id)
    found: dict[int, Presence] = {}
    for key, device_ids in by_product.items():
        product = catalog.get(key)
        broken = open_faults(conn, product, device_ids) if product is not None and faults else {}
        for device_id in device_ids:
            online, changed_at, last_seen = heard[device_id]
            reporting = healthy = None
            if product is not None:
                reporting = _reporting(now, timedelta(seconds=product.heartbeat_s * HEARTBEATS), last_seen, since)
                healthy = None if last_seen is None or not faults else device_id not in broken
            # A broker that was killed sends no last wills: of a device that has not spoken since, nobody knows.
            unproved = online and not reporting and since is not None and last_seen < since
            connected = online if since is not None and not unproved else None
            found[device_id] = Presence(
                connected, changed_at, reporting, last_seen, healthy, tuple(broken.get(device_id, ())),
                since is not None,
            )  # fmt: skip
    return found


def _reporting(
    now: datetime, longest: timedelta, last_seen: datetime | None, hearing_since: datetime | None
) -> bool | None:
    if last_seen is not None and now - last_seen <= longest:
        return True
    # Of a device that was never heard, or was quiet before we went deaf, we know enough.
    listened = hearing_since is not None and now - hearing_since > longest
    return False if listened or last_seen is None else None


@translated()
def open_faults(conn: Connection, product: Product, device_ids: Iterable[int]) -> dict[int, list[OpenFault]]:
    """The open faults of those devices of `product` that have any, in order of kind."""
    closable = [fault for fault in product.fault if fault.closed_by is not None]
    kinds = sorted({kind for fault in closable for kind in (fault.opened_by, fault.closed_by) if kind is not None})
    if not kinds:
        return {}
    # One probe of events_kind for each device and kind, however many events there are.
    rows = conn.execute(
        """SELECT d, k, e.ts, e.boot, e.seq
           FROM unnest(%s::int[]) AS d CROSS JOIN unnest(%s::text[]) AS k
           CROSS JOIN LATERAL (SELECT ts, boot, seq FROM events WHERE device_id = d AND kind = k
                               ORDER BY ts DESC, boot DESC, seq DESC LIMIT 1) e""",
        (list(device_ids), kinds),
    )
    last: dict[int, dict[str, tuple[datetime, int, int]]] = defaultdict(dict)
    for device_id, kind, *order in rows:
        last[device_id][kind] = (order[0], order[1], order[2])
    found: dict[int, list[OpenFault]] = {}
    for device_id, events in last.items():
        faults = []
        for fault in sorted(closable, key=lambda f: f.kind):
            opened, closed = events.get(fault.opened_by), events.get(fault.closed_by or "")
            if opened is not None and (closed is None or closed < opened):
                faults.append(OpenFault(fault.kind, opened[0]))
        if faults:
            found[device_id] = faults
    return found
