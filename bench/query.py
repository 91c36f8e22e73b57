"""How long charts, usage and a fleet's latest values take with a year of data present, and while more comes in.

Each figure is of many random devices and windows, half of them ending now, where the last hour is not rolled up yet,
and stands beside a limit and a peer measured in the same run. The functions are those the API calls.
"""

from __future__ import annotations

import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import catalog
from bench import place, stage, year
from bench.load import Publisher, Stretch
from bench.year import SIGNALS, Progress, Year
from store import readings
from store.database import Connection, connect
from voice.usage import DeviceUsage, usage_of_device

SMALL_ROWS = 1_000_000
"""What growth is measured from."""
GROWTH_LIMIT = 1.5
LIMITS_MS = {"chart_30d": 30.0, "chart_365d": 60.0, "usage_365d": 50.0, "latest_10000": 100.0}
"""p99."""
POINTS = 1_000
REPEATS = {"chart_30d": 200, "chart_365d": 200, "usage_365d": 100, "latest_10000": 30}
PEER_REPEATS = 10
LIVE_DEVICES = 20
SEED = 1


@dataclass(frozen=True)
class Times:
    """Of one question, in ms by the clock and in ms of CPU, ours and the server's: others' work hardly changes that."""

    n: int
    p50_ms: float
    p99_ms: float
    limit_ms: float
    cpu_p50_ms: float | None
    cpu_p99_ms: float | None
    """None where the server's process cannot be seen: another machine, or no Linux."""

    @property
    def within(self) -> bool:
        """Whether the p99 keeps the limit."""
        return self.p99_ms < self.limit_ms


@dataclass(frozen=True)
class Figures:
    """One run."""

    engine: str
    rows: int
    devices_with_rows: int
    small_rows: int | None
    small: dict[str, Times]
    """With about a million rows, before the rest was loaded."""
    full: dict[str, Times]
    growth_chart_30d: float | None
    """Median with all rows by median with a million; of CPU where it is known."""
    growth_limit: float
    ingesting_msgs_per_s: float
    """What came in meanwhile, stored; 0: nothing was asked to."""
    while_ingesting: dict[str, Times]
    peers_ms: dict[str, float]
    """Medians of the same answers got the plain way."""
    load_s: float
    load_average: float
    """Of the last minute when measuring began: what others did on this machine beside it, about."""
    machine: str = field(default_factory=lambda: f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")

    @property
    def missed(self) -> list[str]:
        """Limits that were not kept."""
        measured = {"": self.full, "while ingesting: ": self.while_ingesting}
        found = [f"{when}{name}" for when, times in measured.items() for name, t in times.items() if not t.within]
        if self.growth_chart_30d is not None and self.growth_chart_30d >= GROWTH_LIMIT:
            found.append("growth_chart_30d")
        return found


def run(
    rows: int, *, rate: float = 0.0, seconds: float = 60.0, progress: Progress = lambda _step, _share: None
) -> Figures:
    """Load about `rows` rows and measure; then, with a `rate`, again for `seconds` while that many messages a second
    come in through broker and worker, and a relay rolls them up.

    Raises `bench.place.NotEmpty`.
    """
    product = catalog.load()["robot_vacuum"]
    began = time.perf_counter()
    with place.database() as url:
        with connect(url, application="vop bench") as conn:
            loaded = year.register(conn, product)
        small: dict[str, Times] = {}
        small_rows = None
        if rows > 2 * SMALL_ROWS:
            loaded = year.grow(url, loaded, SMALL_ROWS, progress)
            small, small_rows = _measured(url, loaded, progress), loaded.rows
        loaded = year.grow(url, loaded, rows, progress)
        load_s = time.perf_counter() - began
        load_average = os.getloadavg()[0]
        full = _measured(url, loaded, progress)
        peers = _peers(url, loaded, progress)
        reached, beside = (0.0, {}) if not rate else _while_ingesting(url, loaded, rate, seconds, progress)
        return Figures(
            engine=place.engine(url),
            rows=loaded.rows,
            devices_with_rows=len(loaded.with_rows),
            small_rows=small_rows,
            small=small,
            full=full,
            growth_chart_30d=_growth(small["chart_30d"], full["chart_30d"]) if small else None,
            growth_limit=GROWTH_LIMIT,
            ingesting_msgs_per_s=round(reached),
            while_ingesting=beside,
            peers_ms=peers,
            load_s=round(load_s, 1),
            load_average=round(load_average, 1),
        )


class Questions:
    """What is asked, of a device and a window drawn anew each time."""

    def __init__(self, conn: Connection, loaded: Year) -> None:
        self._conn = conn
        self._year = loaded
        self._random = random.Random(SEED)
        self._products = {loaded.product.key: loaded.product}
        rows = conn.execute(
            "SELECT device_id, device FROM devices WHERE device_id = ANY(%s)", (list(loaded.with_rows),)
        )
        self._names: dict[int, str] = dict(rows.fetchall())
        self._server = conn.info.backend_pid if conn.info.host in ("127.0.0.1", "::1", "localhost") else 0

    def window(self, days: int) -> tuple[datetime, datetime]:
        """So many days, half of the time up to the end of the data and some minutes."""
        room = self._year.end - self._year.start - timedelta(days=days)
        before = timedelta(0) if self._random.random() < 0.5 else room * self._random.random()
        end = self._year.end - before + timedelta(minutes=self._random.randrange(60))
        return end - timedelta(days=days), end

    def device(self) -> int:
        """One that has rows."""
        return self._random.choice(self._year.with_rows)

    def server_cpu_ns(self) -> int | None:
        """What the connection's server process has spent so far."""
        try:
            return int(Path(f"/proc/{self._server}/schedstat").read_text(encoding="ascii").split()[0])
        except OSError:
            return None

    def chart_30d(self) -> object:
        """Of a signal: about 720 buckets."""
        return self._chart(30)

    def chart_365d(self) -> object:
        """Of a signal: about 730 buckets."""
        return self._chart(365)

    def _chart(self, days: int) -> object:
        signal = self._random.choice(SIGNALS)
        return readings.history(self._conn, self._year.product, self.device(), [signal], *self.window(days), POINTS)

    def usage_365d(self) -> DeviceUsage:
        """By month, with coverage."""
        name = self._names[self.device()]
        return usage_of_device(self._conn, self._products, name, self._year.start, self._year.end, "month")

    def latest_10000(self) -> object:
        """Of the whole fleet; the values of a page of them looked at, as a list of devices does."""
        found = readings.latest(self._conn, self._year.fleet)
        return [found[device].signals for device in self._year.fleet[:100]]

    def raw_chart(self, days: int) -> object:
        """The same buckets made here, from every raw row of the window."""
        start, end = self.window(days)
        width = timedelta(seconds=readings.bucket_width_s(start, end, POINTS))
        buckets: dict[int, list[float]] = defaultdict(list)
        query = f"""SELECT ts, {SIGNALS[0]} FROM {self._year.product.table}
                    WHERE device_id = %s AND ts >= %s AND ts < %s ORDER BY ts"""
        for ts, value in self._conn.execute(query.encode(), (self.device(), start, end)):
            buckets[(ts - start) // width].append(value)
        return [(min(b), sum(b) / len(b), max(b), len(b)) for b in buckets.values()]

    def raw_usage(self) -> object:
        """Every event of the year brought here."""
        return self._conn.execute(
            "SELECT ts, boot, seq, kind, attrs FROM events WHERE device_id = %s AND ts >= %s AND ts < %s ORDER BY ts",
            (self.device(), self._year.start, self._year.end),
        ).fetchall()

    def raw_latest(self) -> Sequence[object]:
        """Every row of `latest` brought here, no value looked at."""
        return self._conn.execute("SELECT device_id, signals::text FROM latest").fetchall()


def _took_ms(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


class Took(NamedTuple):
    """One answer, in ms."""

    elapsed: float
    cpu: float | None


def _took(questions: Questions, name: str) -> Took:
    ask = getattr(questions, name)
    server, ours = questions.server_cpu_ns(), time.thread_time_ns()
    elapsed = _took_ms(ask)
    spent = time.thread_time_ns() - ours
    after = questions.server_cpu_ns()
    return Took(elapsed, None if server is None or after is None else (after - server + spent) / 1e6)


def _times(name: str, took: Sequence[Took]) -> Times:
    elapsed = [one.elapsed for one in took]
    cpu = [one.cpu for one in took if one.cpu is not None]
    return Times(
        n=len(took),
        p50_ms=round(statistics.median(elapsed), 2),
        p99_ms=_p99(elapsed),
        limit_ms=LIMITS_MS[name],
        cpu_p50_ms=round(statistics.median(cpu), 2) if cpu else None,
        cpu_p99_ms=_p99(cpu) if cpu else None,
    )


def _growth(small: Times, full: Times) -> float:
    if small.cpu_p50_ms and full.cpu_p50_ms:
        return round(full.cpu_p50_ms / small.cpu_p50_ms, 2)
    return round(full.p50_ms / small.p50_ms, 2)


def _p99(values: Sequence[float]) -> float:
    return round(sorted(values)[math.ceil(0.99 * len(values)) - 1], 2)


@contextmanager
def _questions(url: str, loaded: Year) -> Iterator[Questions]:
    with connect(url, application="vop bench", autocommit=True) as conn:
        yield Questions(conn, loaded)


def _measured(url: str, loaded: Year, progress: Progress) -> dict[str, Times]:
    found = {}
    with _questions(url, loaded) as questions:
        for place_, (name, repeats) in enumerate(REPEATS.items()):
            progress("asking", place_ / len(REPEATS))
            getattr(questions, name)()  # the connection's first of its kind fills its caches
            found[name] = _times(name, [_took(questions, name) for _ in range(repeats)])
    return found


def _peers(url: str, loaded: Year, progress: Progress) -> dict[str, float]:
    progress("asking the plain way", 0.0)
    with _questions(url, loaded) as q:
        plain: dict[str, Callable[[], object]] = {
            "chart_30d": lambda: q.raw_chart(30),
            "chart_365d": lambda: q.raw_chart(365),
            "usage_365d": q.raw_usage,
            "latest_10000": q.raw_latest,
        }
        return {
            name: round(statistics.median(_took_ms(ask) for _ in range(PEER_REPEATS)), 1) for name, ask in plain.items()
        }


def _while_ingesting(
    url: str, loaded: Year, rate: float, seconds: float, progress: Progress
) -> tuple[float, dict[str, Times]]:
    """Messages a second that were stored meanwhile, and the times."""
    with tempfile.TemporaryDirectory(prefix="vop-bench-") as directory:
        where = Path(directory)
        where.chmod(0o755)
        with stage.platform(1, where, url) as running, _relay(url, where):
            names = [f"bench-{n}" for n in range(LIVE_DEVICES)]
            each = int(rate * seconds / LIVE_DEVICES)
            first_ms = int(time.time() * 1000) - 1000 * each
            publisher = Publisher(running.admit(names), {name: Stretch(each, first_ms) for name in names}, rate)
            before, began = running.stored(), time.time()
            publisher.start()
            took: dict[str, list[Took]] = {name: [] for name in REPEATS}
            with _questions(url, loaded) as questions:
                while not publisher.is_done:
                    progress("asking while ingesting", min((time.time() - began) / seconds, 1.0))
                    for name, repeats in REPEATS.items():
                        took[name] += [_took(questions, name) for _ in range(max(1, repeats // 20))]
            stored, elapsed = running.stored() - before, time.time() - began
    return stored / elapsed, {name: _times(name, all_of) for name, all_of in took.items()}


@contextmanager
def _relay(url: str, where: Path) -> Iterator[None]:
    """The clock beside it: rollups are made while readings come in."""
    with (where / "relay.log").open("wb") as log:
        env = os.environ | {"VOP_DATABASE_URL": url, "VOP_DATA_DIR": str(where)}
        process = subprocess.Popen([sys.executable, "-m", "vop", "relay"], env=env, stdout=log, stderr=log)
        try:
            yield
            if process.poll() is not None:
                said = (where / "relay.log").read_text("utf-8", "replace").strip().splitlines()[-1:]
                raise RuntimeError(f"the relay ended by itself with status {process.returncode}: {' '.join(said)}")
        finally:
            process.terminate()
            process.wait(30)
