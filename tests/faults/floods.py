"""Ten times as much as the platform can take: the broker's queue holds a burst; beyond it, every loss is a gap."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import catalog
from store import devices
from store.database import Connection, connect
from store.gaps import MAX_ITEMS, gaps
from tests.faults.books import Books
from tests.faults.fleet import Fleet
from tests.faults.kills import plans
from tests.faults.proxy import Phase
from tests.faults.ranges import Ranges
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, Site, site
from tests.waiting import poll

BATCH = 500
COMMIT_S = 0.25
CAPACITY_PER_S = round(BATCH / COMMIT_S)
"""What the worker can take at most, by slow commits of small batches."""
TIMES = 10
DEVICES = [f"flood-{n}" for n in range(10)]
SMALL_QUEUE_BYTES = 500_000
ANSWER_WITHIN_S = 2.0
"""Several commits."""


def _slowly(step: str, phase: Phase) -> bool:
    if (step, phase) == ("commit", "before"):
        time.sleep(COMMIT_S)
    return False


def _burst(here: Site, seconds: float) -> Fleet:
    each = int(CAPACITY_PER_S * TIMES * seconds / len(DEVICES))
    return Fleet(
        here.broker.host, here.broker.port, here.passwords, plans(here, each), rate=CAPACITY_PER_S * TIMES, window=1_000
    )


def _that_fits(on: Grounds, size: Size) -> Line:
    settings = {"VOP_INGEST_BATCH_MESSAGES": str(BATCH)}
    with site(on, DEVICES, environment=settings) as here, _burst(here, size.of(0.75, 10)) as fleet:
        here.to_database.watch = _slowly
        fleet.finish()
        behind = fleet.sent - here.kept()
        assert behind > fleet.sent / 2, "the platform was overloaded"
        with here.recovering(fleet, within_s=600):
            if not size.long:
                here.to_database.watch = None
        found = here.settle(fleet)
        note = f"{TIMES} x {CAPACITY_PER_S} messages/s; {behind} waited in the broker at the end of the burst"
        return line("ten times overload, the queue holds it", here, found, note)


def _that_does_not(on: Grounds, size: Size) -> Line:
    settings = {"VOP_INGEST_BATCH_MESSAGES": str(BATCH), "VOP_INGEST_RECEIVE_MAXIMUM": "1000"}
    queue = size.count(SMALL_QUEUE_BYTES, 20 * SMALL_QUEUE_BYTES)
    with (
        site(on, DEVICES, environment=settings, queue_limit_bytes=queue) as here,
        _burst(here, size.of(1.5, 30)) as fleet,
    ):
        here.to_database.watch = _slowly
        fleet.finish()
        if not size.long:
            here.to_database.watch = None
        started = time.monotonic()
        poll(_LastWords(here, fleet).are_stored, 600, what="the last words of every device stored")
        here.recovery_s = time.monotonic() - started
        found = here.compare(fleet)
        assert found.lost > found.sent / 20, f"the queue was too small: {found}"
        unreported = _unreported(here, found)
        assert not unreported, f"lost and in no reported gap: {unreported}"
        note = f"every lost id lies in a reported gap; queue {queue / 1e6:.1f} MB"
        return line("ten times overload, beyond the queue", here, found, note, gaps_reported=True)


class _LastWords:
    """Has each device say one thing more until what it said last is stored: a last word may be dropped, too."""

    def __init__(self, here: Site, fleet: Fleet) -> None:
        self._here = here
        self._fleet = fleet
        self._next = 0.0

    def are_stored(self) -> bool:
        """Whether they are; if not for a while, there is one more."""
        with connect(self._here.url) as conn:
            last = dict(
                conn.execute("SELECT device, max(last_seq) FROM runs JOIN devices USING (device_id) GROUP BY 1")
            )
        if not all(one.is_done for one in self._fleet.lines):
            return False
        if all(last.get(one.plan.device) == one.place - 1 for one in self._fleet.lines):
            return True
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + ANSWER_WITHIN_S
            self._fleet.extend(1)
        return False


def _listed(conn: Connection, device_id: int, since: datetime, before: datetime) -> Ranges:
    """Every number the gap report calls lost; a window with more gaps than one answer lists is halved."""
    found = gaps(conn, catalog.load()["robot_vacuum"], device_id, since, before, now=datetime.now(UTC))
    if len(found.lost) < MAX_ITEMS:
        return Ranges((gap.first_seq, gap.last_seq + 1) for gap in found.lost if gap.last_seq is not None)
    middle = since + (before - since) / 2
    return _listed(conn, device_id, since, middle) | _listed(conn, device_id, middle, before)


def _unreported(here: Site, found: Books) -> dict[str, Ranges]:
    """What was lost, less what the gap report of the device calls lost."""
    left: dict[str, Ranges] = {}
    now, day = datetime.now(UTC), timedelta(days=1)
    with connect(here.url) as conn:
        for (device, _), missing in found.missing.items():
            reported = _listed(conn, devices.get(conn, device).device_id, now - day, now + day)
            if more := missing - reported:
                left[device] = more
            assert not reported - missing, f"{device}: {reported - missing} reported, and not lost"
    return left


SCENARIOS = [
    Scenario("burst", "ten times overload that fits the broker's queue", _that_fits),
    Scenario("overflow", "ten times overload beyond the broker's queue", _that_does_not),
]
