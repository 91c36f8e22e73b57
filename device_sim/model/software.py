"""The software product: sessions, releases that crash, work done offline, interest that fades before people leave."""

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
from device_sim.seeds import Purpose

PRODUCT = "software"
NUMBER = 3
MODES = ("crash_loop", "churn")
TYPICAL_H_A_DAY = 24.0
"""Accounts age by the calendar."""
CONNECTIONS = np.array(["wired", "wifi", "mobile", "offline"])
SLOWNESS = np.array([0.8, 1.0, 2.2, 1.0])
"""Latency by connection, relative to wifi."""
OFFLINE = 3
PLATFORMS = ("desktop", "web", "phone", "tablet")
MODULES = ("editor", "export", "dashboard", "sync", "other")
RUNNING_EVERY_MIN = 2.0
REST_EVERY_MIN = 60.0
ONBOARDING_DAYS = 40.0
"""New accounts try things out; the habit settles with this time constant."""
STUMBLE_MIN = 3.0
"""From a failed log-in to the next, successful one."""


def responses() -> tuple[Response, ...]:
    """How its measurements answer."""
    return (
        Response(
            "startup_ms", 2400.0, 0.15, {"crash_loop": 0.35, "grown": 0.15}, load=0.06, spread=0.2, day_noise=0.08
        ),
        Response("latency_ms", 95.0, 0.25, {"churn": 0.10, "crash_loop": 0.08}, load=0.12, spread=0.2, day_noise=0.12),
        Response("memory_mb", 410.0, 0.06, {"crash_loop": 0.30, "grown": 0.10}, load=0.05, spread=0.15, day_noise=0.04),
        Response("cpu_pct", 14.0, 0.30, {"crash_loop": 0.25}, load=0.10, spread=0.15, day_noise=0.10),
    )


@dataclass(frozen=True)
class Sessions:
    """Every session, in order; arrays (n,)."""

    start: Floats
    minutes: Floats
    connection: Ints
    crashed: Array
    frozen: Array
    abandoned: Array
    stumbled: Array
    """Began with a failed log-in."""
    errors: Ints
    changes: Ints
    """Made in the session; unsent for as long as it is offline."""

    @property
    def end(self) -> Floats:
        """Moments they ended."""
        return self.start + self.minutes * MINUTE


@dataclass(frozen=True)
class Software:
    """One installation."""

    body: Body
    lives: dict[str, Life]
    senses: Senses
    sessions: Sessions
    platform: str
    storage_mb: Floats
    before: int
    """Sessions before the epoch."""

    def week(self, number: int) -> Week:
        """What it measures in week `number`."""
        rng = self.body.spec.rng(Purpose.WEEK, number)
        begin, end = number * WEEK_DAYS, (number + 1) * WEEK_DAYS
        s = self.sessions
        here = slice(*np.searchsorted(s.start, (begin, end)))
        start, minutes = s.start[here], s.minutes[here]
        t, into = uses.within(start, minutes, RUNNING_EVERY_MIN)
        session = np.searchsorted(start, t, side="right") - 1
        link = s.connection[here][session]
        busy: dict[str, Array] = {
            "connection": CONNECTIONS[link],
            "memory_mb": self.senses.read("memory_mb", t, rng, 0.8 + 0.25 * (1.0 - np.exp(-into / 20.0))),
            "cpu_pct": np.clip(self.senses.read("cpu_pct", t, rng), 0.1, 100.0),
            "unsynced_items": self._unsynced(t),
        }
        online = t[link != OFFLINE]
        speed = {
            "connection": CONNECTIONS[link[link != OFFLINE]],
            "latency_ms": self.senses.read("latency_ms", online, rng, SLOWNESS[link[link != OFFLINE]]),
        }
        opened = start + 0.1 * MINUTE
        begun = {
            "connection": CONNECTIONS[s.connection[here]],
            "startup_ms": self.senses.read("startup_ms", opened, rng),
        }
        phase = float(self.body.spec.rng(Purpose.HABIT, 1).random())
        idle = uses.outside(uses.grid(rng, number, REST_EVERY_MIN, phase), start, s.end[here])
        rest: dict[str, Array] = {
            "storage_mb": self._storage(idle),
            "unsynced_items": self._unsynced(idle),
        }
        closed = np.sort(np.concatenate((s.end[here] + 0.2 * MINUTE, idle[::12])))
        happenings = [h for h in self._happenings if begin <= h.t < end]
        return Week(
            (Readings(t, busy), Readings(online + 1e-6, speed), Readings(opened, begun), Readings(idle, rest),
             Readings(closed, self._counters(closed))),
            happenings,
        )  # fmt: skip

    def daily(self, days: int) -> dict[str, Array]:
        """Daily values of its numeric signals, each (days,)."""
        rng = self.body.spec.rng(Purpose.DAILY)
        s = self.sessions
        of_day = self.body.at(s.start)
        minutes = np.bincount(of_day, s.minutes, self.body.days)[:days]
        opened = np.bincount(of_day, minlength=self.body.days)[:days].astype(np.float64)
        slow = np.bincount(of_day, SLOWNESS[s.connection] * s.minutes, self.body.days)[:days] / np.maximum(
            minutes, 1e-9
        )
        night = np.arange(1, days + 1, dtype=np.float64)
        columns: dict[str, Array] = {"startup_ms": self.senses.day_means("startup_ms", days, opened, rng)}
        columns["latency_ms"] = self.senses.day_means("latency_ms", days, minutes / 2.0, rng) * slow
        for signal in ("memory_mb", "cpu_pct"):
            columns[signal] = self.senses.day_means(signal, days, minutes / 2.0, rng)
        columns["storage_mb"] = self._storage(night)
        columns["unsynced_items"] = self._unsynced(night)
        columns.update(self._counters(night))
        return columns

    def _storage(self, t: Floats) -> Floats:
        return np.asarray(np.interp(t, np.arange(self.body.days), self.storage_mb))

    def _unsynced(self, t: Floats) -> Array:
        """Changes waiting: those of an offline session, until the next session with a connection begins."""
        s = self.sessions
        last = np.searchsorted(s.start, t, side="right") - 1
        waiting = np.where(s.connection == OFFLINE, s.changes, 0)
        return np.where(last >= 0, np.append(waiting, 0)[last], 0)

    def _counters(self, t: Floats) -> dict[str, Array]:
        s = self.sessions
        done = np.searchsorted(s.end, t, side="right")

        def total(each: Array, before: float) -> Array:
            return np.concatenate(([before], before + np.cumsum(each)))[done]

        return {
            "sessions_total": total(np.ones(len(s.start), dtype=np.int64), self.before),
            "active_total_min": total(s.minutes, self.before * 14.0),
            "crashes_total": total(s.crashed.astype(np.int64), self.before // 120),
            "errors_total": total(s.errors, self.before // 8),
        }

    @cached_property
    def _happenings(self) -> list[Happening]:
        rng = self.body.spec.rng(Purpose.HABIT, 2)
        found: list[Happening] = []
        s = self.sessions
        unsent = 0
        for i in range(len(s.start)):
            start, end, lasted = float(s.start[i]), float(s.end[i]), float(s.minutes[i])
            if s.stumbled[i]:
                found.append(Happening(start - STUMBLE_MIN * MINUTE, "login_failed"))
                found.append(Happening(start - 0.2 * MINUTE, "login_succeeded"))
            found.append(Happening(start, "session_started", {"platform": self.platform}))
            if s.connection[i] == OFFLINE:
                unsent += int(s.changes[i])
                found.append(Happening(start + 0.3 * lasted * MINUTE, "sync_failed", {"items": unsent}))
            elif unsent:
                found.append(Happening(start + 0.2 * MINUTE, "sync_completed", {"items": unsent}))
                unsent = 0
            if s.frozen[i]:
                seconds = round(float(rng.lognormal(2.5, 0.8)), 1)
                found.append(Happening(start + 0.6 * lasted * MINUTE, "frozen", {"duration_s": min(seconds, 86_000.0)}))
            if s.crashed[i]:
                release = self.body.versions[int(self.body.firmware[min(int(start), self.body.days - 1)])]
                module = MODULES[int(rng.choice(5, p=(0.3, 0.25, 0.15, 0.2, 0.1)))]
                found.append(Happening(end, "crashed", {"module": module, "release": release}))
                found.append(Happening(end + 0.5 * MINUTE, "recovered"))
                continue
            screens = max(1, int(rng.poisson(0.8 * lasted)))
            found.append(Happening(end, "session_ended", {
                "duration_min": lasted, "screens": screens, "abandoned": bool(s.abandoned[i]),
            }))  # fmt: skip
        for day in np.flatnonzero(np.diff(self.body.firmware)).tolist():
            release = self.body.versions[int(self.body.firmware[day + 1])]
            found.append(Happening(day + 1.1, "update_installed", {"release": release}))
        return sorted(found, key=lambda h: h.t)


def build(spec: Spec, constants: Constants, *, habit: float | None = None) -> Software:
    """The installation `spec`; `habit` fixes its sessions a working day."""
    body = embody(spec, constants)
    rng = spec.rng(Purpose.HABIT)
    always = np.full(body.days, TYPICAL_H_A_DAY)
    lives = body.lives(hazards(spec.seed, constants, MODES, TYPICAL_H_A_DAY, number=NUMBER), always)
    levels: dict[str, Floats] = {mode: life.signs for mode, life in lives.items()}
    age = body.age_days + np.arange(body.days)
    levels["grown"] = np.log1p(age / 365.25)
    rate = habit if habit is not None else float(rng.lognormal(np.log(2.2), 0.5))
    week = np.where(body.weekday() < 5, 1.0, rng.uniform(0.05, 0.7))
    interest = 1.0 + 0.8 * np.exp(-age / ONBOARDING_DAYS)
    fading = np.clip(1.0 - 0.65 * levels["churn"], 0.08, 1.0) * np.where(lives["churn"].broken, 0.0, 1.0)
    chance = rate * week * interest * fading * np.exp(0.2 * body.load) * uses.away(rng, body.days)
    counts = np.minimum(rng.poisson(chance), 9).astype(np.float64)
    start = uses.moments(rng, body, counts, rng.uniform(7.5, 11.0), 0.6, 1.3)
    minutes = np.round(np.clip(rng.lognormal(np.log(11.0), 0.8, len(start)), 0.3, 70.0), 1)
    start, keep = uses.fit(start, minutes, 5.0)
    start, minutes = start[keep], minutes[keep]
    n, day = len(start), body.at(start)
    buggy = rng.uniform(0.5, 2.0, len(body.versions))[body.firmware[day]]
    crash = np.clip(0.006 * buggy * (1.0 + 0.5 * levels["grown"][day]) + 0.12 * levels["crash_loop"][day], 0.0, 0.6)
    sessions = Sessions(
        start, minutes, rng.choice(4, n, p=rng.dirichlet((3.0, 5.0, 1.5, 0.5))),
        rng.random(n) < np.where(lives["crash_loop"].broken[day], 0.9, crash), rng.random(n) < 0.012 * buggy,
        rng.random(n) < 0.06 + 0.08 * levels["churn"][day].clip(0, 1), rng.random(n) < 0.02,
        rng.poisson(0.12 * buggy * (1.0 + 4.0 * levels["crash_loop"][day] + 1.0 * levels["churn"][day])),
        rng.poisson(0.5 * minutes) + 1,
    )  # fmt: skip
    platform = PLATFORMS[int(rng.choice(4, p=(0.4, 0.3, 0.2, 0.1)))]
    storage = 180.0 + 0.9 * age + np.cumsum(np.abs(rng.normal(0.0, 0.8, body.days)))
    return Software(body, lives, sense(body, levels, responses()), sessions, platform, storage,
                    int(body.age_days * rate))  # fmt: skip
