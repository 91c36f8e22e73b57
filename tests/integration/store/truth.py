"""What a simulated device really recorded, what of it the link delivered, and what the platform may then know.

Plain and slow on purpose: sets of numbers and a sweep over all edges of time, from the simulator's own record. The
intake and the readers never see any of it; they are held to it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from catalog.elements import Quality, State
from catalog.model import Product
from device_sim.fleet import Fleet
from device_sim.link import LONGEST_DELAY_DAYS, Sending, lay
from device_sim.model.body import WEEK_DAYS
from device_sim.mqtt.packing import pack
from device_sim.record import Element, Recorder
from store.intake import Arrival
from wire.decode import decode

DAY_MS = 86_400_000
RAW_DAYS = 400
TRAVEL_MS = 900
"""Longest way from a device's clock reading to the platform's."""

Number: TypeAlias = tuple[int, int]
"""boot, seq."""
Span: TypeAlias = tuple[int, int]


class Delivered(NamedTuple):
    """A message as it arrives."""

    arrived_at_ms: int
    channel: str
    payload: bytes


@dataclass
class Truth:
    """One device's record over some days, and what the link made of it."""

    product: Product
    epoch_ms: int
    recorded: list[Element]
    sendings: list[Sending]
    """In the order they are due."""
    stored: dict[Number, int] = field(default_factory=dict)
    """Number -> ts in ms of every element that has arrived; filled by `messages` read through `arrivals`."""
    clocked: set[Number] = field(default_factory=set)
    """Those of them whose time had to be resolved."""

    @property
    def tail_ms(self) -> int:
        """Three heartbeats."""
        return round(3000 * self.product.heartbeat_s)

    @property
    def lost(self) -> set[Number]:
        """Recorded, and not arrived."""
        return {number(e) for e in self.recorded} - set(self.stored)

    def links(self) -> dict[Number, Number]:
        """First element of a boot -> the one before the restart that it names, as far as it arrived."""
        named = ((number(e), e.body.get("prev")) for e in self.recorded)
        return {n: (prev["boot"], prev["seq"]) for n, prev in named if prev and n in self.stored}

    def known_lost(self) -> dict[int, set[int]]:
        """By boot, the lost numbers that a platform can know of: below one that came, or up to one that is named."""
        named = self.links().values()
        found: defaultdict[int, set[int]] = defaultdict(set)
        for boot, seq in self.lost:
            came_later = any(b == boot and s > seq for b, s in self.stored)
            if came_later or any(b == boot and s >= seq for b, s in named):
                found[boot].add(seq)
        return found

    def vanished(self) -> set[int]:
        """Boots between two that came, of which nothing did, and which none that came names."""
        came = {boot for boot, _ in self.stored}
        named = {boot for boot, _ in self.links().values()}
        return set(range(min(came), max(came))) - came - named

    def heard(self) -> list[Span]:
        """Disjoint spans, in order, that (a), (b) or (c) of the definition of coverage calls heard."""
        spans = [(ts, ts + self.tail_ms) for ts in self.stored.values()]
        spans += [
            (ts, self.stored[boot, seq + 1])
            for (boot, seq), ts in self.stored.items()
            if (boot, seq + 1) in self.stored
        ]
        spans += [(self.stored[old], self.stored[new]) for new, old in self.links().items() if old in self.stored]
        return swept(spans)


def number(element: Element) -> Number:
    """Its identity, but for the time."""
    return element.body["boot"], element.body["seq"]


def swept(spans: Iterable[Span]) -> list[Span]:
    """The union, by counting how many spans are open at each edge."""
    edges: defaultdict[int, int] = defaultdict(int)
    for since, until in spans:
        if since < until:
            edges[since] += 1
            edges[until] -= 1
    found: list[Span] = []
    is_open, since = 0, 0
    for edge in sorted(edges):
        before, is_open = is_open, is_open + edges[edge]
        if not before and is_open:
            since = edge
        elif before and not is_open:
            found.append((since, edge))
    return found


def clipped(spans: Iterable[Span], start: int, end: int) -> int:
    """How much of `[start, end)` disjoint spans cover."""
    return sum(max(0, min(until, end) - max(since, start)) for since, until in spans)


def truth(fleet: Fleet, product: Product, device: str, days: float) -> Truth:
    """The first `days` of `device`: what is due later than that is still on its way, and therefore not there."""
    unit = fleet.unit(device)
    recorder = Recorder(unit, product, fleet.epoch_ms)
    link = lay(unit)
    recorded: list[Element] = []
    sendings: list[Sending] = []
    for week, elements in zip(range(int(days // WEEK_DAYS) + 1), recorder.weeks(0.0), strict=False):
        recorded += [e for e in elements if e.day < days]
        sendings += link.carry(elements, week)
    sent = [s for s in sendings if s.element.day < days and s.due < days + LONGEST_DELAY_DAYS]
    return Truth(product, fleet.epoch_ms, recorded, sorted(sent, key=lambda s: s.due))


def messages(told: Truth, rng: random.Random, redelivered: float = 0.02) -> Iterator[Delivered]:
    """Everything the link delivers, as messages in the order of arrival; the broker gives some of them twice."""
    place = 0
    late: list[Delivered] = []
    while place < len(told.sendings):
        size = rng.choice((1, 1, 1, 3, 40))
        some = told.sendings[place : place + size]
        place += size
        now_ms = told.epoch_ms + round(some[-1].due * DAY_MS)
        for message in pack(some, epoch_ms=told.epoch_ms, now_ms=now_ms):
            came = Delivered(now_ms + rng.randrange(TRAVEL_MS), message.channel, message.payload)
            yield came
            if rng.random() < redelivered:
                late.append(came)
        if late and rng.random() < 0.2:
            yield from (again._replace(arrived_at_ms=now_ms + rng.randrange(TRAVEL_MS)) for again in late)
            late.clear()
    yield from late


def batches(
    told: Truth, device_id: int, delivered: Iterable[Delivered], rng: random.Random, largest: int = 200
) -> Iterator[list[Arrival]]:
    """`delivered` decoded, in batches of any size; `told.stored` learns what a batch holds when it is given out."""
    batch: list[Arrival] = []
    size = rng.randint(1, largest)
    for message in delivered:
        at = message.arrived_at_ms
        decoded = decode(
            message.channel, message.payload, told.product, arrived_at_ms=at, oldest_ts_ms=at - RAW_DAYS * DAY_MS
        )
        assert not decoded.rejects
        topic = f"vop/v1/{device_id}/up/{message.channel}"
        batch.append(Arrival(topic, message.payload, at, device_id, told.product.key, *decoded))
        if len(batch) == size:
            yield _learnt(told, batch)
            batch, size = [], rng.randint(1, largest)
    if batch:
        yield _learnt(told, batch)


def _learnt(told: Truth, batch: Sequence[Arrival]) -> list[Arrival]:
    first: dict[Number, int] = {}
    for arrival in batch:
        for element in arrival.elements:
            assert not isinstance(element, State)
            key = (element.boot, element.seq)
            if key in told.stored:
                continue
            # Two copies of an element without a clock in one batch: which came first nobody can say.
            first[key] = min(first.get(key, element.ts_ms), element.ts_ms)
            if element.quality & Quality.CLOCK:
                told.clocked.add(key)
    told.stored |= first
    return list(batch)
