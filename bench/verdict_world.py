"""A fleet whose customers speak and whose messages were disturbed, and each of their claims judged twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bench import disturb
from bench.heard import Heard, heard
from catalog.model import Product
from device_sim.fleet import Fleet
from device_sim.link import Sending
from device_sim.model.body import Happening
from device_sim.speech import Said, Statement
from store import customers, devices
from store.customers import Customer
from store.database import Connection
from store.devices import Device
from tests.oracle.verdicts import KIND, KINDS, TOLD, right
from voice.claims import extract
from voice.compare import Thresholds, Verdict, compare

COVERAGE: Final = Thresholds().coverage_pct / 100
EDGE: Final = 0.02
"""Coverage nearer to the limit than this may be on either side of it: clocks err, and edges of time with them."""
WHOLE: Final = 0.99
DIFFERS: Final = ("understates", "overstates", "contradicts")
DOSES: Final = ("dose_taken", "dose_missed")
Open: TypeAlias = Literal["other than what came", "edge between", "not throughout"]
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Subject:
    """Whom and what a statement is about."""

    customer: Customer
    device: Device | None
    product: Product | None


@dataclass(frozen=True)
class Case:
    """One claim of one statement, judged twice."""

    seed: int
    key: str
    device: str
    disturbance: str
    language: str
    topic: str
    text: str
    truth: str
    """The oracle's verdict."""
    verdict: str
    """The platform's; `unread` where it found no such claim."""
    why: str
    heard: float
    """Share of the time compared with, reckoned from what was handed over."""
    coverage: float | None
    """The same as the platform has it."""
    is_open: Open | None
    """Why what was heard leaves the answer open; None: it does not."""
    spoke_truly: bool
    """The customer told what was true of their own last 91 days."""

    @property
    def right(self) -> bool:
        """By the rule of `bench.verdicts`."""
        if self.verdict == "cannot_tell":
            return self.excuse is not None
        return self.verdict == self.truth

    @property
    def excuse(self) -> str | None:
        """Why `cannot_tell` would be right; None: it would not."""
        if self.truth == "cannot_tell":
            return "nobody can"
        return "few heard" if self.heard < COVERAGE + EDGE else self.is_open

    @property
    def accused(self) -> bool:
        """A customer who is right is told otherwise."""
        return self.truth == "agrees" and self.verdict in DIFFERS

    @property
    def told_unheard(self) -> bool:
        """Told although it was heard too little."""
        return self.heard < COVERAGE - EDGE and self.verdict not in ("cannot_tell", "unread")


class World:
    """One fleet; `sent` must have been gone through before `cases`."""

    def __init__(self, fleet: Fleet, products: Mapping[str, Product]) -> None:
        """Each device gets one of `disturb.KINDS`, in turn."""
        self.fleet = fleet
        self.products = products
        self.epoch = datetime.combine(fleet.epoch, datetime.min.time(), UTC)
        self.kinds = {d.device: disturb.KINDS[n % len(disturb.KINDS)] for n, d in enumerate(fleet.devices)}
        self._heard: dict[str, Heard] = {}
        self._came: dict[str, list[Sending]] = {}

    def sent(self) -> Iterator[tuple[str, Product, list[Sending]]]:
        """Each device with its messages, in the order they come."""
        for device in self.fleet.devices:
            product = self.products[device.product]
            made = disturb.sendings(self.fleet, product, device.device, self.kinds[device.device], self.fleet.days)
            self._heard[device.device] = heard(made, product)
            self._came[device.device] = [s for s in made if s.element.event and not s.again]
            yield device.device, product, made

    def cases(self, conn: Connection, said: Sequence[Statement]) -> Iterator[tuple[list[Case], int]]:
        """Of every statement its claims, and how many were read that nobody made."""
        people = customers.by_ids(conn, [person.customer for person in self.fleet.customers])
        truly = {device.device: self._events(device.device) for device in self.fleet.devices}
        for statement in said:
            owner, product = people[statement.customer], self.products[statement.product]
            at = self.epoch + statement.day * _DAY
            habits = owner.zone, owner.calendar, owner.week_start
            read = extract(statement.text, product, statement.language, at, *habits)
            subject = Subject(owner, devices.get(conn, statement.device), product)
            found: list[Case] = []
            for one in statement.said:
                claim = next((claim for claim in read if claim.topic == one.topic), None)
                verdict = None
                if claim is not None:
                    verdict = compare(conn, subject, claim, at, thresholds=Thresholds(), text=statement.text)
                where: dict[str, Any] = {
                    "zone": ZoneInfo(owner.zone),
                    "calendar": owner.calendar,
                    "week_start": owner.week_start,
                }
                asked = self.epoch, statement.product, one, at
                truth = right(truly[statement.device], *asked, **where)
                by_what_came = _tried(self._events_that_came(statement.device), *asked, **where)
                found.append(self._case(statement, one, truth, verdict, hidden=by_what_came != truth))
            yield found, len(read) - sum(case.verdict != "unread" for case in found)

    def _events(self, device: str) -> list[Happening]:
        unit = self.fleet.unit(device)
        return [h for week in range(self.fleet.days // 7 + 1) for h in unit.week(week).happenings]

    def _events_that_came(self, device: str) -> list[Happening]:
        return [
            Happening(s.element.day, s.element.body["kind"], s.element.body["attrs"]) for s in self._came[device]
        ]  # fmt: skip

    def _case(
        self, statement: Statement, one: Said, truth: str, verdict: Verdict | None, *, hidden: bool
    ) -> Case:  # fmt: skip
        share: float = 1.0
        is_open: Open | None = None
        if verdict is not None:
            window = verdict.reported.window
            since, until = (window.since - self.epoch) / _DAY, (window.until - self.epoch) / _DAY
            share = self._heard[statement.device].share(since, until)
            came = [s.element for s in self._came[statement.device] if since <= s.element.day < until]
            is_open = (
                "other than what came" if hidden
                else _is_open([e.body for e in came], statement.product, one.topic, verdict, share)
            )  # fmt: skip
        return Case(
            self.fleet.seed, statement.key, statement.device, self.kinds[statement.device], statement.language,
            one.topic, statement.text, truth, verdict.verdict if verdict else "unread",
            verdict.why if verdict else "unread", round(share, 4), verdict.reported.coverage if verdict else None,
            is_open, one.leaning == "true",
        )  # fmt: skip


def _tried(events: list[Happening], *asked: Any, **where: Any) -> str | None:
    """The oracle on what came; None: nothing did that it could go by."""
    try:
        return right(events, *asked, **where)
    except (ValueError, ZeroDivisionError):
        return None


def _is_open(
    came: list[dict[str, Any]], product: str, topic: str, verdict: Verdict, share: float
) -> Open | None:  # fmt: skip
    """Whether the edge of what agrees lies between what was heard, and that over the share heard."""
    if share <= 0:
        return "edge between"
    if topic == "adherence":
        taken, missed = (sum(e["attrs"]["doses"] for e in came if e["kind"] == kind) for kind in DOSES)
        due = (taken + missed) / share
        if not due:
            return "edge between"
        low, high = 100 * taken / due, 100 * (taken + due - taken - missed) / due
    elif (kind := KIND.get(topic) or KINDS.get(topic, {}).get(product)) and topic not in (
        "usage_duration", "battery_runtime",
    ):  # fmt: skip
        told = [next((e["attrs"][k] for k in TOLD if k in e["attrs"]), 1) for e in came if e["kind"] == kind]
        periods = len(verdict.reported.periods) if verdict.reported.per else 1
        low, high = sum(told) / max(1, periods), sum(told) / max(1, periods) / share
    else:
        return "not throughout" if share < WHOLE else None
    least, most = verdict.allowed[0] or 0.0, verdict.allowed[1]
    edges = [least] if most is None else [least, most]
    return "edge between" if any(low <= edge <= high for edge in edges) and low < high else None
