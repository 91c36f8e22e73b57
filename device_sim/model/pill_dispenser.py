"""The pill dispenser: carousel and motor, pill sensor, backup battery, clock, and the person who takes the pills."""

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
from device_sim.model.wear import dirt
from device_sim.seeds import Purpose

PRODUCT = "pill_dispenser"
NUMBER = 1
MODES = ("stepper_worn", "jam", "pill_sensor_dusty", "backup_battery_worn", "clock_drift", "firmware_regression")
TYPICAL_H_A_DAY = 24.0
"""Everything but the carousel works around the clock; lives are counted in hours of power."""
REPORT_EVERY_MIN = 10.0
OPTICS_EVERY_MIN = 60.0
MISSED_AFTER_MIN = 180.0
BACKUP_MIN = 1440.0
"""A new backup battery carries it through a day."""
MS_A_DAY_PER_PPM = 86.4
DRIFTING_PPM = 80.0
"""A failing crystal's extra error."""
HOURS_OF_DOSES = {1: (8.0,), 2: (8.0, 20.0), 3: (8.0, 13.5, 20.5)}


def responses(c: Constants) -> tuple[Response, ...]:
    """How its sensors answer on a fleet with constants `c`."""
    return (
        Response("battery_voltage_v", 4.05, 0.004, {"backup_battery_worn": -0.09}, temperature=0.0008, spread=0.006,
                 day_noise=0.0018),
        Response("stepper_current_a", 0.62, 0.05, {"stepper_worn": 0.22, "jam": 0.05}, temperature=-0.004, load=0.026,
                 day_noise=0.018),
        Response("torque_margin_pct", 46.0, 0.08, {"stepper_worn": -0.45, "jam": -0.15}, temperature=0.006, load=-0.039,
                 day_noise=0.03),
        Response("optical_level_raw", 2600.0, 0.03, {"pill_sensor_dusty": -0.32, "dust": -0.12},
                 temperature=c.optic_temperature, load=-0.013, day_noise=0.018),
        Response("optical_threshold_raw", 1430.0, 0.004, {"pill_sensor_dusty": -0.29, "dust": -0.11},
                 temperature=c.optic_temperature, load=-0.013, day_noise=0.009),
    )  # fmt: skip


@dataclass(frozen=True)
class Doses:
    """Every dose that was due, in order; arrays (n,)."""

    due: Floats
    doses: Ints
    """Pills of this dose."""
    given: Array
    """The carousel delivered."""
    delay_min: Floats
    """Until it was taken; NaN: never."""
    steps: Ints
    retries: Ints
    empties: Ints
    jammed: Array
    filled: Ints
    """Doses filled in just before this one."""
    remaining: Ints


@dataclass(frozen=True)
class PillDispenser:
    """One pill dispenser."""

    body: Body
    lives: dict[str, Life]
    senses: Senses
    doses: Doses
    outages: tuple[Floats, Floats]
    """Power cuts: moments they begin and end."""
    ppm: Floats
    """Error of the clock by day."""
    rssi_dbm: Floats
    before: int
    """Doses dispensed before the epoch."""

    def week(self, number: int) -> Week:
        """What it measures in week `number`."""
        rng = self.body.spec.rng(Purpose.WEEK, number)
        begin, end = number * WEEK_DAYS, (number + 1) * WEEK_DAYS
        phase = float(self.body.spec.rng(Purpose.HABIT, 1).random())
        t = uses.grid(rng, number, REPORT_EVERY_MIN, phase)
        source, level = self._power(t)
        regular: dict[str, Array] = {
            "power_source": source,
            "battery_pct": level,
            "battery_voltage_v": self.senses.read("battery_voltage_v", t, rng, 0.86 + 0.0014 * level),
            "temperature_cel": self.body.room(t) + 0.15 * rng.normal(size=len(t)),
            "humidity_pct": np.clip(self.body.humidity[self.body.at(t)] + rng.normal(size=len(t)), 3.0, 99.0),
            "rssi_dbm": np.clip(self.rssi_dbm[self.body.at(t)] + 2.0 * rng.normal(size=len(t)), -105.0, -20.0),
        }
        seen = uses.grid(rng, number, OPTICS_EVERY_MIN, phase)
        optics = {s: self.senses.read(s, seen, rng) for s in ("optical_level_raw", "optical_threshold_raw")}
        due = self.doses.due
        here = slice(*np.searchsorted(due, (begin, end)))
        at = due[here] + 0.25 * MINUTE
        moved: dict[str, Array] = {"power_source": self._power(at)[0]}
        for signal in ("stepper_current_a", "torque_margin_pct", "optical_level_raw", "optical_threshold_raw"):
            moved[signal] = self.senses.read(signal, at, rng)
        moved["torque_margin_pct"] = np.clip(moved["torque_margin_pct"], 0.0, 100.0)
        moved.update(self._counters(at))
        synced = self._syncs[(self._syncs >= begin) & (self._syncs < end)]
        clock = {"clock_correction_ms": self._correction_ms(synced)}
        happenings = [h for h in self._happenings if begin <= h.t < end]
        return Week(
            (Readings(t, regular), Readings(seen, optics), Readings(at, moved), Readings(synced, clock)), happenings
        )

    def daily(self, days: int) -> dict[str, Array]:
        """Daily values of its numeric signals, each (days,)."""
        rng = self.body.spec.rng(Purpose.DAILY)
        doses_a_day = np.bincount(self.body.at(self.doses.due), minlength=self.body.days)[:days].astype(np.float64)
        all_day = np.full(days, 144.0)
        noon = np.arange(days) + 0.5
        _, level = self._power(np.sort(np.concatenate((noon, self.outages[1][self.outages[1] < days] - MINUTE))))
        columns: dict[str, Array] = {
            "battery_pct": np.minimum(self._power(noon)[1], level.max() if len(level) else 100.0),
            "battery_voltage_v": self.senses.day_means("battery_voltage_v", days, all_day, rng),
            "temperature_cel": self.body.temperature[:days] + 0.05 * rng.normal(size=days),
            "humidity_pct": self.body.humidity[:days],
            "optical_level_raw": self.senses.day_means("optical_level_raw", days, all_day / 6.0, rng),
            "optical_threshold_raw": self.senses.day_means("optical_threshold_raw", days, all_day / 6.0, rng),
            "clock_correction_ms": self._correction_ms(noon),
            "rssi_dbm": self.rssi_dbm[:days],
        }
        for signal in ("stepper_current_a", "torque_margin_pct"):
            columns[signal] = self.senses.day_means(signal, days, doses_a_day, rng)
        columns.update(self._counters(noon + 0.5))
        return columns

    def _power(self, t: Floats) -> tuple[Array, Floats]:
        """Power source and charge of the backup battery at moments `t`."""
        begins, ends = self.outages
        source = np.full(len(t), "mains", dtype="U7")
        level = np.full(len(t), 100.0)
        if len(begins):
            last = np.searchsorted(begins, t, side="right") - 1
            cut = (last >= 0) & (t < ends[np.maximum(last, 0)])
            source[cut] = "battery"
            worn = self.senses.levels["backup_battery_worn"]
            reserve = BACKUP_MIN * np.clip(1.0 - 0.7 * worn[self.body.at(t)], 0.08, 1.0)
            used = np.where(
                cut, t - begins[np.maximum(last, 0)], ends[np.maximum(last, 0)] - begins[np.maximum(last, 0)]
            )
            spent = np.clip(100.0 * used / MINUTE / reserve, 0.0, 97.0)
            since = np.where(cut, 0.0, t - ends[np.maximum(last, 0)])
            level = np.where(last >= 0, np.minimum(100.0, 100.0 - spent + since / MINUTE * 0.4), level)
        return source, level

    def _counters(self, t: Floats) -> dict[str, Array]:
        done = np.searchsorted(self.doses.due, t, side="right")

        def total(each: Array, before: int) -> Array:
            return np.concatenate(([before], before + np.cumsum(each)))[done]

        remaining = np.concatenate((self.doses.remaining[:1], self.doses.remaining))
        return {
            "lost_steps_total": total(self.doses.steps, self.before // 2),
            "dispense_retries_total": total(self.doses.retries, self.before // 18),
            "false_empties_total": total(self.doses.empties, self.before // 90),
            "dispensed_total": total(np.where(self.doses.given, self.doses.doses, 0), self.before),
            "doses_remaining": remaining[done],
        }

    @cached_property
    def _syncs(self) -> Floats:
        return self.body.utc(np.arange(self.body.days) + 3.0 / 24.0 + self.body.spec.index % 50 * MINUTE)

    def _correction_ms(self, t: Floats) -> Floats:
        wobble = 1.0 + 0.03 * np.sin(t * 7.3 + self.body.spec.index)
        return np.asarray(np.clip(self.ppm[self.body.at(t)] * MS_A_DAY_PER_PPM * wobble, -59_000.0, 59_000.0))

    @cached_property
    def _happenings(self) -> list[Happening]:
        rng = self.body.spec.rng(Purpose.HABIT, 2)
        found: list[Happening] = []
        d = self.doses
        for i in range(len(d.due)):
            due, pills, delay = float(d.due[i]), int(d.doses[i]), float(d.delay_min[i])
            if d.filled[i]:
                found.append(Happening(due - 40 * MINUTE, "refilled", {"doses": int(d.filled[i])}))
            found.append(Happening(due, "dose_due", {"doses": pills}))
            if d.jammed[i]:
                found.append(Happening(due + 0.5 * MINUTE, "jam_detected", {"retries": int(d.retries[i])}))
                found.append(Happening(due + float(rng.uniform(4.0, 60.0)) * MINUTE, "jam_cleared"))
            if d.empties[i]:
                found.append(Happening(due + 0.4 * MINUTE, "empty_seen"))
                found.append(Happening(due + 3 * MINUTE, "pill_seen"))
            if np.isnan(delay):
                found.append(Happening(due + MISSED_AFTER_MIN * MINUTE, "dose_missed", {"doses": pills}))
            else:
                found.append(Happening(due + delay * MINUTE, "dose_taken", {"doses": pills, "delay_min": delay}))
        for begins, ends in zip(*self.outages, strict=True):
            found.append(Happening(float(begins), "power_lost"))
            found.append(Happening(float(ends), "power_restored", {"outage_min": float(ends - begins) / MINUTE}))
            if self._power(np.array([ends - MINUTE]))[1][0] < 20.0:
                found.append(Happening(float(ends - MINUTE), "battery_low"))
        battery, fallen = self.lives["backup_battery_worn"], self.lives["jam"].failures
        for failure in battery.failures:
            found.append(Happening(failure.day, "battery_low"))
            found.append(Happening(failure.repaired, "battery_replaced"))
        found += [Happening(r.day, "battery_replaced") for r in battery.replacements]
        for failure in (*fallen, *self.lives["stepper_worn"].failures):
            found.append(Happening(failure.day, "jam_detected", {"retries": 5}))
            found.append(Happening(failure.repaired, "jam_cleared"))
        found += [
            Happening(float(t), "clock_synced", {"correction_ms": float(ms)})
            for t, ms in zip(self._syncs, self._correction_ms(self._syncs), strict=True)
        ]
        return sorted(found, key=lambda h: h.t)


def build(spec: Spec, constants: Constants, *, habit: float | None = None) -> PillDispenser:
    """The dispenser `spec`; `habit` fixes the share of doses its owner takes of every four weeks'."""
    body = embody(spec, constants, mean_cel=22.0, season_k=2.0)
    rng = spec.rng(Purpose.HABIT)
    power_h = np.full(body.days, TYPICAL_H_A_DAY)
    fleet = hazards(
        spec.seed, constants, MODES, TYPICAL_H_A_DAY, number=NUMBER, sudden={"jam": constants.jam_sudden_share}
    )
    lives = body.lives(fleet, power_h)
    levels: dict[str, Floats] = {mode: life.signs for mode, life in lives.items()}
    levels["firmware_regression"] = np.where(lives["firmware_regression"].signs > 0.05, 0.8, 0.0)
    levels["dust"], _ = dirt(rng, body.days, constants.optic_dust_days)
    years = (body.age_days + np.arange(body.days)) / 365.25
    side = rng.choice((-1.0, 1.0))
    ppm = (
        side * rng.uniform(0.3, 1.0) * constants.rtc_ppm
        - constants.rtc_ppm_per_k2 * (body.temperature - 25.0) ** 2
        + side * constants.rtc_ageing_ppm_year * np.minimum(years, 3.0)
        + side * DRIFTING_PPM * levels["clock_drift"]
        + 0.8 * rng.normal(size=body.days)
    )
    rssi = -62.0 + 7.0 * rng.normal() + 3.0 * wander(rng, body.days, 6.0)
    taking = habit if habit is not None else float(np.clip(rng.beta(9.0, 1.6), 0.3, 0.995))
    doses = _doses(rng, body, constants, lives, levels, taking, steady=habit is not None)
    cuts = np.sort(rng.uniform(0.0, body.days, rng.poisson(5.0 * body.days / 365.25)))
    lasts = np.clip(rng.lognormal(np.log(50.0), 1.2, len(cuts)), 2.0, 1000.0) * MINUTE
    apart = np.append(np.diff(cuts) > 1.2, True) if len(cuts) else np.zeros(0, dtype=np.bool_)
    a_day = float(doses.doses.sum()) / body.days
    return PillDispenser(
        body, lives, sense(body, levels, responses(constants)), doses, (cuts[apart], (cuts + lasts)[apart]), ppm, rssi,
        int(body.age_days * a_day),
    )  # fmt: skip


def _doses(
    rng: np.random.Generator, body: Body, constants: Constants, lives: dict[str, Life], levels: dict[str, Floats],
    taking: float, *, steady: bool,
) -> Doses:  # fmt: skip
    times = HOURS_OF_DOSES[int(rng.choice(3, p=(0.3, 0.5, 0.2))) + 1]
    local = np.sort(np.concatenate([np.arange(body.days) + hour / 24.0 for hour in times]))
    due = body.utc(local)
    n, day = len(due), body.at(due)
    pills = np.tile(rng.choice((1, 1, 2), len(times)), body.days)
    broken = (lives["stepper_worn"].broken | lives["jam"].broken)[day]
    # People forget in spells, and leave for days: log-odds of taking wander around their habit.
    odds = np.log(taking / (1.0 - taking)) + 0.6 * wander(rng, body.days, 10.0)
    taken = (rng.random(n) < 1.0 / (1.0 + np.exp(-odds[day]))) & (uses.away(rng, body.days, 1.5)[day] > 0) & ~broken
    if steady:
        taken = uses.even(rng, n, taking, 28 * len(times)) & ~broken
    delay = np.round(np.clip(rng.lognormal(np.log(9.0), 1.0, n), 0.3, MISSED_AFTER_MIN - 5.0), 1)
    filled, remaining = _filling(rng, pills)
    fresh = np.convolve(filled > 0, np.ones(4))[:n]
    strain = 1.0 + (constants.jam_growth - 1.0) * np.clip(levels["stepper_worn"][day], 0.0, 1.2) ** 2
    moist = 1.0 + 0.02 * np.maximum(0.0, body.humidity[day] - 50.0)
    jam = np.clip(
        constants.jam_rate_new * strain * moist * (1.0 + 3.0 * fresh) * np.exp(0.3 * body.load[day]), 0.0, 0.3
    )
    worn, sticky = levels["stepper_worn"][day], levels["jam"][day]
    faulty = levels["firmware_regression"][day]
    return Doses(
        due, pills, ~broken, np.where(taken, delay, np.nan),
        rng.poisson(0.5 * np.exp(0.2 * body.load[day]) * (1.0 + 3.0 * worn + 2.5 * sticky + 1.5 * faulty)),
        rng.poisson(0.05 * moist * (1.0 + 6.0 * worn + 9.0 * sticky + 6.0 * faulty)),
        rng.poisson(0.01 * (1.0 + 12.0 * levels["pill_sensor_dusty"][day] + 2.0 * levels["dust"][day] + 8.0 * faulty)),
        (rng.random(n) < jam) & ~broken, filled, remaining,
    )  # fmt: skip


def _filling(rng: np.random.Generator, pills: Ints) -> tuple[Ints, Ints]:
    """Doses filled in before each dose, and what remains after it: people refill every two to four weeks."""
    capacity = int(pills[:7].sum() * rng.choice((2, 3, 4)))
    filled, remaining = np.zeros(len(pills), dtype=np.int64), np.zeros(len(pills), dtype=np.int64)
    level = int(capacity * rng.uniform(0.3, 1.0))
    early = rng.integers(1, 5, len(pills))
    for i, takes in enumerate(pills.tolist()):
        if level < takes * early[i]:
            filled[i] = capacity - level
            level = capacity
        level -= takes
        remaining[i] = level
    return filled, remaining
