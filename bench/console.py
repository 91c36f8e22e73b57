"""What the console promises, measured: a device's page with 30 days of data, a message on its open chart, and the page
of a fleet of 100,000.

    python -m bench.console --json figures.json

`vop api`, `vop ingest`, broker and PostgreSQL are processes of this run, the browser is the Chromium on PATH. Exits 1
when a limit is missed: opened pages are judged by the median round, the fleet's by the
p99 of all questions of a person together, all else by the worst round.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx
import orjson
from rich.console import Console

import catalog
from bench import console_fleet, console_page, console_server, packets, place, stage
from bench.console_fleet import Times
from bench.console_page import Range, ranged
from bench.year import Progress
from store import sessions, tokens, users
from store.database import connect

COLD_S, WARM_S, LIVE_S = 0.6, 0.25, 1.0
PAGE_BYTES = 150_000
SERVER_MS = 10.0
LANGUAGES = ("en", "fa")
PEOPLE = {"support": 0, "maintenance": 0, "clinician": 20}
"""By role, and how many customers each cares for."""
FLEET_REPEATS = {"support": 200, "maintenance": 100, "clinician": 100}
"""Of each question: of fewer the p99 is the slowest."""


@dataclass(frozen=True)
class Opening:
    """Of the device's page in one language."""

    cold_s: Range
    warm_s: Range
    cold_bytes: Range
    warm_bytes: int
    requests: int
    largest: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """One run."""

    devices: int
    pages: dict[str, Opening]
    server_ms: Range
    """CPU and waiting of the page without what it waits for the database."""
    database_ms: float
    live_s: Range
    fleet: dict[str, Times]
    peers_ms: dict[str, float]
    """Medians of the same run: the smallest answer of the service, which is what any costs at least."""
    machine: str = field(default_factory=lambda: f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")

    @property
    def ratios(self) -> dict[str, float]:
        """Of each by its limit: the worst round, of opened pages and the service's part of them the median one."""
        found = {name: each.most / each.limit for name, each in self._ranges().items()}
        found |= {name: each.median / each.limit for name, each in self._openings().items()}
        if self.fleet:
            found["fleet, the slowest question"] = max(times.p99_ms / times.limit_ms for times in self.fleet.values())
            found |= {f"fleet, late of {person}'s 1 %": share / 0.01 for person, share in self.late.items()}
        return {name: round(share, 2) for name, share in found.items()}

    @property
    def missed(self) -> list[str]:
        """Limits that were not kept."""
        return [
            *(name for name, each in self._openings().items() if not each.within_by_median),
            *(name for name, each in self._ranges().items() if not each.within),
            *(f"fleet of {person}" for person, share in self.late.items() if share >= 0.01),
        ]

    @property
    def late(self) -> dict[str, float]:
        """By person, the share of their questions' pages that took the limit or longer: below 1 % the p99 keeps it."""
        people = dict.fromkeys(name.partition(":")[0] for name in self.fleet)
        asked = {p: [times for name, times in self.fleet.items() if name.startswith(f"{p}:")] for p in people}
        return {p: sum(times.late for times in found) / sum(times.n for times in found) for p, found in asked.items()}

    def _ranges(self) -> dict[str, Range]:
        sent = {f"{language} bytes": found.cold_bytes for language, found in self.pages.items()}
        return {"live": self.live_s, **sent}

    def _openings(self) -> dict[str, Range]:
        cold = {f"{language} cold": found.cold_s for language, found in self.pages.items()}
        warm = {f"{language} warm": found.warm_s for language, found in self.pages.items()}
        return {"server": self.server_ms, **cold, **warm}


def run(devices: int, rounds: int, progress: Progress) -> Figures:
    """Load, then measure."""
    known = catalog.load()
    with tempfile.TemporaryDirectory(prefix="vop-bench-") as directory, place.database() as url:
        where = Path(directory)
        where.chmod(0o755)
        if devices:
            console_fleet.load(url, known, devices, progress)
        console_page.fill(url, known, progress)
        cookies = _cookies(url)
        progress("loaded", 1.0)
        with stage.platform(1, where, url) as running, _api(url, where) as served, console_page.chromium() as browser:
            pages = {}
            for language in LANGUAGES:
                progress(f"pages in {language}", 0.0)
                cold, warm = console_page.openings(browser, served, cookies["support"], language, rounds)
                pages[language] = Opening(
                    ranged([one.drawn_s for one in cold], COLD_S),
                    ranged([one.drawn_s for one in warm], WARM_S),
                    ranged([one.bytes for one in cold], PAGE_BYTES, 0),
                    warm[-1].bytes,
                    cold[-1].requests,
                    cold[-1].largest,
                )
            progress("messages on the chart", 0.0)
            publish = _publisher(running)
            live = console_page.published(browser, served, cookies["support"], publish, max(rounds, 20))
            with httpx.Client(base_url=served) as client:
                smallest = sorted(_took_ms(client, "/healthz") for _ in range(50))[25]
            fleet: dict[str, Times] = {}
            if devices:
                for role, repeats in FLEET_REPEATS.items():
                    fleet |= dict(console_fleet.measure(served, {role: cookies[role]}, devices, progress, repeats))
        progress("the page without the database", 0.0)
        ours, theirs = console_server.split(url, known, cookies["support"], max(rounds, 50))
        return Figures(
            devices=devices,
            pages=pages,
            server_ms=ranged(ours, SERVER_MS, 2),
            database_ms=round(sorted(theirs)[len(theirs) // 2], 2),
            live_s=ranged(live, LIVE_S),
            fleet=fleet,
            peers_ms={"/healthz": round(smallest, 2)},
        )


def _took_ms(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return 1000 * (time.perf_counter() - began)


def _cookies(url: str) -> dict[str, str]:
    found = {}
    with connect(url, application="vop bench") as conn:
        for role, customers in PEOPLE.items():
            console_fleet.person(conn, f"bench-{role}", role, customers)
            token = tokens.issue(conn, users.get(conn, f"bench-{role}").user_id, "bench")[1]
            session = sessions.open_by_token(conn, token, timedelta(hours=1))
            if session is None:
                raise RuntimeError("a token that was just issued opens no session")
            found[role] = f"vop_session={session.secret}"
        conn.commit()
    return found


@contextmanager
def _api(url: str, where: Path) -> Iterator[str]:
    """`vop api` on a free port, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"VOP_DATABASE_URL": url, "VOP_DATA_DIR": str(where), "VOP_API_PORT": str(port)}
    with (where / "api.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "vop", "api"], env=env, stdout=log, stderr=log)
        try:
            stage.until(lambda: _is_ready(port), "an API that is ready")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _publisher(running: stage.Stage) -> Any:
    """A function that publishes one reading of the device that the page shows, by MQTT."""
    stage.give_accounts(running.broker, {console_page.DEVICE: "bench"})
    name = console_page.DEVICE
    link = packets.opened(running.broker.host, running.broker.port, name, name, "bench")

    def publish(number: int) -> None:
        at = time.time_ns() // 1_000_000
        value = {"ts": at, "boot": 2, "seq": number, "values": {"battery_pct": 40.0 + number}}
        link.sendall(packets.publish(f"vop/v1/{name}/up/telemetry", number + 1, orjson.dumps(value)))
        link.recv(packets.PUBACK_BYTES)

    return publish


@click.command()
@click.option("--json", "where", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there.")
@click.option("--devices", type=click.IntRange(min=0), default=100_000, show_default=True, help="0: no fleet.")
@click.option("--rounds", type=click.IntRange(min=2), default=12, show_default=True, help="Of each page.")
def main(where: Path | None, devices: int, rounds: int) -> None:
    """Measure what the console promises."""
    told = Console(stderr=True)
    with told.status("starting") as status:
        figures = run(devices, rounds, lambda what, share: status.update(f"{what} {share:.0%}"))
    body = json.dumps(
        dataclasses.asdict(figures) | {"ratios": figures.ratios, "late": figures.late, "missed": figures.missed},
        indent=1,
    )
    if where is not None:
        where.write_text(body + "\n", encoding="utf-8")
    click.echo(body)
    if figures.missed:
        raise click.ClickException(f"limits missed: {', '.join(figures.missed)}")


if __name__ == "__main__":
    main()
