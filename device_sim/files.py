"""The file mouth: a fleet's history as the tables an evaluation reads.

    DIR/<product>/readings.csv.gz   device,ts,<numeric signals>   one row a device and day, empty where not measured
    DIR/<product>/failures.csv      device,ts,mode                as booked: some wrong, late or missing
    DIR/<product>/censored.csv      device,ts,mode                working parts replaced
    DIR/<product>/services.csv      device,ts,kind,part,found     every visit
    DIR/truth/<product>.csv         device,ts,mode,sudden,repaired,kind
    DIR/truth/fleet.json            seed, size and the physics constants drawn

A row carries what a day's readings average to (counters: their value at its end), stamped with the end of the day, so
that no row knows of the future. `truth` is for judging simulators and labels, never for a platform to read.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from catalog.model import Product
from device_sim import quantise
from device_sim.fleet import Fleet
from device_sim.model.body import Simulated
from device_sim.seeds import Purpose

SILENT_SHARE = 0.02
"""Days nothing arrived from a healthy device."""
SILENT_FAILING_FACTOR = 2.0
"""Failing devices lose more (rule 5), too little to tell them by."""
LATE_DAYS = (2.0, 20.0)
INSPECTIONS_PER_YEAR = 0.15
GZIP_LEVEL = 4


@dataclass(frozen=True)
class Written:
    """What one product's files hold."""

    product: str
    devices: int
    rows: int
    failures: int
    """True ones, within the observed days."""
    booked: int
    """Those in failures.csv."""
    censored: int


def write(
    fleet: Fleet, catalog: Mapping[str, Product], directory: Path, progress: Callable[[int], None] = lambda _done: None
) -> list[Written]:
    """Write the fleet's files below `directory`, made if absent; `progress` is told of each device done.

    Two thousand devices and two years take about a minute of one core. Raises OSError.
    """
    by_product: dict[str, list[str]] = {}
    for device in fleet.devices:
        by_product.setdefault(device.product, []).append(device.device)
    truth = directory / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    about = {"seed": fleet.seed, "days": fleet.days, "epoch": fleet.epoch.isoformat(), "devices": len(fleet.devices)}
    (truth / "fleet.json").write_text(json.dumps(about | {"constants": asdict(fleet.constants)}, indent=2) + "\n")
    return [_product(fleet, catalog[product], devices, directory, progress) for product, devices in by_product.items()]


def _product(
    fleet: Fleet, product: Product, devices: Sequence[str], directory: Path, progress: Callable[[int], None]
) -> Written:
    place = directory / product.key
    place.mkdir(exist_ok=True)
    keys = [s.key for s in product.signal if s.type in ("float32", "float64", "int64")]
    stamps = [_stamp(fleet, float(day + 1)) for day in range(fleet.days)]
    rows = 0
    booked = Booked([], [], [], [])
    with gzip.open(place / "readings.csv.gz", "wt", compresslevel=GZIP_LEVEL, encoding="ascii", newline="") as out:
        out.write(f"device,ts,{','.join(keys)}\n")
        for device in devices:
            unit = fleet.unit(device)
            rows += _readings(out, unit, product, keys, stamps, fleet.days)
            _book(booked, fleet, unit)
            progress(1)
    _table(place / "failures.csv", ("device", "ts", "mode"), booked.failures)
    _table(place / "censored.csv", ("device", "ts", "mode"), booked.censored)
    _table(place / "services.csv", ("device", "ts", "kind", "part", "found"), booked.services)
    header = ("device", "ts", "mode", "sudden", "repaired", "kind")
    _table(directory / "truth" / f"{product.key}.csv", header, booked.truth)
    failed = sum(row[-1] == "failure" for row in booked.truth)
    return Written(product.key, len(devices), rows, failed, len(booked.failures), len(booked.censored))


def _readings(
    out: TextIO, unit: Simulated, product: Product, keys: Sequence[str], stamps: Sequence[str], days: int
) -> int:
    """Write one device's rows; returns their number."""
    columns = unit.daily(days)
    arrived = np.flatnonzero(~_silent(unit, days))
    texts = []
    for key in keys:
        signal = product.signal_of(key)
        values = columns.get(key)
        if signal is None or values is None:
            texts.append([""] * len(arrived))
            continue
        texts.append([repr(value) for value in quantise.column(signal, values)[arrived].tolist()])
    device = unit.body.spec.device
    lines = [
        f"{device},{stamps[day]},{','.join(row)}\n"
        for day, row in zip(arrived.tolist(), zip(*texts, strict=True), strict=True)
    ]
    out.write("".join(lines).replace("nan", ""))
    return len(lines)


def _silent(unit: Simulated, days: int) -> np.ndarray:
    """Days of which nothing arrived (days,): single ones and outages of a few days."""
    rng = unit.body.spec.rng(Purpose.DAILY, 1)
    failing = np.max([life.severity for life in unit.lives.values()], axis=0)[:days]
    chance = SILENT_SHARE * (1.0 + (SILENT_FAILING_FACTOR - 1.0) * np.clip(failing, 0.0, 1.0))
    silent = rng.random(days) < chance * 0.5
    for day in np.flatnonzero(rng.random(days) < chance * 0.15).tolist():
        silent[day : day + int(rng.integers(2, 6))] = True
    return np.asarray(silent)


@dataclass(frozen=True)
class Booked:
    """Rows of the label files, and of the truth."""

    failures: list[tuple[str, ...]]
    censored: list[tuple[str, ...]]
    services: list[tuple[str, ...]]
    truth: list[tuple[str, ...]]


def _book(booked: Booked, fleet: Fleet, unit: Simulated) -> None:
    """Add what the crew booked for `unit`, and what really happened."""
    rng = unit.body.spec.rng(Purpose.LABELS)
    device, constants = unit.body.spec.device, fleet.constants
    modes = list(unit.lives)
    for mode, life in unit.lives.items():
        for failure in life.failures:
            missing, wrong, late = rng.random() < constants.missing_label_share, rng.random(), rng.uniform(*LATE_DAYS)
            if failure.day >= fleet.days:
                continue
            when, repaired = _stamp(fleet, failure.day), _stamp(fleet, failure.repaired)
            booked.truth.append((device, when, mode, str(failure.sudden).lower(), repaired, "failure"))
            if missing:
                continue
            said, day = mode, failure.day
            if wrong < constants.wrong_order_share / 2:
                said = modes[(modes.index(mode) + 1 + int(rng.integers(len(modes) - 1))) % len(modes)]
            elif wrong < constants.wrong_order_share:
                day += late
            booked.failures.append((device, _stamp(fleet, day), said))
            if failure.repaired < fleet.days:
                booked.services.append((device, repaired, "repair", said, "confirmed"))
        for replacement in life.replacements:
            if replacement.day < fleet.days:
                when = _stamp(fleet, replacement.day)
                booked.truth.append((device, when, mode, "", "", "replacement"))
                booked.censored.append((device, when, mode))
                booked.services.append((device, when, "preventive_replacement", mode, ""))
    for _ in range(rng.poisson(INSPECTIONS_PER_YEAR * fleet.days / 365.25)):
        when = _stamp(fleet, float(rng.uniform(0, fleet.days)))
        booked.services.append((device, when, "inspection", modes[int(rng.integers(len(modes)))], "no_fault_found"))


def _stamp(fleet: Fleet, day: float) -> str:
    """RFC 3339, UTC, whole seconds."""
    moment = dt.datetime.combine(fleet.epoch, dt.time(), dt.UTC) + dt.timedelta(days=day)
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _table(path: Path, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="ascii", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows))
