"""The stock sensor: load cell, primary battery, radio, and the shelf people take from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from device_sim.model import uses
from device_sim.model.body import (
    MINUTE,
    WEEK_DAYS,
    Array,
    Body,
    Happening,
    Ints,
    Readings,
    Spec,
    Week,
    embody,
    hazards,
    wander,
)
from device_sim.model.life import Floats, Life
from device_sim.model.ranges import Constants
from device_sim.model.senses import Response, Senses, sense
from device_sim.seeds import Purpose

PRODUCT = "stock_sensor"
NUMBER = 2
MODES = ("load_cell_drift", "battery_exhausted", "radio_degraded")
TYPICAL_H_A_DAY = 24.0
FULL_SCALE_G = 50_000.0
REPORT_EVERY_MIN = 10.0
HEALTH_EVERY_MIN = 60.0
COUNTERS_EVERY_MIN = 360.0
CELL_MAH = 8500.0
FAULTY_DRIFT_G = 450.0
"""A failing cell's zero moves this far before it is useless."""


def responses() -> tuple[Response, ...]:
    """How its sensors answer."""
    return (
        Response("weight_noise_g", 2.2, 0.20, {"load_cell_drift": 0.8, "radio_degraded": 0.05}, temperature=0.004,
                 load=0.08, day_noise=0.10),
        Response("battery_voltage_v", 3.55, 0.003, {"battery_exhausted": -0.07, "discharged": -0.05,
                 "radio_degraded": -0.008},
                 temperature=0.0012, spread=0.005, day_noise=0.003),
    )  # fmt: skip


@dataclass(frozen=True)
class Moves:
    """Everything taken from or put on the shelf, in order; arrays (n,). `items` < 0 was taken."""

    t: Floats
    items: Ints
    level: Ints
    """On the shelf afterwards."""


@dataclass(frozen=True)
class StockSensor:
    """One stock sensor."""

    body: Body
    lives: dict[str, Life]
    senses: Senses
    moves: Moves
    item_g: float
    capacity: int
    offset_g: Floats
    """Error of the zero, by day."""
    tares: Ints
    overloads: tuple[Floats, Floats]
    gaps: tuple[Floats, Floats]
    """Radio outages: moments they begin and end."""
    rssi_dbm: Floats
    retries: Ints
    used_mah: Floats

    def week(self, number: int) -> Week:
        """What it measures in week `number`."""
        rng = self.body.spec.rng(Purpose.WEEK, number)
        begin, end = number * WEEK_DAYS, (number + 1) * WEEK_DAYS
        phase = float(self.body.spec.rng(Purpose.HABIT, 1).random())
        t = uses.grid(rng, number, REPORT_EVERY_MIN, phase)
        regular: dict[str, Array] = self._weighed(t, rng)
        regular["temperature_cel"] = self.body.room(t, 2.5) + 0.1 * rng.normal(size=len(t))
        regular["battery_voltage_v"] = self.senses.read("battery_voltage_v", t, rng)
        regular["rssi_dbm"] = np.clip(self.rssi_dbm[self.body.at(t)] + 3.0 * rng.normal(size=len(t)), -129.0, -30.0)
        seen = uses.grid(rng, number, HEALTH_EVERY_MIN, phase)
        health = {
            "zero_offset_g": self._offset(seen) + 0.8 * rng.normal(size=len(seen)),
            "weight_noise_g": self.senses.read("weight_noise_g", seen, rng),
        }
        told = uses.grid(rng, number, COUNTERS_EVERY_MIN, phase)
        happenings = [h for h in self._happenings if begin <= h.t < end]
        return Week((Readings(t, regular), Readings(seen, health), Readings(told, self._counters(told))), happenings)

    def daily(self, days: int) -> dict[str, Array]:
        """Daily values of its numeric signals, each (days,)."""
        rng = self.body.spec.rng(Purpose.DAILY)
        noon = np.arange(days) + 0.5
        weighed = self._weighed(noon, rng)
        columns: dict[str, Array] = {
            "weight_g": weighed["weight_g"],
            "stock_items": weighed["stock_items"],
            "zero_offset_g": self._offset(noon) + 0.2 * rng.normal(size=days),
            "weight_noise_g": self.senses.day_means("weight_noise_g", days, np.full(days, 24.0), rng),
            "temperature_cel": self.body.temperature[:days] + 0.03 * rng.normal(size=days),
            "battery_voltage_v": self.senses.day_means("battery_voltage_v", days, np.full(days, 144.0), rng),
            "rssi_dbm": self.rssi_dbm[:days] + 0.3 * rng.normal(size=days),
        }
        columns.update(self._counters(noon + 0.5))
        return columns

    def _offset(self, t: Floats) -> Floats:
        return np.asarray(np.clip(np.interp(t, np.arange(self.body.days) + 0.5, self.offset_g), -1990.0, 1990.0))

    def _weighed(self, t: Floats, rng: np.random.Generator) -> dict[str, Array]:
        level = np.concatenate((self.moves.level[:1], self.moves.level))[np.searchsorted(self.moves.t, t, side="right")]
        noise = self.senses.read("weight_noise_g", t, rng) * rng.normal(size=len(t))
        weight = level * self.item_g + self._offset(t) + noise
        begins, ends = self.overloads
        last = np.searchsorted(begins, t, side="right") - 1
        over = (last >= 0) & (t < ends[np.maximum(last, 0)]) if len(begins) else np.zeros(len(t), dtype=np.bool_)
        weight = np.clip(np.where(over, FULL_SCALE_G + 4000.0, weight), -499.0, 59_000.0)
        state = np.where(over, "overloaded", np.where(level > 0, "loaded", "empty"))
        counted = np.maximum(0, np.round(weight / self.item_g)).astype(np.int64)
        return {"load_state": state, "weight_g": weight, "stock_items": counted}

    def _counters(self, t: Floats) -> dict[str, Array]:
        day = np.arange(self.body.days + 1, dtype=np.float64)
        done = np.searchsorted(self.moves.t, t, side="right")
        taken = np.concatenate(([0], np.cumsum(np.maximum(0, -self.moves.items))))
        added = np.concatenate(([0], np.cumsum(np.maximum(0, self.moves.items))))
        retried = np.concatenate(([0], np.cumsum(self.retries)))
        return {
            "battery_used_mah": np.interp(t, day[:-1], self.used_mah),
            "radio_retries_total": np.floor(np.interp(t, day, retried)).astype(np.int64) + int(self.body.age_days * 8),
            "items_taken_total": taken[done] + int(self.body.age_days * 5),
            "items_added_total": added[done] + int(self.body.age_days * 5) + self.capacity,
        }

    @cached_property
    def _happenings(self) -> list[Happening]:
        found: list[Happening] = []
        for t, items, level in zip(
            self.moves.t.tolist(), self.moves.items.tolist(), self.moves.level.tolist(), strict=True
        ):
            kind = "items_taken" if items < 0 else "items_added"
            found.append(Happening(t, kind, {"items": abs(items), "remaining": level}))
            if level == 0:
                found.append(Happening(t + 0.2 * MINUTE, "shelf_empty"))
        for day in self.tares.tolist():
            moved = float(self.offset_g[day - 1] - self.offset_g[day])
            found.append(Happening(day + 0.31, "tare_done", {"offset_g": round(float(np.clip(moved, -1999, 1999)), 1)}))
        for begins, ends in zip(*self.overloads, strict=True):
            found.append(Happening(float(begins), "overload_detected", {"weight_g": FULL_SCALE_G + 4000.0}))
            found.append(Happening(float(ends), "overload_cleared"))
        for begins, ends in zip(*self.gaps, strict=True):
            found.append(Happening(float(begins), "radio_lost"))
            found.append(
                Happening(float(ends), "radio_recovered", {"outage_min": round(float(ends - begins) / MINUTE, 1)})
            )
        unsteady = np.flatnonzero(np.diff((self.senses.levels["load_cell_drift"] > 0.75).astype(int)))
        for change in unsteady.tolist():
            rising = self.senses.levels["load_cell_drift"][change + 1] > 0.75
            found.append(Happening(change + 1.4, "weight_unstable" if rising else "weight_stable"))
        cell = self.lives["battery_exhausted"]
        for failure in cell.failures:
            found.append(Happening(failure.day - 0.5, "battery_low"))
            found.append(Happening(failure.repaired, "battery_replaced"))
        found += [Happening(r.day, "battery_replaced") for r in cell.replacements]
        return sorted(found, key=lambda h: h.t)


def build(spec: Spec, constants: Constants, *, habit: float | None = None) -> StockSensor:
    """The sensor `spec`; `habit` fixes how often a working day something is taken."""
    body = embody(spec, constants, mean_cel=16.0, season_k=6.0, weather_k=1.5)
    rng = spec.rng(Purpose.HABIT)
    power_h = np.full(body.days, TYPICAL_H_A_DAY)
    lives = body.lives(hazards(spec.seed, constants, MODES, TYPICAL_H_A_DAY, number=NUMBER), power_h)
    levels: dict[str, Floats] = {mode: life.signs for mode, life in lives.items()}
    loss = np.clip(constants.packet_loss * rng.lognormal(0.0, 0.4) * (1.0 + 5.0 * levels["radio_degraded"]), 0.0, 0.6)
    retries = rng.poisson(144.0 * 4.0 * loss * np.exp(0.3 * wander(rng, body.days, 5.0)))
    a_day = CELL_MAH / (constants.primary_cell_years * 365.25) * (0.85 + 0.004 * retries)
    fitted_h = lives["battery_exhausted"].hours
    levels["discharged"] = np.clip(fitted_h / (constants.primary_cell_years * 8766.0), 0.0, 1.3) ** 3
    drift = constants.cell_drift_fs_month * FULL_SCALE_G / 30.0**0.5 * 0.4
    free = np.cumsum(drift * 0.3 * rng.normal(size=body.days)) + rng.choice((-1.0, 1.0)) * drift * 0.02 * np.arange(
        body.days
    )
    tares = np.unique(np.cumsum(rng.integers(25, 120, 40)))
    tares = tares[tares < body.days - 1]
    day = np.arange(body.days)
    zeroed = np.concatenate(([0], tares))[np.searchsorted(tares, day, side="right")]
    warm = constants.cell_temperature_fs * rng.uniform(0.1, 0.6) * FULL_SCALE_G * (body.temperature - 20.0) / 10.0
    side = rng.choice((-1.0, 1.0))
    offset = free - free[zeroed] + 0.3 * warm + side * FAULTY_DRIFT_G * levels["load_cell_drift"]
    offset = np.clip(offset + 25.0 * rng.normal(), -1900.0, 1900.0)
    rssi = (
        -88.0
        + 7.0 * rng.normal()
        - 9.0 * levels["radio_degraded"]
        + 4.0 * wander(rng, body.days, 8.0)
        + 1.5 * body.load
    )
    gaps = _gaps(rng, body, 0.05 * (1.0 + 8.0 * levels["radio_degraded"]))
    over = np.sort(rng.uniform(0.3, body.days, rng.poisson(2.0 * body.days / 365.25)))
    item_g = float(np.round(rng.choice((80.0, 150.0, 250.0, 400.0, 750.0)) * rng.uniform(0.9, 1.1), 1))
    capacity = min(int(rng.integers(40, 240)), int(44_000.0 / item_g))
    moves = _moves(rng, body, capacity, habit if habit is not None else float(rng.lognormal(np.log(4.0), 0.5)))
    return StockSensor(
        body, lives, sense(body, levels, responses()), moves, item_g, capacity, offset, tares,
        (over, over + rng.uniform(5.0, 50.0, len(over)) * MINUTE), gaps, np.clip(rssi, -125.0, -45.0), retries,
        np.cumsum(a_day) + a_day.mean() * body.age_days * 0.5,
    )  # fmt: skip


def _gaps(rng: np.random.Generator, body: Body, a_day: Floats) -> tuple[Floats, Floats]:
    """Bursts of lost radio, minutes to hours long (Gilbert-Elliott, laid out as intervals)."""
    day = np.flatnonzero(rng.random(body.days) < np.clip(a_day, 0.0, 0.9))
    begins = day + rng.uniform(0.0, 0.5, len(day))
    lasts = np.clip(rng.lognormal(np.log(35.0), 1.0, len(day)), 4.0, 600.0) * MINUTE
    return begins.astype(np.float64), begins + lasts


def _moves(rng: np.random.Generator, body: Body, capacity: int, a_day: float) -> Moves:
    """Takings over the working day; deliveries fill the shelf one to four days after it ran low."""
    busy = np.where(body.weekday() < 6, 1.0, 0.15) * np.exp(0.25 * body.load)
    counts = rng.poisson(a_day * busy)
    day = np.repeat(np.arange(body.days), counts)
    taken_at = np.sort(body.utc(day + rng.triangular(7.0, 11.0, 19.0, len(day)) / 24.0))
    wanted = 1 + rng.poisson(0.8, len(taken_at))
    level, due = int(capacity * rng.uniform(0.4, 1.0)), np.inf
    low = rng.uniform(0.1, 0.35) * capacity
    t, items, levels = [0.0], [0], [level]
    for at, number, lead in zip(
        taken_at.tolist(), wanted.tolist(), rng.integers(1, 5, len(taken_at)).tolist(), strict=True
    ):
        if at >= due:
            filled = int(capacity * rng.uniform(0.8, 1.0)) - level
            if filled > 0:
                level += filled
                t.append(due)
                items.append(filled)
                levels.append(level)
            due = np.inf
        gone = min(number, level)
        if gone:
            level -= gone
            t.append(at)
            items.append(-gone)
            levels.append(level)
        if level <= low and due == np.inf:
            due = np.floor(at) + lead + 0.3 + 0.05 * (lead % 3)
    # The first entry only sets the level at the epoch.
    return Moves(np.array(t)[1:], np.array(items)[1:], np.array(levels)[1:])
