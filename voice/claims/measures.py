"""Measures: figures with their meaning but no topic yet, and the builders that frames name.

Builder     captures (those in brackets may be missing)      what it makes of "..."
rate        n, p                                             n per p: "3 times a week", «هفته‌ای سه بار»
rate_in     n, p [, k]                                       n in k p: "twice every 3 days", "3 times in 2 weeks"
every       p [, k]                                          once in k p: "every 2 days", "every other day" (given k=2)
between     p, k                                             «دو روز در میان»: once in k + 1 p
periodic    w                                                a word that is a whole rate: "daily"
per         p                                                a period put to a count in the clause: "per day", "every week"
length      t                                                a length of time, its role open
length_per  t, p                                             "45 min a day"
spell       t                                                time that has passed: "for 3 days", «سه روزه که»
ago         t                                                "3 days ago"
after       t                                                "after 20 minutes"
window      t                                                rolling window: "in the last 10 days"
moment      m                                                "yesterday", "last week": window or last use
since       m                                                "since yesterday"
share       a, b                                             a of b: "one in four", «از هر ده تا یکی»
nth         b                                                every b-th: "every second time"
percent     n                                                "80 %"
fraction    f                                                "half", "a third of"
all         -                                                everything: "all of them", "every pill"
always      -                                                "every time"
none        -                                                zero: "never", "not one"
vague       -                                                "rarely", "often"
count       n [, x]                                          a bare count, with what is counted
empty       -                                                nothing there: "empty", "run out"
full        [f]                                              "full", "half full"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from voice.claims.model import Per, Unit
from voice.claims.numbers import Interval, exactly

Kind = Literal[
    "rate", "per", "length", "length_per", "spell", "ago", "after", "window", "moment", "since",
    "share", "all", "always", "none", "vague", "count", "empty", "full",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: an interval in minutes or days."""

    interval: Interval
    unit: Unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure found at tokens `[begin, end)`."""

    kind: Kind
    value: Interval | None = None
    unit: Unit = "count"
    per: Per | None = None
    moment: tuple[str, float] | None = None
    """(period, how many of them ago) or ("rolling", days)."""
    begin: int = 0
    end: int = 0
    frame: str = ""
    """The pattern it came by, for explanations."""


Captures = Mapping[str, Any]
Builder = Callable[[Captures], Measure | None]


def _period(captures: Captures, name: str = "p") -> tuple[Per, float]:
    found: tuple[Per, float] = captures[name]
    return found


def _over(value: Interval, by: Interval) -> Interval:
    """`value` in every `by`: the bounds of `by` change places."""
    low = None if value.low is None or by.high is None else value.low / by.high
    high = None if value.high is None or not by.low else value.high / by.low
    return Interval(low, high, value.hedged or by.hedged, value.times)


def _as_interval(value: Any) -> Interval:
    return value if isinstance(value, Interval) else exactly(float(value))


def _rate(captures: Captures) -> Measure:
    per, many = _period(captures)
    return Measure("rate", _as_interval(captures["n"]).scaled(1 / many), per=per)


def _rate_in(captures: Captures) -> Measure | None:
    per, many = _period(captures)
    by = _as_interval(captures.get("k", 1)).scaled(many)
    if not by.high:
        return None
    return Measure("rate", _over(_as_interval(captures.get("n", 1)), by), per=per)


def _every(captures: Captures) -> Measure | None:
    return _rate_in({**captures, "n": 1})


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


def _length_per(captures: Captures) -> Measure:
    length: Length = captures["t"]
    per, many = _period(captures)
    value = length.interval if length.unit == "min" else length.interval.scaled(1440)
    return Measure("length_per", value.scaled(1 / many), unit="min", per=per)


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


def _percent(captures: Captures) -> Measure | None:
    value = _as_interval(captures["n"])
    return None if (value.high or 0) > 100 else Measure("share", value, unit="percent")


def _fraction(captures: Captures) -> Measure:
    return Measure("share", _as_interval(captures["f"]).scaled(100), unit="percent")


def _plain(kind: Kind, value: Interval | None = None, unit: Unit = "count") -> Builder:
    def build(captures: Captures) -> Measure:  # noqa: ARG001 - every builder takes the captures
        return Measure(kind, value, unit=unit)

    return build


def _count(captures: Captures) -> Measure:
    return Measure("count", _as_interval(captures["n"]))


def _full(captures: Captures) -> Measure:
    return replace(_fraction({"f": captures.get("f", 1)}), kind="full")


BUILDERS: Mapping[str, Builder] = {
    "rate": _rate,
    "rate_in": _rate_in,
    "every": _every,
    "between": _between,
    "periodic": _periodic,
    "per": _per,
    "length": _timed("length"),
    "length_per": _length_per,
    "spell": _timed("spell"),
    "ago": _timed("ago"),
    "after": _timed("after"),
    "window": _timed("window"),
    "moment": _momentous("moment"),
    "since": _momentous("since"),
    "share": _share,
    "nth": _nth,
    "percent": _percent,
    "fraction": _fraction,
    "all": _plain("all", exactly(100), "percent"),
    "always": _plain("always", exactly(100), "percent"),
    "none": _plain("none", exactly(0)),
    "vague": _plain("vague"),
    "count": _count,
    "empty": _plain("empty", exactly(0), "item"),
    "full": _full,
}
