"""How an item stands now, and whether to order: from what its device reported, once for all who look at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from catalog.elements import Json
from catalog.model import Product, Use
from store import orders, outbox, stock, usage
from store.database import Connection
from store.stock import Item, Standing
from store.usage import Asked, Window
from voice.calendars import periods, zone_named
from voice.stock.demand import Demand, demand
from voice.stock.ordering import LeadTime, cover, quantity, reorder_point

HISTORY: Final = timedelta(days=182)
"""Demand is learnt from so long."""
LOOKED_BACK: Final = timedelta(hours=24)
"""A level that is older says nothing of now."""
READINGS: Final = 5
"""The median of so many is the level: one wrong weighing orders nothing."""
CONFIRMED: Final = 2
"""Looks in a row at or below the reorder point before it is ordered."""
ARRIVAL: Final = timedelta(days=2)
"""After an order was received its goods may take so long to stand on the shelf, or something else is wrong."""
HEARD: Final = 0.5
"""Share of a day below which it teaches nothing of demand."""

OPENED: Final = "order.opened"
RECEIVED: Final = "order.received"
CANCELLED: Final = "order.cancelled"
KINDS: Final = (OPENED, RECEIVED, CANCELLED)
"""Of events that leave the platform."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What came of a look."""

    standing: Standing
    order_id: int | None = None
    """Of the order that was opened by it."""


def assess(conn: Connection, product: Product, device_id: int, now: datetime, *, by: str) -> Assessed:
    """Look at one item, keep how it stands, and order when it is time, in one transaction.

    Two that look at once take turns on the item's row; the second finds the first's order. Replaying the past changes
    nothing: what is looked at is the level now.
    """
    with conn.transaction():
        stock.lock(conn, device_id)
        item = stock.get(conn, device_id)
        told = stock.levels(conn, product, device_id, Window(now - LOOKED_BACK, now))[-READINGS:]
        level = max(0, round(median(value for _, value in told))) if told else None
        learnt, coverage = learn(conn, product, item, now)
        weekday = now.astimezone(zone_named(item.zone or "UTC")).weekday()
        point = _point(item, learnt, weekday)
        lasts = cover(learnt, level, weekday) if learnt is not None and level is not None else None
        low = level is not None and point is not None and level <= point
        below = min((item.below or 0) + 1, 1_000) if low else 0
        armed = _armed(conn, item, low, now)
        order_id = None
        if low and below >= CONFIRMED and armed and item.ordering:
            assert learnt is not None
            assert level is not None
            assert point is not None
            order_id = _order(conn, item, learnt, level, point, by=by, now=now)
            armed = order_id is None
        standing = Standing(
            level, told[-1][0] if told else None, learnt.mean if learnt else None,
            learnt is not None and learnt.profile is not None,
            lasts.days if lasts else None, lasts.low if lasts else None, lasts.high if lasts else None,
            point, coverage, below, armed,
        )  # fmt: skip
        stock.assessed(conn, device_id, standing, now)
    return Assessed(standing, order_id)


def _armed(conn: Connection, item: Item, low: bool, now: datetime) -> bool:
    """Whether it may order: not while an order is open, and not before its goods were seen or had time to be."""
    if item.order_id is not None:
        return False
    if not low or item.armed is not False:
        return True
    last = orders.listing(conn, device=item.device, limit=1)
    return not last or last[0].closed_at is None or now - last[0].closed_at >= ARRIVAL


def _point(item: Item, learnt: Demand | None, weekday: int) -> int | None:
    if learnt is None or item.lead_days is None or item.service_level is None:
        return None
    return reorder_point(learnt, LeadTime(item.lead_days, item.lead_sd_days or 0.0), item.service_level, weekday)


def _order(
    conn: Connection, item: Item, learnt: Demand, level: int, point: int, *, by: str, now: datetime
) -> int | None:
    assert item.sku is not None
    assert item.unit is not None
    wanted = quantity(
        learnt, point, level, cycle_days=item.cycle_days or 0.0, pack=item.pack or 1, least=item.min_order or 1
    )
    because: dict[str, Json] = {
        "level": level,
        "reorder_point": point,
        "demand_a_day": round(learnt.mean, 4),
        "service_level": item.service_level,
        "lead_days": item.lead_days,
        "lead_sd_days": item.lead_sd_days,
    }
    order_id = orders.open_one(conn, item.device_id, item.sku, item.unit, wanted, because, by=by, now=now)
    if order_id is not None:
        tell(conn, OPENED, order_id, item.device, item.sku, item.unit, wanted, because, now=now)
    return order_id


def tell(
    conn: Connection, kind: str, order_id: int, device: str, sku: str, unit: str, count: int,
    more: Mapping[str, Json], *, now: datetime,
) -> None:  # fmt: skip
    """Have an event of an order sent. Call it in the transaction of what it tells of."""
    data = {"order": order_id, "device": device, "sku": sku, "unit": unit, "quantity": count, **more}
    outbox.add(conn, kind, data, now=now)


def learn(conn: Connection, product: Product, item: Item, now: datetime) -> tuple[Demand | None, float | None]:
    """Demand from the whole local days of the last half year, and how much of them was heard."""
    if product.stock is None:
        return None, None
    zone = zone_named(item.zone or "UTC")
    days = [p for p in periods(now - HISTORY, now, "day", zone) if p.full]
    windows = [Window(day.since, day.until) for day in days]
    use = Use(event=product.stock.taken, count=1 if product.stock.items is None else product.stock.items)
    asked = [Asked(item.device_id, windows)]
    [taken], [heard] = usage.counts_of(conn, use, asked), usage.heard_seconds_of(conn, asked)
    shares = [s / (w.until - w.since).total_seconds() for s, w in zip(heard, windows, strict=True)]
    first = next((n for n, share in enumerate(shares) if share > 0), len(shares))
    if first == len(shares):
        return None, None
    series = [_day(t.uses, share) for t, share in zip(taken[first:], shares[first:], strict=True)]
    weekday = windows[first].since.astimezone(zone).weekday()
    return demand(series, weekday), min(1.0, math.fsum(shares[first:]) / len(series))


def _day(uses: int, share: float) -> float | None:
    """What was taken on a day of which `share` was heard; None: too little was."""
    return uses / min(share, 1.0) if share >= HEARD else None


def close(
    conn: Connection, order_id: int, *, received: int | None, by: str, now: datetime | None = None
) -> orders.Order:
    """What was ordered has come, all or some of it; None: it will not come. Raises `NotFound`, `Conflict`."""
    now = now or datetime.now(UTC)
    with conn.transaction():
        orders.close(conn, order_id, "cancelled" if received is None else "received", received, by=by, now=now)
        found = orders.get(conn, order_id)
        kind = CANCELLED if received is None else RECEIVED
        tell(conn, kind, order_id, found.device, found.sku, found.unit, found.quantity, {"received": received}, now=now)
    return found


def stocked(catalog: Mapping[str, Product], *, personal: Sequence[str] = ()) -> list[str]:
    """Products that hold something, by key, but `personal` ones."""
    return sorted(key for key, product in catalog.items() if product.stock is not None and key not in personal)
