"""What can befall a device's messages on their way, heavier than the simulator's own links: one kind of it a device.

A disturbance works on what a device recorded (restarts, a clock that is lost) or on how it is sent (lost, doubled,
out of order, late). The simulator's own link lies beneath all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np

from catalog.model import Product
from device_sim.fleet import Fleet
from device_sim.link import Sending, lay
from device_sim.model.body import WEEK_DAYS
from device_sim.record import DAY_MS, Element, Recorder

Rng: TypeAlias = np.random.Generator
RESTARTS_APART_DAYS: Final = 2.0
CLOCKLESS_SHARE: Final = 0.3
"""Of the hours: the device knows only how long it has been up."""
WRONG_CLOCK_S: Final = 90.0
LOST_SHARE: Final = 0.05
DOUBLED_SHARE: Final = 0.3
REORDER_DAYS: Final = 0.5
LATE_DAYS: Final = 14.0
"""A device that is asked once a fortnight."""
HEARD_SHARE: Final = (0.25, 0.9)
"""Of the days, with gaps and while offline."""
GAP_DAYS: Final = 4.0
"""Mean length of a gap."""


def sendings(fleet: Fleet, product: Product, device: str, kind: str, days: float) -> list[Sending]:
    """What a device's link hands over of the days [0, days), in the order it does. `kind` is one of `KINDS`."""
    unit = fleet.unit(device)
    recorder, link = Recorder(unit, product, fleet.epoch_ms), lay(unit)
    rng = np.random.default_rng((fleet.seed, unit.body.spec.index))
    weeks = _weeks(recorder, days)
    sent: list[Sending] = []
    for number, recorded in enumerate(_RECORDED[kind](list(weeks), rng) if kind in _RECORDED else weeks):
        sent += link.carry(recorded, number)
    sent = [sending for sending in sent if sending.due < days]
    for befall in _SENT.get(kind, ()):
        sent = befall(sent, rng, days)
    return sorted(sent, key=lambda sending: sending.due)


def _weeks(recorder: Recorder, days: float) -> Iterator[list[Element]]:
    for number, week in enumerate(recorder.weeks(0.0)):
        if number * WEEK_DAYS >= days:
            return
        yield [element for element in week if element.day < days]


# ---- what was recorded -----------------------------------------------------------------------------------------


def _restarted(weeks: list[list[Element]], rng: Rng) -> list[list[Element]]:
    """More restarts: a boot of its own for each stretch, numbers from 0, a link back to the number before."""
    until = max((element.day for week in weeks for element in week), default=0.0)
    cuts = np.cumsum(rng.exponential(RESTARTS_APART_DAYS, int(3 * until / RESTARTS_APART_DAYS) + 10))
    before: tuple[int, int] | None = None
    boot = seq = 0
    for week in weeks:
        for element in week:
            body = element.body
            now = body["boot"] + int(np.searchsorted(cuts, element.day))
            body.pop("prev", None)
            if before is not None and now != before[0]:
                body["prev"] = {"boot": before[0], "seq": before[1]}
            seq = 0 if now != boot else seq
            boot, body["boot"], body["seq"] = now, now, seq
            before, seq = (boot, seq), seq + 1
    return weeks


def _clockless(weeks: list[list[Element]], rng: Rng) -> list[list[Element]]:
    """Some hours tell only the time since the restart, and the clock is wrong by a minute or two else."""
    begun: dict[int, float] = {}
    hours: dict[int, bool] = {}
    wrong_ms = int(rng.normal(0.0, WRONG_CLOCK_S) * 1000)
    made = []
    for week in weeks:
        told = []
        for element in week:
            booted = begun.setdefault(element.body["boot"], element.day)
            if hours.setdefault(int(element.day * 24), bool(rng.random() < CLOCKLESS_SHARE)):
                element.body["ts"] = round((element.day - booted) * DAY_MS)
                told.append(element._replace(unclocked=True))
            else:
                if not element.unclocked:
                    element.body["ts"] += wrong_ms
                told.append(element)
        made.append(told)
    return made


# ---- how it is sent --------------------------------------------------------------------------------------------


def _lost(sent: list[Sending], rng: Rng, _days: float) -> list[Sending]:
    return [sending for sending, chance in zip(sent, rng.random(len(sent)), strict=True) if chance >= LOST_SHARE]


def _doubled(sent: list[Sending], rng: Rng, days: float) -> list[Sending]:
    again = [
        Sending(min(days, sending.due + later), sending.element, again=True)
        for sending, later in zip(sent, rng.exponential(2.0, len(sent)), strict=True)
        if rng.random() < DOUBLED_SHARE
    ]
    return sent + again


def _reordered(sent: list[Sending], rng: Rng, days: float) -> list[Sending]:
    return [
        sending._replace(due=min(days, sending.due + later))
        for sending, later in zip(sent, rng.uniform(0.0, REORDER_DAYS, len(sent)), strict=True)
    ]


def _late(sent: list[Sending], _rng: Rng, days: float) -> list[Sending]:
    return [sending._replace(due=min(days, (sending.due // LATE_DAYS + 1) * LATE_DAYS)) for sending in sent]


def _gaps(sent: list[Sending], rng: Rng, days: float) -> list[Sending]:
    """Nothing of some stretches of days ever comes."""
    share = rng.uniform(*HEARD_SHARE)
    edges = np.cumsum(rng.exponential(GAP_DAYS, int(6 * days / GAP_DAYS)) * np.tile(
        (share / (1 - share), 1.0), int(6 * days / GAP_DAYS) // 2 + 1)[: int(6 * days / GAP_DAYS)])  # fmt: skip
    return [sending for sending in sent if np.searchsorted(edges, sending.element.day) % 2 == 0]


def _offline(sent: list[Sending], rng: Rng, days: float) -> list[Sending]:
    """One long silence, perhaps until the end."""
    length = days * (1 - rng.uniform(*HEARD_SHARE))
    begin = rng.uniform(0.0, days)
    return [sending for sending in sent if not begin <= sending.element.day < begin + length]


_RECORDED: Final[Mapping[str, Callable[[list[list[Element]], Rng], list[list[Element]]]]] = {
    "restarts": _restarted,
    "clock": _clockless,
    "everything": lambda weeks, rng: _clockless(_restarted(weeks, rng), rng),
}
_SENT: Final[Mapping[str, tuple[Callable[[list[Sending], Rng, float], list[Sending]], ...]]] = {
    "lost": (_lost,),
    "doubled": (_doubled,),
    "out of order": (_reordered,),
    "late": (_late,),
    "gaps": (_gaps,),
    "offline": (_offline,),
    "everything": (_gaps, _lost, _doubled, _reordered),
}
KINDS: Final = ("link", "lost", "doubled", "out of order", "late", "restarts", "clock", "gaps", "offline", "everything")
"""`link`: nothing but the simulator's own."""
