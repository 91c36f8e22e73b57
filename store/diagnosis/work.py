"""The platform's own work: who receives, who keeps the clock, what is refused, what is behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from catalog.model import Product
from store import jobs as job_facts
from store import slots as slot_facts
from store.database import Connection
from store.diagnosis.finding import Finding, fail, ok, warn
from store.health import work

SLOT_ALARM_S: Final = 60.0
STUCK_ALARM_S: Final = 60.0
LATE_LEAST_S: Final = 600.0
LATE_INTERVALS: Final = 3.0
ROLLUPS_BEHIND_H: Final = 3
REFUSED_JUMP: Final = 100
"""So many more refused elements than the day before, and twice as many, are a jump."""
SHOWN: Final = 3


def slots(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is every subscription of ingest somebody's, and does he hear?"""
    name, now = "ingest.slots", datetime.now(UTC)
    used = [slot for slot in slot_facts.listing(conn) if slot.drained_at is None]
    if not used:
        return warn(
            name,
            "no ingest worker has ever received here, or all were drained",
            "start one (`vop ingest`), unless devices speak HTTP alone",
        )
    left = [slot for slot in used if not slot.held and (now - slot.seen_at).total_seconds() > SLOT_ALARM_S]
    if left:
        numbers = ", ".join(str(slot.slot) for slot in left)
        return fail(
            name,
            f"slot {numbers} has a subscription and no worker since {left[0].seen_at:%Y-%m-%d %H:%M}Z: the "
            "broker queues for it",
            f"start a worker, which takes the lowest free slot, or `vop ingest drain --slot {left[0].slot}`",
        )
    stuck = [slot for slot in used if slot.held and (now - slot.seen_at).total_seconds() > STUCK_ALARM_S]
    if stuck:
        return fail(
            name,
            f"the worker of slot {stuck[0].slot} ({stuck[0].worker}) holds it and gave no sign of life for "
            f"{(now - stuck[0].seen_at).total_seconds():,.0f} s",
            "look at its log; restart it if it says nothing: what it holds comes again",
        )
    return ok(name, f"{sum(slot.held for slot in used)} of {len(used)} slots are held by a worker")


def jobs(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does a relay run, and are its jobs in time?"""
    name, found = "relay.jobs", job_facts.listing(conn)
    if not found:
        return warn(
            name,
            "no relay has ever run: nothing is rolled up, dropped, or noticed as silent",
            "start one (`vop relay`)",
        )
    late = [job for job in found if job.overdue_s > max(LATE_LEAST_S, LATE_INTERVALS * job.every_s)]
    if late:
        worst = max(late, key=lambda job: job.overdue_s)
        return fail(
            name,
            f"job {worst.job} is due for {worst.overdue_s / 60:,.0f} minutes and nobody runs it "
            f"({len(late)} of {len(found)} jobs are late)",
            "see that a relay runs whose VOP_RELAY_JOBS has it (`vop relay jobs`)",
        )
    failing = [job for job in found if job.failing]
    if failing:
        worst = max(failing, key=lambda job: job.failing)
        return (fail if worst.failing > SHOWN else warn)(
            name,
            f"job {worst.job} has failed {worst.failing} times in a row: {worst.last_error}",
            "look at the relay's log for the traceback; the job is tried again by itself",
        )
    return ok(name, f"{len(found)} jobs, all in time")


def rollups(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Are long ranges of charts up to date?"""
    name, found = "relay.rollups", work.rollups_behind(conn, ROLLUPS_BEHIND_H)
    if found.devices:
        since = f"{found.oldest:%Y-%m-%d %H:%M}Z" if found.oldest else "long ago"
        return warn(
            name,
            f"{found.devices:,} devices have hours that ended more than {ROLLUPS_BEHIND_H} h ago and are not "
            f"rolled up, the oldest from {since}",
            "see that a relay runs the job `rollups`; after an import, or much late data, give it time",
        )
    return ok(name, "closed hours are rolled up")


def dead_letters(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Are many more elements refused than the day before?"""
    name, found = "ingest.dead_letters", work.refused_of_late(conn)
    today, before = sum(one.last_day for one in found), sum(one.day_before for one in found)
    top = ", ".join(f"{one.reason} {one.last_day:,}" for one in found[:SHOWN] if one.last_day)
    if not today:
        return ok(name, "nothing was refused in the past 24 hours")
    words = f"{today:,} elements were refused in the past 24 hours ({top}), {before:,} in those before"
    reasons = {one.reason for one in found if one.last_day}
    if "database" in reasons or (today > before + REFUSED_JUMP and today > 2 * before):
        do = "look at them (`vop deadletters list`): unknown_device is registry against broker, database and conflict "
        return warn(name, words, do + "are worth a look each, others are mostly a product's firmware")
    return ok(name, words)


CHECKS: Final[tuple[tuple[str, Callable[[Connection, Mapping[str, Product]], Finding]], ...]] = (
    ("ingest.slots", slots),
    ("ingest.dead_letters", dead_letters),
    ("relay.jobs", jobs),
    ("relay.rollups", rollups),
)
"""Only if the schema is this program's."""
