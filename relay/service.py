"""The clock as a process: some lanes that work, and a watch that tells how the jobs stand."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread

from catalog.model import Product
from probes import served
from relay.errors import JobFailed, JobHeld
from relay.jobs import chosen, named
from relay.lane import ANSWER_WITHIN_S, Lane, worker
from relay.metrics import Metrics
from relay.settings import Settings
from relay.watch import Watch
from store import jobs
from store.database import connect
from store.jobs import JobRow
from store.migrate import require_current

log = logging.getLogger(__name__)

STOP_WITHIN_S = 7.0
"""Longest a stop waits for runs in hand: service managers kill after ten seconds by default. A run that is cut off is
undone by the database and taken up by another relay."""
END_BY_ITSELF_S = 4.0
"""Of it, how long a run may go on before its statement is interrupted."""
INTERRUPT_EVERY_S = 0.2


def run(settings: Settings, catalog: Mapping[str, Product], stopping: Event) -> None:
    """Run one relay until `stopping` is set.

    Raises `SchemaError` when database and program do not fit, `UnknownJob` when a job is asked for that is none.
    """
    known = chosen(settings, catalog)
    metrics = Metrics(known)
    lanes = [
        Lane(settings.database_url, known, metrics, stopping, settings.statement_within_s)
        for _ in range(settings.lanes)
    ]
    watch = Watch(settings.database_url, known, metrics, stopping)
    broken: list[BaseException] = []

    def thread(name: str, work: Callable[[], None]) -> Thread:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                broken.append(error)
                stopping.set()

        # Daemons: one that waits for a database that is silent must not keep the program.
        return Thread(target=guarded, name=name, daemon=True)

    def in_the_way() -> str:
        if watch.trouble or any(lane.connected for lane in lanes):
            return watch.trouble
        return "the database: no lane is connected yet"

    threads = [thread(f"lane-{number}", lane.run) for number, lane in enumerate(lanes, start=1)]
    watching = thread("watch", lambda: watch.run(threads))
    host, port = settings.metrics_host, settings.metrics_port
    with served(host, port, metrics.registry, lambda: not in_the_way(), waiting_for=in_the_way):
        watching.start()
        stopping.wait()
        _end(lanes, [watching, *threads])
    if broken:
        raise broken[0]


def _end(lanes: Sequence[Lane], threads: Sequence[Thread]) -> None:
    began = time.monotonic()
    _join(threads, began + END_BY_ITSELF_S)
    while any(thread.is_alive() for thread in threads) and time.monotonic() < began + STOP_WITHIN_S:
        for lane in lanes:
            lane.interrupt()
        _join(threads, min(time.monotonic() + INTERRUPT_EVERY_S, began + STOP_WITHIN_S))
    left = [thread.name for thread in threads if thread.is_alive()]
    if left:
        log.warning("stopping with %s cut off; another relay, or the next start, takes them up", ", ".join(left))


def _join(threads: Sequence[Thread], until: float) -> None:
    for thread in threads:
        if thread.is_alive():
            thread.join(max(0.0, until - time.monotonic()))


def run_once(settings: Settings, catalog: Mapping[str, Product], name: str) -> JobRow:
    """Run the job `name` now, whether it is due or not, and again for as long as it says that there is more.

    Raises `UnknownJob`, `JobHeld` while another relay runs it, `JobFailed`, and `Unavailable`.
    """
    known = chosen(settings, catalog)
    named(name, known)
    with connect(
        settings.database_url, application="vop relay run", autocommit=True, answer_within_s=ANSWER_WITHIN_S
    ) as conn:
        require_current(conn)
        jobs.declare(conn, {job.name: job.every_s for job in known.values()})
        lane = Lane(settings.database_url, known, Metrics(known), Event(), settings.statement_within_s)
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
