"""Figures where the verb stands last: what a denial behind them bounds, what widens, restates or only repeats them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voice.claims.lexicon.fa_forms import NEGATION
from voice.claims.measures import Measure
from voice.claims.scene import Cue, Scene


def verb_end(scene: Scene, place: int) -> int | None:
    """Past what is done with a figure before it is taken back."""
    if scene.lattice.words[place] == NEGATION:
        return place + 1
    tags = ("miss", "fault", "use", "take", "consume", "left", "lasts", "more")
    return max((entry.end for tag in tags if (entry := scene.longest(tag, place))), default=None)


MAYBE: Final = frozenset({"شاید", "یا", "بلکه", "بلکم", "گاهی", "یا حتی"})
BESIDE: Final = 8
"""Tokens between a figure and the larger one that it may be."""


def or_more(scene: Scene, found: list[Measure]) -> list[Measure]:
    """«سه بار، شایدم چهار بار»: the second figure is the first one's upper end."""
    kept: list[Measure] = []
    for measure in found:
        first = kept[-1] if kept else None
        if first is not None and first.kind == "rate" and first.of_times and _one_of_it(first, measure):
            kept[-1] = replace(first, end=measure.end)  # «دو هفته یه بار یه وعده»
            continue
        if first is None or not _widens(scene, first, measure):
            kept.append(measure)
            continue
        low, high = first.value, measure.value
        if low is None or high is None:
            continue
        doubted = low.hedged or high.hedged or "شاید" in scene.lattice.words[first.end : measure.begin]
        kept[-1] = replace(first, value=replace(low, high=high.high, hedged=doubted), end=measure.end)
    return kept


def _widens(scene: Scene, first: Measure, second: Measure) -> bool:
    low, high = first.value, second.value
    if low is None or high is None or low.high is None or high.low is None or second.begin - first.end > BESIDE:
        return False
    if first.kind not in ("rate", "count") or second.kind not in (first.kind, "count") or low.high >= high.low:
        return False
    if second.kind == "rate" and second.per != first.per:
        return False
    between = range(first.end, second.begin)
    words = scene.lattice.words
    said = any(words[place] in MAYBE for place in (*between, second.begin))
    commas = [place for place in between if words[place] == ","]
    between = range(commas[-1] if commas else first.end, second.begin)
    return said and all(
        scene.tokens[place].kind == "mark" or words[place] in MAYBE or "stop" in scene.lattice.at[place]
        for place in between
    )


def _one_of_it(first: Measure, second: Measure) -> bool:
    return _single(second) and second.begin - first.end <= 1


def _single(measure: Measure) -> bool:
    return measure.kind == "count" and measure.value is not None and measure.value.low == measure.value.high == 1


def left_out(scene: Scene, measure: Measure, cue: Cue) -> bool:
    """«هر هفته یک نوبت را نخورده»: what is not taken is missed; «روزی سه بار نمی‌خورم» denies a habit."""
    words = scene.lattice.words
    verb = words[cue.end - 1]
    return not verb.startswith("می") or not {"رو", "را"}.isdisjoint(words[measure.end : cue.end])


MORE_THAN: Final = frozenset({"بیشتر", "بیش", "بالای", "کمتر"})
BEHIND = 6
"""Tokens between a bound and the denial that turns it round."""
NOT_THOUGHT: Final = frozenset({"فکر", "گمان", "گمونم", "بعید"})


def turned_behind(scene: Scene, measure: Measure) -> bool:
    """«بیشتر از سه بار روشنش نمی‌کنم», «فکر نکنم بیشتر از ده تا»: the denial turns the bound round."""
    if measure.kind not in ("rate", "count", "length", "length_per", "share"):
        return False
    words = scene.lattice.words
    if MORE_THAN.isdisjoint(words[max(measure.begin - 1, 0) : measure.end]):
        return False
    begin, end = scene.clause(measure.begin)
    before = words[max(begin, measure.begin - 4) : measure.begin]
    if not NOT_THOUGHT.isdisjoint(words[max(begin, measure.begin - 4) : measure.end]) and (
        NEGATION in before or "بعید" in before
    ):
        return True
    behind = words[measure.end : min(end, measure.end + BEHIND)]
    return NEGATION in behind


REACHED: Final = frozenset({"کشید", "رسید", "میکش", "میرس", "کشیده", "رسیده", "میش", "شد"})


def reached_not(scene: Scene, measure: Measure, end: int) -> Cue | None:
    """«به بیست روز نکشید»: what it did not reach bounds it."""
    if measure.begin == 0 or scene.lattice.words[measure.begin - 1] != "به" or measure.kind == "none":
        return None
    for cue in scene.all("neg", begin=measure.end, end=min(end, measure.end + 3)):
        if cue.end < len(scene.tokens) and scene.tokens[cue.end].text in REACHED:
            return Cue("not_even", measure.begin - 1, cue.end)
    return None


TIMES: Final = frozenset({"length", "spell", "ago", "since"})
RESTATED: Final = 3
"""Tokens between a length and what says it again."""


def restated(scene: Scene, found: list[Measure]) -> list[Measure]:
    """«از چهارشنبه‌ی دو هفته پیش، یعنی پونزده روزه»: what "that is" says stands for both."""
    kept: list[Measure] = []
    for measure in found:
        first = kept[-1] if kept else None
        if first is None or measure.begin - first.end > RESTATED or not {first.kind, measure.kind} <= TIMES:
            kept.append(measure)
        elif "یعنی" in scene.lattice.words[first.end : measure.begin + 1]:
            kind = measure.kind if first.kind == "since" else first.kind
            kept[-1] = replace(measure, kind=kind, begin=first.begin)
        else:
            kept.append(measure)
    return kept


BEGUN_PERIODS: Final = frozenset({"week", "month", "year"})


def begun(window: Measure) -> bool:
    """«از هفته پیش چهار بار», «از دو هفته پیش سه بار»: since when is a window of what is counted."""
    if window.kind == "since" and window.moment is not None:
        return window.moment[0] in BEGUN_PERIODS or window.moment == ("day", 1)
    pattern = window.frame.pattern if window.frame is not None else ""
    return window.kind == "spell" and pattern.startswith("از <time:t> <ago>")


def no_more(scene: Scene, measures: tuple[Measure, ...], measure: Measure) -> bool:
    """What only repeats the figure beside it: «یه سوم قفسه هم پره», «تا حالا نشده یه وعده رو فراموش کنم»."""
    if measure.kind == "vague":
        return any(
            other.value is not None
            and not _single(other)
            and abs(other.begin - measure.begin) <= BESIDE + 2
            and scene.clause(other.begin) == scene.clause(measure.begin)
            for other in measures
        )  # «هفتاد درصدشو مرتب می‌خورم»
    if measure.kind in ("full", "empty"):
        rest = scene.lattice.words[max(measure.begin - 1, 0)] in ("باقی", "بقیه", "باقیش")
        beside = any(
            other.kind in ("share", "count")
            and 0 <= measure.begin - other.end <= 4
            and scene.clause(other.begin) == scene.clause(measure.begin)
            and (other.kind == "share" or measure.kind == "full")
            for other in measures
        )
        return rest or (measure.kind == "full" and beside)
    if _single(measure):
        return any(
            other.kind in ("none", "vague") and 0 <= measure.begin - other.end <= 2 and other.begin < measure.begin
            for other in measures
        )
    return False


def denied_within(scene: Scene, cue: Cue) -> bool:
    """Whether a cue holds its denial: «جا ننداخت»."""
    return NEGATION in scene.lattice.words[cue.begin : cue.end]
