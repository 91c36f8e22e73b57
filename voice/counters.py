"""What a device's own counter tells of time in which the device was not heard.

A use is an event, never the difference of a counter (DESIGN decision 10). But a counter that the device keeps over
restarts goes on while nobody hears it: its readings on both sides of a silence bound what the silence hid, and are a
cross-check of what was heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from catalog.model import Product, Use
from store import comparing
from store import usage as stored
from store.comparing import Steps
from store.database import Connection
from store.usage import Asked, Counts, Window
from voice.figures import Bounds

MOST_STRETCHES = 20
"""Beyond, counters are not looked at: each stretch of each unit is a look of its own."""
MAX_USES = 2_000
"""Of one stretch, of which the longest is looked for."""


ROUNDING: Final = 0.02
"""Share by which minutes counted on the device may differ from the sum of its uses' rounded lengths."""
WELL_HEARD: Final = 0.995
"""Coverage from which on too few events are not explained by silence."""

Finding = Literal["agrees", "hidden", "disagrees"]
"""The events lie within the counter's bounds; there were more than were heard, and silence explains it; or neither."""


class Counter(NamedTuple):
    """A counter signal, and the uses it counts."""

    signal: str
    use: Use
    minutes: bool = False
    """It counts their minutes."""


def bounds(
    conn: Connection,
    product: Product,
    counter: Counter,
    stretches: Sequence[tuple[int, Window]],
    *,
    now: datetime,
    edges: bool = False,
) -> Bounds | None:
    """How many uses, or minutes of them, there truly were in the devices' stretches; None: no counter says anything.

    `stretches` are (device_id, window) pairs; nothing later than `now` is looked at. One use may lie over each edge of
    a stretch, for it belongs to where it begins and is counted when it ends: so much is allowed for. With `edges`, one
    that was not read before or after a stretch is told by its readings within, and by what was heard at the edges.
    """
    low = high = 0.0
    said = open_ended = False
    for device_id, window in stretches:
        told = comparing.steps(conn, product, device_id, counter.signal, window, now=now)
        least, most = between(told)
        if most is None and edges:
            most = _between_its_readings(conn, product, counter, device_id, window, told)
        said = said or least > 0 or most is not None
        open_ended = open_ended or most is None
        slack = _slack(conn, counter, device_id, window)
        low, high = low + max(0.0, least - slack), high + (most or 0.0) + slack
    if not said:
        return None
    exact = counter.use.minimum_s == 0
    return Bounds(low if exact else 0.0, None if open_ended else high, exact)


class Check(NamedTuple):
    """A device's own counter beside the events that were heard of it."""

    signal: str
    counts: Literal["uses", "minutes"]
    low: float
    """The least there truly was, in uses or minutes."""
    high: float | None
    """The most; None: no reading after the window, or the counter was reset."""
    exact: bool
    """Else it also counts what is too short to be a use: then it bounds from above alone."""
    finding: Finding


def checks(
    conn: Connection,
    product: Product,
    stretches: Sequence[tuple[int, Window]],
    found: tuple[float | None, float | None, float | None],
    *,
    now: datetime,
) -> tuple[Check, ...]:
    """The product's counters over the stretches beside `found`: (uses, minutes, coverage) by their events.

    None of more than `MOST_STRETCHES`.
    """
    use = product.use
    if use is None or len(stretches) > MOST_STRETCHES:
        return ()
    uses, minutes, coverage = found
    checked = []
    for signal, heard, timed in ((use.counter, uses, False), (use.duration_counter, minutes, True)):
        if signal is None:
            continue
        told = bounds(conn, product, Counter(signal, use, timed), stretches, now=now)
        if told is not None:
            finding = beside(heard or 0.0, coverage, told, ROUNDING if timed else 0.0)
            checked.append(Check(signal, "minutes" if timed else "uses", *told, finding))
    return tuple(checked)


def beside(heard: float, coverage: float | None, told: Bounds, tolerance: float = 0.0) -> Finding:
    """What a counter's bounds say of what was heard; `tolerance` is a share."""
    if told.high is not None and heard > told.high * (1 + tolerance):
        return "disagrees"
    if heard < told.low * (1 - tolerance):
        return "disagrees" if coverage is not None and coverage >= WELL_HEARD else "hidden"
    return "agrees"


def between(steps: Steps) -> tuple[float, float | None]:
    """How much it rose at least, between the readings within a window, and at most, between those around it."""
    least = 0.0
    if steps.first is not None and steps.last is not None and not steps.fell:
        least = max(0.0, steps.last - steps.first)
    if steps.fell or steps.before is None or steps.after is None:
        return least, None
    return least, steps.after - steps.before


def _between_its_readings(
    conn: Connection, product: Product, counter: Counter, device_id: int, window: Window, told: Steps
) -> float | None:
    """How much it rose at most where it was not read before or after the window: what its readings within say, and for
    the rest of the window what was heard, and as much as the silence there hides if it is like the rest."""
    if told.fell or told.first is None or told.last is None:
        return None
    read = comparing.told_between(conn, product, device_id, counter.signal, window)
    if read is None:
        return None
    begin = read[0] if told.before is None else window.since
    end = read[1] if told.after is None else window.until
    rest = [Window(*edge) for edge in ((window.since, begin), (end, window.until)) if edge[0] < edge[1]]
    asked = [Asked(device_id, [window]), Asked(device_id, rest)]
    [whole], beside = stored.counts_of(conn, counter.use, asked)
    [whole_s], beside_s = stored.heard_seconds_of(conn, asked)
    if whole_s <= 0:
        return None
    silent_s = sum((edge.until - edge.since).total_seconds() for edge in rest) - sum(beside_s)
    heard = sum(_figure(found, counter) for found in beside)
    known = (told.last if told.after is None else told.after) - (told.first if told.before is None else told.before)
    return known + heard + _figure(whole, counter) * max(0.0, silent_s) / whole_s


def _figure(found: Counts, counter: Counter) -> float:
    return found.minutes if counter.minutes else found.uses


def _slack(conn: Connection, counter: Counter, device_id: int, window: Window) -> float:
    use = counter.use
    if use.start is None and use.duration is None:
        return 0.0
    if not counter.minutes:
        return 1.0
    listed = stored.listing(conn, use, device_id, window, limit=MAX_USES)
    return max((one.minutes for one in listed if one.minutes is not None), default=0.0)
