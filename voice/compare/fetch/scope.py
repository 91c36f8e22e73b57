"""Whose units are spoken of, and over which time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from catalog.model import Product
from store import ownerships
from store.customers import Customer
from store.database import Connection
from store.devices import Device
from store.usage import Window
from voice.calendars import Calendar, Per, Period, periods, zone_named
from voice.claims.model import PER_DAYS, Claim
from voice.compare.thresholds import Thresholds

LONGEST_DAYS: Final = {"day": 2, "week": 8, "month": 32, "year": 367}
"""A period and a change of clocks at most."""
MOST_DAYS: Final = 400
"""A longer window is cut into months."""
_DAY_S: Final = 86_400


class Subject(Protocol):
    """Whom and what a statement is about: one unit of the customer's, or all of `product` that they owned."""

    @property
    def customer(self) -> Customer: ...  # noqa: D102
    @property
    def device(self) -> Device | None: ...  # noqa: D102
    @property
    def product(self) -> Product | None: ...  # noqa: D102


class Unit(NamedTuple):
    """A device, and when it was the customer's."""

    device_id: int
    device: str
    owned: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The units spoken of, up to `until`, in the calendar of the place."""

    product: Product
    units: tuple[Unit, ...]
    others: int
    """Units of the product that were the customer's too and are not spoken of."""
    until: datetime
    zone: ZoneInfo
    calendar: Calendar
    week_start: int

    @property
    def name(self) -> str:
        """Of the zone."""
        return self.zone.key

    def within(self, window: Window) -> list[tuple[int, Window]]:
        """The stretches of the window in which units were the customer's, by device_id."""
        return [
            (unit.device_id, part)
            for unit in self.units
            for owned in unit.owned
            if (part := _common(owned, window)) is not None
        ]

    def device(self, device_id: int) -> str:
        """The name of one of the units."""
        return next(unit.device for unit in self.units if unit.device_id == device_id)

    @property
    def owned(self) -> list[Window]:
        """When the customer had any of the units, merged."""
        return merged(owned for unit in self.units for owned in unit.owned)


def scope(conn: Connection, product: Product, subject: Subject, until: datetime, since: datetime) -> Scope:
    """The units that were the customer's within `[since, until)`, each while it was."""
    owner = subject.customer
    held = [
        span
        for span in ownerships.of_customer(conn, owner.customer_id, start=since, end=until)
        if span.product == product.key
    ]
    zone = owner.zone
    found: dict[tuple[int, str], list[Window]] = {}
    for span in held:
        window = Window(max(span.since, since), until if span.until is None else min(span.until, until))
        found.setdefault((span.device_id, span.device), []).append(window)
    units = [Unit(device_id, device, tuple(merged(owned))) for (device_id, device), owned in found.items()]
    if subject.device is not None:
        chosen = subject.device.device_id
        zone = next((span.zone for span in reversed(held) if span.device_id == chosen), zone)
        mine = tuple(unit for unit in units if unit.device_id == chosen)
        others = len(units) - len(mine)
    else:
        mine, others = tuple(units), 0
    return Scope(product, mine, others, until, zone_named(zone), owner.calendar, owner.week_start)


def merged(windows: Iterable[Window]) -> list[Window]:
    """Windows that touch or overlap as one, in order."""
    found: list[Window] = []
    for window in sorted(windows):
        if found and window.since <= found[-1].until:
            found[-1] = Window(found[-1].since, max(found[-1].until, window.until))
        else:
            found.append(window)
    return found


def _common(a: Window, b: Window) -> Window | None:
    since, until = max(a.since, b.since), min(a.until, b.until)
    return Window(since, until) if since < until else None


class Chosen(NamedTuple):
    """The time a claim is compared with."""

    parts: Sequence[Period]
    periods: float
    """How many of the claim's periods they stand for."""
    own: bool
    """The claim names it."""

    @property
    def window(self) -> Window:
        """From the first part's beginning to the last one's end."""
        return Window(self.parts[0].since, self.parts[-1].until)


def choose(claim: Claim, where: Scope, t: Thresholds) -> Chosen | None:
    """The claim's own window, else the last full periods before it was said; never after. None: there is none.

    A period counts where some unit was the customer's through all of it.
    """
    if claim.window is not None:
        return _own(claim, where)
    if claim.per is None:
        return _days(where, t)
    need = t.periods
    if claim.per in ("day", "week"):
        need = max(need, math.ceil(t.least_days / PER_DAYS[claim.per]))
    start = where.until - timedelta(days=(need + 1) * LONGEST_DAYS[claim.per])
    cut = _cut(where, Window(start, where.until), claim.per)
    full = [p for p in cut if p.full and any(o.since <= p.since and p.until <= o.until for o in where.owned)]
    return Chosen(full[-need:], len(full[-need:]), own=False) if full else None


def _own(claim: Claim, where: Scope) -> Chosen | None:
    """The window named, as far as they had a unit in it."""
    assert claim.window is not None
    owned = where.owned
    if not owned:
        return None
    window = Window(max(claim.window.since, owned[0].since), min(claim.window.until, where.until, owned[-1].until))
    if window.since >= window.until:
        return None
    if claim.per is None:
        return Chosen(_cut(where, window, "month"), 1, own=True)
    days = (window.until - window.since).total_seconds() / _DAY_S
    periods = max(1.0, days / PER_DAYS[claim.per])
    if days > MOST_DAYS:
        return Chosen(_cut(where, window, "month"), periods, own=True)
    parts = _cut(where, window, claim.per)
    # A stretch that ends within a period, such as this week so far, is what "twice this week" is a count of.
    return Chosen(parts, len(parts) if all(part.full for part in parts) else periods, own=True)


def _days(where: Scope, t: Thresholds) -> Chosen | None:
    """What has no period: the last days, of which one at least must have been theirs."""
    look = Window(where.until - timedelta(days=t.look_back_days), where.until)
    since = max(look.since, min((owned.since for owned in where.owned), default=look.since))
    if (where.until - since).total_seconds() < _DAY_S:
        return None
    return Chosen(_cut(where, Window(since, where.until), "month"), 1, own=False)


def _cut(where: Scope, window: Window, per: Per) -> list[Period]:
    return periods(window.since, window.until, per, where.zone, where.calendar, where.week_start)
