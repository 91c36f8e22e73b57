"""A database and a broker that stand still: every socket stays open, and nobody answers (SIGSTOP)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.databases import outlast
from tests.faults.fleet import Fleet
from tests.faults.kills import RATE, plans, sending
from tests.faults.scenario import Line, Scenario, Size, Skipped, line
from tests.faults.site import Grounds, Site, site
from tests.freezing import frozen

IMPATIENT = {"VOP_INGEST_COMMIT_WITHIN_S": "2"}
"""A worker of the short forms, which are over before one with the default gives its connection up."""
BEATS_S = 6.0
"""Longer than a worker is without touching the database: it writes its sign of life every five seconds."""
BROKER_SHORT_S, BROKER_LONG_S = 3.0, 90.0
"""Long: a worker finds a silent broker out after 45 s, and tries in vain to come back."""


@contextmanager
def _frozen_database(here: Site) -> Iterator[None]:
    if not Path("/proc/self/stat").exists():
        raise Skipped("only where /proc is can a server be frozen")
    with frozen(here.server):
        yield


@contextmanager
def _frozen_broker(here: Site) -> Iterator[None]:
    pid = here.broker.server.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _environment(size: Size) -> dict[str, str]:
    return {} if size.long else IMPATIENT


def _database_under_load(on: Grounds, size: Size) -> Line:
    rounds, frozen_s = size.count(1, 3), size.of(3, 120)
    with site(on, direct=True, environment=_environment(size)) as here, sending(here, RATE) as fleet:
        for _ in range(rounds):
            fleet.wait_more(1_000)
            with _frozen_database(here):
                outlast(frozen_s, fleet, here)
                fleet.wait_more(1_000)
            with here.recovering(fleet):
                pass
        fleet.stop_sending()
        found = here.settle(fleet)
        assert len(here.workers) == 1, "the worker goes on"
        return line("database frozen under load", here, found, f"{rounds} x {frozen_s:.0f} s")


def _database_while_idle(on: Grounds, size: Size) -> Line:
    """Nothing is on its way when it stops; what comes then meets a connection that has looked well all the time."""
    each, idle_s = size.count(500, 20_000), size.of(BEATS_S, 120)
    with site(on, direct=True, environment=_environment(size)) as here:
        with Fleet(here.broker.host, here.broker.port, here.passwords, plans(here, each), rate=RATE) as fleet:
            here.kept_all(fleet)
            with _frozen_database(here):
                outlast(idle_s, fleet, here)
                fleet.extend(each)
                fleet.finish()
                outlast(size.of(1, 60), fleet, here)
            with here.recovering(fleet):
                pass
            fleet.extend(each)
            found = here.settle(fleet)
        assert found.sent == 3 * each * len(here.passwords)
        assert len(here.workers) == 1, "the worker goes on"
        return line("database frozen while nothing is sent", here, found, f"{idle_s:.0f} s before the first message")


def _broker(on: Grounds, size: Size) -> Line:
    frozen_s = size.of(BROKER_SHORT_S, BROKER_LONG_S)
    with site(on, direct=True) as here, sending(here, RATE) as fleet:
        fleet.wait_more(1_000)
        with _frozen_broker(here):
            outlast(frozen_s, fleet, here)
        with here.recovering(fleet, within_s=120):
            fleet.wait_more(1_000)
        fleet.stop_sending()
        found = here.settle(fleet)
        if size.long:
            assert "silent for one and a half keep-alives" in here.said(), "the worker has found out by itself"
        assert len(here.workers) == 1, "the worker goes on"
        return line("broker frozen", here, found, f"{frozen_s:.0f} s")


SCENARIOS = [
    Scenario("database-frozen", "database frozen (SIGSTOP) under load", _database_under_load),
    Scenario("database-frozen-idle", "database frozen (SIGSTOP) while nothing is sent", _database_while_idle),
    Scenario("broker-frozen", "broker frozen (SIGSTOP)", _broker),
]
