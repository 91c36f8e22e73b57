"""The clock as a process: some lanes that work, and a watch that tells how the jobs stand."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from threading import Event, Thread

from catalog.model import Product
from probes import served
from relay.errors import JobFailed, JobHeld
from relay.job import Job
from relay.jobs import chosen, named
from relay.lane import Lane, worker
from relay.metrics import Metrics
from relay.settings import Settings
from store import jobs
from store.database import Connection, connect
from store.errors import Unavailable
from store.jobs import JobRow
from store.migrate import require_current

log = logging.getLogger(__name__)

WATCH_S = 5.0
"""How often the figures of the jobs are read."""
STOP_WITHIN_S = 7.0
"""Longest a clean stop waits for runs in hand: service managers kill after ten seconds by default. A run that is cut
off is undone by the database and taken up by another relay."""


def run(settings: Settings, catalog: Mapping[str, Product], stopping: Event) -> None:
    """Run one relay until `stopping` is set.

    Raises `SchemaError` when database and program do not fit, `UnknownJob` when a job is asked for that is none.
    """
    known = chosen(settings, catalog)
    metrics = Metrics(known)
    lanes = [Lane(settings.database_url, known, metrics, stopping) for _ in range(settings.lanes)]
    broken: list[BaseException] = []

    def work(lane: Lane) -> None:
        try:
            lane.run()
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            broken.append(error)
            stopping.set()

    def is_ready() -> bool:
        return any(lane.connected for lane in lanes)

    host, port = settings.metrics_host, settings.metrics_port
    with served(host, port, metrics.registry, is_ready, waiting_for="the database"):
        threads = [
            Thread(target=work, args=(lane,), name=f"lane-{number}", daemon=True)
            for number, lane in enumerate(lanes, start=1)
        ]
        watch(settings.database_url, known, metrics, stopping, threads)
        _join(threads)
    if broken:
        raise broken[0]


def watch(
    url: str, known: Mapping[str, Job], metrics: Metrics, stopping: Event, threads: list[Thread] | None = None
) -> None:
    """Make the jobs known, start `threads`, and show how the jobs stand until `stopping` is set."""
    conn: Connection | None = None
    waiting = list(threads or ())
    try:
        while not stopping.is_set():
            try:
                if conn is None:
                    conn = connect(url, application="vop relay watch", autocommit=True)
                    require_current(conn)
                    jobs.declare(conn, {job.name: job.every_s for job in known.values()})
                while waiting:
                    waiting.pop(0).start()
                metrics.show(jobs.listing(conn))
            except Unavailable as error:
                log.warning("how the jobs stand is not known: %s", error)
                if conn is not None:
                    conn.close()
                conn = None
            stopping.wait(WATCH_S)
    finally:
        if conn is not None:
            conn.close()


def _join(threads: list[Thread]) -> None:
    deadline = time.monotonic() + STOP_WITHIN_S
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
    left = sum(thread.is_alive() for thread in threads)
    if left:
        log.warning("stopping with %d runs cut off; another relay, or the next start, takes them up", left)


def run_once(settings: Settings, catalog: Mapping[str, Product], name: str) -> JobRow:
    """Run the job `name` now, whether it is due or not, and again for as long as it says that there is more.

    Raises `UnknownJob`, `JobHeld` while another relay runs it, `JobFailed`, and `Unavailable`.
    """
    known = chosen(settings, catalog)
    named(name, known)
    with connect(settings.database_url, application="vop relay run", autocommit=True) as conn:
        require_current(conn)
        jobs.declare(conn, {job.name: job.every_s for job in known.values()})
        lane = Lane(settings.database_url, known, Metrics(known), Event())
        more = True
        while more:
            lease = jobs.take(conn, worker(), [name], due=False)
            if lease is None:
                raise JobHeld(f"another relay runs {name} at this moment; see `vop relay jobs`")
            more = lane.perform(conn, lease)
        row = next(row for row in jobs.listing(conn) if row.job == name)
    if row.last_error is not None:
        raise JobFailed(f"job {name} failed: {row.last_error}")
    return row
