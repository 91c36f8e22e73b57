"""Measures that only together are one: a count and its window, a count and its period, a figure taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voice.claims.bounds import Interval, exactly
from voice.claims.measures import MINUTES_A_DAY, Measure
from voice.claims.model import PER_DAYS, Per
from voice.claims.scene import Scene
from voice.claims.taken_back import CORRECTION_GAP, corrected, in_unit_of, no_measure, said_once
from voice.claims.verb_last_figures import begun, or_more, restated

NEAR = 9.0
"""Penalties allowed between a count and its period or window: a clause, not a sentence."""
APART: Mapping[str, float] = {"count": 0.0, "none": 0.0, "rate": 2.0}
"""Added for kinds that need no window: it must stand nearer."""
WINDOWED = frozenset({"count", "rate", "none", "share", "all", "vague", "empty"})
NEIGHBOURS = 6
"""Measures on either side that one may be put together with."""
WEEKENDS = (1.0, 2.0)
"""Every weekend is once or twice a week."""


def combine(scene: Scene, measures: tuple[Measure, ...]) -> list[Measure]:
    """Take back, then put together."""
    found = corrected(scene, [measure for measure in measures if not no_measure(scene, measures, measure)])
    found = said_once(scene, found)
    scene.raise_walls(tuple(found))
    found = restated(scene, or_more(scene, found)) if scene.lexicon.verb_last else found
    found = _with_periods(scene, _inherited(scene, found))
    return _with_windows(scene, found)


def _inherited(scene: Scene, found: list[Measure]) -> list[Measure]:
    """ "not twice a day, it's once": times without a period, right after a rate, are per its period."""
    result = list(found)
    for place in range(1, len(found)):
        before = place - 2 if place > 1 and found[place - 1].kind == "moment" else place - 1
        first, second = result[before], found[place]
        if second.kind != "count" or second.value is None:
            continue
        if second.begin and "past_be" in scene.lattice.at[second.begin - 1]:
            continue  # "60 a day now, it WAS 40"
        if (
            first.kind in ("length", "spell", "after")
            and first.frame is not None
            and first.frame.kind in ("length", "spell")
        ):
            if not second.value.times and not second.of_goods and _now(scene, first, second):
                result[place] = replace(
                    first, value=in_unit_of(scene, first, second.value), begin=second.begin, end=second.end
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
