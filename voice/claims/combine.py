"""Measures that only together are one: a count and its window, a count and its period, a figure taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voice.claims.measures import MINUTES_A_DAY, Measure
from voice.claims.model import PER_DAYS, Per
from voice.claims.numbers import Interval, exactly
from voice.claims.scene import Scene
from voice.claims.verb_last import begun, no_more, or_more, restated, verb_end

NEAR = 9.0
"""Penalties allowed between a count and its period or window: a clause, not a sentence."""
APART: Mapping[str, float] = {"count": 0.0, "none": 0.0, "rate": 2.0}
"""Added for kinds that need no window: it must stand nearer."""
WINDOWED = frozenset({"count", "rate", "none", "share", "all", "vague", "empty"})
NEIGHBOURS = 6
"""Measures on either side that one may be put together with."""
MINUTES_AN_HOUR = 60
FEWEST_MINUTES = 12
"""A bare figure from here on, after hours, is in minutes."""
WEEKENDS = (1.0, 2.0)
"""Every weekend is once or twice a week."""
CORRECTION_GAP = 10
VERBLESS = 4
"""Tokens of a correction that has no verb of its own before it."""
"""Tokens between a figure and the one that takes its place."""


def combine(scene: Scene, measures: tuple[Measure, ...]) -> list[Measure]:
    """Take back, then put together."""
    found = _corrected(scene, [measure for measure in measures if not _no_measure(scene, measures, measure)])
    found = _said_once(scene, found)
    scene.raise_walls(tuple(found))
    found = restated(scene, or_more(scene, found)) if scene.lexicon.verb_last else found
    found = _with_periods(scene, _inherited(scene, found))
    return _with_windows(scene, found)


def _no_measure(scene: Scene, measures: tuple[Measure, ...], measure: Measure) -> bool:
    """Words of a figure that are none here: "we EMPTY eight a day", "YESTERDAY's run", "says it is EMPTY"."""
    if scene.lexicon.verb_last and no_more(scene, measures, measure):
        return True
    if measure.kind == "moment":
        return scene.longest("possessive", measure.end) is not None if measure.end < len(scene.tokens) else False
    if measure.kind == "count" or (measure.kind == "rate" and measure.moment is not None):
        return _no_count(scene, measure)
    if measure.kind == "none" and (taken := scene.longest("correct", measure.begin)) is not None:
        return taken.end >= measure.end  # "no, hang on"
    if measure.kind == "none" and measure.frame is not None and measure.frame.pattern == "<never>":
        return any(_says_how_often(scene, measure, other) for other in measures)
    if measure.kind == "none" and measure.frame is not None and "<miss>" in measure.frame.pattern:
        return any(other.begin == measure.end and other.kind in ("rate", "count") for other in measures)
    if measure.kind == "always":
        # "dies after 18 minutes every time": it says of which run, not how often
        return any(other.end == measure.begin and other.kind in ("length", "after", "spell") for other in measures)
    if measure.kind not in ("empty", "full"):
        return False
    verb = measure.kind == "empty" and measure.end - measure.begin == 1
    if verb and any(other.begin == measure.end and other.kind in ("rate", "count") for other in measures):
        return True
    return any(
        (entry := scene.longest("product_fault", place)) is not None and entry.end > measure.begin
        for place in range(max(measure.begin - 4, 0), measure.end)
    ) or any(
        (entry := scene.longest("fault", place)) is not None and entry.end > measure.end
        for place in range(measure.begin, measure.end)
    )


def _says_how_often(scene: Scene, never: Measure, other: Measure) -> bool:
    """ "seven runs in ten it NEVER found its way", "NEVER more than half": the other figure is what is said."""
    if other is never or other.value is None:
        return False
    if scene.between(min(never.begin, other.begin), max(never.begin, other.begin)) > 0:
        return False
    bound = other.begin >= never.end and (other.value.high is None or other.value.low == 0) and other.kind != "none"
    return bound or (other.kind == "share" and other.end <= never.begin)


def _said_once(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "at breakfast and at bedtime, so twice daily": one rate in other words."""
    kept: list[Measure] = []
    for measure in found:
        before = kept[-1] if kept else None
        if (
            before is None
            or not _same_rate(before, measure)
            or scene.sentence[before.begin] != scene.sentence[measure.begin]
        ):
            kept.append(measure)
        elif measure.begin - before.end <= 1:
            kept[-1] = replace(before, end=measure.end)  # what stands in apposition divides nothing
    return kept


def _same_rate(first: Measure, second: Measure) -> bool:
    if first.kind != "rate" or second.kind != "rate" or first.value is None or second.value is None:
        return False
    if first.per is None or second.per is None or first.moment is not None or second.moment is not None:
        return False
    one, other = first.value.scaled(1 / PER_DAYS[first.per]), second.value.scaled(1 / PER_DAYS[second.per])
    plain = not first.countable or not second.countable
    return plain and (one.low, one.high) == (other.low, other.high)


def _no_count(scene: Scene, measure: Measure) -> bool:
    """ "the evening ONE", "every day at TEN": a pronoun, a time of the clock."""
    if measure.begin == 0:
        return False
    nothing = scene.longest("nothing", measure.begin - 1)
    if nothing is not None and nothing.end > measure.begin:
        return True  # "not A SINGLE dropout"
    if any(
        (entry := scene.longest("last_use", place)) is not None and entry.end >= measure.begin
        for place in range(max(measure.begin - 3, 0), measure.begin)
    ):
        return True  # "I last took ONE yesterday": the moment is what is said
    if measure.end - measure.begin > 1:
        return False
    before = scene.lattice.at[measure.begin - 1]
    if "clock" in before:
        return True
    if scene.longest("pronoun_one", measure.begin) is None:
        return False
    if "day_part" in before:
        return True
    return any("determiner" in scene.lattice.at[place] for place in range(max(measure.begin - 2, 0), measure.begin))


def _corrected(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "eight, sorry, nine": the second stands for the first, and takes over what only the first said."""
    kept: list[Measure] = []
    for measure in found:
        # "3 times today, sorry, 4": the figure before may have its window between
        place = next((n for n in (-1, -2) if len(kept) >= -n and kept[n].value is not None), None)
        if place is not None and _takes_back(scene, kept[place], measure):
            kept[place] = _in_place_of(scene, kept[place], measure)
        else:
            kept.append(measure)
    return kept


def _inherited(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "not twice a day, it's once": times without a period, right after a rate, are per its period."""
    result = list(found)
    for place in range(1, len(found)):
        before = place - 2 if place > 1 and found[place - 1].kind == "moment" else place - 1
        first, second = result[before], found[place]
        if second.kind != "count" or second.value is None:
            continue
        if (
            first.kind in ("length", "spell", "after")
            and first.frame is not None
            and first.frame.kind in ("length", "spell")
        ):
            if not second.value.times and not second.of_goods and _now(scene, first, second):
                result[place] = replace(
                    first, value=_in_unit_of(scene, first, second.value), begin=second.begin, end=second.end
                )
            continue
        if first.kind != "rate" or first.per is None:
            continue
        if _period_of(first) is not None:
            continue
        changed = _now(scene, first, second) and first.countable
        alone = place + 1 == len(found) or found[place + 1].kind not in ("moment", "window", "per")
        same = scene.sentence[first.begin] == scene.sentence[second.begin]
        if (second.value.times or changed) and alone and same and second.begin - first.end <= CORRECTION_GAP:
            result[place] = replace(second, kind="rate", per=first.per, frame=first.frame)
    return result


def _now(scene: Scene, first: Measure, second: Measure) -> bool:
    """Whether "now" stands between two figures, and the second is no stock («الان دو جین داریم»)."""
    _, end = scene.clause(second.begin)
    if scene.lexicon.verb_last and (
        scene.lattice.has("left", second.begin, end) or scene.lattice.has("have", second.begin, end)
    ):
        return False
    return any(True for _ in scene.all("nowadays", begin=first.end, end=second.begin))


def _takes_back(scene: Scene, first: Measure, second: Measure) -> bool:
    if second.begin - first.end > CORRECTION_GAP:
        return False
    if scene.longest("precise", second.end) or scene.longest("precise", second.end + 1):
        return first.value is not None and second.value is not None  # "weeks ago, seven weeks, to be precise"
    moments = first.kind in ("moment", "ago") and second.kind in ("moment", "ago")
    if (first.value is None or second.value is None) and not moments:
        return False
    place, said, behind_verb = first.end, False, False
    while place < second.begin:
        entry = scene.longest("correct", place)
        if entry is not None and entry.end <= second.begin and not (behind_verb and entry.end - place == 1):
            place, said = entry.end, True
        elif scene.lexicon.verb_last and not said and (verb := verb_end(scene, place)) is not None:
            place, behind_verb = verb, True  # its verb stands between: «دو تا جا انداختم، نه نه، سه تا»
        elif (moment := scene.longest("moment", place)) is not None and moment.end <= second.begin:
            place = moment.end
        elif scene.tokens[place].kind == "mark" or not {"stop", "hedge"}.isdisjoint(scene.lattice.at[place]):
            place += 1
        else:
            return False
    return said


def _in_place_of(scene: Scene, first: Measure, second: Measure) -> Measure:
    value = second.value
    if scene.lexicon.verb_last and second.kind == first.kind == "count" and second.begin - first.end > VERBLESS:
        return second
    if second.kind == first.kind == "count":
        return replace(second, begin=first.begin)
    if second.kind != "count" or value is None:
        lengths = first.kind in ("spell", "length") and second.kind == "length"
        kind = first.kind if lengths else second.kind
        return replace(second, begin=first.begin, kind=kind) if first.kind == "count" or lengths else second
    return replace(first, value=_in_unit_of(scene, first, value), end=second.end)


def _in_unit_of(scene: Scene, first: Measure, value: Interval) -> Interval:
    """A bare figure in the unit of the length before it."""
    if first.kind in ("rate", "share"):
        return value
    for place in range(first.end - 1, first.begin - 1, -1):
        unit = scene.longest("unit", place)
        if unit is not None:
            minutes = unit.value[1] == MINUTES_AN_HOUR and (value.low or 0) >= FEWEST_MINUTES
            return value if minutes else value.scaled(unit.value[1])  # "two hours, now thirty"
    return value


def _close(scene: Scene, first: Measure, second: Measure) -> float:
    """Tokens and walls between two measures."""
    if first.begin > second.begin:
        first, second = second, first
    return scene.between(first.end - 1, second.begin) + 0.5 * (second.begin - first.end)


def _period_of(measure: Measure) -> tuple[Per, float] | None:
    """What a count beside it is per: "each day", "weekly", "per month"."""
    if measure.frame is None or measure.per is None or measure.value is None:
        return None
    if measure.frame.kind == "periodic" and (measure.value.low, measure.value.high) == WEEKENDS:
        return measure.per, 1.0  # "each weekend we sell 25"
    if not measure.value.exact:
        return None
    if (
        measure.frame.kind in ("per", "every", "periodic", "between")
        and measure.value.low is not None
        and measure.value.low <= 1
    ):
        return measure.per, measure.value.low
    return None


def _with_periods(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "every week 7 or 8 boxes", "per day we use five": the count becomes the rate."""
    taken: set[int] = set()
    result: dict[int, Measure] = {}
    for place, measure in enumerate(found):
        if measure.kind not in ("count", "length") or measure.value is None:
            continue
        best, nearest = None, NEAR
        for other in _neighbours(found, place):
            candidate = found[other]
            period = _period_of(candidate)
            if period is None or other in taken:
                continue
            apart = _close(scene, measure, candidate)
            if measure.kind == "length" and (candidate.begin > measure.begin or measure.unit != "min" or apart >= 4):
                continue
            if apart < nearest and not _something_between(found, place, other):
                best, nearest = other, apart
        if best is None:
            continue
        per, share = _period_of(found[best]) or ("day", 1.0)
        if measure.kind == "length" and not _spent(scene, found[best], measure):
            continue
        taken.add(best)
        kind = "rate" if measure.kind == "count" else "length_per"
        result[place] = replace(measure, kind=kind, per=per, value=measure.value.scaled(share))  # type: ignore[arg-type]
    return [result.get(place, measure) for place, measure in enumerate(found) if place not in taken]


def _neighbours(found: list[Measure], place: int) -> range:
    """Indices near one: what is farther off is out of reach anyway, and the work stays in proportion."""
    return range(max(place - NEIGHBOURS, 0), min(place + NEIGHBOURS + 1, len(found)))


def _spent(scene: Scene, period: Measure, length: Measure) -> bool:
    """Whether a length after "every day" is the day's total: no use was said before the period."""
    begin, _ = scene.clause(period.begin)
    end = period.begin
    if scene.lexicon.verb_last:  # «هر شب راه میفته، نیم ساعت کار می‌کنه»: the verb stands behind its period
        begin, end = period.end, length.begin
    return not scene.lattice.has("use", begin, end) and not scene.lattice.has(
        "session_each", length.begin, length.end + 3
    )


def _something_between(found: list[Measure], first: int, second: int) -> bool:
    low, high = sorted((first, second))
    return any(found[place].kind in ("count", "length", "rate") for place in range(low + 1, high))


def _with_windows(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "twice yesterday": the count becomes a rate of its window; a rate keeps it as its window."""
    pairs = sorted(
        (_close(scene, found[other], window) + APART.get(found[other].kind, 5.0), place, other)
        for place, window in enumerate(found)
        if window.kind in ("moment", "window") or (scene.lexicon.verb_last and begun(window))
        for other in _neighbours(found, place)
        if _may_hold(scene, found[other], window) and not _fenced(found, place, other)
    )
    result = list(found)
    spent: set[int] = set()
    for apart, place, other in pairs:
        if apart < NEAR and place not in spent and result[other].moment is None:
            result[other] = _windowed(result[other], found[place])
            spent.add(place)
    _spread(scene, result, spent)
    return [
        replace(measure, kind="spell") if measure.kind == "window" else measure
        for place, measure in enumerate(result)
        if place not in spent
    ]


def _spread(scene: Scene, result: list[Measure], spent: set[int]) -> None:
    """A window that no figure of its sentence has is that of the bare count behind it: "This week? Two." """
    for place, window in enumerate(result[:-1]):
        follower = result[place + 1]
        plain = window.kind == "window" and window.frame is not None and window.frame.pattern.startswith("<in>")
        if window.kind not in ("moment", "window") or plain or place in spent or follower.kind != "count":
            continue
        apart = scene.sentence[follower.begin] - scene.sentence[window.begin]
        if apart == 1 and follower.moment is None and _may_hold(scene, follower, window):
            held = _windowed(follower, window)
            result[place + 1] = replace(held, begin=follower.begin, end=follower.end)
            spent.add(place)


def _lies_there(scene: Scene, measure: Measure) -> bool:
    begin, end = scene.clause(measure.begin)
    return scene.lattice.has("left", begin, end) and not any(
        scene.lattice.has(tag, begin, end) for tag in ("consume", "fault", "miss", "take")
    )


def _may_hold(scene: Scene, measure: Measure, window: Measure) -> bool:
    """Whether a measure may have this window."""
    if measure.moment is not None:
        return False
    if measure.kind in ("length", "spell"):  # "it ran for two hours yesterday"
        return measure.unit == "min" and window.kind == "moment"
    if measure.kind not in WINDOWED:
        return False
    if begun(window) and measure.kind != "count":
        return False
    if scene.lexicon.verb_last and window.kind == "window" and window.unit == "min" and measure.kind != "count":
        return False  # «کل خونه رو تو پنجاه دقیقه»
    if scene.lexicon.verb_last and measure.kind == "count" and not measure.of_times and _lies_there(scene, measure):
        return False  # «برای این هفته ۱۵ تا مونده»
    today = window.moment is not None and window.moment[0] == "day" and not window.moment[1]
    if today and measure.kind == "count" and _lies_there(scene, measure):
        return False  # "ten jars on the shelf just now"
    if window.unit == "min" and window.frame is not None and window.frame.pattern == "<in> <time:t>":
        return False  # "gone in 25 min now, was 100"
    of_a_day = window.kind == "moment" and window.moment is not None and window.moment[0] == "day"
    return not (measure.kind == "rate" and of_a_day)


def _fenced(found: list[Measure], first: int, second: int) -> bool:
    low, high = sorted((first, second))
    return any(found[place].kind in ("moment", "window", "count") for place in range(low + 1, high))


def _windowed(measure: Measure, window: Measure) -> Measure:
    moment = window.moment
    if window.kind in ("window", "spell") and window.value is not None and window.value.low:
        days = window.value.low if window.unit == "day" else window.value.low / MINUTES_A_DAY
        moment = ("rolling", days)
    if moment is None:
        return measure
    begin, end = min(measure.begin, window.begin), max(measure.end, window.end)
    if measure.kind != "count" or measure.value is None:
        per = measure.per
        if measure.kind == "none":
            per = _natural(moment)
        return replace(measure, moment=moment, per=per, begin=begin, end=end)
    value, per = per_window(measure.value, moment)
    return replace(measure, kind="rate", value=value, per=per, moment=moment, begin=begin, end=end)


def _natural(moment: tuple[str, float]) -> Per:
    name, days = moment
    if name in PER_DAYS:
        return name  # type: ignore[return-value]
    if name == "named_month":
        return "month"
    if name == "rolling":
        return {7.0: "week", 30.0: "month", 365.0: "year"}.get(days, "day")  # type: ignore[return-value]
    return "day"


def per_window(value: Interval, moment: tuple[str, float]) -> tuple[Interval, Per]:
    """A count in a window as a rate (guideline: "A count in a window is a rate")."""
    name, days = moment
    per = _natural(moment)
    if name == "rolling" and per == "day" and days > 0:
        if days % 7 == 0:
            return value.scaled(7 / days), "week"
        return value.scaled(1 / days), "day"
    return value, per


def zero() -> Interval:
    """Nothing at all."""
    return exactly(0)
