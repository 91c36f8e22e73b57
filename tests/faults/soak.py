"""An hour at half load with a kill every minute; then the books are compared, and memory and lag must have stayed flat.

    python -m tests.faults.soak --minutes 60 --rate 12500

By turns the worker is killed (-9), the database is killed (-9), and the broker is restarted. In the second half the
worker is spared, so that one process lives through half of the soak: the slope of its memory is what is judged.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import combinations, cycle
from operator import le
from pathlib import Path
from typing import NamedTuple, TextIO

import orjson
import psycopg

from bench import load
from tests.faults.books import Books
from tests.faults.fleet import Fleet, Payload, Plan
from tests.faults.kills import ENDLESS
from tests.faults.scenario import MEMORY_LIMIT_MB
from tests.faults.site import Grounds, Site, grounds, site
from tests.waiting import poll

DEVICES = 20
SAMPLE_S = 1.0
KILL_EVERY_S = 60.0
BLOCKS = 120
"""Slopes are told from the medians of so many stretches of time: every pair of them is compared."""
WARM_SHARE = 0.25
"""Of the last worker's life, during which its memory may still grow."""
HOUR_S = 3600.0
MS_PER_S = 1000
SETTLED_S = 600.0
ROUND = 100
"""Readings that differ in their values."""
ASK_EVERY_S = 0.1
"""While a kill is got over: a question is a new connection, which costs the server a process."""
RESERVE_BYTES = 4_000_000_000
"""Of the disk, which others use, too."""
MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What is still called flat."""

    memory_mb: float = MEMORY_LIMIT_MB
    memory_mb_per_h: float = 10.0
    lag_s_per_h: float = 1.0
    lag_median_s: float = 1.0
    recovery_s: float = 45.0
    bytes_a_message: float = 300.0
    sent_share: float = 0.98
    """Of what was to be sent: at less, something else than the rate was the limit."""
    publisher_cpu: float = 0.8
    """Of one core: at more, the publisher is what is measured."""


class Sample(NamedTuple):
    """One look."""

    at_s: float
    life: int
    """Which worker it was."""
    memory_mb: float | None
    lag_s: float | None
    """What is acknowledged and not yet stored, in seconds of the rate; None while the database is away."""
    free_mb: float
    """Of the disk."""


@dataclass(frozen=True)
class Report:
    """What became of it."""

    engine: str
    minutes: float
    rate: float
    sent: int
    acknowledged: int
    stored: int
    lost: int
    invented: int
    duplicated: int
    contiguous: bool
    kills: dict[str, int]
    recovery_s: dict[str, dict[str, float]]
    """By kind of kill: median and longest time until all that was acknowledged before its end was stored."""
    memory_peak_mb: float
    memory_mb_per_h: float
    lag_median_s: float
    lag_p99_s: float
    lag_s_per_h: float
    bytes_a_message: float
    """How much the database has grown, its log (WAL) not counted."""
    disk_peak_mb: float
    """What the disk has lost in all, to whomever."""
    publisher_cpu: float
    """Share of a core that the publisher's thread has used."""
    compare_s: float
    limits: Limits

    @property
    def complaints(self) -> list[str]:
        """What was not as it must be; empty when all was well."""
        limits = self.limits
        slowest = max((times["longest"] for times in self.recovery_s.values()), default=0.0)
        found = {
            "the books do not agree": bool(self.lost or self.invented or self.duplicated) or not self.contiguous,
            "not everything was acknowledged": self.acknowledged != self.sent,
            f"the worker took more than {limits.memory_mb} MB": self.memory_peak_mb >= limits.memory_mb,
            f"memory grew by more than {limits.memory_mb_per_h} MB/h": self.memory_mb_per_h > limits.memory_mb_per_h,
            f"lag grew by more than {limits.lag_s_per_h} s/h": self.lag_s_per_h > limits.lag_s_per_h,
            f"lag was mostly above {limits.lag_median_s} s": self.lag_median_s > limits.lag_median_s,
            f"a kill took more than {limits.recovery_s} s to get over": slowest > limits.recovery_s,
            f"a message took more than {limits.bytes_a_message} bytes": self.bytes_a_message > limits.bytes_a_message,
            f"less than {limits.sent_share:.0%} of the rate was sent": (
                self.sent < limits.sent_share * self.rate * self.minutes * 60
            ),
            "the publisher was the limit": self.publisher_cpu > limits.publisher_cpu,
        }
        return [text for text, is_so in found.items() if is_so]


def payloads(start_ms: int) -> Payload:
    """Readings of eight signals, a second of the device's own time apart; their values are serialised beforehand."""
    ready = [orjson.dumps(orjson.loads(load.reading(0, seq))["values"]) for seq in range(ROUND)]

    def make(seq: int) -> bytes:
        return b'{"ts":%d,"boot":1,"seq":%d,"values":%b}' % (start_ms + MS_PER_S * seq, seq, ready[seq % ROUND])

    return make


def slope(points: Sequence[tuple[float, float]], blocks: int = BLOCKS) -> float:
    """Theil-Sen: the median slope between the medians of `blocks` stretches of time. No outlier moves it.

    Of (time, value) pairs in order of time; 0 for fewer than three stretches.
    """
    if not points:
        return 0.0
    size = max(1, len(points) // blocks)
    parts = [points[at : at + size] for at in range(0, len(points), size)]
    medians = [(statistics.median(t for t, _ in part), statistics.median(v for _, v in part)) for part in parts]
    slopes = [(w - v) / (u - t) for (t, v), (u, w) in combinations(medians, 2) if u > t]
    return statistics.median(slopes) if len(medians) > 2 else 0.0


@dataclass
class Soak:
    """The loop: look once a second, kill once a minute."""

    here: Site
    fleet: Fleet
    rate: float
    record: Callable[[Sample], None]
    """Takes each sample as it is made: a soak that is cut short keeps what it has."""
    samples: list[Sample] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    empty_bytes: int = 0
    """Of the database before the first message."""
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.empty_bytes = _database_bytes(self.here)

    def run(self, length_s: float, every_s: float) -> None:
        """Kill every `every_s` seconds; the last kill leaves time to recover."""
        started = time.monotonic()
        names = list(self._kinds())
        with_worker, without = cycle(names), cycle(names[1:])
        for number in range(1, int(length_s / every_s)):
            poll(self._looked, every_s + 60, until=partial(le, started + number * every_s))
            name = next(with_worker if number * every_s < length_s / 2 else without)
            self._hurt(name, self._kinds()[name])
        poll(self._looked, every_s + 60, until=lambda now: now >= started + length_s)

    def _kinds(self) -> dict[str, Callable[[], None]]:
        return {
            "ingest kill -9": self._kill_worker,
            "database kill -9": self._kill_database,
            "broker restart": self._broker,
        }

    def _kill_worker(self) -> None:
        self.here.kill_worker()
        self.here.start_worker()

    def _kill_database(self) -> None:
        self.here.server.kill()
        self.here.server.start()

    def _broker(self) -> None:
        self.here.broker.server.stop()
        self.here.broker.server.start()

    def _hurt(self, name: str, fault: Callable[[], None]) -> None:
        self.kills[name] += 1
        fault()
        owed, started = self.fleet.acknowledged, time.monotonic()
        poll(partial(self._has_kept, owed), SETTLED_S, what=f"recovery from {name}")
        took = time.monotonic() - started
        self.recoveries.setdefault(name, []).append(took)
        _tell(
            f"{time.strftime('%H:%M:%S')} {name}: {took:.1f} s; {owed:,} acknowledged by then; "
            f"{self.here.note_memory():.0f} MB at most; {self.samples[-1].free_mb:,.0f} MB of disk left"
        )

    def _has_kept(self, owed: int) -> bool:
        now = self._looked()
        if now < self.asked_at + ASK_EVERY_S:
            return False
        self.asked_at = now
        kept = self._kept()
        return kept is not None and kept >= owed

    def _kept(self) -> int | None:
        try:
            return self.here.kept()
        except psycopg.OperationalError:
            return None

    def _looked(self) -> float:
        """Take a sample when one is due; the time now."""
        now = time.monotonic()
        if not self.samples or now >= self.samples[-1].at_s + SAMPLE_S:
            self._check()
            acknowledged, kept = self.fleet.acknowledged, self._kept()
            lag = None if kept is None else max(0, acknowledged - kept) / self.rate
            free = shutil.disk_usage(self.here.place).free
            assert free > RESERVE_BYTES, f"the disk has {free / MB:.0f} MB left; the soak ends before it is full"
            self.samples.append(Sample(now, len(self.here.workers), self.here.resident_mb(), lag, free / MB))
            self.record(self.samples[-1])
        return now

    def _check(self) -> None:
        process = self.here.worker.process
        assert process is not None
        assert process.poll() is None, f"the worker has ended by itself: {self.here.said()[-2000:]}"

    def report(self, found: Books, minutes: float, compare_s: float, limits: Limits) -> Report:
        """Figures of the samples and the books."""
        last = [(s.at_s, s.memory_mb) for s in self.samples if s.life == len(self.here.workers) and s.memory_mb]
        lags = [(s.at_s, s.lag_s) for s in self.samples if s.lag_s is not None]
        ordered = sorted(lag for _, lag in lags)
        times = {
            name: {"median": round(statistics.median(all_), 2), "longest": round(max(all_), 2)}
            for name, all_ in self.recoveries.items()
        }
        return Report(
            self.here.grounds.engine, minutes, self.rate, found.sent, found.acknowledged, found.stored, found.lost,
            found.invented, found.duplicated, found.contiguous, dict(self.kills), times,
            round(self.here.note_memory(), 1), round(slope(last[int(len(last) * WARM_SHARE) :]) * HOUR_S, 2),
            round(statistics.median(ordered), 3), round(ordered[int(len(ordered) * 0.99)], 3),
            round(slope(lags) * HOUR_S, 3),
            round((_database_bytes(self.here) - self.empty_bytes) / max(1, found.stored), 1),
            round(self.samples[0].free_mb - min(s.free_mb for s in self.samples)),
            round(self.fleet.cpu_s / (self.samples[-1].at_s - self.samples[0].at_s), 3), round(compare_s, 1), limits,
        )  # fmt: skip


def _forget(_: Sample) -> None:
    """Of a soak nobody keeps the samples of."""


def _recorder(file: TextIO) -> Callable[[Sample], None]:
    def record(sample: Sample) -> None:
        file.write("\t".join("" if v is None else f"{v:.3f}" for v in sample) + "\n")
        file.flush()

    file.write("\t".join(Sample._fields) + "\n")
    return record


def _database_bytes(here: Site) -> int:
    with psycopg.connect(here.url) as conn:
        [size] = conn.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        return int(size)


def run(
    on: Grounds,
    minutes: float,
    rate: float,
    limits: Limits,
    *,
    every_s: float = KILL_EVERY_S,
    record: Callable[[Sample], None] = _forget,
) -> Report:
    """The whole soak, and the books at its end. `record` is given every sample as it is made."""
    names = [f"soak-{n}" for n in range(DEVICES)]
    length_s = minutes * 60
    # Its own time runs rate / DEVICES times as fast as ours, and must not reach into the future.
    start_ms = time.time_ns() // 1_000_000 - int((length_s + SETTLED_S) * rate / DEVICES) * MS_PER_S
    with site(on, names, direct=True) as here:
        plans = [Plan(name, ENDLESS, payloads(start_ms)) for name in names]
        with Fleet(here.broker.host, here.broker.port, here.passwords, plans, rate=rate) as fleet:
            soak = Soak(here, fleet, rate, record)
            soak.run(length_s, every_s)
            fleet.stop_sending()
            here.kept_all(fleet, within_s=SETTLED_S)
        _tell(f"{time.strftime('%H:%M:%S')} all of it is kept; comparing the books")
        started = time.monotonic()
        found = here.compare(fleet)
        return soak.report(found, minutes, time.monotonic() - started, limits)


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Soak and print the report as JSON; exit status 1 when something was not as it must be."""
    parser = argparse.ArgumentParser(description="Half load for an hour, a kill every minute.")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=6_500.0, help="messages a second of the whole fleet")
    parser.add_argument("--kill-every", type=float, default=KILL_EVERY_S, help="seconds")
    parser.add_argument("--samples", type=Path, help="write every sample there, tab-separated, as it is made")
    parser.add_argument("--json", type=Path, help="write the report there, too")
    for name, default in asdict(Limits()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=default, dest=name)
    given = parser.parse_args()
    limits = Limits(**{name: getattr(given, name) for name in asdict(Limits())})
    with ExitStack() as stack:
        record = _recorder(stack.enter_context(given.samples.open("w"))) if given.samples else _forget
        on = stack.enter_context(grounds(durable=True))
        report = run(on, given.minutes, given.rate, limits, every_s=given.kill_every, record=record)
    text = json.dumps(asdict(report) | {"complaints": report.complaints}, indent=2) + "\n"
    sys.stdout.write(text)
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    return int(bool(report.complaints))


if __name__ == "__main__":
    sys.exit(main())
