"""What a principal may see of one device: everything, or everything but what tells of a person.

Sensitive items, and usage, belong to whoever owned the unit when they were measured: a care team sees those of its
customer's time and no other's (DESIGN 12). Support, maintenance and the others see the device itself at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from api.auditing import Visit
from api.errors import Forbidden, Misfit
from api.parameters import Period
from catalog.elements import Json
from catalog.model import Event, Product, Quantity
from store import care, devices, ownerships
from store.devices import Device
from store.events import Sight
from store.ownerships import Ownership

CARE_ROLES = frozenset({"clinician", "carer"})
FIGURE_ROLES = frozenset({"support", "quality"})
"""Who sees usage of products whose use is not sensitive."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class View:
    """A device as one principal may see it."""

    device: Device
    product: Product
    ownerships: Sequence[Ownership]
    cared: Sequence[Period]
    """When the device belonged to someone the principal cares for: merged, oldest first."""

    @property
    def owner(self) -> Ownership | None:
        """Whose it is now."""
        now = datetime.now(UTC)
        return next((o for o in self.ownerships if o.since <= now and (o.until is None or now < o.until)), None)

    def owners(self, within: Period | None = None) -> set[str]:
        """Customers who owned it `within` the period; without one, its owner now or else its last."""
        if within is None:
            last = self.owner or (self.ownerships[-1] if self.ownerships else None)
            return {last.customer} if last else set()
        held = (o for o in self.ownerships if o.since < within.end and (o.until is None or o.until > within.start))
        return {o.customer for o in held}

    def sees(self, ts: datetime) -> bool:
        """Whether sensitive items measured at `ts` are for this principal."""
        return any(span.start <= ts < span.end for span in self.cared)

    def cared_within(self, period: Period) -> Period | None:
        """The newest part of `period` whose sensitive items are for this principal."""
        for span in reversed(self.cared):
            start, end = max(span.start, period.start), min(span.end, period.end)
            if start < end:
                return Period(start, end)
        return None

    def values(self, values: Mapping[str, Value], ts: datetime | None) -> dict[str, Value]:
        """Those of the device's `values` (by signal or setting) this principal may see."""
        if is_guarded(self.product) and not (ts is not None and self.sees(ts)):
            open_keys = open_signals(self.product) | {s.key for s in self.product.setting if not s.sensitive}
            return {key: value for key, value in values.items() if key in open_keys}
        return dict(values)

    def attributes(self, kind: str, attrs: Mapping[str, Json], ts: datetime) -> dict[str, Json] | None:
        """Attributes of an event this principal may see; None: not even that it happened."""
        if not is_guarded(self.product) or self.sees(ts):
            return dict(attrs)
        declared = self.product.event_of(kind)
        if declared is None or declared.sensitive:
            return None
        hidden = {a.key for a in declared.attribute if a.sensitive}
        return {key: value for key, value in attrs.items() if key not in hidden}

    def sight(self) -> Sight | None:
        """Which events this principal sees, for pages and their cursors; None: all."""
        if not is_guarded(self.product):
            return None
        open_kinds = frozenset(e.key for e in self.product.event if not e.sensitive)
        return Sight(open_kinds, [(span.start, span.end) for span in self.cared])

    def undeclared(self, extra: Mapping[str, Json] | None, ts: datetime) -> dict[str, Json] | None:
        """Undeclared keys: of a product that measures a person they may be anything, so they are the care team's."""
        hidden = is_guarded(self.product) and not self.sees(ts)
        return None if extra is None or hidden else dict(extra)


def view(visit: Visit, name: str, within: Period | None = None) -> View:
    """The device `name` as the visitor may see it. Raises `store.errors.NotFound`.

    Names it for the audit log, for whoever owned it `within` the period asked for; without one, for its owner now or
    its last.
    """
    seen = view_of(visit, devices.get(visit.conn, name))
    visit.concerns_owners(name, seen.owners(within))
    return seen


def view_of(visit: Visit, device: Device) -> View:
    """As `view`, of a device at hand and without naming it."""
    product = visit.catalog.get(device.product)
    if product is None:
        raise Misfit(
            f"the catalogue lacks product {device.product} of {device.device}; add its file to VOP_CATALOG_DIR"
        )
    spans = ownerships.history(visit.conn, device.device_id)
    return View(device, product, spans, _cared(visit, spans))


def _cared(visit: Visit, spans: Sequence[Ownership]) -> list[Period]:
    if not visit.principal.roles & CARE_ROLES:
        return []
    now = datetime.now(UTC)
    ours = care.customers_of(visit.conn, visit.principal.user_id, now)
    merged: list[Period] = []
    for span in spans:
        if span.customer_id not in ours:
            continue
        end = span.until or datetime.max.replace(tzinfo=UTC)
        if merged and merged[-1].end >= span.since:
            merged[-1] = Period(merged[-1].start, end)
        else:
            merged.append(Period(span.since, end))
    return merged


def figures_period(visit: Visit, seen: View, period: Period) -> Period:
    """The part of `period` over which the visitor may see usage of the device. Raises `Forbidden`."""
    if visit.principal.roles & FIGURE_ROLES and not seen.product.usage_is_sensitive:
        return period
    cared = seen.cared_within(period)
    if cared is None:
        raise Forbidden(
            f"usage of {seen.device.device} is for the care team of its customer at the time", kind="sensitive"
        )
    return cared


def is_guarded(product: Product) -> bool:
    """Whether the product measures anything about a person."""
    return product.usage_is_sensitive or _has_sensitive(product)


def open_signals(product: Product) -> frozenset[str]:
    """Signals anyone may see who may see the device."""
    return frozenset(s.key for s in product.signal if not s.sensitive)


def _has_sensitive(product: Product) -> bool:
    items: list[Quantity | Event] = [*product.signal, *product.setting, *product.event]
    items += [attribute for event in product.event for attribute in event.attribute]
    return any(item.sensitive for item in items)
