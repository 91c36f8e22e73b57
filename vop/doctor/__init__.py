"""What is wrong, in words, and what to do about it. Looks only, and comes to an end when everything is down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Final

from store.database import Connection
from store.errors import BadAddress, StoreError, Unavailable
from store.health import server as server_facts
from vop.doctor import broker, disk, server, tables, work
from vop.doctor.finding import WORST_FIRST, Finding, Level, fail, unknown
from vop.doctor.surroundings import Surroundings

log = logging.getLogger(__name__)

LIMIT_S: Final = 6.0
"""For everything together: places are looked at side by side."""
QUESTION_MS: Final = 1_500
Check = tuple[str, Callable[[Connection, Surroundings], Finding]]


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


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them; ok when there are none."""
    levels = {finding.level for finding in findings}
    return next((level for level in WORST_FIRST if level in levels), "ok")


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
        _ask(conn, around, server.CHECKS, into)
        schema = _one(conn, around, ("schema.current", tables.current))
        into.append(schema)
        if schema.level == "ok":
            _ask(conn, around, tables.CHECKS, into)
            _ask(conn, around, work.CHECKS, into)


def _ask(conn: Connection, around: Surroundings, checks: Iterable[Check], into: list[Finding]) -> None:
    for check in checks:
        into.append(_one(conn, around, check))  # noqa: PERF401 - each is there even if the next never answers


def _one(conn: Connection, around: Surroundings, check: Check) -> Finding:
    name, look = check
    try:
        return look(conn, around)
    except StoreError as error:
        return unknown(
            name,
            f"it could not be looked at: {error}",
            "run this as the owner of the tables; GRANT pg_monitor TO that role for what it may not see",
        )
