"""Reorder points tried out on the simulated fleet: stock-outs and average stock, against a fixed threshold and against
the textbook's normal formula.

    python -m bench.stock --json figures.json

Each item's demand is what was taken of its simulated shelf. A policy sees the days before, says its reorder point once
a week, and is replayed day by day with the same orders (two weeks of demand), the same lead times and lost sales, so
the point is all that differs. Every policy has one knob (service level, z, days of demand), which gives a curve; ours
is judged at its default by the stock-outs of the others at its own average stock. Exits 1 when one has fewer on the
fleet as it is simulated; slow movers, the same shelves visited less, are told beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import NormalDist
from typing import Final, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

import catalog
from device_sim.fleet import fleet
from device_sim.model.stock_sensor import StockSensor
from voice.stock.demand import demand
from voice.stock.ordering import LeadTime, lead_time_demand

Floats = NDArray[np.float64]
Curves: TypeAlias = dict[str, list["Outcome"]]

DAYS: Final = 360
EPOCH: Final = date(2026, 1, 1)
LEARNT: Final = 120
HISTORY: Final = 182
WEEK: Final = 7
ORDER_DAYS: Final = 14
LEAD: Final = LeadTime(4.0, 1.5)
AS_SIMULATED: Final = "as simulated"
PACES: Final = {AS_SIMULATED: 1.0, "a quarter of it": 0.25, "a sixteenth": 1 / 16}
"""Share of the takings that are kept: slow movers are the same shelves, visited less."""
LEVELS: Final = (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)
KNOBS: Final[Mapping[str, tuple[float, ...]]] = {
    "distribution": LEVELS,
    "normal": LEVELS,
    "fixed": tuple(np.arange(2.0, 16.1, 0.5).tolist()),
}
JUDGED: Final = 0.95
"""The service level by which ours is judged, the default of an item."""


@dataclass(frozen=True)
class Outcome:
    """Of one policy at one knob over all items."""

    policy: str
    knob: float
    stock_days: float
    """Average stock, in days of each item's demand."""
    lost: float
    """Share of demand that found nothing."""
    empty_days: float
    """Share of days on which any did."""


@dataclass(frozen=True)
class Judgement:
    """Ours beside another policy, interpolated on its curve."""

    other: str
    stock_days: float
    lost: float
    lost_by_other: float
    """At the same average stock."""
    stock_days_of_other: float
    """For the same share of demand lost."""
    ratio: float
    """Lost by ours by lost by the other: below 1 is better."""


def series(unit: StockSensor, pace: float, rng: np.random.Generator) -> Floats:
    """Items taken a day, of which each taking is kept with probability `pace`."""
    moves = unit.moves
    taken = moves.items < 0
    kept = taken & (rng.random(len(moves.items)) < pace)
    days = np.bincount(moves.t[kept].astype(np.int64), weights=-moves.items[kept], minlength=DAYS)[:DAYS]
    return days.astype(np.float64)


def points(days: Floats) -> dict[tuple[str, float], Floats]:
    """The reorder point of each day from `LEARNT` on, by policy and knob, said once a week from the days before."""
    weeks = range(LEARNT, DAYS, WEEK)
    found = {(policy, knob): np.zeros(DAYS - LEARNT) for policy, knobs in KNOBS.items() for knob in knobs}
    start_mean = float(days[:LEARNT].mean())
    for begin in weeks:
        past = days[max(0, begin - HISTORY) : begin]
        learnt = demand(past.tolist(), (begin - len(past)) % WEEK)
        assert learnt is not None
        span = slice(begin - LEARNT, begin - LEARNT + WEEK)
        for day in range(min(WEEK, DAYS - begin)):
            if day == 0 or learnt.profile is not None:
                chance = np.cumsum(lead_time_demand(learnt, LEAD, (begin + day) % WEEK))
            for level in LEVELS:
                found["distribution", level][begin - LEARNT + day] = np.searchsorted(chance, level - 1e-12)
        mean, variance = float(past.mean()), float(past.var(ddof=1))
        lead = LEAD.mean + 1
        deviation = math.sqrt(lead * variance + mean**2 * LEAD.sd**2)
        for level in LEVELS:
            found["normal", level][span] = math.ceil(mean * lead + NormalDist().inv_cdf(level) * deviation)
        for knob in KNOBS["fixed"]:
            found["fixed", knob][span] = math.ceil(knob * start_mean)
    return found


def replay(days: Floats, point: Floats, size: int, leads: Sequence[int]) -> tuple[float, float, float]:
    """(sum of stock at the end of days, demand lost, days on which any was) of the days from `LEARNT` on."""
    left, due, coming = int(point[0]) + size, -1, 0
    held = lost = empty = 0.0
    n = 0
    for day, wanted in enumerate(days[LEARNT:].tolist()):
        if day == due:
            left, coming = left + coming, 0
        missing = max(0.0, wanted - left)
        left = int(left - wanted + missing)
        lost += missing
        empty += missing > 0
        held += left
        if not coming and left <= point[day]:
            coming = size * max(1, math.ceil((point[day] + size - left) / size))
            due = day + leads[n % len(leads)]
            n += 1
    return held, lost, empty


def run(seeds: Sequence[int], devices: int, progress: Callable[[float], None]) -> tuple[Curves, list[Curves]]:
    """The curve of each policy by pace: of all fleets together, and of each."""
    known = catalog.load()
    sums = {(seed, pace, key): np.zeros(4) for seed in seeds for pace in PACES for key in _keys()}
    for k, seed in enumerate(seeds):
        made = fleet(known, devices, DAYS, seed, products={"stock_sensor": 1.0}, staged=False, epoch=EPOCH)
        for n, device in enumerate(made.devices):
            unit = made.unit(device.device)
            assert isinstance(unit, StockSensor)
            for p, (pace, share) in enumerate(PACES.items()):
                rng = np.random.default_rng((seed, n, p))
                days = series(unit, share, rng)
                mean = float(days[LEARNT:].mean())
                if mean == 0 or days[:LEARNT].sum() == 0:
                    continue
                shape = (LEAD.mean / LEAD.sd) ** 2
                leads = np.maximum(1, np.ceil(rng.gamma(shape, LEAD.mean / shape, 200))).astype(int).tolist()
                size = max(1, math.ceil(float(days[:LEARNT].mean()) * ORDER_DAYS))
                for key, point in points(days).items():
                    held, lost, empty = replay(days, point, size, leads)
                    length = DAYS - LEARNT
                    sums[seed, pace, key] += (held / length / mean, lost / mean / length, empty / length, 1)
            progress((k + (n + 1) / devices) / len(seeds))
    whole = {(pace, key): sum(sums[seed, pace, key] for seed in seeds) for pace in PACES for key in _keys()}
    alone = [{(pace, key): sums[seed, pace, key] for pace in PACES for key in _keys()} for seed in seeds]
    return _curves(whole), [_curves(each) for each in alone]


def _curves(sums: Mapping[tuple[str, tuple[str, float]], Floats | int]) -> Curves:
    found: Curves = {pace: [] for pace in PACES}
    for (pace, (policy, knob)), total in sums.items():
        held, lost, empty, n = np.asarray(total).tolist()
        found[pace].append(Outcome(policy, knob, held / n, lost / n, empty / n))
    return found


def _keys() -> list[tuple[str, float]]:
    return [(policy, knob) for policy, knobs in KNOBS.items() for knob in knobs]


def judged(curve: Sequence[Outcome]) -> list[Judgement]:
    """Ours at its default beside each of the others."""
    ours = next(one for one in curve if one.policy == "distribution" and one.knob == JUDGED)
    told = []
    for other in ("fixed", "normal"):
        line = sorted((one.stock_days, one.lost) for one in curve if one.policy == other)
        stock, lost = np.array(line).T
        same_stock = float(np.interp(ours.stock_days, stock, lost))
        same_lost = float(np.interp(-ours.lost, -lost, stock))
        ratio = ours.lost / same_stock if same_stock else math.inf if ours.lost else 1.0
        told.append(Judgement(other, ours.stock_days, ours.lost, same_stock, same_lost, ratio))
    return told


@click.command()
@click.option("--json", "where", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there.")
@click.option("--devices", type=click.IntRange(min=2), default=40, show_default=True, help="Of each fleet.")
@click.option("--seeds", type=click.IntRange(min=1), default=10, show_default=True, help="Fleets.")
def main(where: Path | None, devices: int, seeds: int) -> None:
    """Replay reorder policies on the simulated fleet."""
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("back-test", total=1.0)
        curves, alone = run(range(1, seeds + 1), devices, lambda done: bar.update(task, completed=done))
    verdicts = {pace: judged(curve) for pace, curve in curves.items()}
    figures = {
        "curves": {pace: [asdict(one) for one in curve] for pace, curve in curves.items()},
        "judged": {pace: [asdict(one) for one in each] for pace, each in verdicts.items()},
        "ratios": {pace: [[one.ratio for one in judged(each[pace])] for each in alone] for pace in PACES},
    }
    if where is not None:
        where.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    for pace, each in verdicts.items():
        for n, one in enumerate(each):
            ratios = sorted(judged(fleet_[pace])[n].ratio for fleet_ in alone)
            click.echo(
                f"{pace}: {one.lost:.3%} lost at {one.stock_days:.1f} days of stock; {one.other}"
                f" {one.lost_by_other:.3%} at the same stock (ratio {one.ratio:.2f}, by fleet {ratios[0]:.2f} to"
                f" {ratios[-1]:.2f}), and {one.stock_days_of_other:.1f} days for the same loss"
            )
    missed = [one.other for one in verdicts[AS_SIMULATED] if one.ratio >= 1]
    if missed:
        raise click.ClickException(f"has more stock-outs than: {', '.join(missed)}")


if __name__ == "__main__":
    main()
