"""Finding a device by whatever a person has in hand: its id, its serial number, its owner's name or
id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from psycopg import sql
from psycopg.rows import dict_row

from catalog.model import Product
from store import faults
from store.database import Connection
from store.devices.identity import COLUMNS, Device, Status
from store.devices.narrowing import Part, Standing, Wanted, few, own, parts, values
from store.devices.presence import Presence, presences
from store.errors import translated

COVERED: Final = timedelta(days=7)
"""Coverage in a list is of the time up to now."""
LOOKED: Final = 1_000
"""Devices that one question goes through in order, where no index knows the few that fit: some 20 ms of work."""
COUNTED: Final = 600
"""As many, where it is counted how long each was heard."""
FIRST_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a device now, and where it stands."""

    customer: str
    name: str
    zone: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """A device as a list shows it."""

    device: Device
    owner: Owner | None
    presence: Presence
    firmware: str | None
    """As it last reported; None: it never did."""
    coverage: float | None
    """Share of the last seven days in which it was heard, 0 to 1, of the time it was known; None: not known before."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, in order of device id. There may be more behind the id `after`; None: there is not."""

    rows: Sequence[DeviceSummary]
    after: str | None


def search(
    conn: Connection,
    catalog: Mapping[str, Product],
    *,
    product: str | None = None,
    customer: str | None = None,
    q: str | None = None,
    status: Status | Literal["silent"] | None = None,
    names: bool = True,
    after: str = "",
    limit: int = 100,
    now: datetime | None = None,
) -> list[DeviceSummary]:
    """Devices that match everything given, in order of device id, at most `limit`, beginning behind
    the id `after`.

    Each word of `q` (store.searching) is looked for anywhere in the device's id and serial number, or each in its
    present owner's id and (with `names`: for a reader who may know it) name; `customer` is the present owner's id.
    `silent` is no status of the registry: such a device is active and has not been heard as its product promises.
    """
    wanted = Wanted(product=product, customer=customer, q=q, status=status)
    found: list[DeviceSummary] = []
    more: str | None = after
    while more is not None and len(found) < limit:
        looked = look(conn, catalog, wanted, names=names, after=more, limit=limit - len(found), now=now)
        found += looked.rows
        more = looked.after
    return found


@translated()
def look(
    conn: Connection,
    catalog: Mapping[str, Product],
    wanted: Wanted,
    *,
    names: bool = True,
    after: str = "",
    limit: int = 100,
    now: datetime | None = None,
) -> Looked:
    """A page of the devices that are `wanted`: at most `limit`, in order of id, behind the id `after`.

    `names`: the reader may know customers' names. What no index finds among many is looked for in at most `LOOKED`
    devices, so such a page may be short, even empty, and not be the last.
    """
    now = now or datetime.now(UTC)
    followed = wanted.standing in ("healthy", "faulty") and faults.followed(conn, catalog.values())
    asked = list(parts(wanted, names=names, followed=followed))
    given = values(wanted, catalog, now) | {"after": after}
    chosen, among = few(conn, asked, given)
    most = LOOKED if wanted.coverage_below is None else min(LOOKED, COUNTED)
    if among is not None and len(among) > most:
        among = _next(conn, wanted, among, given, most + 1)
    walk = _Walk(conn, wanted, [part for part in asked if part not in chosen], given, among)
    sieve = _sieve(conn, catalog, wanted, now)
    found: list[_Row] = []
    looked, size = 0, min(limit + 1 if walk.all_fit and sieve is None else FIRST_CHUNK, most)
    more: str | None = after
    while more is not None and len(found) < limit and looked < most:
        rows = walk.chunk(more, size)
        looked += len(rows)
        fit = [row for row in rows if row.fits]
        found += sieve(fit) if sieve and fit else fit
        more = rows[-1].device if len(rows) == size else None
        size = min(2 * size, max(most - looked, 1))
    if len(found) > limit:
        found = found[:limit]
        more = found[-1].device
    ids = [row.device_id for row in found]
    there = presences(conn, catalog, [(row.device_id, row.product) for row in found], now=now)
    covered = coverage_of(conn, ids, now)
    return Looked([_summary(row, there, covered) for row in _details(conn, ids)], more)


def _next(conn: Connection, wanted: Wanted, among: list[int], given: Mapping[str, Any], size: int) -> list[int]:
    """The next `size` of those `among`, to be put in order once and not for each chunk.

    One more than are gone through, so that the end of these is not taken for the last.
    """
    within = [sql.SQL("d.device_id = ANY(%(among)s)"), sql.SQL("d.device > %(after)s"), *own(wanted)]
    query = sql.SQL("SELECT device_id FROM devices d WHERE {within} ORDER BY device LIMIT %(size)s").format(
        within=sql.SQL(" AND ").join(within)
    )
    return [row[0] for row in conn.execute(query, {**given, "among": among, "size": size})]


class _Row(NamedTuple):
    """A device that was gone through."""

    device_id: int
    device: str
    product: str
    fits: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    """Through devices in order of id, those `among` or all, holding each to what is asked of it."""

    conn: Connection
    wanted: Wanted
    asked: Sequence[Part]
    given: Mapping[str, Any]
    among: list[int] | None

    @property
    def all_fit(self) -> bool:
        """Whether there is nothing to hold them to."""
        return not self.asked

    def chunk(self, after: str, size: int) -> list[_Row]:
        """The next `size` devices behind the id `after`; fewer are the last."""
        within = [sql.SQL("d.device > %(after)s"), *own(self.wanted)]
        if self.among is not None:
            within.append(sql.SQL("d.device_id = ANY(%(among)s)"))
        fits = sql.SQL(" AND ").join(part.condition for part in self.asked) if self.asked else sql.SQL("true")
        query = sql.SQL(
            """WITH d AS MATERIALIZED (
                   SELECT device_id, device, product, found_by FROM devices d
                   WHERE {within} ORDER BY device LIMIT %(size)s)
               SELECT d.device_id, d.device, d.product, coalesce({fits}, false) FROM d
               LEFT JOIN latest l USING (device_id) LEFT JOIN device_state s USING (device_id)
               ORDER BY d.device"""
        ).format(within=sql.SQL(" AND ").join(within), fits=fits)
        rows = self.conn.execute(query, {**self.given, "after": after, "size": size, "among": self.among})
        return [_Row(*row) for row in rows]


def _summary(
    row: Mapping[str, Any], there: Mapping[int, Presence], covered: Mapping[int, float | None]
) -> DeviceSummary:
    left = dict(row)
    owned = [left.pop(column) for column in ("customer", "name", "zone", "since")]
    firmware = left.pop("firmware")
    device = Device(**left)
    owner = Owner(*owned) if owned[0] is not None else None
    return DeviceSummary(device, owner, there[device.device_id], firmware, covered[device.device_id])


_Sieve: TypeAlias = Callable[[list[_Row]], list[_Row]]


def _sieve(conn: Connection, catalog: Mapping[str, Product], wanted: Wanted, now: datetime) -> _Sieve | None:
    """What picks the wanted among rows by what SQL does not; None: nothing is left to pick."""
    standing = wanted.standing if wanted.standing in _LOOKED_AT_AGAIN else None
    below = wanted.coverage_below
    if standing is None and below is None:
        return None

    def pick(rows: list[_Row]) -> list[_Row]:
        if below is not None:
            covered = coverage_of(conn, [row.device_id for row in rows], now)
            rows = [row for row in rows if (share := covered[row.device_id]) is not None and share < below]
        if standing is not None:
            of_faults = standing in ("healthy", "faulty")
            pairs = [(row.device_id, row.product) for row in rows]
            there = presences(conn, catalog, pairs, now=now, faults=of_faults)
            rows = [row for row in rows if _stands(there[row.device_id], standing)]
        return rows

    return pick


def _stands(presence: Presence, standing: Standing) -> bool:
    match standing:
        case "connected":
            return presence.connected is True
        case "disconnected":
            return presence.connected is False
        case "healthy":
            return presence.healthy is True
        case "faulty":
            return presence.healthy is False
        case "reporting" | "silent":
            return True


_LOOKED_AT_AGAIN: Final = frozenset({"connected", "disconnected", "healthy", "faulty"})


def _details(conn: Connection, device_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What a list shows of each, in order of id."""
    query = sql.SQL(
        """SELECT {columns}, c.customer, c.name, o.zone, lower(o.during) AS since, s.firmware
           FROM devices d
           LEFT JOIN ownerships o ON o.device_id = d.device_id AND o.during @> now()
           LEFT JOIN customers c ON c.customer_id = o.customer_id
           LEFT JOIN device_state s ON s.device_id = d.device_id
           WHERE d.device_id = ANY(%s) ORDER BY d.device"""
    ).format(columns=COLUMNS)
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, (list(device_ids),)).fetchall()


@translated()
def coverage_of(conn: Connection, device_ids: Sequence[int], now: datetime) -> dict[int, float | None]:
    """Share of the last seven days before `now` in which each device was heard, of the time it was known.

    Known is a device since it was first heard, or else registered. None: not before `now`. One query, 20 us a device.
    """
    start = now - COVERED
    shares: dict[int, float | None] = dict.fromkeys(device_ids)
    rows = conn.execute(_HEARD, {"devices": list(device_ids), "start": start, "now": now})
    for device_id, known, heard_s in rows:
        since = max(start, known)
        if since < now:
            shares[device_id] = min(heard_s / (now - since).total_seconds(), 1.0)
    return shares


# Devices together: asked one by one as a history is, each costs twice as much. Spans that touch or overlap count once.
_HEARD: Final = """
    WITH span AS (
        SELECT device_id, least(until, %(now)s) AS until,
               greatest(since, %(start)s, max(until) OVER (PARTITION BY device_id ORDER BY since, until
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS since
        FROM heard WHERE device_id = ANY(%(devices)s) AND since < %(now)s AND until > %(start)s
    ), heard_for AS (
        SELECT device_id, sum(until - since) AS length FROM span WHERE until > since GROUP BY device_id
    )
    SELECT d.device_id,
           coalesce((SELECT since FROM heard h WHERE h.device_id = d.device_id ORDER BY since LIMIT 1), d.created_at),
           coalesce(extract(epoch FROM length)::float8, 0)
    FROM devices d LEFT JOIN heard_for USING (device_id) WHERE d.device_id = ANY(%(devices)s)"""
