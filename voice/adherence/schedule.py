"""The doses a regimen makes due, as instants: across zones, changes of clocks, versions and pauses. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from store.regimens import Dose, Regimen
from store.usage import Window

DAY: Final = timedelta(days=1)
TIMELY: Final = 0.25
"""Share of the interval before and after in which a dose is in time, unless the regimen says otherwise (Vrijens 2012
leaves it to the drug; a quarter is what dose-timing studies of electronic monitors use)."""

ZoneAt = Callable[[datetime], ZoneInfo]
"""Where the unit stood at an instant."""


@dataclass(frozen=True, slots=True)
class Due:
    """One dose that was due."""

    at: datetime
    """UTC."""
    day: date
    """The local day it belongs to."""
    dose: Dose
    interval: timedelta
    """Between doses, as prescribed: a day, or the regimen's days, by the doses of one."""
    version: int
    """Which regimen, of those given."""

    @property
    def count(self) -> int:
        """How many are to be taken."""
        return self.dose.count

    @property
    def window(self) -> timedelta:
        """So long before and after is still in time."""
        minutes = self.dose.window_min
        return self.interval * TIMELY if minutes is None else timedelta(minutes=minutes)


def due(regimens: Sequence[Regimen], window: Window, zone_at: ZoneAt) -> list[Due]:
    """The doses due in `window`, oldest first. Versions must not overlap; `zone_at` serves those of the local rule.

    A time that the clocks skip is due as much later as they jump; one that comes twice is due the first time.
    """
    found = [
        each
        for number, regimen in enumerate(regimens)
        if (common := _common(regimen, window)) is not None
        for each in _of(number, regimen, common, zone_at)
    ]
    return sorted(found, key=lambda each: each.at)


def _common(regimen: Regimen, window: Window) -> Window | None:
    until = window.until if regimen.until is None else min(window.until, regimen.until)
    since = max(window.since, regimen.since)
    return Window(since, until) if since < until else None


def _of(number: int, regimen: Regimen, window: Window, zone_at: ZoneAt) -> Iterator[Due]:
    if regimen.paused:
        return
    interval = DAY * regimen.every_days * _gap(regimen) / len(regimen.doses)
    first = regimen.since.astimezone(_zone(regimen, regimen.since, zone_at)).date()
    day = window.since.astimezone(_zone(regimen, window.since, zone_at)).date() - DAY
    last = window.until.astimezone(_zone(regimen, window.until, zone_at)).date() + DAY
    while day <= last:
        if _is_on(regimen, day, first):
            for dose in regimen.doses:
                at = _instant(regimen, day, dose, zone_at)
                if window.since <= at < window.until:
                    yield Due(at, day, dose, interval, number)
        day += DAY


def _gap(regimen: Regimen) -> int:
    """Days from one of its weekdays to the next, the least; 1 where any day is one."""
    days = sorted(set(regimen.weekdays or ()))
    return (
        min(((after - day) % 7 or 7 for day, after in zip(days, [*days[1:], days[0]], strict=True)), default=1)
        if days
        else 1
    )


def _is_on(regimen: Regimen, day: date, first: date) -> bool:
    if regimen.weekdays is not None and day.isoweekday() not in regimen.weekdays:
        return False
    return (day - first).days % regimen.every_days == 0


def _instant(regimen: Regimen, day: date, dose: Dose, zone_at: ZoneAt) -> datetime:
    """By the clock of where the unit is at that very time: on a day of travel it may have been elsewhere."""
    guess = datetime.combine(day, dose.at, _zone(regimen, datetime.combine(day, dose.at, UTC), zone_at))
    zone = _zone(regimen, guess, zone_at)
    return datetime.combine(day, dose.at, zone).astimezone(UTC)


def _zone(regimen: Regimen, at: datetime, zone_at: ZoneAt) -> ZoneInfo:
    return ZoneInfo(regimen.zone) if regimen.zone is not None else zone_at(at)


def prescribed_time(regimens: Iterable[Regimen], window: Window) -> list[Window]:
    """The parts of the window in which anything was prescribed: neither before the first version nor in a pause."""
    return [common for regimen in regimens if not regimen.paused and (common := _common(regimen, window)) is not None]
