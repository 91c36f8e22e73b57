"""Finding a device by whatever a person has in hand: its id, its serial number, its owner's name or
id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args

from psycopg import sql
from psycopg.rows import dict_row

from catalog.model import Product
from store.customers import like
from store.database import Connection
from store.devices.identity import COLUMNS, Device, Status
from store.devices.presence import Presence, presences
from store.errors import translated
from store.usage import Asked, Window, heard_seconds_of

Standing: TypeAlias = Literal["connected", "disconnected", "reporting", "silent", "healthy", "faulty"]
STANDINGS: Final[tuple[str, ...]] = get_args(Standing)

COVERED: Final = timedelta(days=7)
"""Coverage in a list is of the time up to now."""
LOOKED: Final = 2_000
"""Devices one question looks into for what no index knows: whether they report, are healthy, or were heard enough."""
CHUNK: Final = 500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which devices are looked for: those that match everything given."""

    product: str | None = None
    customer: str | None = None
    """Id of the present owner."""
    q: str | None = None
    """Anywhere in the device's id and serial number and in its present owner's id and name."""
    status: Status | Literal["silent"] | None = None
    firmware: str | None = None
    """Exactly as the device reports it."""
    standing: Standing | None = None
    """As `Presence` says it at the time of asking; `silent`: has an open silence. What is not known matches nothing."""
    coverage_below: float | None = None


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

    `q` is looked for anywhere in the device's id and serial number and in its present owner's id and
    (with `names`: for a reader who may know it) name, in either case of letters; `customer` is the present owner's id.
    `silent` is no status of the registry: such a device is active and has not been heard as its product promises.
    """
    wanted = Wanted(product=product, customer=customer, q=q, status=status)
    return list(look(conn, catalog, wanted, names=names, after=after, limit=limit, now=now).rows)


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

    `names`: the reader may know customers' names. For standing and coverage at most `LOOKED` devices are looked into,
    so such a page may be short, even empty, and not be the last.
    """
    now = now or datetime.now(UTC)
    sieve = _sieve(conn, catalog, wanted, now)
    found: list[dict[str, Any]] = []
    looked = 0
    more: str | None = after
    while more is not None and len(found) < limit and (sieve is None or looked < LOOKED):
        size = limit if sieve is None else CHUNK
        rows = _rows(conn, wanted, names=names, after=more, limit=size)
        looked += len(rows)
        found += rows if sieve is None else sieve(rows)
        more = rows[-1]["device"] if len(rows) == size else None
    if len(found) >= limit:
        found = found[:limit]
        more = found[-1]["device"]
    ids = [row["device_id"] for row in found]
    there = presences(conn, catalog, [(row["device_id"], row["product"]) for row in found], now=now)
    covered = coverage_of(conn, ids, now)
    return Looked([_summary(row, there, covered) for row in found], more)


def _summary(
    row: Mapping[str, Any], there: Mapping[int, Presence], covered: Mapping[int, float | None]
) -> DeviceSummary:
    left = dict(row)
    owned = [left.pop(column) for column in ("customer", "name", "zone", "since")]
    firmware = left.pop("firmware")
    device = Device(**left)
    owner = Owner(*owned) if owned[0] is not None else None
    return DeviceSummary(device, owner, there[device.device_id], firmware, covered[device.device_id])


_Rows: TypeAlias = list[dict[str, Any]]


def _sieve(
    conn: Connection, catalog: Mapping[str, Product], wanted: Wanted, now: datetime
) -> Callable[[_Rows], _Rows] | None:
    """What picks the wanted among rows by what SQL does not; None: nothing is left to pick."""
    standing = wanted.standing if wanted.standing != "silent" else None
    below = wanted.coverage_below
    if standing is None and below is None:
        return None

    def pick(rows: _Rows) -> _Rows:
        if below is not None:
            covered = coverage_of(conn, [row["device_id"] for row in rows], now)
            rows = [r for r in rows if (share := covered[r["device_id"]]) is not None and share < below]
        if standing is not None:
            faults = standing in ("healthy", "faulty")
            pairs = [(row["device_id"], row["product"]) for row in rows]
            there = presences(conn, catalog, pairs, now=now, faults=faults)
            rows = [row for row in rows if _stands(there[row["device_id"]], standing)]
        return rows

    return pick


def _stands(presence: Presence, standing: Standing) -> bool:
    match standing:
        case "connected":
            return presence.connected is True
        case "disconnected":
            return presence.connected is False
        case "reporting":
            return presence.reporting is True
        case "healthy":
            return presence.healthy is True
        case "faulty":
            return presence.healthy is False
        case "silent":
            return presence.reporting is False


def _rows(conn: Connection, wanted: Wanted, *, names: bool, after: str, limit: int) -> _Rows:
    conditions = [sql.SQL("d.device > %(after)s")]
    if wanted.product is not None:
        conditions.append(sql.SQL("d.product = %(product)s"))
    if wanted.customer is not None:
        conditions.append(sql.SQL("c.customer = %(customer)s"))
    if wanted.firmware is not None:
        conditions.append(sql.SQL("s.firmware = %(firmware)s"))
    if "silent" in (wanted.status, wanted.standing):
        conditions.append(
            sql.SQL("EXISTS (SELECT FROM silences q WHERE q.device_id = d.device_id AND ended_at IS NULL)")
        )
    if wanted.status not in (None, "silent"):
        conditions.append(sql.SQL("d.status = %(status)s"))
    pattern = like(wanted.q)
    if pattern is not None:
        conditions.append(_MATCHES if names else _MATCHES_UNNAMED)
    query = sql.SQL(
        """SELECT {columns}, c.customer, c.name, o.zone, lower(o.during) AS since, s.firmware
           FROM devices d
           LEFT JOIN ownerships o ON o.device_id = d.device_id AND o.during @> now()
           LEFT JOIN customers c ON c.customer_id = o.customer_id
           LEFT JOIN device_state s ON s.device_id = d.device_id
           WHERE {conditions} ORDER BY d.device LIMIT %(limit)s"""
    ).format(columns=COLUMNS, conditions=sql.SQL(" AND ").join(conditions))
    values = {
        "after": after,
        "product": wanted.product,
        "customer": wanted.customer,
        "firmware": wanted.firmware,
        "status": wanted.status,
        "like": pattern,
        "limit": limit,
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


@translated()
def coverage_of(conn: Connection, device_ids: Sequence[int], now: datetime) -> dict[int, float | None]:
    """Share of the last seven days before `now` in which each device was heard, of the time it was known.

    Known is a device since it was first heard, or else registered. None: not before `now`. Two queries.
    """
    start = now - COVERED
    known = dict(
        conn.execute(
            """SELECT d.device_id, coalesce(
                   (SELECT h.since FROM heard h WHERE h.device_id = d.device_id ORDER BY h.since LIMIT 1), d.created_at)
               FROM devices d WHERE d.device_id = ANY(%s)""",
            (list(device_ids),),
        ).fetchall()
    )
    windows = {key: Window(max(start, since), now) for key, since in known.items() if since < now}
    heard = heard_seconds_of(conn, [Asked(key, [window]) for key, window in windows.items()]) if windows else []
    shares: dict[int, float | None] = dict.fromkeys(device_ids)
    for (key, window), [heard_s] in zip(windows.items(), heard, strict=True):
        shares[key] = min(heard_s / (window.until - window.since).total_seconds(), 1.0)
    return shares


# Two trigram indexes, each usable only when its expression stands alone: a union, not an OR.
_MATCHES = sql.SQL(
    """d.device_id IN (
    SELECT device_id FROM devices WHERE (device || ' ' || coalesce(serial, '')) ILIKE %(like)s
    UNION ALL
    SELECT p.device_id FROM customers k JOIN ownerships p USING (customer_id)
    WHERE (k.customer || ' ' || k.name) ILIKE %(like)s AND p.during @> now())"""
)
_MATCHES_UNNAMED = sql.SQL(
    """d.device_id IN (
    SELECT device_id FROM devices WHERE (device || ' ' || coalesce(serial, '')) ILIKE %(like)s
    UNION ALL
    SELECT p.device_id FROM customers k JOIN ownerships p USING (customer_id)
    WHERE (k.customer || ' ' || k.name) ILIKE %(like)s AND k.customer ILIKE %(like)s AND p.during @> now())"""
)
"""As `_MATCHES`, by the same indexes, but a match in the name alone is none."""
