"""The robot vacuum: pack, brushes, motors, fan and filter, cliff sensors, lidar turret."""

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
)
from device_sim.model.life import Floats, Life
from device_sim.model.ranges import Constants
from device_sim.model.senses import Response, Senses, sense
from device_sim.model.wear import consumable, dirt, fade
from device_sim.seeds import Purpose

PRODUCT = "robot_vacuum"
NUMBER = 0
MODES = (
    "battery_worn", "main_brush_worn", "wheel_motor_worn", "fan_filter_clogged", "cliff_sensor_dirty", "lidar_drag",
)  # fmt: skip
CLEANING = np.array(["quiet", "standard", "turbo"])
POWER = np.array([0.75, 1.0, 1.35])
"""Fan and brush power by cleaning mode, relative to standard."""
TYPICAL_H_A_DAY = 0.45
RUNTIME_MIN = 115.0
"""Of a new pack in standard mode."""
CHARGE_MIN = 170.0
"""From empty to full, new pack."""
HOURS_A_CYCLE = 1.5
IDLE_EVERY_MIN = 12.0
RUNNING_EVERY_MIN = 1.0
COUNTERS_EVERY_MIN = 360.0
SENSED = (
    "voltage_sag_mv", "brush_current_a", "brush_speed_rpm", "wheel_current_a", "wheel_ripple_a", "wheel_slip_pct",
    "fan_current_a", "fan_speed_rpm", "suction_pa", "cliff_reflectance_raw", "lidar_speed_std_rpm", "lidar_missing_pct",
)  # fmt: skip
POWERED = {"brush_current_a": 0.5, "brush_speed_rpm": 0.3, "fan_current_a": 1.0, "fan_speed_rpm": 0.5,
           "suction_pa": 1.2, "voltage_sag_mv": 0.6}  # fmt: skip
"""Exponent with which a signal follows the cleaning mode's power."""
HEAT = "pack_heat"
"""Rise of the pack's temperature above the room's while running, in kelvin; not a signal itself."""


def responses(c: Constants) -> tuple[Response, ...]:
    """How its sensors answer on a fleet with constants `c`."""
    rise = c.motor_current_rise
    return (
        Response("voltage_sag_mv", 420.0, 0.05, {"battery_worn": 0.7 * c.pack_resistance_rise, "faded": 0.5},
                 temperature=-0.010, load=0.019, day_noise=0.028),
        Response(HEAT, 9.0, 0.10, {"battery_worn": 0.25, "wheel_motor_worn": 0.1}, load=0.033, day_noise=0.042),
        Response("brush_current_a", 0.55, 0.10, {"main_brush_worn": rise, "hair": 0.3 * rise, "side_hair": 0.1 * rise},
                 load=0.065, day_noise=0.042),
        Response("brush_speed_rpm", 1400.0, 0.02, {"main_brush_worn": -0.13, "hair": -0.03, "battery_worn": -0.02},
                 load=-0.01, day_noise=0.01),
        Response("wheel_current_a", 0.32, 0.08, {"wheel_motor_worn": rise}, load=0.078, day_noise=0.035),
        Response("wheel_ripple_a", 0.030, 0.20, {"wheel_motor_worn": 1.0}, load=0.052, day_noise=0.084),
        Response("wheel_slip_pct", 3.0, 0.30, {"wheel_motor_worn": 0.7}, load=0.163, day_noise=0.14),
        Response("fan_current_a", 1.10, 0.04, {"fan_filter_clogged": 0.36, "filter": 0.10}, load=0.013,
                 day_noise=0.021),
        Response("fan_speed_rpm", 13_500.0, 0.01, {"fan_filter_clogged": 0.11, "filter": 0.03}, day_noise=0.007),
        Response("suction_pa", 1900.0, 0.05, {"fan_filter_clogged": -c.filter_flow_loss, "filter": -0.04},
                 load=-0.013, day_noise=0.021),
        Response("cliff_reflectance_raw", 560.0, 0.08, {"cliff_sensor_dirty": -0.45, "dust": -0.15},
                 temperature=c.optic_temperature, load=-0.033, day_noise=0.035),
        Response("lidar_speed_std_rpm", 1.2, 0.25, {"lidar_drag": 1.1}, temperature=-0.004, day_noise=0.084),
        Response("lidar_missing_pct", 1.6, 0.35, {"lidar_drag": 1.2, "dust": 0.15}, load=0.039, day_noise=0.105),
    )  # fmt: skip


@dataclass(frozen=True)
class Runs:
    """Every cleaning run, in order; arrays (n,)."""

    start: Floats
    minutes: Floats
    mode: Ints
    area_m2: Floats
    depleted: Array
    stuck: Array
    jammed: Array
    lidar_failed: Array
    lost_dock: Array
    unfinished: Array
    stalls: Ints
    cliffs: Ints
    lost: Ints
    drained_pct: Floats

    @property
    def end(self) -> Floats:
        """Moments they ended."""
        return self.start + self.minutes * MINUTE


@dataclass(frozen=True)
class RobotVacuum:
    """One robot vacuum."""

    body: Body
    lives: dict[str, Life]
    senses: Senses
    health: Floats
    """Share of the pack's capacity that is left, by day."""
    resets: dict[str, Floats]
    """Days consumables were renewed, by part."""
    runs: Runs
    start_min: float
    """Counters' value at the epoch."""

    def week(self, number: int) -> Week:
        """What it measures in week `number`."""
        rng = self.body.spec.rng(Purpose.WEEK, number)
        begin, end = number * WEEK_DAYS, (number + 1) * WEEK_DAYS
        runs = self.runs
        here = slice(*np.searchsorted(runs.start, (begin, end)))
        start, minutes = runs.start[here], runs.minutes[here]
        t, into = uses.within(start, minutes, RUNNING_EVERY_MIN)
        mode = runs.mode[here][np.searchsorted(start, t, side="right") - 1]
        running: dict[str, Array] = {"cleaning_mode": CLEANING[mode], "battery_pct": self._battery_pct(t)}
        heat = self.senses.read(HEAT, t, rng) * (1.0 - np.exp(-into / 12.0))
        running["battery_temperature_cel"] = self.body.room(t) + heat
        for signal in SENSED:
            running[signal] = self.senses.read(signal, t, rng, POWER[mode] ** POWERED.get(signal, 0.0))
        phase = float(self.body.spec.rng(Purpose.HABIT, 1).random())
        idle = uses.outside(uses.grid(rng, number, IDLE_EVERY_MIN, phase), start, start + minutes * MINUTE)
        resting = {
            "cleaning_mode": np.full(len(idle), "docked"),
            "battery_pct": self._battery_pct(idle),
            "battery_temperature_cel": self.body.room(idle) + 0.8 + 0.2 * rng.normal(size=len(idle)),
        }
        told = np.sort(np.concatenate((
            uses.outside(uses.grid(rng, number, COUNTERS_EVERY_MIN, phase), start, start + minutes * MINUTE),
            start + (minutes + 0.3) * MINUTE,
        )))  # fmt: skip
        counters = self._counters(told)
        happenings = [h for h in self._happenings if begin <= h.t < end]
        return Week((Readings(t, running), Readings(idle, resting), Readings(told, counters)), happenings)

    def daily(self, days: int) -> dict[str, Array]:
        """Daily values of its numeric signals, each (days,).

        What depends on the cleaning mode is referred to the standard mode: regimes are compared within themselves.
        """
        rng = self.body.spec.rng(Purpose.DAILY)
        runs = self.runs
        of_day = np.clip(runs.start.astype(np.int64), 0, self.body.days - 1)
        minutes = np.bincount(of_day, runs.minutes, self.body.days)[:days]
        drained = np.zeros(self.body.days)
        np.maximum.at(drained, of_day, runs.drained_pct)
        columns: dict[str, Array] = {"battery_pct": np.where(minutes > 0, 100.0 - drained[:days], 100.0)}
        heat = self.senses.day_means(HEAT, days, minutes.astype(np.float64), rng)
        columns["battery_temperature_cel"] = self.body.temperature[:days] + 0.8 + np.where(minutes > 0, 0.7 * heat, 0.0)
        samples = minutes.astype(np.float64) / RUNNING_EVERY_MIN
        for signal in SENSED:
            columns[signal] = self.senses.day_means(signal, days, samples, rng)
        columns.update(self._counters(np.arange(1, days + 1, dtype=np.float64)))
        return columns

    def _battery_pct(self, t: Floats) -> Floats:
        """State of charge: falls over a run, rises while charging, full else."""
        runs = self.runs
        if not len(runs.start):
            return np.full(len(t), 100.0)
        charged = self._charged
        x = np.column_stack((runs.start, runs.end, charged)).ravel()
        full = np.full(len(runs.start), 100.0)
        y = np.column_stack((full, 100.0 - runs.drained_pct, full)).ravel()
        return np.asarray(np.interp(t, x, y))

    @cached_property
    def _charged(self) -> Floats:
        """Moments each charge ended: full, or cut short by the next run."""
        runs = self.runs
        ready = runs.end + CHARGE_MIN * MINUTE * runs.drained_pct / 100.0 * self.health[self.body.at(runs.start)]
        following = np.append(runs.start[1:], np.inf) - 1e-5
        return np.minimum(ready, following)

    def _counters(self, t: Floats) -> dict[str, Array]:
        done = np.searchsorted(self.runs.end, t, side="right")

        def total(each: Array, before: float) -> Array:
            return np.concatenate(([before], before + np.cumsum(each)))[done]

        age = self.start_min
        return {
            "runtime_total_min": total(self.runs.minutes, age),
            "area_total_m2": total(self.runs.area_m2, round(age * 0.8, 1)),
            "stall_retries_total": total(self.runs.stalls, int(age / 60)),
            "false_cliffs_total": total(self.runs.cliffs, int(age / 50)),
            "relocalisations_total": total(self.runs.lost, int(age / 90)),
        }

    @cached_property
    def _happenings(self) -> list[Happening]:
        rng = self.body.spec.rng(Purpose.HABIT, 2)
        found: list[Happening] = []
        runs, charged = self.runs, self._charged
        by_schedule = rng.random() < 0.6
        for i in range(len(runs.start)):
            start, end, lasted = float(runs.start[i]), float(runs.end[i]), float(runs.minutes[i])
            trigger = "schedule" if by_schedule and rng.random() < 0.85 else ("app" if rng.random() < 0.6 else "button")
            found.append(Happening(start, "clean_started", {"mode": str(CLEANING[runs.mode[i]]), "trigger": trigger}))
            if runs.stuck[i]:
                causes = ("furniture", "threshold", "cable", "cliff", "unknown")
                cause = causes[int(rng.choice(5, p=(0.35, 0.2, 0.25, 0.1, 0.1)))]
                found.append(Happening(start + 0.5 * lasted * MINUTE, "stuck", {"cause": cause}))
                wait = 0.2 * lasted if not runs.unfinished[i] else rng.uniform(60.0, 300.0)
                found.append(Happening(start + (0.5 * lasted + wait) * MINUTE, "freed"))
            if runs.jammed[i]:
                found.append(Happening(start + 0.3 * lasted * MINUTE, "brush_jammed"))
                found.append(Happening(start + 0.45 * lasted * MINUTE, "brush_freed"))
            if runs.lidar_failed[i]:
                found.append(Happening(start + 0.6 * lasted * MINUTE, "lidar_failed", {"error_code": 1}))
                found.append(Happening(start + 0.75 * lasted * MINUTE, "lidar_recovered"))
            if runs.depleted[i]:
                found.append(Happening(end - 0.2 * MINUTE, "battery_depleted", {"runtime_min": lasted}))
            if runs.unfinished[i]:
                continue
            completed = not (runs.depleted[i] or runs.lidar_failed[i])
            found.append(Happening(end, "clean_finished", {
                "duration_min": lasted, "area_m2": float(runs.area_m2[i]), "completed": completed,
            }))  # fmt: skip
            if runs.lost_dock[i]:
                found.append(Happening(end + 4 * MINUTE, "dock_not_found"))
            found.append(Happening(end + (25.0 if runs.lost_dock[i] else 1.5) * MINUTE, "docked"))
            took = (float(charged[i]) - end) / MINUTE
            if took > 30.0:
                energy = 0.52 * float(runs.drained_pct[i]) * float(self.health[min(int(start), self.body.days - 1)])
                found.append(Happening(float(charged[i]), "charge_finished", {
                    "duration_min": took, "energy_wh": energy,
                }))  # fmt: skip
        for part, days in self.resets.items():
            found += [Happening(float(day) + 0.7, "consumable_reset", {"part": part}) for day in days]
        return sorted(found, key=lambda h: h.t)


def build(spec: Spec, constants: Constants, *, habit: float | None = None) -> RobotVacuum:
    """The vacuum `spec`; `habit` fixes its number of runs a day, at most 1, for every calendar month."""
    body = embody(spec, constants)
    rng = spec.rng(Purpose.HABIT)
    rate = habit if habit is not None else float(np.clip(rng.lognormal(np.log(0.55), 0.5), 0.08, 1.6))
    run_min = float(np.clip(rng.normal(52.0, 12.0), 22.0, 85.0))
    profile = rng.dirichlet(np.full(7, 6.0)) * 7.0
    chance = rate * profile[body.weekday()] * uses.away(rng, body.days)
    counts = np.minimum(2, (rng.random(body.days) < chance).astype(int) + (rng.random(body.days) < chance - 0.9))
    if habit is not None:
        counts = uses.monthly(rng, spec.epoch, body.days, habit).astype(int)
    use_h = chance * run_min / 60.0
    lives = body.lives(hazards(spec.seed, constants, MODES, TYPICAL_H_A_DAY, number=NUMBER), use_h)
    levels: dict[str, Floats] = {mode: life.signs for mode, life in lives.items()}
    resets: dict[str, Floats] = {}
    for level, part, rated_h in (
        ("hair", "main_brush", constants.main_brush_h), ("side_hair", "side_brush", constants.side_brush_h),
        ("filter", "filter", constants.filter_h),
    ):  # fmt: skip
        levels[level], resets[part] = consumable(rng, use_h, rated_h)
    levels["dust"], resets["sensors"] = dirt(rng, body.days, constants.sensor_clean_h / max(0.1, use_h.mean()))
    health = fade(rng, lives["battery_worn"].hours / HOURS_A_CYCLE, constants.pack_cycles, constants.pack_fade,
                  constants.pack_fade_power)  # fmt: skip
    health = np.clip(health - 0.20 * levels["battery_worn"], 0.2, 1.0)
    levels["faded"] = 1.0 - health
    senses = sense(body, levels, responses(constants))
    runs = _runs(rng, body, counts.astype(np.float64), run_min, lives, levels, health)
    return RobotVacuum(body, lives, senses, health, resets, runs, round(body.age_days * float(use_h.mean()) * 60.0, 1))


def _runs(
    rng: np.random.Generator, body: Body, counts: Floats, run_min: float, lives: dict[str, Life],
    levels: dict[str, Floats], health: Floats,
) -> Runs:  # fmt: skip
    start = uses.moments(rng, body, counts, rng.uniform(8.0, 14.0), rng.uniform(0.1, 2.5), 5.0)
    n = len(start)
    mode = rng.choice(3, n, p=rng.dirichlet((2.0, 6.0, 1.0)))
    wanted = run_min * np.clip(rng.lognormal(0.0, 0.2, n), 0.4, 1.6)
    day = body.at(start)
    lasts = RUNTIME_MIN * health[day] / POWER[mode] ** 0.8 * (1.0 + 0.04 * rng.normal(size=n))
    broken = np.logical_or.reduce([life.broken for life in lives.values()])[day]
    minutes = np.where(broken, rng.uniform(1.5, 6.0, n), np.minimum(wanted, lasts))
    minutes = np.round(np.maximum(minutes, 1.2), 1)
    start, keep = uses.fit(start, minutes, 45.0)
    start, minutes, mode, day, lasts, broken = (a[keep] for a in (start, minutes, mode, day, lasts, broken))
    n = len(start)
    hours = minutes / 60.0

    def happens(per_run: Array | float) -> Array:
        return np.asarray(rng.random(n) < per_run)

    stuck = happens(np.clip(0.02 + 0.015 * body.load[day] + 0.08 * levels["wheel_motor_worn"][day], 0.003, 0.5))
    return Runs(
        start, minutes, mode, np.round(minutes * 0.82 * (1.0 - 0.04 * body.load[day]), 1),
        (minutes >= lasts - 0.1) & ~broken, stuck,
        happens(0.006 + 0.08 * levels["main_brush_worn"][day] + 0.01 * levels["hair"][day]),
        happens(0.001 + 0.03 * levels["lidar_drag"][day]) | lives["lidar_drag"].broken[day],
        happens(0.012), happens(np.where(stuck, 0.25, 0.004)),
        rng.poisson(hours * (0.4 + 1.6 * levels["main_brush_worn"][day] + 0.3 * levels["hair"][day])),
        rng.poisson(hours * (0.5 + 2.0 * levels["cliff_sensor_dirty"][day] + 0.4 * levels["dust"][day])),
        rng.poisson(hours * (0.3 + 1.6 * levels["lidar_drag"][day])),
        np.clip(100.0 * minutes / np.maximum(lasts, minutes), 1.0, 97.0),
    )  # fmt: skip
