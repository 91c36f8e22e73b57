"""Adherence of a device's owner over a period, from what the device reported and what was prescribed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from catalog.model import Product
from store import doses, ownerships, regimens
from store.database import Connection
from store.regimens import Regimen
from store.usage import Window
from voice.adherence import measures
from voice.adherence.measures import Habit, Holiday, Missing, Persistence, Share
from voice.adherence.schedule import due, prescribed_time
from voice.adherence.slots import Slot, slots
from voice.adherence.thresholds import Thresholds
from voice.calendars import zone_named

LONGEST_INTERVAL: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Adherence:
    """Of one device over `[since, until)`; every figure with what it is of."""

    since: datetime
    until: datetime
    zone: str
    """Where the unit stood at the end: its local days."""
    versions: tuple[Regimen, ...]
    """Those that touch the period, pauses too."""
    coverage: float | None
    """Share of the time in which anything was prescribed that was heard; None: there was none."""
    slots: tuple[Slot, ...]
    taking: Share
    dosing: Share
    timing: Share
    holidays: tuple[Holiday, ...]
    persistence: Persistence
    by_time: tuple[Habit, ...]
    by_weekday: tuple[Habit, ...]
    missing: Missing | None


def dosed(
    conn: Connection, product: Product, device_id: int, window: Window, now: datetime
) -> tuple[list[Regimen], list[Slot]]:
    """The regimens that touch the window, and what became of each dose due in it; nothing without either."""
    held = regimens.of(conn, device_id)
    versions = [r for r in held if _touches(r, window)]
    if product.doses is None or not versions:
        return versions, []
    zone_at, _ = _zones(conn, device_id)
    # The neighbours of the first and last dose set the borders of their slots, whichever version they are of.
    margin = max((timedelta(days=max(r.every_days, 7)) for r in versions), default=timedelta(days=7))
    around = Window(window.since - 2 * margin, window.until + 2 * margin)
    neighbours = [r for r in held if _touches(r, around)]
    wanted = due(neighbours, around, zone_at)
    if not wanted:
        return versions, []
    first, last = wanted[0], wanted[-1]
    # Nothing from before anything was prescribed: it may be the former owner's.
    earliest = max(first.at - first.interval, min(r.since for r in neighbours))
    reach = Window(earliest, min(last.at + last.interval, max(now, window.until)))
    if reach.since >= reach.until:
        return versions, []
    events = doses.of(conn, device_id, product.doses, reach)
    heard = doses.heard(conn, [device_id], reach)
    found = slots(wanted, events, heard, now)
    return versions, [slot for slot in found if window.since <= slot.due.at < window.until]


def adherence(
    conn: Connection, product: Product, device_id: int, window: Window, t: Thresholds, *, now: datetime
) -> Adherence:
    """Everything that is known of the period; nothing later than `now` is looked at."""
    window = Window(window.since, max(window.since, min(window.until, now)))
    versions, found = dosed(conn, product, device_id, window, now)
    _, zone = _zones(conn, device_id)
    return Adherence(
        window.since,
        window.until,
        zone,
        tuple(versions),
        _coverage(conn, device_id, prescribed_time(versions, window)),
        tuple(found),
        measures.taking(found),
        measures.dosing(found),
        measures.timing(found),
        tuple(measures.holidays(found, t)),
        measures.persistence(found, t),
        tuple(measures.by_time(found)),
        tuple(measures.by_weekday(found)),
        measures.missing_now(found),
    )


def _touches(regimen: Regimen, window: Window) -> bool:
    return regimen.since < window.until and (regimen.until is None or regimen.until > window.since)


def _zones(conn: Connection, device_id: int) -> tuple[Callable[[datetime], ZoneInfo], str]:
    """Where the unit stood at any time, and where it stood last: UTC where nobody owned it."""
    spans = ownerships.history(conn, device_id)
    starts = [span.since for span in spans]
    zones = [zone_named(span.zone) for span in spans]
    utc = zone_named("UTC")

    def at(when: datetime) -> ZoneInfo:
        if not zones:
            return utc
        return zones[max(0, bisect_right(starts, when) - 1)]

    return at, zones[-1].key if zones else "UTC"


def _coverage(conn: Connection, device_id: int, spans: Sequence[Window]) -> float | None:
    whole = sum((span.until - span.since).total_seconds() for span in spans)
    if whole == 0:
        return None
    heard = sum(
        (part.until - part.since).total_seconds() for span in spans for part in doses.heard(conn, [device_id], span)
    )
    return min(heard / whole, 1.0)
