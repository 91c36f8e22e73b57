"""Lengths of time: "an hour and a half", "1h30", "two weeks", "half an hour", «یک ساعت و نیم».

Lays `span` (a bare length) and `time` (with its bounds and hedges) over the lattice, values `Length`.
"""

from __future__ import annotations

from voice.claims.bounds import Interval, exactly, lay_bounded_by
from voice.claims.lattice import Lattice
from voice.claims.measures import MINUTES_A_DAY, Length
from voice.claims.model import Unit

MINUTES_SAID = frozenset({5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0})
"""What is said in words after the hour: "an hour twenty"."""


def lay_times(lattice: Lattice) -> None:
    """Add `span` and `time` entries."""
    for begin in range(len(lattice.tokens)):
        found = _single(lattice, begin)
        if found is not None:
            lattice.add(begin, "single_span", *found)
    for begin in range(len(lattice.tokens)):
        found = _ranged(lattice, begin)
        if found is not None:
            lattice.add(begin, "span", *found)
    lay_bounded_by(lattice, "span", "time", lambda length, change: Length(change(length.interval), length.unit))


def _unit(lattice: Lattice, place: int) -> tuple[int, Unit, float] | None:
    entry = lattice.longest("unit", place)
    if entry is None:
        return None
    unit, factor = entry.value
    return entry.end, unit, factor


def _single(lattice: Lattice, begin: int) -> tuple[int, Length] | None:
    head = _head(lattice, begin)
    if head is None:
        return None
    end, value, unit, factor = head
    total = value.scaled(factor)
    end, more = _tail(lattice, end, unit, factor)
    return end, Length(total.plus(more) if more is not None else total, unit)


def _head(lattice: Lattice, begin: int) -> tuple[int, Interval, Unit, float] | None:
    """A value and its unit."""
    for tag in ("cardinal", "simple"):
        number = lattice.longest(tag, begin)
        if number is not None and not number.value.times:
            after = lattice.longest("of_units", number.end)  # "a couple OF days", «ده تا دقیقه»
            place = after.end if after is not None else number.end
            if place < len(lattice.words) and lattice.words[place] == "-":
                place += 1  # "a 40-minute run"
            unit = _unit(lattice, place)
            if unit is not None:
                return unit[0], number.value, unit[1], unit[2]
    share = lattice.longest("fraction_value", begin)
    if share is not None:
        place = share.end
        for tag in ("of_units", "one"):
            word = lattice.longest(tag, place)
            place = word.end if word is not None else place
        unit = _unit(lattice, place)
        if unit is not None:
            return unit[0], share.value, unit[1], unit[2]
    one = lattice.longest("one", begin)
    place = begin
    if one is not None:
        filler = lattice.longest("filler", one.end)  # "a good hour", "a full week"
        place = filler.end if filler is not None else one.end
    unit = _unit(lattice, place)
    if unit is not None and (one is not None or _half_follows(lattice, unit[0])):
        return unit[0], exactly(1), unit[1], unit[2]
    return None


def _half_follows(lattice: Lattice, place: int) -> bool:
    """ "hour and a half" without its article."""
    join = lattice.longest("and", place)
    return join is not None and lattice.has("fraction_value", join.end, join.end + 1)


def _tail(lattice: Lattice, end: int, unit: Unit, factor: float) -> tuple[int, Interval | None]:
    """What is added to a length: "and a half", "and 20 minutes", "30" after hours."""
    join = lattice.longest("and", end)
    after = join.end if join is not None else end
    if join is not None:
        share = lattice.longest("fraction_value", after)
        if share is not None and _unit(lattice, share.end) is None:
            return share.end, share.value.scaled(factor)
    for tag in ("cardinal", "fraction_value"):
        number = lattice.longest(tag, after)
        if number is None or number.value.times:
            continue
        place = number.end
        one = lattice.longest("one", place) if tag == "fraction_value" else None
        smaller = _unit(lattice, one.end if one is not None else place)
        if smaller is not None and smaller[1] == unit and smaller[2] < factor:
            if smaller[2] * (number.value.low or 0) >= factor:
                return end, None  # «یه ربع بیست دقیقه»: a range, no sum
            return smaller[0], number.value.scaled(smaller[2])
        if smaller is None and unit == "min" and factor == 60 and tag == "cardinal" and _minutes(number.value):
            glued = lattice.tokens[number.end - 1].start == lattice.tokens[end - 1].end
            if join is not None or glued or _clock_minutes(lattice, after, number.end):
                return number.end, number.value  # "an hour and ten", "1h30"
            return end, None
    return end, None


def _clock_minutes(lattice: Lattice, place: int, end: int) -> bool:
    """ "2 hrs 15": two digits that nothing follows as their noun."""
    if lattice.tokens[place].kind == "number":
        if len(lattice.words[place]) != 2 or int(lattice.words[place]) % 5:
            return False
    elif (lattice.longest("simple", place) or lattice.at[place]["simple"][0]).value.low not in MINUTES_SAID:
        return False
    return end >= len(lattice.tokens) or {"times", "noun", "percent", "item"}.isdisjoint(lattice.at[end])


def _minutes(value: Interval) -> bool:
    return value.exact and value.low is not None and 5 <= value.low < 60


def _ranged(lattice: Lattice, begin: int) -> tuple[int, Length] | None:
    """ "an hour or two", "20 minutes to half an hour", "between an hour and two hours"."""
    opened = lattice.longest("between", begin)
    first = lattice.longest("single_span", opened.end if opened is not None else begin)
    if first is None and opened is not None:
        opened, first = None, lattice.longest("single_span", begin)  # "between 35 and 45 minutes"
    if first is None:
        return None
    joint = lattice.longest("range", first.end) or (lattice.longest("and", first.end) if opened is not None else None)
    beside = joint is None and first.end < len(lattice.words) and lattice.words[first.end] == ","
    next_to = lattice.longest("single_span", first.end) if joint is None and not beside else None
    if next_to is not None and lattice.longest("cardinal", first.end) is not None:
        low, high = _same_unit(first.value, next_to.value)
        if low.interval.exact and high.interval.exact and (low.interval.low or 0) < (high.interval.low or 0):
            return next_to.end, Length(Interval(low.interval.low, high.interval.high), low.unit)
    after = first.end + 1 if beside else joint.end if joint is not None else None
    if after is not None:
        second = lattice.longest("single_span", after)
        if second is not None:
            low, high = _same_unit(first.value, second.value)
            if low.interval.low is not None and (high.interval.high or 0) > low.interval.low:
                return second.end, Length(Interval(low.interval.low, high.interval.high), low.unit)
        number = lattice.longest("simple", after) if not beside else None
        if number is not None and first.value.interval.exact and not number.value.times:
            unit = _unit(lattice, first.end - 1)
            if unit is not None and unit[2] * (number.value.high or 0) > (first.value.interval.low or 0):
                high_end = number.value.scaled(unit[2]).high
                return number.end, Length(Interval(first.value.interval.low, high_end), first.value.unit)
    return first.end, first.value


def _same_unit(first: Length, second: Length) -> tuple[Length, Length]:
    """Both in minutes when only one is."""
    if first.unit == second.unit:
        return first, second
    return in_minutes(first), in_minutes(second)


def in_minutes(length: Length) -> Length:
    """The length in minutes."""
    return length if length.unit == "min" else Length(length.interval.scaled(MINUTES_A_DAY), "min")
