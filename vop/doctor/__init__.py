"""What is wrong, in words, and what to do about it. Looks only, and comes to an end when everything is down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Thread
from typing import Final

from store import diagnosis
from store.diagnosis import worst
from store.diagnosis.finding import Finding, fail, unknown
from store.errors import BadAddress, Unavailable
from store.health import server as server_facts
from vop.doctor import broker, disk, server
from vop.doctor.surroundings import Surroundings

__all__ = ["LIMIT_S", "QUESTION_MS", "examine", "worst"]

log = logging.getLogger(__name__)

LIMIT_S: Final = 6.0
"""For everything together: places are looked at side by side."""
QUESTION_MS: Final = 1_500


def examine(around: Surroundings, limit_s: float = LIMIT_S) -> list[Finding]:
    """Look at everything. Takes at most `limit_s`; what has not answered by then is a finding too."""
    places: dict[str, Callable[[list[Finding]], None]] = {
        "database": lambda into: _database(around, into),
        "broker": lambda into: into.extend(broker.examine(around)),
        "disk": lambda into: into.extend([disk.local_disk(around), disk.spool(around)]),
    }
    found: dict[str, list[Finding]] = {place: [] for place in places}
    threads = {
        # Daemons: one that waits for a machine that is gone must not keep the program.
        place: Thread(target=_guarded, args=(place, look, found[place]), name=place, daemon=True)
        for place, look in places.items()
    }
    until = time.monotonic() + limit_s
    for thread in threads.values():
        thread.start()
    findings: list[Finding] = []
    for place, thread in threads.items():
        thread.join(max(0.0, until - time.monotonic()))
        findings += list(found[place])
        if thread.is_alive():
            findings.append(_silent(place, limit_s, some=bool(found[place])))
    return findings


def _guarded(place: str, look: Callable[[list[Finding]], None], into: list[Finding]) -> None:
    try:
        look(into)
    except Exception as error:
        # A thread's end: without a finding, what was not looked at would pass as healthy.
        log.exception("the doctor's look at the %s ended by itself", place)
        words = f"not everything of the {place} was looked at: {type(error).__name__}"
        into.append(fail(f"{place}.looked", words, "report it with the traceback in the log: it is a fault of ours"))


def _silent(place: str, limit_s: float, *, some: bool) -> Finding:
    words = f"the {place} did not answer {'all' if some else 'any'} of our questions within {limit_s:g} s"
    do = f"see whether the {place}'s machine, or the way to it, is overloaded or cut off"
    return (unknown if some else fail)(f"{place}.reachable", words, do)


def _database(around: Surroundings, into: list[Finding]) -> None:
    try:
        conn = server_facts.look(around.database_url, QUESTION_MS)
    except BadAddress as error:
        into.append(fail("database.reachable", str(error), "correct it wherever the services are started"))
        return
    except Unavailable as error:
        into.append(
            fail(
                "database.reachable",
                str(error),
                "see that PostgreSQL runs, and that VOP_DATABASE_URL or the PG* variables name it, with a user and a "
                "password it knows; nothing is stored meanwhile: the spool and the broker hold it",
            )
        )
        return
    with conn:
        for finding in diagnosis.examine(conn, around.catalog, server.CHECKS):
            into.append(finding)  # noqa: PERF402 - each is there even if the next never answers
