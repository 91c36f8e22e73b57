"""Reorder points tried out on the simulated fleet: stock-outs and average stock, against a fixed threshold and against
the textbook's normal formula.

    python -m bench.stock --json figures.json

Each item's demand is what was taken of its simulated shelf. A policy sees the days before, says its reorder point once
a week, and is replayed day by day with the same orders (up to the point and two weeks of demand), the same lead times
and lost sales, so the point is all that differs. Every policy has one knob (service level, z, days of demand), which
gives a curve; ours is judged at its default by the stock-outs of the others at its own average stock, which flatters
the others: their knob is chosen on the days that are judged. Exits 1 when one has fewer on the fleet as it is
simulated; slow movers, the same shelves visited less, are told beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import NormalDist
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

import catalog
from device_sim.fleet import fleet
from device_sim.model.stock_sensor import StockSensor
from voice.stock.demand import demand
from voice.stock.ordering import REVIEW_DAYS, LeadTime, lead_time_demand

Floats = NDArray[np.float64]

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
JUDGED: Final = 0.95
"""The service level by which ours is judged, the default of an item."""
LEVELS: Final = (JUDGED, *(NormalDist().cdf(z / 10) for z in range(-5, 33)))
KNOBS: Final[Mapping[str, tuple[float, ...]]] = {
    "distribution": LEVELS,
    "normal": tuple(z / 10 for z in range(-5, 61)),
    "fixed": tuple(np.arange(2.0, 30.1, 0.25).tolist()),
}
"""Close together: straight lines between them flatter nobody."""
KEYS: Final = [(policy, knob) for policy, knobs in KNOBS.items() for knob in knobs]
REPLAYS: Final = 10
"""Of each item, each with lead times and a first stock of its own: one order a day later changes all that follow."""
DRAWS: Final = 1_000
"""Bootstrap samples of the items for an interval."""
INTERVAL: Final = (0.05, 0.95)


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
    empty_days: float
    lost_by_other: float
    """At the same average stock."""
    empty_days_by_other: float
    stock_days_of_other: float
    """For the same share of demand lost."""
    ratio: float
    """Lost by ours by lost by the other: below 1 is better."""
    ratio_empty: float
    """The same of days on which any demand was lost."""


def series(unit: StockSensor, pace: float, rng: np.random.Generator) -> Floats:
    """Items taken a day, of which each taking is kept with probability `pace`."""
    moves = unit.moves
    taken = moves.items < 0
    kept = taken & (rng.random(len(moves.items)) < pace)
    days = np.bincount(moves.t[kept].astype(np.int64), weights=-moves.items[kept], minlength=DAYS)[:DAYS]
    return days.astype(np.float64)


def points(days: Floats) -> Floats:
    """The reorder point of each day from `LEARNT` on, by the keys, said once a week from the days before: (keys, days).

    A day is looked at when it is over, so what is taken until an order comes begins with the next.
    """
    found = np.zeros((len(KEYS), DAYS - LEARNT))
    start_mean = float(days[:LEARNT].mean())
    row = dict(zip(KNOBS, np.split(found, np.cumsum([len(knobs) for knobs in KNOBS.values()])[:-1]), strict=True))
    row["fixed"][:] = np.ceil(np.array(KNOBS["fixed"]) * start_mean)[:, None]
    lead_mean, lead_variance = _moments(LEAD)
    for begin in range(LEARNT, DAYS, WEEK):
        past = days[max(0, begin - HISTORY) : begin]
        learnt = demand(past.tolist(), (begin - len(past)) % WEEK)
        assert learnt is not None
        for day in range(min(WEEK, DAYS - begin)):
            if day == 0 or learnt.profile is not None:
                chance = np.cumsum(lead_time_demand(learnt, LEAD, (begin + day + 1) % WEEK))
            row["distribution"][:, begin - LEARNT + day] = np.searchsorted(chance, np.array(LEVELS) - 1e-12)
        mean, variance = float(past.mean()), float(past.var(ddof=1))
        covered = lead_mean + REVIEW_DAYS
        deviation = math.sqrt(covered * variance + mean**2 * lead_variance)
        span = slice(begin - LEARNT, begin - LEARNT + WEEK)
        row["normal"][:, span] = np.ceil(mean * covered + np.array(KNOBS["normal"]) * deviation)[:, None]
    return found


def _moments(lead: LeadTime) -> tuple[float, float]:
    """Mean and variance in whole days, which both policies are told."""
    share = lead.days()
    n = np.arange(len(share))
    mean = float(share @ n)
    return mean, float(share @ (n - mean) ** 2)


def replay(days: Floats, point: Floats, cycle: int, first: Floats, leads: Floats) -> Floats:
    """Mean over the replays of the sums of stock at the end of days, of demand lost and of days on which any was, of
    the days from `LEARNT` on: (keys, 3).

    `point` is (keys, days), `first` what is there beyond the point at first, (replays,), `leads` whole days, (replays,
    orders). A day's demand is met, then what is due arrives, then it is looked at: an order of today comes when its
    whole days are over, up to the point and `cycle` items.
    """
    which = np.arange(len(first))[:, None]
    left = point[:, 0] + first[:, None]
    coming, due, orders = np.zeros_like(left), np.full_like(left, -1), np.zeros(left.shape, dtype=np.int64)
    told = np.zeros((len(point), 3))
    for day, wanted in enumerate(days[LEARNT:].tolist()):
        missing = np.maximum(0.0, wanted - left)
        arrived = due == day
        left = left - wanted + missing + np.where(arrived, coming, 0.0)
        coming = np.where(arrived, 0.0, coming)
        low = (coming == 0) & (left <= point[:, day])
        coming = np.where(low, np.maximum(point[:, day] + cycle - left, 1.0), coming)
        due = np.where(low, day + leads[which, orders % leads.shape[1]], due)
        orders += low
        told += np.stack((left.mean(axis=0), missing.mean(axis=0), (missing > 0).mean(axis=0)), axis=1)
    return told


def run(seeds: Sequence[int], devices: int, progress: Callable[[float], None]) -> dict[str, Floats]:
    """By pace, (items, keys, 3): days of stock, share of demand lost, share of days on which any was."""
    known = catalog.load()
    found: dict[str, list[Floats]] = {pace: [] for pace in PACES}
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
                leads = np.maximum(1.0, np.ceil(rng.gamma(shape, LEAD.mean / shape, (REPLAYS, 50))))
                cycle = max(1, math.ceil(float(days[:LEARNT].mean()) * ORDER_DAYS))
                first = np.floor(rng.random(REPLAYS) * (cycle + 1))
                told = replay(days, points(days), cycle, first, leads) / (DAYS - LEARNT)
                found[pace].append(told / (mean, mean, 1.0))
            progress((k + (n + 1) / devices) / len(seeds))
    return {pace: np.array(items) for pace, items in found.items()}


def curve(items: Floats) -> list[Outcome]:
    """What came of each key, over the items."""
    return [Outcome(*key, *each) for key, each in zip(KEYS, items.mean(axis=0).tolist(), strict=True)]


def judged(curve: Sequence[Outcome], level: float = JUDGED) -> list[Judgement]:
    """Ours at a service level beside each of the others."""
    ours = next(one for one in curve if one.policy == "distribution" and one.knob == level)
    told = []
    for other in ("fixed", "normal"):
        line = sorted((one.stock_days, one.lost, one.empty_days) for one in curve if one.policy == other)
        stock, lost, empty = np.array(line).T
        same_stock, same_empty = (float(np.interp(ours.stock_days, stock, each)) for each in (lost, empty))
        same_lost = float(np.interp(-ours.lost, -np.minimum.accumulate(lost), stock))
        told.append(
            Judgement(
                other, ours.stock_days, ours.lost, ours.empty_days, same_stock, same_empty, same_lost,
                _ratio(ours.lost, same_stock), _ratio(ours.empty_days, same_empty),
            )
        )  # fmt: skip
    return told


def _ratio(ours: float, other: float) -> float:
    return ours / other if other else math.inf if ours else 1.0


def intervals(items: Floats) -> list[list[float]]:
    """Of the ratio of demand lost beside each of the others, by drawing the items anew."""
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(DRAWS):
        weights = np.bincount(rng.integers(0, len(items), len(items)), minlength=len(items)) / len(items)
        means = np.tensordot(weights, items, 1).tolist()
        drawn.append([one.ratio for one in judged([Outcome(*k, *m) for k, m in zip(KEYS, means, strict=True)])])
    return np.quantile(np.array(drawn), INTERVAL, axis=0).T.tolist()  # type: ignore[no-any-return]


@click.command()
@click.option("--json", "where", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there.")
@click.option("--devices", type=click.IntRange(min=2), default=40, show_default=True, help="Of each fleet.")
@click.option("--seeds", type=click.IntRange(min=1), default=10, show_default=True, help="Fleets.")
@click.option("--first", type=int, default=1, show_default=True, help="Seed of the first.")
def main(where: Path | None, devices: int, seeds: int, first: int) -> None:
    """Replay reorder policies on the simulated fleet."""
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("back-test", total=1.0)
        found = run(range(first, first + seeds), devices, lambda done: bar.update(task, completed=done))
    curves = {pace: curve(items) for pace, items in found.items()}
    verdicts = {pace: judged(each) for pace, each in curves.items()}
    between = {pace: intervals(items) for pace, items in found.items()}
    figures = {
        "items": {pace: len(items) for pace, items in found.items()},
        "curves": {pace: [asdict(one) for one in each] for pace, each in curves.items()},
        "judged": {pace: [asdict(one) for one in each] for pace, each in verdicts.items()},
        "intervals": between,
    }
    if where is not None:
        where.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    for pace, each in verdicts.items():
        for one, (low, high) in zip(each, between[pace], strict=True):
            click.echo(
                f"{pace}: {one.lost:.3%} lost at {one.stock_days:.1f} days of stock; {one.other}"
                f" {one.lost_by_other:.3%} at the same stock (ratio {one.ratio:.2f}, {low:.2f} to {high:.2f}; of days"
                f" {one.ratio_empty:.2f}), and {one.stock_days_of_other:.1f} days for the same loss"
            )
    missed = [one.other for one in verdicts[AS_SIMULATED] if one.ratio >= 1]
    if missed:
        raise click.ClickException(f"has more stock-outs than: {', '.join(missed)}")


if __name__ == "__main__":
    main()
