"""Is the simulated fleet neither trivial nor hopeless? Judged as real data sets are (rule 8 of docs/simulation.md).

Three fleets whose physics constants are drawn from the ranges, 2,000 devices and two years each, go through the file
mouth. A plain baseline (gradient boosting on causal rolling features) learns on some devices up to a day and is tested
on the others after it. Its figures must lie between those of real sets; outside the bounds the exit status is 1.

    python -m bench.simulator_rule8 [--devices 2000] [--seed 1 --seed 2 --seed 3] [--markdown FILE]
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

import catalog
from device_sim import files
from device_sim.fleet import fleet

Floats: TypeAlias = npt.NDArray[np.floating[Any]]

EPOCH = dt.date(2024, 1, 1)
DAYS = 730
HORIZON_DAYS = 30
SCORE_EVERY_DAYS = 3
WARM_UP_DAYS = 45
"""No scores before a device's own baseline exists."""
BASELINE_DAYS = 40
TRAIN_SHARE = 0.5
"""Of the devices; the other half is tested."""
TRAIN_UNTIL_DAY = 440
AFTER_FAILURE_DAYS = 21
"""Rows after a failure are left out: the device is being repaired and its signals settle."""
FALSE_ALARMS_A_YEAR = 0.1
COOL_DOWN_DAYS = 28

BOUNDS = {
    "lift": (5.0, 60.0),
    "pr_auc": (0.2, 0.7),
    "single_share": (0.0, 0.6),
    "recall_at_0.1": (0.3, 0.8),
}


@dataclass(frozen=True)
class History:
    """One product's files, read back."""

    devices: list[str]
    signals: list[str]
    values: Floats
    """(devices, days, signals); NaN where not measured or not arrived."""
    failures: dict[str, list[float]]
    """Booked failures, days since the epoch, by device."""
    censored: dict[str, list[float]]


@dataclass(frozen=True)
class Rows:
    """Scored device-days."""

    features: Floats
    """(n, features)"""
    names: list[str]
    device: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    label: npt.NDArray[np.bool_]
    usable: npt.NDArray[np.bool_]
    """False where the horizon is censored or the device is under repair."""


@dataclass(frozen=True)
class Figures:
    """What rule 8 asks for, on the test devices after the training time."""

    seed: int
    devices: int
    test_rows: int
    test_failures: int
    base_rate: float
    pr_auc: float
    lift: float
    best_single: str
    single_share: float
    recall: float
    seconds: float

    def judged(self) -> dict[str, tuple[float, bool]]:
        """Each bounded figure, and whether it is within."""
        values = {
            "lift": self.lift,
            "pr_auc": self.pr_auc,
            "single_share": self.single_share,
            "recall_at_0.1": self.recall,
        }
        return {name: (value, BOUNDS[name][0] <= value <= BOUNDS[name][1]) for name, value in values.items()}


def read(place: Path, days: int) -> History:
    """Read one product's directory."""
    with gzip.open(place / "readings.csv.gz", "rt", encoding="ascii") as lines:
        signals = next(lines).rstrip("\n").split(",")[2:]
        found: dict[str, Floats] = {}
        start = dt.datetime.combine(EPOCH, dt.time())
        day_of = {(start + dt.timedelta(days=d + 1)).isoformat() + "Z": d for d in range(days)}
        nan = float("nan")
        for line in lines:
            device, ts, *cells = line.rstrip("\n").split(",")
            if device not in found:
                found[device] = np.full((days, len(signals)), np.nan, dtype=np.float32)
            found[device][day_of[ts]] = [float(cell) if cell else nan for cell in cells]
    return History(
        list(found), signals, np.stack(list(found.values())), _moments(place / "failures.csv"),
        _moments(place / "censored.csv"),
    )  # fmt: skip


def _moments(path: Path) -> dict[str, list[float]]:
    start = dt.datetime.combine(EPOCH, dt.time(), dt.UTC)
    found: dict[str, list[float]] = {}
    with path.open(encoding="ascii") as lines:
        for row in csv.DictReader(lines):
            day = (dt.datetime.fromisoformat(row["ts"]) - start).total_seconds() / 86_400
            found.setdefault(row["device"], []).append(day)
    return found


def _trailing_mean(values: Floats, window: int) -> Floats:
    """Mean over the last `window` days, the day itself included, of what was measured; (days, signals)."""
    known = ~np.isnan(values)
    sums = np.cumsum(np.vstack((np.zeros(values.shape[1]), np.where(known, values, 0.0))), axis=0)
    counts = np.cumsum(np.vstack((np.zeros(values.shape[1]), known)), axis=0)
    begin = np.maximum(np.arange(len(values)) + 1 - window, 0)
    end = np.arange(len(values)) + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums[end] - sums[begin]) / (counts[end] - counts[begin]))


def _filled(values: Floats) -> Floats:
    """Each day's last known value (counters)."""
    place = np.where(np.isnan(values), 0, np.arange(len(values))[:, None])
    return np.take_along_axis(values, np.maximum.accumulate(place, axis=0), axis=0)


def features(history: History, counters: set[str]) -> tuple[Floats, list[str]]:
    """Causal features of every scored day: (devices, scored days, features)."""
    gauges = [i for i, signal in enumerate(history.signals) if signal not in counters]
    counted = [i for i, signal in enumerate(history.signals) if signal in counters]
    scored = np.arange(WARM_UP_DAYS, history.values.shape[1], SCORE_EVERY_DAYS)
    names: list[str] = []
    made = []
    for device in history.values.astype(np.float64):
        totals = _filled(device[:, counted])
        daily = np.diff(totals, axis=0, prepend=totals[:1])
        series = np.hstack((device[:, gauges], daily))
        week, month, season = (_trailing_mean(series, window) for window in (7, 30, 90))
        spread = np.sqrt(np.maximum(_trailing_mean(series**2, 30) - month**2, 0.0))
        own = _trailing_mean(series, BASELINE_DAYS)[BASELINE_DAYS]
        heard = _trailing_mean((~np.isnan(device[:, counted[:1]])).astype(np.float64), 14)
        blocks = {
            "week": week, "spread": spread, "rise": week - month, "trend": month - season,
            "from_own": week - own, "month_from_own": month - own, "total": totals, "heard": heard,
        }  # fmt: skip
        made.append(np.hstack([block[scored] for block in blocks.values()]).astype(np.float32))
        if not names:
            labels = [history.signals[i] for i in (*gauges, *counted)]
            for name, block in blocks.items():
                columns = labels if block.shape[1] == len(labels) else [history.signals[i] for i in counted]
                names += [f"{columns[i]}.{name}" if name != "heard" else name for i in range(block.shape[1])]
    stacked = np.stack(made)
    # A release shifts the whole fleet: what a device has moved is judged against what its fleet has moved that day.
    for column, name in enumerate(names):
        if name.endswith("from_own"):
            stacked[:, :, column] -= np.nanmedian(stacked[:, :, column], axis=0)
    return stacked, names


def rows(history: History, counters: set[str]) -> Rows:
    """Features and labels of every scored device-day."""
    made, names = features(history, counters)
    scored = np.arange(WARM_UP_DAYS, history.values.shape[1], SCORE_EVERY_DAYS)
    label = np.zeros(made.shape[:2], dtype=np.bool_)
    usable = np.ones(made.shape[:2], dtype=np.bool_)
    for number, device in enumerate(history.devices):
        for day in history.censored.get(device, ()):
            # A part replaced within the horizon might have failed: unknown, not healthy.
            usable[number] &= ~((scored + 1 <= day) & (scored + 1 > day - HORIZON_DAYS))
        for day in history.failures.get(device, ()):
            ahead = (scored + 1 <= day) & (scored + 1 > day - HORIZON_DAYS)
            label[number] |= ahead
            usable[number] |= ahead
            usable[number] &= ~((scored + 1 > day) & (scored + 1 <= day + AFTER_FAILURE_DAYS))
    usable &= (scored + 1 + HORIZON_DAYS <= history.values.shape[1])[None, :]
    count = made.shape[0] * made.shape[1]
    return Rows(
        made.reshape(count, -1), names, np.repeat(np.arange(made.shape[0]), made.shape[1]),
        np.tile(scored, made.shape[0]), label.ravel(), usable.ravel(),
    )  # fmt: skip


def judge(history: History, counters: set[str], seed: int, began: float) -> Figures:
    """Train the baseline, test it on other devices at a later time, and take rule 8's figures."""
    table = rows(history, counters)
    order = np.random.default_rng(seed).permutation(len(history.devices))
    trained = np.isin(table.device, order[: int(TRAIN_SHARE * len(order))])
    train = trained & table.usable & (table.day + 1 + HORIZON_DAYS <= TRAIN_UNTIL_DAY)
    test = ~trained & table.usable & (table.day >= TRAIN_UNTIL_DAY)
    model = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.04, max_leaf_nodes=6, min_samples_leaf=200, l2_regularization=20.0,
        max_features=0.3, early_stopping=False, random_state=seed,
    )  # fmt: skip
    model.fit(table.features[train], table.label[train])
    scores = model.predict_proba(table.features[test])[:, 1]
    label = table.label[test]
    pr_auc = float(average_precision_score(label, scores))
    base = float(label.mean())
    name, single = _best_single(table, train, test)
    recall, failed = _recall(history, table, test, scores)
    return Figures(
        seed, len(history.devices), int(test.sum()), failed, base, pr_auc, pr_auc / base, name, single / pr_auc, recall,
        time.monotonic() - began,
    )  # fmt: skip


def _best_single(table: Rows, train: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]) -> tuple[str, float]:
    """The feature that ranks the test rows best by itself; which end is bad is learnt on the training rows."""
    best = ("", 0.0)
    for column, name in enumerate(table.names):
        middle = np.nanmedian(table.features[train, column])
        learnt, seen = (np.nan_to_num(table.features[part, column], nan=middle) for part in (train, test))
        up = average_precision_score(table.label[train], learnt)
        down = average_precision_score(table.label[train], -learnt)
        reached = float(average_precision_score(table.label[test], seen if up >= down else -seen))
        if reached > best[1]:
            best = (name, reached)
    return best


def _recall(history: History, table: Rows, test: npt.NDArray[np.bool_], scores: Floats) -> tuple[float, int]:
    """Share of the test failures announced within the horizon at 0.1 false alarms a device-year, and their number.

    An alarm is the first score above the threshold; the device's next one comes 28 days later at the earliest. It is
    false when no failure follows within the horizon.
    """
    device, day, label = table.device[test], table.day[test], table.label[test]
    years = len(scores) * SCORE_EVERY_DAYS / 365.25
    failures = {
        (number, when)
        for number in np.unique(device).tolist()
        for when in history.failures.get(history.devices[number], ())
        if np.any((device == number) & label & (day + 1 <= when) & (day + 1 > when - HORIZON_DAYS))
    }
    best = 0.0
    for threshold in np.unique(np.quantile(scores, np.linspace(0.80, 0.9999, 400)))[::-1]:
        false = 0
        caught: set[tuple[int, float]] = set()
        quiet_until: dict[int, int] = {}
        for place in np.flatnonzero(scores >= threshold).tolist():
            number, today = int(device[place]), int(day[place])
            if label[place]:
                caught |= {f for f in failures if f[0] == number and today + 1 <= f[1] < today + 1 + HORIZON_DAYS}
            elif quiet_until.get(number, -1) <= today:
                false += 1
            if quiet_until.get(number, -1) <= today:
                quiet_until[number] = today + COOL_DOWN_DAYS
        if false / years > FALSE_ALARMS_A_YEAR:
            break
        best = len(caught) / max(1, len(failures))
    return best, len(failures)


def figures_of(seed: int, devices: int, days: int, product: str) -> Figures:
    """Write one fleet's files, read them back, judge them."""
    began = time.monotonic()
    products = catalog.load()
    counters = {signal.key for signal in products[product].signal if signal.kind == "counter"}
    drawn = fleet(products, devices, days, seed, epoch=EPOCH, products={product: 1.0}, staged=False)
    with tempfile.TemporaryDirectory(prefix="rule8-") as place:
        written = files.write(drawn, products, Path(place))
        click.echo(f"seed {seed}: {written[0].rows} rows, {written[0].failures} failures, "
                   f"{written[0].booked} booked, {written[0].censored} replaced, "
                   f"written in {time.monotonic() - began:.0f} s", err=True)  # fmt: skip
        history = read(Path(place) / product, days)
    return judge(history, counters, seed, began)


def markdown(found: list[Figures], product: str) -> str:
    """The figures as the benchmark document has them."""
    lines = [
        "# Simulator: difficulty",
        "",
        f"`python -m bench.simulator_rule8`: {found[0].devices} devices of `{product}`, {DAYS} days, horizon "
        f"{HORIZON_DAYS} days; half of the devices train up to day {TRAIN_UNTIL_DAY}, the others are tested after it.",
        "",
        "| figure | bounds | " + " | ".join(f"seed {f.seed}" for f in found) + " |",
        "|---|---|" + "---|" * len(found),
    ]
    for name, (low, high) in BOUNDS.items():
        cells = " | ".join(f"{f.judged()[name][0]:.2f}" for f in found)
        lines.append(f"| {name} | {low:g}-{high:g} | {cells} |")
    lines.append("| base rate | | " + " | ".join(f"{f.base_rate:.4f}" for f in found) + " |")
    lines.append("| test failures | | " + " | ".join(str(f.test_failures) for f in found) + " |")
    lines.append("| best single feature | | " + " | ".join(f"`{f.best_single}`" for f in found) + " |")
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--devices", type=int, default=2000, show_default=True)
@click.option("--days", type=int, default=DAYS, show_default=True)
@click.option("--product", default="robot_vacuum", show_default=True)
@click.option("--seed", "seeds", type=int, multiple=True, default=(1, 2, 3), show_default=True)
@click.option("--markdown", "document", type=click.Path(dir_okay=False, path_type=Path))
def main(devices: int, days: int, product: str, seeds: tuple[int, ...], document: Path | None) -> None:
    """Judge the simulator; exit status 1 when a figure lies outside its bounds."""
    found = []
    for seed in seeds:
        figures = figures_of(seed, devices, days, product)
        found.append(figures)
        verdict = {name: f"{value:.3f}{'' if fine else ' OUTSIDE'}" for name, (value, fine) in figures.judged().items()}
        click.echo(json.dumps(asdict(figures) | {"judged": verdict}))
    if document is not None:
        document.write_text(markdown(found, product), encoding="utf-8")
    if not all(fine for figures in found for _, fine in figures.judged().values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
