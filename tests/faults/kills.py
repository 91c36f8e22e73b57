"""kill -9 of the worker between receive, insert, commit and acknowledge: a proxy sees the step pass."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import partial

from tests.faults.fleet import Fleet, Plan, reading
from tests.faults.proxy import Phase, Proxy
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, Site, site
from tests.waiting import poll

HISTORY_MS = 3_600_000
RATE = 3_000
"""Messages a second."""
ENDLESS = 10**9
"""Messages a device, of a fleet that is told when to stop."""


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def plans(here: Site, each: int, start_ms: int | None = None) -> list[Plan]:
    """Plain readings of every admitted device, that began an hour ago."""
    start = now_ms() - HISTORY_MS if start_ms is None else start_ms
    return [Plan(device, each, reading(start)) for device in here.passwords]


def sending(here: Site, rate: float, each: int = ENDLESS) -> Fleet:
    """A fleet of every admitted device with plain readings, until it is told to stop."""
    return Fleet(here.broker.host, here.broker.port, here.passwords, plans(here, each), rate=rate)


class Trigger:
    """Kills the worker at the n-th time a step passes; the step itself passes or not, as `phase` says."""

    def __init__(self, here: Site, step: str, phase: Phase, nth: int) -> None:
        self.fired = threading.Event()
        self._here = here
        self._wanted = (step, phase)
        self._left = nth
        self._lock = threading.Lock()

    def __call__(self, step: str, phase: Phase) -> bool:
        """As a proxy's `watch`."""
        if (step, phase) != self._wanted:
            return False
        with self._lock:
            self._left -= 1
            if self._left:
                return False
        self._here.kill_worker()
        self.fired.set()
        return phase == "before"


@dataclass(frozen=True)
class Moment:
    """Between which two steps the worker dies."""

    key: str
    title: str
    step: str
    phase: Phase
    at_broker: bool = False

    def proxy(self, here: Site) -> Proxy:
        """Where the step passes."""
        return here.to_broker if self.at_broker else here.to_database


MOMENTS = (
    Moment("received", "kill -9 of ingest: received, not inserted", "publish", "after", at_broker=True),
    Moment("begun", "kill -9 of ingest: transaction begun", "copy", "after"),
    Moment("copied", "kill -9 of ingest: rows copied, not inserted", "copied", "after"),
    Moment("inserted", "kill -9 of ingest: inserted, commit not sent", "commit", "before"),
    Moment("committing", "kill -9 of ingest: commit sent, not answered", "commit", "after"),
    Moment("committed", "kill -9 of ingest: committed, answer not seen", "committed", "before"),
    Moment("unacknowledged", "kill -9 of ingest: committed, PUBACK not sent", "puback", "before", at_broker=True),
    Moment("acknowledging", "kill -9 of ingest: some PUBACKs sent", "puback", "after", at_broker=True),
)


def _killed(moment: Moment, on: Grounds, size: Size) -> Line:
    rounds, more = size.count(2, 10), size.count(500, 10_000)
    with site(on) as here, sending(here, RATE) as fleet:
        for number in range(rounds):
            fleet.wait_more(more)
            trigger = Trigger(here, moment.step, moment.phase, nth=1 + 3 * number)
            moment.proxy(here).watch = trigger
            poll(trigger.fired.is_set, what=f"a worker killed at {moment.step}")
            moment.proxy(here).watch = None
            with here.recovering(fleet):
                here.replace_worker()
        fleet.stop_sending()
        found = here.settle(fleet)
        return line(moment.title, here, found, f"{rounds} kills")


SCENARIOS = [Scenario(f"kill-{moment.key}", moment.title, partial(_killed, moment)) for moment in MOMENTS]
