"""How long things last: sessions, charges and batteries; and when the product was last used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from catalog.model import Battery, Use
from store import comparing
from store import usage as stored
from store.comparing import Seen
from store.database import Connection
from store.usage import OneUse, Window
from voice.compare.fetch.scope import Scope
from voice.compare.record import Elapsed, Lengths

MAX_RUNS: Final = 500
"""The newest are told by."""
_STEPS_DAYS: Final = (10, 90, 400)
"""How far back the last use is looked for, further only where there was none nearer."""
_MOSTLY_HEARD: Final = 0.9
"""Heard so much of the time since the last use, there is none that was not."""
_MINUTE_S, _DAY_S = 60, 86_400


class Runs(NamedTuple):
    """Lengths, and the events that tell them."""

    lengths: Lengths
    seen: list[Seen]


def sessions(conn: Connection, where: Scope, window: Window, use: Use) -> Lengths:
    """How long each use that ended lasted."""
    return Lengths(tuple(u.minutes for u in _uses(conn, where, window, use) if u.finished and u.minutes is not None))


def charges(conn: Connection, where: Scope, window: Window, battery: Battery) -> Runs:
    """How long each charge lasted, as the product says when it is empty."""
    assert battery.runtime is not None
    seen = comparing.newest(conn, where.within(window), {battery.empty}, limit=MAX_RUNS)
    told = [(e, value) for e in seen if _is_number(value := e.attrs.get(battery.runtime))]
    values = tuple(float(value) for _, value in reversed(told) if isinstance(value, int | float))
    longer: tuple[float, ...] = ()
    use = where.product.use
    if not values and use is not None:
        longer = sessions(conn, where, window, use).values
    return Runs(Lengths(values, longer), [e for e, _ in told])


def batteries(conn: Connection, where: Scope, window: Window, battery: Battery) -> Runs:
    """How long each battery lasted, from being full to being empty; one changed before that lasted longer."""
    kinds = {battery.empty} | ({battery.full} if battery.full else set())
    values: list[float] = []
    longer: list[float] = []
    used: list[Seen] = []
    for unit in where.units:
        windows = [(unit.device_id, owned) for owned in unit.owned]
        full: datetime | None = None
        for event in reversed(comparing.newest(conn, windows, kinds, limit=MAX_RUNS)):
            if full is not None:
                lasted = (event.ts - full).total_seconds() / _MINUTE_S
                (values if event.kind == battery.empty else longer).append(lasted)
            full = event.ts if event.kind == battery.full else None
            used.append(event)
        if full is not None:
            longer.append((window.until - full).total_seconds() / _MINUTE_S)
    return Runs(Lengths(tuple(values), tuple(longer)), used[::-1])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _uses(conn: Connection, where: Scope, window: Window, use: Use) -> list[OneUse]:
    found = [
        one
        for device_id, owned in where.within(window)
        for one in stored.listing(conn, use, device_id, owned, limit=10 * MAX_RUNS)
    ]
    return sorted(found, key=lambda one: one.start)[-MAX_RUNS:]


class Last(NamedTuple):
    """When it was last used, over which time it was looked for, and the event that tells."""

    elapsed: Elapsed
    window: Window
    seen: list[Seen]


def last_used(conn: Connection, where: Scope, use: Use) -> Last:
    """Days since the last use began, of whichever unit; less where a later one may not have been heard."""
    look = Window(where.until - timedelta(days=_STEPS_DAYS[-1]), where.until)
    for days in _STEPS_DAYS:
        look = Window(where.until - timedelta(days=days), where.until)
        found: list[tuple[OneUse, int]] = []
        for device_id, owned in where.within(look):
            listed = stored.listing(conn, use, device_id, owned, limit=10 * MAX_RUNS)
            found += [(one, device_id) for one in listed]
        if found:
            return _last(conn, where, *max(found, key=lambda pair: pair[0].start))
    return Last(Elapsed(None, None), look, [])


def _last(conn: Connection, where: Scope, one: OneUse, device_id: int) -> Last:
    use = where.product.use
    said_at = where.until
    high = (said_at - one.start).total_seconds() / _DAY_S
    after = Window(min(one.end or said_at, said_at), said_at)
    low = high
    if after.since < after.until:
        quiet_s = 0.0
        nearest: datetime | None = None
        for unit, owned in where.within(after):
            for pause in comparing.silences(conn, unit, owned, where.product.heartbeat_s):
                quiet_s += (pause.until - pause.since).total_seconds()
                nearest = pause.until if nearest is None else max(nearest, pause.until)
        if nearest is not None and quiet_s > (1 - _MOSTLY_HEARD) * (after.until - after.since).total_seconds():
            low = max(0.0, (said_at - nearest).total_seconds() / _DAY_S)
    midnights = (said_at.astimezone(where.zone).date() - one.start.astimezone(where.zone).date()).days
    kinds = {use.event} | ({use.start} if use.start else set()) if use is not None else set()
    told = Window(one.start, (one.end or one.start) + timedelta(seconds=1))
    seen = comparing.newest(conn, [(device_id, told)], kinds, limit=2)
    return Last(Elapsed(low, high, midnights), Window(min(one.start, after.since), said_at), seen)
