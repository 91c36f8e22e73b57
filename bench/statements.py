"""How long the two voices take: reading claims, comparing them with a year of events, and taking statements in.

    python -m bench.statements --json figures.json

Claims are read in the development statements, sentence by sentence. Comparisons are of each topic over the last year of
one of many devices, beside a peer: the year's events of the device fetched and counted in Python. Statements are posted
at a steady rate to `vop api` in a process of its own, each read, joined to its case and compared; their time runs from
the moment each was due. Exits 1 when a limit is missed.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress

import catalog
from bench import place, stage
from catalog.model import Product
from store import consents, customers, devices, ownerships, tokens, users
from store.customers import Customer
from store.database import Connection, connect
from store.devices import Device
from voice.claims import extract
from voice.claims.model import Claim, Window
from voice.compare import Thresholds, compare
from voice.consent import COMPARE_USAGE
from vop.services import ports

READ_LIMIT_MS: Final = 1.0
"""p99 of a sentence."""
COMPARE_LIMIT_MS: Final = 50.0
"""p99 of a comparison over a year."""
POST_LIMIT_MS: Final = 100.0
"""p99 at the steady rate."""
HOMES: Final = 50
DAYS: Final = 365
USES_A_DAY: Final = 2
CONNECTIONS: Final = 32
WARM: Final = 100
"""Requests before those that count: pools filled, code compiled."""
TEXTS: Final = (
    "I only use it two or three times a month. The battery dies after 20 minutes.",
    "It gets stuck twice a week.",
    "هفته‌ای سه بار گیر می‌کنه",
    "hello, please call me back",
)
STATEMENTS: Final = Path(__file__).parents[1] / "tests" / "statements"
_SENTENCE: Final = re.compile(r"(?<=[.!?؟])\s+")
Advance = Callable[[str, float], None]


@dataclass(frozen=True)
class Times:
    """Of one question, in ms by the clock."""

    n: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    limit_ms: float | None
    """None: a peer, which has none."""

    @property
    def within(self) -> bool:
        """Whether the p99 keeps the limit."""
        return self.limit_ms is None or self.p99_ms < self.limit_ms


@dataclass(frozen=True)
class Figures:
    """One run."""

    engine: str
    sentence: Times
    sentences_per_s: float
    claims_per_s: float
    comparison: dict[str, Times]
    """Over a year, by topic."""
    peer: Times
    """The same year's events fetched and counted in Python."""
    post: Times
    asked_per_s: float
    answered_per_s: float
    refused: int

    @property
    def missed(self) -> list[str]:
        """Limits that were not kept."""
        all_of_them = {"sentence": self.sentence, "post": self.post} | self.comparison
        found = [name for name, times in all_of_them.items() if not times.within]
        return found + [f"{self.refused} refused"] * (self.refused > 0)


def times(taken_s: Sequence[float], limit_ms: float | None) -> Times:
    """In ms, from seconds."""
    ordered = sorted(1000 * each for each in taken_s)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return Times(
        len(ordered), round(statistics.median(ordered), 3), round(p99, 3), round(ordered[-1], 3), limit_ms
    )  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ---- reading ---------------------------------------------------------------------------------------------------


def reading(products: dict[str, Product], rounds: int, advance: Advance) -> tuple[Times, float, float]:
    """Times of a sentence, sentences a second, and claims a second."""
    said: list[tuple[str, str, Product]] = []
    for language in ("en", "fa"):
        for line in (STATEMENTS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said += [(one, language, products[row["product"]]) for one in _SENTENCE.split(row["text"]) if one.strip()]
    now, found, taken = datetime.now(UTC), 0, []
    for text, language, product in said:  # grammars are made at the first use
        extract(text, product, language, now)
    for number in range(rounds):
        for text, language, product in said:
            began = time.perf_counter()
            claims = extract(text, product, language, now)
            taken.append(time.perf_counter() - began)
            found += len(claims)
        advance("reading", (number + 1) / rounds)
    return times(taken, READ_LIMIT_MS), round(len(taken) / sum(taken)), round(found / sum(taken))


# ---- comparing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """A customer with a vacuum of a year."""

    customer: Customer
    device: Device
    product: Product


def homes(conn: Connection, product: Product, now: datetime) -> list[Home]:
    """Customers who agree to it, each with a device that was used twice a day for a year and had three silences."""
    since = now - timedelta(days=DAYS)
    found = []
    for n in range(HOMES):
        customer = customers.create(conn, f"home-{n}", f"Home {n}", zone="Europe/Berlin")
        device, _ = devices.register(conn, f"bench-{n}", product.key)
        ownerships.set_history(conn, device.device_id, [ownerships.Span(customer.customer, since)])
        consents.give(conn, customer.customer_id, COMPARE_USAGE, at=since)
        found.append(Home(customer, device, product))
    ids = [home.device.device_id for home in found]
    conn.execute(
        """INSERT INTO heard (device_id, since, until)
           SELECT d, %(since)s::timestamptz + n * interval '90 days', least(%(since)s::timestamptz
                  + n * interval '90 days' + interval '88 days', %(now)s) FROM unnest(%(ids)s::int[]) d,
                  generate_series(0, 4) n
           WHERE %(since)s::timestamptz + n * interval '90 days' < %(now)s""",
        {"since": since, "now": now, "ids": ids},
    )
    conn.execute(
        """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
           SELECT d, %(since)s::timestamptz + n * interval '1 day' / %(uses)s + e.after * interval '1 min', 1,
                  10 * n + e.after / 10, 0, 0, e.kind, e.attrs::jsonb
           FROM unnest(%(ids)s::int[]) d CROSS JOIN generate_series(0, %(days)s * %(uses)s - 1) n
           CROSS JOIN (VALUES (0, 'clean_started', '{"mode": "standard", "trigger": "app"}'),
                              (10, 'stuck', '{"cause": "cable"}'), (20, 'freed', '{}'),
                              (40, 'clean_finished', '{"duration_min": 40.0, "area_m2": 30.0, "completed": true}'),
                              (45, 'battery_depleted', '{"runtime_min": 78.0}')) e(after, kind, attrs)""",
        {"since": since, "days": DAYS, "uses": USES_A_DAY, "ids": ids},
    )
    return found


def claims_of_a_year(now: datetime) -> dict[str, Claim]:
    """One claim a topic, each of the last year."""
    year = Window(now - timedelta(days=DAYS), now)

    def said(topic: str, low: float | None, unit: Any, per: Any = None, quote: str = "stuck") -> Claim:
        return Claim(
            topic, low, low, unit, per, hedged=low is None, negated=False, quote=quote, span=(0, 5), window=year
        )

    return {
        "usage_frequency": said("usage_frequency", 3, "count", "week"),
        "usage_frequency, day by day": said("usage_frequency", 1, "count", "day", "every day"),
        "usage_frequency, rarely": said("usage_frequency", None, "count", quote="rarely"),
        "usage_duration": said("usage_duration", 40, "min"),
        "battery_runtime": said("battery_runtime", 20, "min"),
        "fault_frequency": said("fault_frequency", 2, "count", "week"),
        "fault_since": said("fault_since", 300, "day"),
        "last_used": said("last_used", 300, "day"),
    }


def comparing(
    conn: Connection, there: Sequence[Home], now: datetime, rounds: int, advance: Advance
) -> dict[str, Times]:
    """Every claim, of one home after another."""
    found = {}
    asked = claims_of_a_year(now)
    for number, (name, claim) in enumerate(asked.items()):
        taken = [
            _timed(lambda home=home, claim=claim: compare(conn, home, claim, now, thresholds=Thresholds()))  # type: ignore[misc]
            for home in itertools.islice(itertools.cycle(there), rounds + len(there))
        ][len(there) :]
        found[name] = times(taken, COMPARE_LIMIT_MS)
        advance("comparing", (number + 1) / len(asked))
    return found


def counted_in_python(conn: Connection, home: Home, now: datetime) -> int:
    """The peer: uses a week of the year, of events fetched whole."""
    rows = conn.execute(
        "SELECT ts, kind, attrs FROM events WHERE device_id = %s AND ts >= %s AND ts < %s ORDER BY ts, boot, seq",
        (home.device.device_id, now - timedelta(days=DAYS), now),
    ).fetchall()
    weeks: dict[tuple[int, int], int] = {}
    for ts, kind, _attrs in rows:
        if kind == "clean_finished":
            week = ts.isocalendar()[:2]
            weeks[week] = weeks.get(week, 0) + 1
    return sum(weeks.values())


# ---- taking in -------------------------------------------------------------------------------------------------


@contextmanager
def served(url: str, directory: Path) -> Iterator[int]:
    """`vop api` on a port of its own."""
    port = ports.free_port()
    env = os.environ | {"VOP_DATABASE_URL": url, "VOP_API_PORT": str(port), "VOP_DATA_DIR": str(directory)}
    with (directory / "api.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "vop", "api"], env=env, stdout=log, stderr=log)
    try:
        stage.until(lambda: _is_ready(port), "vop api being ready")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


class Load:
    """Statements posted when they are due, by as many connections as there are threads."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._own = threading.local()
        self.refused: list[str] = []

    def post(self, number: int, due: float) -> float:
        """Seconds from when it was due until it was answered."""
        time.sleep(max(0.0, due - time.perf_counter()))
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(ports.LOOPBACK, self._port, timeout=60)
        home = number % HOMES
        said = {
            "customer": f"home-{home}", "device": f"bench-{home}", "channel": "chat",
            "text": TEXTS[number % len(TEXTS)], "said_at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        self._own.connection.request("POST", "/api/v1/statements", json.dumps(said), self._headers)
        answer = self._own.connection.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            self.refused.append(body[:200].decode(errors="replace"))
        return time.perf_counter() - due

    def run(self, rate: float, seconds: float, advance: Advance) -> tuple[list[float], float]:
        """Seconds each took, and how many were answered a second."""
        for number in range(WARM):
            self.post(number, time.perf_counter())
        total = int(rate * seconds)
        begin = time.perf_counter() + 0.5
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            taken = []
            for done, took in enumerate(pool.map(lambda n: self.post(n, begin + n / rate), range(total))):
                taken.append(took)
                advance("posting", (done + 1) / total)
        return taken, total / (time.perf_counter() - begin)


def run(rate: float, seconds: float, rounds: int, advance: Advance) -> Figures:
    """Measure all three. Raises `bench.place.NotEmpty`."""
    products = dict(catalog.load())
    sentence, sentences_per_s, claims_per_s = reading(products, max(1, rounds // 40), advance)
    with place.database() as url, TemporaryDirectory(prefix="vop-bench-") as directory:
        now = datetime.now(UTC)
        with connect(url, application="vop bench", autocommit=True) as conn:
            there = homes(conn, products["robot_vacuum"], now)
            user = users.create(conn, "bench", "Bench", ["support"])
            _, secret = tokens.issue(conn, user.user_id, "bench")
            conn.execute("VACUUM ANALYZE")
            compared = comparing(conn, there, now, rounds, advance)
            peer = times([_timed(lambda home=home: counted_in_python(conn, home, now)) for home in there], None)  # type: ignore[misc]
        with served(url, Path(directory)) as port:
            load = Load(port, secret)
            taken, answered_per_s = load.run(rate, seconds, advance)
        return Figures(
            place.engine(url), sentence, sentences_per_s, claims_per_s, compared, peer, times(taken, POST_LIMIT_MS),
            rate, round(answered_per_s, 1), len(load.refused),
        )  # fmt: skip


@click.command()
@click.option("--rate", type=click.FloatRange(min=1), default=100.0, show_default=True, help="Statements a second.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True)
@click.option("--rounds", type=click.IntRange(min=10), default=200, show_default=True, help="Of each comparison.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here.")
def main(rate: float, seconds: float, rounds: int, path: Path | None) -> None:
    """p50 and p99 of reading a sentence, of comparing with a year, and of POST /statements at a steady rate.

    In an empty database named by VOP_DATABASE_URL, or one of its own. Exits 1 when a limit is missed.
    """
    console = Console(width=120)
    with Progress(console=console) as bar:
        tasks: dict[str, Any] = {}

        def advance(step: str, done: float) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=1.0)
            bar.update(tasks[step], completed=done)

        found = run(rate, seconds, rounds, advance)
    console.print_json(data=asdict(found))
    if path is not None:
        path.write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
    if found.missed:
        raise click.ClickException(f"limits missed: {', '.join(found.missed)}")


if __name__ == "__main__":
    main()
