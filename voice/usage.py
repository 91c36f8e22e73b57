"""How much a device, or everything a customer owns, was used: by day, week, month or year.

Days are those of the place where the unit stands and of its owner's calendar; a use belongs to the
period it begins in; coverage is heard time within the ownership (DESIGN decisions 9 to 11). The rules
are in docs/usage.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from catalog.model import Product
from store import customers, devices, ownerships
from store import usage as stored
from store.database import Connection
from store.usage import Asked, Window
from voice.calendars import (
    MONDAY,
    Calendar,
    Per,
    Period,
    check_window,
    periods,
    zone_named,
)
from voice.counters import Check, checks
from voice.errors import NoSuchProduct
from voice.figures import NOTHING, Figures, PeriodUsage, figures, in_time, over_units


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in which a device had one owner, or none, and the figures of its periods."""

    customer: str | None
    """None: nobody owned it in the whole window; its days are then those of UTC."""
    zone: str
    """IANA name: where the unit stood."""
    calendar: Calendar
    week_start: int
    since: datetime
    until: datetime
    items: tuple[PeriodUsage, ...]


@dataclass(frozen=True, slots=True)
class DeviceUsage:
    """A device's use over `[since, until)`, one stretch an owner, oldest first."""

    device: str
    product: str
    per: Per
    since: datetime
    until: datetime
    stretches: tuple[Stretch, ...]
    total: Figures
    counters: tuple[Check, ...]
    """What the device's own counters say of the same time."""


@dataclass(frozen=True, slots=True)
class ProductUsage:
    """The use of all units of one product that a customer owned in the window."""

    product: str
    devices: tuple[str, ...]
    items: tuple[PeriodUsage, ...]
    total: Figures
    counters: tuple[Check, ...]
    """What the units' own counters say of the same time, together."""


@dataclass(frozen=True, slots=True)
class CustomerUsage:
    """A customer's use over `[since, until)`, by product: uses of different products do not add up."""

    customer: str
    per: Per
    since: datetime
    until: datetime
    zone: str
    calendar: Calendar
    week_start: int
    products: tuple[ProductUsage, ...]


def usage_of_device(
    conn: Connection,
    catalog: Mapping[str, Product],
    device: str,
    start: datetime,
    end: datetime,
    per: Per,
    *,
    now: datetime | None = None,
) -> DeviceUsage:
    """A device's use in `[start, end)`; time nobody owned it in is left out.

    Time after `now` (default: the clock) needs no coverage. Raises `store.errors.NotFound` for an
    unknown device, `NoSuchProduct` when the catalogue lacks its product, and of `voice.errors` what
    `periods` raises.
    """
    now = now or datetime.now(UTC)
    found = devices.get(conn, device)
    product = _product(catalog, found.product)
    stretches, owned = [], []
    for customer, zone, calendar, week_start, window in _owned(conn, found.device_id, start, end):
        cut = periods(window.since, window.until, per, zone_named(zone), calendar, week_start)
        windows = [Window(period.since, period.until) for period in cut]
        [measured] = _measured(conn, product, [Asked(found.device_id, windows)], now)
        items = tuple(map(PeriodUsage, cut, measured))
        stretches.append(Stretch(customer, zone, calendar, week_start, *window, items))
        owned.append((found.device_id, window))
    total = in_time(item.figures for stretch in stretches for item in stretch.items)
    counters = _checked(conn, product, owned, total, now)
    return DeviceUsage(device, product.key, per, start, end, tuple(stretches), total, counters)


def usage_of_customer(
    conn: Connection,
    catalog: Mapping[str, Product],
    customer: str,
    start: datetime,
    end: datetime,
    per: Per,
    *,
    product: str | None = None,
    counters: bool = False,
    now: datetime | None = None,
) -> CustomerUsage:
    """The use of all units the customer owned in `[start, end)`, each while it was theirs.

    Periods are those of the customer's own zone, also for a unit that stands in another. `counters` looks at those of
    each unit, too. Raises as `usage_of_device` does.
    """
    now = now or datetime.now(UTC)
    owner = customers.get(conn, customer)
    cut = periods(start, end, per, zone_named(owner.zone), owner.calendar, owner.week_start)
    units: dict[str, dict[tuple[str, int], list[Window]]] = defaultdict(lambda: defaultdict(list))
    for owned in ownerships.of_customer(conn, owner.customer_id, start=start, end=end):
        if product in (None, owned.product):
            window = _clipped(owned.since, owned.until, start, end)
            units[owned.product][owned.device, owned.device_id].append(window)
    summed = tuple(_of_product(conn, _product(catalog, key), cut, units[key], now, counters) for key in sorted(units))
    return CustomerUsage(customer, per, start, end, owner.zone, owner.calendar, owner.week_start, summed)


def _of_product(
    conn: Connection,
    product: Product,
    cut: Sequence[Period],
    units: Mapping[tuple[str, int], Sequence[Window]],
    now: datetime,
    counters: bool,
) -> ProductUsage:
    by_unit = []
    owned = [(device_id, within(cut, windows)) for (_, device_id), windows in units.items()]
    asked = [Asked(device_id, [window for _, window in pieces]) for device_id, pieces in owned]
    for (_, pieces), measured in zip(owned, _measured(conn, product, asked, now), strict=True):
        by_period: list[list[Figures]] = [[] for _ in cut]
        for (n, _), figure in zip(pieces, measured, strict=True):
            by_period[n].append(figure)
        by_unit.append([in_time(parts) if parts else NOTHING for parts in by_period])
    items = tuple(PeriodUsage(period, over_units(unit[n] for unit in by_unit)) for n, period in enumerate(cut))
    total = over_units(in_time(unit) for unit in by_unit)
    owning = [(device_id, window) for (_, device_id), windows in units.items() for window in windows]
    checked = _checked(conn, product, owning, total, now) if counters else ()
    return ProductUsage(product.key, tuple(device for device, _ in units), items, total, checked)


def _checked(
    conn: Connection, product: Product, owned: Sequence[tuple[int, Window]], total: Figures, now: datetime
) -> tuple[Check, ...]:
    past = [(device_id, Window(w.since, min(w.until, now))) for device_id, w in owned if w.since < now]
    return checks(conn, product, past, (total.uses, total.minutes, total.coverage), now=now)


def within(cut: Sequence[Period], owned: Iterable[Window]) -> list[tuple[int, Window]]:
    """The parts of the periods that lie in the windows owned, in order, each with its period's number.

    Both must rise and not overlap; so do the parts.
    """
    found = []
    windows = list(owned)
    first = 0
    for n, period in enumerate(cut):
        while first < len(windows) and windows[first].until <= period.since:
            first += 1
        for window in windows[first:]:
            if window.since >= period.until:
                break
            part = Window(max(window.since, period.since), min(window.until, period.until))
            found.append((n, part))
    return found


def _measured(conn: Connection, product: Product, asked: Sequence[Asked], now: datetime) -> list[list[Figures]]:
    """Figures of the windows of each device, by two queries however many there are."""
    past = [
        Asked(device_id, [Window(w.since, min(w.until, now)) for w in windows if w.since < now])
        for device_id, windows in asked
    ]
    heard = stored.heard_seconds_of(conn, past)
    use = product.use
    nothing = stored.Counts(0, 0.0, 0, 0)
    counts = (
        stored.counts_of(conn, use, asked) if use is not None else [[nothing] * len(windows) for _, windows in asked]
    )
    has_length = use is not None and (use.start is not None or use.duration is not None)
    found = []
    for (_, windows), counted, seconds in zip(asked, counts, heard, strict=True):
        figured = []
        to_come = [0.0] * (len(windows) - len(seconds))
        for window, count, heard_s in zip(windows, counted, seconds + to_come, strict=True):
            window_s = max((min(window.until, now) - window.since).total_seconds(), 0.0)
            figure = figures(*count, heard_s=heard_s, window_s=window_s, has_length=has_length)
            figured.append(figure if use is not None else replace(figure, uses=None))
        found.append(figured)
    return found


def _owned(
    conn: Connection, device_id: int, start: datetime, end: datetime
) -> list[tuple[str | None, str, Calendar, int, Window]]:
    """Who owned the device in the window, cut to it: (customer, zone, calendar, week_start, window)."""
    check_window(start, end)
    spans = [
        span
        for span in ownerships.history(conn, device_id)
        if span.since < end and (span.until is None or span.until > start)
    ]
    if not spans:
        return [(None, "UTC", "gregorian", MONDAY, Window(start, end))]
    owners = customers.by_ids(conn, sorted({span.customer for span in spans}))
    return [
        (
            span.customer,
            span.zone,
            owners[span.customer].calendar,
            owners[span.customer].week_start,
            _clipped(span.since, span.until, start, end),
        )
        for span in spans
    ]


def _clipped(since: datetime, until: datetime | None, start: datetime, end: datetime) -> Window:
    return Window(max(since, start), end if until is None else min(until, end))


def _product(catalog: Mapping[str, Product], key: str) -> Product:
    try:
        return catalog[key]
    except KeyError as error:
        raise NoSuchProduct(f"the catalogue has no product {key!r}; add its file to VOP_CATALOG_DIR") from error
