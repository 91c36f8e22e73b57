"""The database and the way to it: away, killed, cut off, silent, slow; and sessions that get in the worker's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from operator import lt
from typing import Any

import psycopg

from tests.faults.fleet import Fleet
from tests.faults.kills import RATE, sending
from tests.faults.proxy import Phase
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, Site, site
from tests.waiting import poll

AWAY_SHORT_S, AWAY_LONG_S = 4.0, 600.0
LOAD_MESSAGES_PER_S = 5_000
SLOW_COMMIT_S = 0.4


def outlast(seconds: float, fleet: Fleet, here: Site, look: Callable[[], object] | None = None) -> None:
    """The length of an outage, by the clock: the fleet's thread must live and the worker, too.

    `look` is called over and over meanwhile.
    """
    until = time.monotonic() + seconds

    def is_over() -> bool:
        assert fleet.sent
        here.note_memory()
        if look is not None:
            look()
        assert here.worker.process is not None
        assert here.worker.process.poll() is None, here.said()[-2000:]
        return time.monotonic() >= until

    poll(is_over, seconds + 60, what="the outage")


def _away(on: Grounds, size: Size) -> Line:
    """Ten minutes at 5,000 messages a second when long."""
    away_s = size.of(AWAY_SHORT_S, AWAY_LONG_S)
    rate = size.count(2_000, LOAD_MESSAGES_PER_S)
    with site(on, direct=True) as here, sending(here, rate) as fleet:
        fleet.wait_more(rate)
        here.server.stop()
        outlast(away_s, fleet, here)
        during = fleet.acknowledged
        here.server.start()
        with here.recovering(fleet, within_s=size.of(60, 1_800)):
            pass
        fleet.stop_sending()
        found = here.settle(fleet, within_s=size.of(60, 1_800))
        note = f"away {away_s:.0f} s at {rate} messages/s, {during} acknowledged by then"
        return line("database away under load", here, found, note)


def _away_and_killed(on: Grounds, size: Size) -> Line:
    """The worker is killed while the database is away, and again while it stores what has waited."""
    rounds, more = size.count(1, 5), size.count(3_000, 30_000)
    with site(on) as here, sending(here, RATE) as fleet:
        for _ in range(rounds):
            fleet.wait_more(500)
            before = here.kept()
            here.server.stop()
            fleet.wait_more(more)
            here.kill_worker()
            here.start_worker()
            fleet.wait_more(more)
            here.server.start()
            with here.recovering(fleet):
                poll(here.kept, until=partial(lt, before), what="the first of what has waited stored")
                here.kill_worker()
                here.start_worker()
        fleet.stop_sending()
        return line("database away, ingest killed (-9)", here, here.settle(fleet), f"{2 * rounds} kills")


def _killed(on: Grounds, size: Size) -> Line:
    rounds, more = size.count(2, 6), size.count(1_000, 30_000)
    with site(on) as here, sending(here, RATE) as fleet:
        for _ in range(rounds):
            fleet.wait_more(more)
            here.server.kill()
            with here.recovering(fleet):
                here.server.start()
        fleet.stop_sending()
        return line("database killed (-9)", here, here.settle(fleet), f"{rounds} kills, crash recovery included")


def _cut(on: Grounds, size: Size) -> Line:
    """Reset in the middle of a copy, of a commit, and between batches."""
    more = size.count(1_000, 5_000)
    moments: list[tuple[str, Phase]] = [("copied", "before"), ("commit", "after"), ("committed", "after")]
    rounds = [m for m in moments for _ in range(size.count(1, 5))]
    with site(on) as here, sending(here, RATE) as fleet:
        for moment in rounds:
            fleet.wait_more(more)
            passed = threading.Event()

            def cut(step: str, phase: Phase, wanted: tuple[str, Phase] = moment, seen: Any = passed) -> bool:
                if (step, phase) != wanted or seen.is_set():
                    return False
                seen.set()
                here.to_database.cut()
                return True

            here.to_database.watch = cut
            poll(passed.is_set, what=f"a connection cut at {moment}")
            with here.recovering(fleet):
                here.to_database.watch = None
        fleet.stop_sending()
        return line("database cut off", here, here.settle(fleet), f"{len(rounds)} resets inside a transaction")


def _half_open(on: Grounds, size: Size) -> Line:
    with site(on) as here, sending(here, RATE) as fleet:
        fleet.wait_more(1_000)
        here.to_database.hold()
        before = here.kept()
        fleet.wait_more(size.count(4_000, 100_000))
        with here.recovering(fleet):
            here.to_database.release()
            here.to_database.cut()
        fleet.stop_sending()
        found = here.settle(fleet)
        return line("database half-open", here, found, f"silent while {found.sent - before} messages were to come")


def _slow_commits(on: Grounds, size: Size) -> Line:
    each = size.count(3_000, 60_000)
    commits = [0]

    def slowly(step: str, phase: Phase) -> bool:
        if (step, phase) == ("commit", "before"):
            commits[0] += 1
            time.sleep(SLOW_COMMIT_S)
        return False

    with site(on) as here, sending(here, RATE, each) as fleet:
        here.to_database.watch = slowly
        fleet.finish()
        with here.recovering(fleet):
            pass
        here.to_database.watch = None
        found = here.settle(fleet)
        batch = found.stored / commits[0]
        assert batch > 500, "what arrives during a slow commit is the next batch"
        return line("slow commits", here, found, f"{SLOW_COMMIT_S} s each: {batch:.0f} messages a transaction")


def _blocks_a_worker(looking: psycopg.Connection[Any], pid: int) -> bool:
    """Whether somebody waits for the session `pid`. Asked outside its transaction, in which nothing new is seen."""
    row = looking.execute("SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", (pid,)).fetchone()
    return row is not None


def _deadlock(on: Grounds, size: Size) -> Line:
    """A session holds the last device of a batch and, once the batch waits for it, asks for the first."""
    wanted = size.count(3, 30)
    hold = "SELECT FROM latest WHERE device_id = %s FOR UPDATE"
    with site(on) as here, sending(here, RATE) as fleet:
        poll(here.kept, until=lambda n: n >= 300, what="every device known")
        with psycopg.connect(here.url, autocommit=True) as conn, psycopg.connect(here.url, autocommit=True) as looking:
            conn.execute("SET deadlock_timeout = '30s'")  # the other one's timer fires first: the worker is the victim
            first, last = conn.execute("SELECT min(device_id), max(device_id) FROM latest").fetchone() or (0, 0)
            for _ in range(wanted):
                with conn.transaction():
                    conn.execute(hold, (last,))
                    poll(partial(_blocks_a_worker, looking, conn.info.backend_pid), what="the worker waiting for us")
                    conn.execute(hold, (first,))
        with here.recovering(fleet):
            pass
        fleet.stop_sending()
        found = here.settle(fleet)
        lost = here.said().count("DeadlockDetected")
        assert lost, "no batch met a deadlock"
        return line("deadlock mid-batch", here, found, f"{lost} batches run again")


def _serialization(on: Grounds, size: Size) -> Line:
    """Repeatable read, and somebody changes a row of the batch after its snapshot was taken."""
    wanted = size.count(4, 40)
    failed = [0]
    with site(on) as here:
        with psycopg.connect(here.url, autocommit=True) as conn:
            name = conn.info.dbname
            conn.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'".encode())
        here.kill_worker()
        here.replace_worker()
        with sending(here, RATE) as fleet:
            poll(here.kept, until=lambda n: n >= 300, what="every device known")
            with psycopg.connect(here.url, autocommit=True) as conn:

                def change(step: str, phase: Phase) -> bool:
                    if (step, phase) == ("copied", "before") and failed[0] < wanted:
                        failed[0] += 1
                        conn.execute("UPDATE latest SET updated_at = updated_at")
                    return False

                here.to_database.watch = change
                poll(lambda: failed[0], until=lambda n: n >= wanted, what="batches disturbed")
                here.to_database.watch = None
            with here.recovering(fleet):
                pass
            fleet.stop_sending()
            found = here.settle(fleet)
        lost = here.said().count("SerializationFailure")
        assert lost, "no batch met a serialization failure"
        return line("serialization failure mid-batch", here, found, f"{lost} batches run again")


SCENARIOS = [
    Scenario("database-away", "database down 10 minutes under load", _away),
    Scenario("database-away-kills", "database down under load, ingest killed meanwhile", _away_and_killed),
    Scenario("database-killed", "database killed", _killed),
    Scenario("database-cut", "database cut off", _cut),
    Scenario("database-half-open", "database half-open", _half_open),
    Scenario("slow-commits", "slow commits", _slow_commits),
    Scenario("deadlock", "deadlock mid-batch", _deadlock),
    Scenario("serialization", "serialization failure mid-batch", _serialization),
]
