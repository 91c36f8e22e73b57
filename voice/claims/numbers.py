"""Number phrases: digits and words, ranges, bounds, approximation.

Three layers are laid over the lattice:
    cardinal  a value or a range without further words       "twenty-five", "2-3", "two or three", «دو سه»
    fraction  a share of one                                  "a third", "two thirds", "3/4", «نصف»
    number    a cardinal with what bounds or softens it       "at least 30", "about 3", "20 tops"
    part      a fraction with the same                        "at most half"
"""

from __future__ import annotations

from dataclasses import replace

from voice.claims.bounds import Interval, amount, exactly, lay_bounded_by
from voice.claims.lattice import Lattice

LARGEST = 1e12
"""Beyond it digits are an identifier."""


def lay_numbers(lattice: Lattice) -> None:
    """Add `cardinal`, `fraction_value` and `number` entries (values: `Interval`)."""
    for begin in range(len(lattice.tokens) - 1, -1, -1):
        found = _simple(lattice, begin)
        if found is not None:
            lattice.add(begin, "simple", *found)
    for begin in range(len(lattice.tokens)):
        share = _fraction(lattice, begin)
        if share is not None:
            lattice.add(begin, "fraction_value", *share)
        ranged = _range(lattice, begin)
        if ranged is not None:
            lattice.add(begin, "cardinal", *ranged)
    lay_bounded_by(lattice, "cardinal", "number", lambda value, change: change(value))
    lay_bounded_by(lattice, "fraction_value", "part", lambda value, change: change(value))


def _number_token(lattice: Lattice, place: int) -> float | None:
    token = lattice.tokens[place]
    if token.kind != "number":
        return None
    try:
        value = float(token.text)
    except ValueError:
        return None
    return value if value < LARGEST else None


def _glued(lattice: Lattice, place: int) -> bool:
    """Whether the token at `place` is a hyphen that touches both its neighbours."""
    tokens = lattice.tokens
    return (
        0 < place < len(tokens) - 1
        and tokens[place].text == "-"
        and tokens[place - 1].end == tokens[place].start
        and tokens[place].end == tokens[place + 1].start
    )


def _part(lattice: Lattice, place: int) -> tuple[int, Interval] | None:
    """One digit string or one number word."""
    if place >= len(lattice.tokens):
        return None
    value = _number_token(lattice, place)
    if value is not None:
        return place + 1, exactly(value)
    once = lattice.longest("once", place)
    if once is not None:
        return once.end, amount(once.value, times=True)
    word = lattice.longest("numeral", place)
    if word is not None:
        return word.end, amount(word.value)
    return None


def _simple(lattice: Lattice, begin: int) -> tuple[int, Interval] | None:
    """A composed cardinal: "two hundred and fifty", "twenty-five", «بیست و پنج», "two and a half", "3 dozen"."""
    first = _part(lattice, begin)
    if first is not None and not first[1].times and _is_label(lattice, begin, first[0]):
        return None
    if first is None:
        scale = lattice.longest("scale", begin)  # "hundred a day", «هزار تا»
        if scale is None:
            return None
        first = begin, exactly(1.0)
    end, total = first
    if total.times:
        return end, total
    digits = lattice.tokens[begin].kind == "number"
    below = _magnitude(total.low)
    while True:
        lattice.steps += 1
        scale = lattice.longest("scale", end) if end < len(lattice.tokens) else None
        if scale is not None and (total.low or 0) < scale.value:
            total, end = total.scaled(scale.value), scale.end
            below, digits = scale.value, False
            continue
        step = None if digits else _addend(lattice, end, below)
        if step is None:
            break
        end, addend = step
        total = total.plus(addend)
        below = _magnitude(addend.low)
    half = _and_fraction(lattice, end)
    if half is not None:
        return half[0], total.plus(exactly(half[1]))
    return end, total


def _is_label(lattice: Lattice, begin: int, end: int) -> bool:
    """ "bin fourteen", "error 504": a name, not a number of things."""
    if begin == 0 or "label" not in lattice.at[begin - 1]:
        return False
    if end >= len(lattice.tokens):
        return True
    return {"times", "percent", "unit", "once", "scale", "item", "range"}.isdisjoint(lattice.at[end])


def _magnitude(value: float | None) -> float:
    """What may still be added below: after 20 less than 10, after 200 less than 100, after 7 nothing."""
    if value is None or value != int(value):
        return 0
    whole = int(value)
    for scale in (1000, 100):
        if whole and whole % scale == 0:
            return scale
    return 10 if whole >= 20 and whole % 10 == 0 else 0


def _addend(lattice: Lattice, place: int, below: float) -> tuple[int, Interval] | None:
    if below <= 1 or place >= len(lattice.tokens):
        return None
    if _glued(lattice, place) and below == 10:
        place += 1
    elif (join := lattice.longest("tens_and", place)) is not None or (
        below >= 100 and (join := lattice.longest("and", place)) is not None
    ):
        place = join.end
    part = _part(lattice, place)
    if part is None or part[1].times or not part[1].exact or lattice.tokens[place].kind == "number":
        return None
    end, value = part
    size = value.low or 0
    following = lattice.longest("scale", end) if end < len(lattice.tokens) else None
    if following is not None and size * following.value < below:
        return following.end, value.scaled(following.value)
    if not 0 < size < below:
        return None
    return end, value


def _and_fraction(lattice: Lattice, place: int) -> tuple[int, float] | None:
    """ "and a half" after a number."""
    join = lattice.longest("and", place)
    if join is None:
        return None
    after = join.end
    one = lattice.longest("one", after)
    for start in (one.end if one else after, after):
        fraction = lattice.longest("fraction", start)
        if fraction is not None:
            return fraction.end, float(fraction.value)
    return None


def _fraction(lattice: Lattice, begin: int) -> tuple[int, Interval] | None:
    """ "half", "a third", "two thirds", "3/4"."""
    whole = lattice.longest("simple", begin)
    if whole is not None and whole.value.exact:
        if 0 < (whole.value.low or 0) < 1:
            return whole.end, whole.value  # "½"
        over = whole.end
        if over + 1 < len(lattice.tokens) and lattice.words[over] == "/":
            lower = _number_token(lattice, over + 1)
            if lower and whole.value.low is not None and whole.value.low < lower:
                return over + 2, exactly(whole.value.low / lower)
        if _glued(lattice, over):
            over += 1
        part = lattice.longest("fraction", over)
        if part is not None and (whole.value.low or 0) * part.value < 1:
            return part.end, whole.value.scaled(part.value)
    one = lattice.longest("one", begin)
    for start in (begin, one.end) if one is not None else (begin,):
        part = lattice.longest("fraction", start)
        if part is not None:
            return part.end, exactly(part.value)
    return None


def _range(lattice: Lattice, begin: int) -> tuple[int, Interval] | None:
    opened = lattice.longest("between", begin)
    start = opened.end if opened is not None else begin
    first = lattice.longest("simple", start)
    if first is None:
        return None
    second = _second(lattice, first.end, between=opened is not None)
    if second is not None and second[1].times != first.value.times and lattice.words[first.end] == ",":
        second = None  # "the odd one, maybe twice a month"
    if second is not None:
        low, high = first.value, second[1]
        end = second[0]
        worded = lattice.tokens[end - 1].kind != "number"  # "2-48" are no dozens
        if (
            worded
            and not low.times
            and high.low
            and low.low
            and low.low < 10 <= high.low
            and _is_scaled(high.low, low.low)
        ):
            low = low.scaled(_scale_of(high.low))  # "two or three hundred"
        if low.low is not None and high.high is not None and low.low < high.high <= max(low.low, 1) * 10:
            return end, Interval(low.low, high.high, low.hedged or second[2], low.times and high.times)
    if opened is not None:
        return None
    odd = lattice.longest("odd", first.end) if first.end < len(lattice.tokens) else None
    if odd is not None:
        return odd.end, replace(first.value, hedged=True)  # "forty-odd"
    return first.end, first.value


def _scale_of(value: float) -> float:
    return next((scale for scale in (1000.0, 100.0, 12.0) if value % scale == 0), 1.0)


def _is_scaled(high: float, low: float) -> bool:
    scale = _scale_of(high)
    return scale > 1 and low * scale < high and high / scale < 10


def _second(lattice: Lattice, place: int, *, between: bool) -> tuple[int, Interval, bool] | None:
    """The upper end after "to", "or", a dash, or right beside the lower one."""
    if place >= len(lattice.tokens):
        return None
    hedged = False
    joint = lattice.longest("range", place) or (lattice.longest("and", place) if between else None)
    after = joint.end if joint is not None else place
    if joint is None and (
        lattice.words[place] == "," or (lattice.words[place] == "." and lattice.has("hedge", place + 1, place + 2))
    ):
        after = place + 1  # "Two. Maybe three."
    softened = lattice.longest("hedge", after) if after < len(lattice.tokens) else None
    if softened is not None:
        after, hedged = softened.end, True  # "three, maybe four"
    entry = lattice.longest("simple", after) if after < len(lattice.tokens) else None
    if entry is None:
        return None
    digits = (lattice.tokens[place - 1].kind, lattice.tokens[after].kind) == ("number", "number")
    if joint is None and hedged and digits and lattice.words[place] != ",":
        return None  # «انبار ۲ حدود ۴۸ ساعت»: two figures
    if joint is None and not hedged:
        # Side by side: «دو سه», "two, three": words of one order, never two digit strings.
        digits = "number" in (lattice.tokens[place - 1].kind, lattice.tokens[after].kind)
        if digits or lattice.has("pronoun_one", place - 1, place):
            return None
    return entry.end, entry.value, hedged
