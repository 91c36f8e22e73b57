"""Devices whose messages came through the intake, and those that were lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import catalog
from catalog.elements import Event, Quality, Reading
from store import customers, devices, ownerships
from store.customers import Calendar, Customer
from store.database import Connection
from store.devices import Device
from store.intake import Arrival, Intake
from voice.claims.model import Claim
from voice.claims.model import Window as Spoken
from voice.compare import Thresholds, Verdict, compare

CATALOG = catalog.load()
SAID_AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
Happening = tuple[datetime, str, Mapping[str, Any]]
"""When, kind, attributes; the kind "" is a reading."""


def ago(days: float) -> datetime:
    """So many days before it is said."""
    return SAID_AT - timedelta(days=days)


@dataclass(frozen=True)
class About:
    """Whom and what is spoken of."""

    customer: Customer
    device: Device | None
    product: Any


@dataclass
class Lives:
    conn: Connection
    intake: Intake = field(default_factory=lambda: Intake(CATALOG))

    def customer(self, name: str = "c-1", zone: str = "UTC", calendar: Calendar = "gregorian") -> Customer:
        week_start = 6 if calendar == "persian" else 1
        return customers.create(self.conn, name, name, zone=zone, calendar=calendar, week_start=week_start)

    def device(self, name: str, product: str, *owners: tuple[Customer, datetime, datetime | None]) -> Device:
        made, _ = devices.register(self.conn, name, product)
        spans = [ownerships.Span(owner.customer, since, until) for owner, since, until in owners]
        ownerships.set_history(self.conn, made.device_id, spans)
        return made

    def live(
        self,
        device: Device,
        since: datetime,
        until: datetime,
        happenings: Iterable[Happening],
        *,
        lost: Sequence[tuple[datetime, datetime]] = (),
        beat: Mapping[str, Any] | None = None,
        every: timedelta = timedelta(days=1),
    ) -> None:
        """One boot's numbered messages: what happened, and a reading every so often; what was lost never came."""
        product = CATALOG[device.product]
        if beat is None:
            beat = {next(s.key for s in product.signal if s.type == "float32"): 1.0}
        steps = int((until - since) / every) + 1
        beats: list[Happening] = [(min(since + every * n, until), "", beat) for n in range(steps)]
        told = sorted([*beats, (until, "", beat), *happenings], key=lambda h: h[0])
        elements: list[Reading | Event] = []
        for seq, (at, kind, carried) in enumerate(told):
            if any(a <= at < b for a, b in lost):
                continue
            ts, values = int(at.timestamp() * 1000), dict(carried)
            index = len(elements)
            if kind:
                elements.append(Event(index, ts, 1, seq, Quality.OK, kind, values, None, None))
            else:
                elements.append(Reading(index, ts, 1, seq, Quality.OK, values, None, None))
        topic = f"vop/v1/{device.device}/up/event"
        arrived = int((until + timedelta(seconds=1)).timestamp() * 1000)
        arrival = Arrival(topic, b"", arrived, device.device_id, device.product, elements, ())
        outcome = self.intake.write(self.conn, [arrival])
        assert not outcome.rejects
        assert outcome.stored == len(elements)

    def verdict(self, customer: Customer, device: Device | None, product: str, claim: Claim, **more: Any) -> Verdict:
        said_at = more.pop("said_at", SAID_AT)
        about = About(customer, device, CATALOG[product])
        return compare(self.conn, about, claim, said_at, thresholds=more.pop("thresholds", Thresholds()), **more)


def clean(at: datetime, minutes: float = 40.0) -> list[Happening]:
    """One cleaning of a vacuum."""
    return [
        (at, "clean_started", {}),
        (at + timedelta(minutes=minutes), "clean_finished", {"duration_min": minutes}),
    ]


def in_window(claim: Claim, since: datetime, until: datetime) -> Claim:
    """The same, said of a time of its own."""
    return replace(claim, window=Spoken(since, until))
