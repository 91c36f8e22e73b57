"""The figures: taking, correct dosing, timing (Vrijens 2012), drug holidays and persistence. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from voice.adherence.slots import Slot
from voice.adherence.thresholds import Thresholds
from voice.intervals import wilson


class Share(NamedTuple):
    """So many of so many, by one definition."""

    hits: int
    of: int
    """Of which it is known."""
    unknown: int
    """Of which it is not."""

    @property
    def share(self) -> float | None:
        """None: nothing is known."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %: what is usual."""
        return wilson(self.hits, self.of)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Between these it truly was, whatever became of what is not known."""
        whole = self.of + self.unknown
        return (self.hits / whole, (self.hits + self.unknown) / whole) if whole else None


def taking(slots: Iterable[Slot]) -> Share:
    """Doses taken of those prescribed. What was taken beyond makes up for nothing."""
    slots = list(slots)
    taken, unknown = sum(s.counted for s in slots), sum(s.unknown for s in slots)
    return Share(taken, sum(s.due.count for s in slots) - unknown, unknown)


def dosing(slots: Iterable[Slot]) -> Share:
    """Days on which as many as prescribed were taken, no more and no less, of the days something was due."""
    days = by_day(slots).values()
    known = [day for day in days if all(slot.known for slot in day)]
    right = sum(sum(s.taken for s in day) == sum(s.due.count for s in day) for day in known)
    return Share(right, len(known), len(days) - len(known))


def timing(slots: Iterable[Slot]) -> Share:
    """Doses taken wholly within their window, of those prescribed: each time of the day is one."""
    slots = list(slots)
    known = [slot for slot in slots if slot.known]
    return Share(sum(slot.timely for slot in known), len(known), len(slots) - len(known))


def by_day(slots: Iterable[Slot]) -> dict[date, list[Slot]]:
    """The slots of each local day that something was due on, in order."""
    days: defaultdict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        days[slot.due.day].append(slot)
    return dict(days)


class Holiday(NamedTuple):
    """Days in a row without any dose, though some were due."""

    since: date
    """The first of them that something was due on."""
    until: date
    """The last."""
    days: int
    """How many days the missed ones stand for: of every other day two each."""
    doses: int


def holidays(slots: Sequence[Slot], t: Thresholds) -> list[Holiday]:
    """Drug holidays: due days without any dose, that stand for `t.holiday_days` or more. A pause is none.

    A day of which it is not known ends one, for nobody is said to have missed what was not heard; so does a pause.
    """
    found: list[Holiday] = []
    run: list[list[Slot]] = []
    for day in [*by_day(slots).values(), None]:
        if run and day is not None and _paused_between(run[-1], day):
            found += _holiday(run, t)
            run = []
        if day is not None and all(slot.known and slot.taken == 0 for slot in day):
            run.append(day)
            continue
        found += _holiday(run, t)
        run = []
    return found


def _holiday(run: Sequence[Sequence[Slot]], t: Thresholds) -> list[Holiday]:
    length = sum((_interval_days(each) for each in run), 0)
    if not run or length < t.holiday_days:
        return []
    doses = sum(slot.due.count for each in run for slot in each)
    return [Holiday(run[0][0].due.day, run[-1][0].due.day, length, doses)]


def _paused_between(before: Sequence[Slot], after: Sequence[Slot]) -> bool:
    """Whether another version lies between the two: one without doses."""
    return after[0].due.version - before[0].due.version > 1


def _interval_days(day: Sequence[Slot]) -> int:
    return max(1, round(day[0].due.interval * len(day) / timedelta(days=1)))


class Persistence(NamedTuple):
    """How long it was kept up: from the first dose taken to the last before it was given up."""

    since: date | None
    """None: no dose was taken."""
    until: date | None
    """The day of the last dose before it was given up; None: not given up as far as is known."""
    days: int
    """From `since` to `until`, or to the last day that was due."""


def persistence(slots: Sequence[Slot], t: Thresholds) -> Persistence:
    """Given up is: no dose on due days that stand for `t.discontinued_days` days up to the end, all of them known.

    Days of a pause are none of them.
    """
    days = by_day(slots)
    taken = [day for day, each in days.items() if any(slot.taken for slot in each)]
    if not taken:
        return Persistence(None, None, 0)
    since, last, end = taken[0], taken[-1], max(days)
    after = [each for day, each in days.items() if day > last]
    lacking = sum(_interval_days(each) for each in after)
    given_up = lacking >= t.discontinued_days and all(slot.known for each in after for slot in each)
    until = last if given_up else None
    return Persistence(since, until, ((until or end) - since).days + 1)


class Habit(NamedTuple):
    """One time of the day, or one weekday: doses taken of those known."""

    key: str
    """`08:00`, or `1` for Monday."""
    share: Share
    late_min: float | None
    """Median minutes from when it was due to when it was taken; negative: before."""


def by_time(slots: Iterable[Slot]) -> list[Habit]:
    """Each time of the day, in order."""
    return _habits(slots, lambda slot: slot.due.dose.at.isoformat("minutes"))


def by_weekday(slots: Iterable[Slot]) -> list[Habit]:
    """Each weekday that anything was due on, Monday first."""
    return _habits(slots, lambda slot: str(slot.due.day.isoweekday()))


def _habits(slots: Iterable[Slot], key: Callable[[Slot], str]) -> list[Habit]:
    groups: defaultdict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        groups[key(slot)].append(slot)
    return [Habit(name, taking(groups[name]), _late(groups[name])) for name in sorted(groups)]


def _late(slots: Iterable[Slot]) -> float | None:
    minutes = [(slot.at[0] - slot.due.at).total_seconds() / 60 for slot in slots if slot.at]
    return median(minutes) if minutes else None


class Missing(NamedTuple):
    """What is not taken now."""

    since: datetime
    """When the first of them was due."""
    slots: int
    """Doses in a row up to now of which none was taken."""


def missing_now(slots: Sequence[Slot]) -> Missing | None:
    """The doses missed in a row at the end; None: the last one was taken, or is not known."""
    run: list[Slot] = []
    for slot in reversed(slots):
        if slot.missed != slot.due.count or (run and _paused_between([slot], run[-1:])):
            break
        run.append(slot)
    return Missing(run[-1].due.at, len(run)) if run else None
