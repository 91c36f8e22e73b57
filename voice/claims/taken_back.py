"""Figures that are none, figures said twice, and figures taken back: "eight, sorry, nine"."""

from __future__ import annotations

from dataclasses import replace

from voice.claims.bounds import Interval
from voice.claims.measures import Measure
from voice.claims.model import PER_DAYS
from voice.claims.scene import Scene
from voice.claims.verb_last_figures import no_more, verb_end

MINUTES_AN_HOUR = 60
FEWEST_MINUTES = 12
"""A bare figure from here on, after hours, is in minutes."""
VERBLESS = 4
"""Tokens of a correction that has no verb of its own before it."""
CORRECTION_GAP = 10
"""Tokens between a figure and the one that takes its place."""


def no_measure(scene: Scene, measures: tuple[Measure, ...], measure: Measure) -> bool:
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


def said_once(scene: Scene, found: list[Measure]) -> list[Measure]:
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


def corrected(scene: Scene, found: list[Measure]) -> list[Measure]:
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
    return replace(first, value=in_unit_of(scene, first, value), end=second.end)


def in_unit_of(scene: Scene, first: Measure, value: Interval) -> Interval:
    """A bare figure in the unit of the length before it."""
    if first.kind in ("rate", "share"):
        return value
    for place in range(first.end - 1, first.begin - 1, -1):
        unit = scene.longest("unit", place)
        if unit is not None:
            minutes = unit.value[1] == MINUTES_AN_HOUR and (value.low or 0) >= FEWEST_MINUTES
            return value if minutes else value.scaled(unit.value[1])  # "two hours, now thirty"
    return value
