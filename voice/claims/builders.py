"""The builders that frames name: from captures to measures.

Builder        captures (those in brackets may be missing; any frame may give `hedged`)
rate           n, p       "3 times a week", «هفته‌ای سه بار»
rate_in        [n, k], p  "twice every 3 days": n in k p
rate_over      n, t       "3 times in 2 weeks"
rate_window    n, t or u  "3 times in the last 2 weeks": a rate with its window
rate_periodic  n, w       "twice daily"
every          p [, k]    "every 2 days", "every other day" (k = 2)
every_or       k, j, p    "every third or fourth day"; nth_or b, c: "every second or third time"
every_over     t          "every half hour", "every 10 to 14 days"
between        p, k       «دو روز در میان»: once in k + 1 p
periodic       w          a word that is a whole rate: "daily"
per            p [, k]    a period put to a count elsewhere in the clause: "per day"
days_of        a, b [, p] "six days out of seven"
length         t          a length of time, its role open; length_each t: one run's, "5 min each"
length_per     t, p       "45 min a day"; of days ("six days a week") a rate
length_periodic  t, w     "an hour daily"
spell          t          time that has passed: "for 3 days", «سه روزه که»; spell_unit u: "all week"
ago            t          "3 days ago"
after          t          "after 20 minutes"
window         t          rolling: "in the last 10 days"; window_unit u: "in the past week"
moment         m          "yesterday", "last week": window or last use; on_weekday d: "last Tuesday"
since_month    m [, n]    "since March", "since 12 March"; in_month m: "in March"
since          m          "since yesterday"; since_weekday d: "since Tuesday"
share          a, b       "one in four", «از هر ده تا یکی»
nth            b          "every second time"
percent        n          "80 %"
fraction       f          "half", "a third of";
all            -          everything: "all of them", "every pill"
always         -          "every time"
none           -          zero: "never", "no missed doses"
none_over      t          "a month without a missed one"
vague          -          "rarely", "often"
count          n          a bare count
empty          -          nothing there: "empty", "none left"
full           [f]        "full", "half full"
emptied        f or n     «سی درصد قفسه خالیه»: the rest is there
void           -          a figure of something else: "£ 9", "5 kg", "at 10"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from voice.claims.bounds import Interval, amount, exactly
from voice.claims.frames import Match
from voice.claims.measures import MINUTES_A_DAY, Kind, Length, Measure
from voice.claims.model import Per, Unit

Captures = Mapping[str, Any]
DAYS_A_WEEK = 7
WORKING_DAYS = 5
DAYS_A_MONTH = 31
WHOLE_PERIODS: Mapping[float, Per] = {1.0: "day", 7.0: "week", 30.0: "month", 365.0: "year"}
Builder = Callable[[Captures], Measure | None]


def _period(captures: Captures, name: str = "p") -> tuple[Per, float]:
    found: tuple[Per, float] = captures[name]
    return found


def _over(value: Interval, by: Interval) -> Interval:
    """`value` in every `by`: the bounds of `by` change places."""
    low = 0.0 if value.low == 0 or by.high is None else None if value.low is None else value.low / by.high
    high = None if value.high is None or not by.low else value.high / by.low
    return Interval(low, high, value.hedged or by.hedged, value.times)


def _as_interval(value: Any) -> Interval:
    return value if isinstance(value, Interval) else amount(value)


def _rate(captures: Captures) -> Measure:
    per, many = _period(captures)
    return Measure("rate", _as_interval(captures["n"]).scaled(1 / many), per=per)


def _rate_in(captures: Captures) -> Measure | None:
    per, many = _period(captures)
    by = _as_interval(captures.get("k", 1)).scaled(many)
    if not by.high:
        return None
    return Measure("rate", _over(_as_interval(captures.get("n", 1)), by), per=per)


def _per_length(value: Interval, length: Length) -> Measure | None:
    """`value` in every `length`, per day or, where the length is whole weeks, per week."""
    days = length.interval if length.unit == "day" else length.interval.scaled(1 / MINUTES_A_DAY)
    if not days.high or (days.low is None and value.low is not None):
        return None
    per_day = _over(value, days)
    whole_weeks = days.exact and days.high % DAYS_A_WEEK == 0
    return Measure(
        "rate", per_day.scaled(DAYS_A_WEEK) if whole_weeks else per_day, per="week" if whole_weeks else "day"
    )


def _length_of(captures: Captures) -> Length:
    if "t" in captures:
        length: Length = captures["t"]
        return length
    unit, many = captures["u"]
    return Length(exactly(many), unit)


def _rate_over(captures: Captures) -> Measure | None:
    return _per_length(_as_interval(captures["n"]), _length_of(captures))


def _rate_window(captures: Captures) -> Measure | None:
    length = _length_of(captures)
    built = _per_length(_as_interval(captures["n"]), length)
    days = length.interval.low if length.unit == "day" else None
    return built if built is None or days is None else replace(built, moment=("rolling", days))


def _every_over(captures: Captures) -> Measure | None:
    return _per_length(exactly(1), _length_of(captures))


def _rate_periodic(captures: Captures) -> Measure | None:
    low, high, per = captures["w"]
    many = _as_interval(captures["n"])
    if low == WORKING_DAYS:
        return None  # "3 to 5 working days"
    return Measure("rate", replace(many, low=_times(many.low, low), high=_times(many.high, high)), per=per)


def _times(bound: float | None, factor: float) -> float | None:
    return None if bound is None else bound * factor


def _days_of(captures: Captures) -> Measure | None:
    part, whole = _as_interval(captures["a"]), _as_interval(captures["b"])
    if not whole.exact or not whole.low or (part.high or 0) > whole.low:
        return None
    if "p" in captures and captures["p"] != ("day", 1.0):
        return None
    if whole.low == DAYS_A_WEEK:
        return Measure("rate", part, per="week")
    return Measure("rate", part.scaled(1 / whole.low), per="day")


def _every(captures: Captures) -> Measure | None:
    return _rate_in({**captures, "n": 1})


def _every_or(captures: Captures) -> Measure | None:
    return _every({**captures, "k": Interval(float(captures["k"]), float(captures["j"]))})


def _between(captures: Captures) -> Measure | None:
    return _every({**captures, "k": _as_interval(captures["k"]).plus(exactly(1))})


def _periodic(captures: Captures) -> Measure:
    low, high, per = captures["w"]
    return Measure("rate", Interval(low, high), per=per)


def _per(captures: Captures) -> Measure:
    per, many = _period(captures)
    by = _as_interval(captures.get("k", 1)).scaled(many)
    return Measure("per", _over(exactly(1), by), per=per)


def _timed(kind: Kind) -> Builder:
    def build(captures: Captures) -> Measure:
        length: Length = captures["t"]
        return Measure(kind, length.interval, unit=length.unit)

    return build


def _length_per(captures: Captures) -> Measure | None:
    length: Length = captures["t"]
    per, many = _period(captures)
    if length.unit == "day":
        return Measure("rate", length.interval.scaled(1 / many), per=per) if per != "day" else None
    return Measure("length_per", length.interval.scaled(1 / many), unit="min", per=per)


def _length_periodic(captures: Captures) -> Measure | None:
    low, high, per = captures["w"]
    return _length_per({"t": captures["t"], "p": (per, 1.0)}) if low == high == 1 else None


def _unit_as(kind: Kind) -> Builder:
    def build(captures: Captures) -> Measure:
        length = _length_of(captures)
        return Measure(kind, length.interval, unit=length.unit)

    return build


def _weekday(kind: Kind) -> Builder:
    def build(captures: Captures) -> Measure:
        return Measure(kind, moment=("weekday", float(captures["d"])))

    return build


def _named(kind: Kind) -> Builder:
    def build(captures: Captures) -> Measure | None:
        month = float(captures["m"])
        if "n" not in captures:
            return Measure(kind, moment=("named_month", month))
        day = _as_interval(captures["n"])
        if not day.exact or not 1 <= (day.low or 0) <= DAYS_A_MONTH:
            return None
        return Measure(kind, moment=("named_date", 100 * month + int(day.low or 0)))

    return build


def _momentous(kind: Kind) -> Builder:
    def build(captures: Captures) -> Measure:
        return Measure(kind, moment=captures["m"])

    return build


def _share(captures: Captures) -> Measure | None:
    part, whole = _as_interval(captures["a"]), _as_interval(captures["b"])
    if not whole.exact or not whole.low or (part.low or 0) > whole.low or (part.high or 0) > whole.low:
        return None
    return Measure("share", part.scaled(100 / whole.low), unit="percent")


def _nth(captures: Captures) -> Measure | None:
    return _share({"a": 1, "b": captures["b"]})


def _nth_or(captures: Captures) -> Measure:
    first, second = float(captures["b"]), float(captures["c"])
    return Measure("share", Interval(100 / max(first, second), 100 / min(first, second)), unit="percent")


def _percent(captures: Captures) -> Measure | None:
    value = _as_interval(captures["n"])
    return None if (value.high or 0) > 100 else Measure("share", value, unit="percent")


def _fraction(captures: Captures) -> Measure:
    return Measure("share", _as_interval(captures["f"]).scaled(100), unit="percent")


def _plain(kind: Kind, value: Interval | None = None, unit: Unit = "count") -> Builder:
    def build(captures: Captures) -> Measure:  # noqa: ARG001 - every builder takes the captures
        return Measure(kind, value, unit=unit)

    return build


def _none_over(captures: Captures) -> Measure:
    length = _length_of(captures)
    days = length.interval.high if length.unit == "day" else None
    per: Per | None = WHOLE_PERIODS.get(days or 0.0)
    return Measure("none", exactly(0), per=per, moment=("rolling", days) if days else None)


def _count(captures: Captures) -> Measure:
    return Measure("count", _as_interval(captures["n"]))


def _emptied(captures: Captures) -> Measure | None:
    """A share that is empty: the rest is there."""
    part = _percent(captures) if "n" in captures else _fraction(captures)
    if part is None or part.value is None or part.value.low is None or part.value.high is None:
        return None
    rest = replace(part.value, low=100 - part.value.high, high=100 - part.value.low)
    return replace(part, kind="full", value=rest)


def _full(captures: Captures) -> Measure:
    return replace(_fraction({"f": captures.get("f", 1)}), kind="full")


BUILDERS: Mapping[str, Builder] = {
    "rate": _rate,
    "rate_in": _rate_in,
    "rate_over": _rate_over,
    "rate_window": _rate_window,
    "rate_periodic": _rate_periodic,
    "every": _every,
    "every_or": _every_or,
    "nth_or": _nth_or,
    "every_over": _every_over,
    "days_of": _days_of,
    "between": _between,
    "periodic": _periodic,
    "per": _per,
    "length": _timed("length"),
    "length_each": _timed("length"),
    "length_per": _length_per,
    "length_periodic": _length_periodic,
    "spell": _timed("spell"),
    "spell_unit": _unit_as("spell"),
    "ago": _timed("ago"),
    "after": _timed("after"),
    "window": _timed("window"),
    "window_unit": _unit_as("window"),
    "since_weekday": _weekday("since"),
    "on_weekday": _weekday("moment"),
    "moment": _momentous("moment"),
    "since_month": _named("since"),
    "in_month": _named("moment"),
    "since": _momentous("since"),
    "share": _share,
    "nth": _nth,
    "percent": _percent,
    "fraction": _fraction,
    "all": _plain("all", exactly(100), "percent"),
    "always": _plain("always", exactly(100), "percent"),
    "none": _plain("none", exactly(0)),
    "none_over": _none_over,
    "vague": _plain("vague"),
    "count": _count,
    "empty": _plain("empty", exactly(0), "item"),
    "full": _full,
    "emptied": _emptied,
    "void": _plain("void"),
}


def build(match: Match) -> Measure | None:
    """The measure of a match; None where its figures make no sense together."""
    built = BUILDERS[match.frame.kind](match.captures)
    if built is None:
        return None
    value = built.value
    if value is not None and match.captures.get("hedged"):
        value = replace(value, hedged=True)
    if value is not None and match.captures.get("most"):
        value = replace(value, low=0.0)
    return replace(built, value=value, begin=match.begin, end=match.end, frame=match.frame)
