"""A relay process with jobs of the tests: `python clockwork.py DATABASE_URL JOB...`.

Each run of a job writes down that it began, does what its name says, and writes down that it ended, in transactions of
their own.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Mapping
from threading import Event, Thread

from relay import lane
from relay.job import Done, Job, Turn
from relay.lane import Lane
from relay.metrics import Metrics
from store import jobs
from store.database import connect

EVERY_S = 0.05
MADE = """CREATE TABLE runs_of_jobs (id bigserial PRIMARY KEY, job text, due_at timestamptz, step text, pid int);
          CREATE TABLE gate (opened bool)"""


def note(turn: Turn, job: str, step: str) -> None:
    with turn.conn.transaction():
        turn.conn.execute(
            "INSERT INTO runs_of_jobs (job, due_at, step, pid) VALUES (%s, %s, %s, pg_backend_pid())",
            (job, turn.due_at, step),
        )


def made(name: str) -> Job:
    def run(turn: Turn) -> Done:
        note(turn, name, "begin")
        if name == "waits":
            while not turn.conn.execute("SELECT 1 FROM gate").fetchone():
                turn.conn.execute("SELECT pg_sleep(0.02)")
        if name == "breaks":
            raise RuntimeError("a secret of somebody's")
        note(turn, name, "end")
        return Done({"ran": name})

    return Job(name, EVERY_S, "a test's", run)


def main(url: str, names: list[str]) -> None:
    logging.basicConfig(stream=sys.stderr)
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    known: Mapping[str, Job] = {name: made(name) for name in names}
    lane.LOOK_S = 0.01
    with connect(url, autocommit=True) as conn:
        jobs.declare(conn, {job.name: job.every_s for job in known.values()})
    metrics = Metrics(known)
    threads = [Thread(target=Lane(url, known, metrics, stopping).run) for _ in range(2)]
    for thread in threads:
        thread.start()
    sys.stdout.write("runs\n")
    sys.stdout.flush()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
