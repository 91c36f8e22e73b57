"""Numbers, dates, durations and units as a reader writes them: digits, calendar, zone and words of their language."""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from babel import dates
from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup, escape
from persiantools.jdatetime import JalaliDate

from api.console import units

ABSENT = "–"
JUST_NOW_S = 5
_FIRST_GREGORIAN = 1700
"""A year before it is one of the Persian calendar."""
_PERSIAN = str.maketrans("0123456789%", "۰۱۲۳۴۵۶۷۸۹٪")
_LOCALES = {"en": "en_GB", "fa": "fa_IR"}
_STEPS = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_CLOCK = ("day", "hour", "minute", "second")
_BYTES = ("kilobyte", "megabyte", "gigabyte", "terabyte")


@lru_cache(maxsize=4096)  # Babel takes 0.1 ms for what a page of a list says a hundred times
def format_skeleton(skeleton: str, day: dt.date, locale: str) -> str:
    """`babel.dates.format_skeleton` of a day."""
    return dates.format_skeleton(skeleton, day, locale=locale)


@lru_cache(maxsize=4096)
def _unit(count: float, unit: str, length: str, locale: str) -> str:
    return format_unit(count, unit, length, locale=locale, numbering_system="default")  # type: ignore[arg-type]


def _utc_now() -> dt.datetime:
    return dt.datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Format:
    """How one reader's page writes what it shows. What is not known is written as a dash."""

    language: str
    calendar: str
    texts: gettext.NullTranslations
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Callable[[], dt.datetime] = _utc_now

    def within(self, zone: str) -> Self:
        """The same, with times of an IANA zone: the customer's, where a customer's figures are shown."""
        return replace(self, zone=ZoneInfo(zone))

    @property
    def _locale(self) -> str:
        return _LOCALES[self.language]

    def digits(self, text: object) -> str:
        """`text` with the digits of the language."""
        return str(text).translate(_PERSIAN) if self.language == "fa" else str(text)

    def number(self, value: float | None, digits: int | None = None) -> str:
        """A number, grouped; `digits` after the point, else at most two, and three significant below one."""
        if value is None:
            return ABSENT
        if digits is None:
            pattern = "#,##0.##" if abs(value) >= 1 or value == 0 else "0.#####"
            value = value if abs(value) >= 1 else float(f"{value:.3g}")
        else:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text = format_decimal(value, pattern, locale=self._locale, numbering_system="default")
        return self.digits(text.replace("\u200e", "").replace("-", "\u200e\u2212"))

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of one: 0.713 is 71%. What is not whole is never rounded up to 100%, nor something to 0%."""
        if share is None:
            return ABSENT
        step = 10.0**-digits
        if 0 < share * 100 < step / 2:
            least = self.digits(f"{self.number(step, digits)}%")
            return self.texts.gettext("less than %(share)s") % {"share": least}
        shown = round(share * 100, digits)
        if share < 1:
            shown = min(shown, 100 - step)
        return self.digits(f"{self.number(shown, digits)}%")

    def unit(self, code: str) -> str:
        """A UCUM code as people write it: `Cel` is °C, `{dose}` is doses."""
        return units.shown(code, self.texts)

    def value(self, value: float | str | bool | None, unit: str = "1") -> Markup:
        """A measured value with its unit, isolated from the direction of the text around it."""
        if value is None:
            return escape(ABSENT)
        if isinstance(value, bool):
            return escape(self.texts.gettext("yes") if value else self.texts.gettext("no"))
        if isinstance(value, str):
            return Markup("<bdi>{}</bdi>").format(value)
        words = units.counted(unit, value, self.texts)
        if words is not None:
            return Markup("{} {}").format(self.number(value), words)
        symbol = self.unit(unit)
        if not symbol:
            return Markup("<bdi>{}</bdi>").format(self.number(value))
        if symbol == "%":
            return Markup("<bdi>{}</bdi>").format(self.digits(f"{self.number(value)}%"))
        return Markup('<bdi>{}</bdi>\u00a0<bdi dir="ltr">{}</bdi>').format(self.number(value), symbol)

    def bytes(self, count: int | None) -> str:
        """A size: 1,048,576 is 1.05 MB, 2 is 2 bytes."""
        if count is None:
            return ABSENT
        if count < 1000:
            return self.texts.ngettext("%(num)s byte", "%(num)s bytes", count) % {"num": self.number(count)}
        step, size = 0, count / 1000
        while float(f"{size:.3g}") >= 1000 and step < len(_BYTES) - 1:
            step, size = step + 1, size / 1000
        return self._counted(float(f"{size:.3g}"), f"digital-{_BYTES[step]}")

    def duration(self, seconds: float | timedelta | None) -> str:
        """A length of time in its two largest units: 2 hrs 5 mins."""
        if seconds is None:
            return ABSENT
        left = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        if left < 1:
            return self._counted(round(left * 1000), "duration-millisecond")
        left = round(left)
        parts: list[str] = []
        for name, length in ((name, length) for name, length in _STEPS if name in _CLOCK):
            count, rest = divmod(left, length)
            if count or parts:
                if count:
                    parts.append(self._counted(count, f"duration-{name}"))
                if len(parts) == 2 or not count:
                    break
            left = rest
        return (" و " if self.language == "fa" else " ").join(parts)

    def _counted(self, count: float, unit: str, length: str = "short") -> str:
        text = _unit(count, unit, length, self._locale)
        return self.digits(text)

    def ago(self, moment: dt.datetime | None) -> str:
        """How long since `moment`: 3 minutes ago. A clock ahead of ours is said to be."""
        if moment is None:
            return self.texts.gettext("never")
        gone = (self.clock() - moment).total_seconds()
        if abs(gone) < JUST_NOW_S:
            return self.texts.gettext("just now")
        name, length = next((name, length) for name, length in _STEPS if abs(gone) >= length)
        span = self._counted(int(abs(gone) // length), f"duration-{name}", "long" if self.language == "en" else "short")
        words = self.texts.gettext("%(span)s ago") if gone > 0 else self.texts.gettext("in %(span)s")
        return words % {"span": span}

    def date(self, moment: dt.date | None) -> str:
        """A day: 22 Nov 2026, or 1 Azar 1405."""
        if moment is None:
            return ABSENT
        day = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        if self.calendar == "persian":
            shown = JalaliDate(day)  # type: ignore[no-untyped-call]
            return self.digits(f"{shown.day} {shown.strftime('%B', locale=self.language)} {shown.year}")
        return self.digits(format_skeleton("yMMMd", day, locale=self._locale))

    def day(self, moment: dt.date | None) -> str:
        """A day of the week and its date."""
        if moment is None:
            return ABSENT
        day = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        name = format_skeleton("EEE" if self.language == "en" else "EEEE", day, locale=self._locale)
        return f"{name} {self.date(day)}"

    def period(self, label: str, since: dt.datetime) -> str:
        """A period by its label in its own calendar: a year, a month (Azar 1405); else the day it begins."""
        year, _, month = label.partition("-")
        if not month:
            return self.digits(year) if year else self.date(since)
        if "-" in month:
            return self.date(since)
        if int(year) < _FIRST_GREGORIAN:
            first = JalaliDate(int(year), int(month), 1)  # type: ignore[no-untyped-call]
            return self.digits(f"{first.strftime('%B', locale=self.language)} {first.year}")
        return self.digits(format_skeleton("yMMM", dt.date(int(year), int(month), 1), locale=self._locale))

    def time(self, moment: dt.datetime | None, *, seconds: bool = False) -> str:
        """A time of day: 14:05."""
        if moment is None:
            return ABSENT
        return self.digits(moment.astimezone(self.zone).strftime("%H:%M:%S" if seconds else "%H:%M"))

    def datetime(self, moment: dt.datetime | None, *, seconds: bool = False) -> str:
        """A day and a time of day, in the page's zone."""
        if moment is None:
            return ABSENT
        return f"{self.date(moment)}{'،' if self.language == 'fa' else ','} {self.time(moment, seconds=seconds)}"

    def offset(self, moment: dt.datetime | None = None) -> str:
        """How far the page's zone is from UTC, at `moment` or now: UTC+3:30."""
        ahead = (moment or self.clock()).astimezone(self.zone).utcoffset() or timedelta()
        minutes = round(ahead.total_seconds() / 60)
        if minutes == 0:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        sign = "+" if minutes > 0 else "\u2212"
        return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")

    @staticmethod
    def machine(moment: dt.datetime | None) -> str:
        """RFC 3339 in UTC, for `datetime` attributes and addresses; empty without a moment."""
        return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
