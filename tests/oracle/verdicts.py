"""The right verdict of a simulated claim by docs/comparison.md, from all that truly happened. It knows no `voice`."""

import datetime as dt
import statistics as st
from collections.abc import Iterator, Sequence
from typing import Any

from persiantools.jdatetime import JalaliDate

DAY = dt.timedelta(days=1)
USES = {"robot_vacuum": "clean_started", "software": "session_started"}
ENDS = {"robot_vacuum": "clean_finished", "software": "session_ended"}
FAULTS = {"robot_vacuum": "stuck", "pill_dispenser": "jam_detected", "software": "crashed"}
KINDS: dict[str, dict[str, str]] = {"usage_frequency": USES, "usage_duration": ENDS, "fault_frequency": FAULTS}
KIND = {"battery_runtime": "battery_depleted", "missed_doses": "dose_missed", "stock_consumption": "items_taken"}
TOLD = ("duration_min", "runtime_min", "doses", "items")


def edges(at: dt.datetime, per: str, zone: dt.tzinfo, calendar: str, week_start: int) -> Iterator[dt.datetime]:
    """Firsts of the owner's days, weeks, months or years, backwards from the one that `at` lies in."""
    day = at.astimezone(zone).date()
    while True:
        own: Any = JalaliDate(day) if calendar == "persian" else day  # type: ignore[no-untyped-call]
        month, year = own.day - 1, (own - type(own)(own.year, 1, 1)).days
        day -= DAY * {"day": 0, "week": (day.isoweekday() - week_start) % 7, "month": month, "year": year}[per]
        yield dt.datetime.combine(day, dt.time(), zone)
        day -= DAY


def right(events: Sequence[Any], epoch: dt.datetime, product: str, said: Any, at: dt.datetime, **owner: Any) -> str:
    """`events` have `t` (days since `epoch`), `kind` and `attrs`; `owner` is what `edges` takes, from `zone` on."""
    low, high, per, topic = said.figure.low, said.figure.high, said.figure.per, said.topic
    marks = [at, at - 90 * DAY]
    if per and high:
        known = zip(range({"day": 92, "week": 14}.get(per, 4)), edges(at, per, **owner), strict=False)
        marks = [mark for _, mark in known if mark >= epoch - DAY]
    now, until, since = ((mark - epoch) / DAY for mark in (at, marks[0], marks[-1])) if len(marks) > 1 else (0, 0, 0)
    here = [e for e in events if since <= e.t < until]
    kinds = KIND.get(topic) or KINDS.get(topic, {}).get(product, "dose_missed"), "dose_taken"
    told, taken = ([next((e.attrs[k] for k in TOLD if k in e.attrs), 1) for e in here if e.kind == k] for k in kinds)
    whole = low % 5 == 0 or (said.figure.unit == "day" and low % 7 == 0)
    by, points = (1.5, 10) if said.figure.hedged else (1.25, 5) if whole or low != high else (1.15, 5)
    least, most, values = low / by, high * by, [sum(told) / max(1, len(marks) - 1)] * (len(marks) > 1)
    if topic == "adherence":
        values = [100 * sum(taken) / (sum(taken) + sum(told))]
        least, most = 95 if low == 100 else low - points, high + points if high else 0
    elif topic in ("battery_runtime", "usage_duration"):
        values = [st.median(told), *[st.fmean(told)] * (topic == "usage_duration")] if told else []
    elif topic == "stock_level":
        moves = [(e.t, e.attrs["remaining"]) for e in events if e.t < now and "remaining" in e.attrs]
        values = [left for (_, left), (then, _) in zip(moves, [*moves[1:], (now, 0)], strict=True) if then > now - 1]
    elif topic == "last_used":
        last = epoch + max(e.t for e in events if e.t < now and e.kind == USES[product]) * DAY
        values = [(at - last) / DAY, (at - last) // DAY]
        values += [(at.astimezone(owner["zone"]).date() - last.astimezone(owner["zone"]).date()).days]
    if any(least <= value <= most for value in values) or not values:
        return "agrees" if values else "cannot_tell"
    none = topic == "battery_runtime" and not any(least <= value <= most for value in told)
    answers = {"contradicts": none or high == 0, "understates": min(values) > most, "overstates": max(values) < least}
    return next((answer for answer, holds in answers.items() if holds), "cannot_tell")
