"""Whether a figure is softened, denied, or bounded by a denial."""

from __future__ import annotations

from voice.claims.cues import Cues
from voice.claims.measures import Measure
from voice.claims.scene import Cue, Scene

HEDGE_REACH = 7.0
DENIAL_REACH = 7
"""Tokens between "not" and the figure it denies."""
BOUND_REACH = 6
"""Tokens between a figure and a bound set off from it."""
SHORT = 10
"""Tokens of a sentence that only denies the one before: "That is simply false." """


def hedges(scene: Scene, measures: list[Measure]) -> dict[int, Cue]:
    """Index of a measure -> the doubt that it is said with: each doubt goes to the nearest figure of its sentence."""
    found: dict[int, Cue] = {}
    for cue in scene.all("hedge"):
        best, nearest = None, HEDGE_REACH
        for place, measure in enumerate(measures):
            if measure.begin <= cue.begin < measure.end:
                best = None
                break
            if scene.sentence[measure.begin] != scene.sentence[cue.begin]:
                continue
            if cue.end <= measure.begin:
                reach = scene.between(cue.end - 1, measure.begin) + 0.5 * (measure.begin - cue.end)
            else:
                reach = scene.between(measure.end - 1, cue.begin) + 0.5 * (cue.begin - measure.end) + 2
            if reach < nearest:
                best, nearest = place, reach
        if best is not None:
            found.setdefault(best, cue)
    for cue in scene.all("relative"):
        for place, measure in enumerate(measures):
            if scene.sentence[measure.begin] == scene.sentence[cue.begin] and (
                measure.begin >= cue.begin or scene.between(measure.end - 1, cue.begin) <= 4
            ):
                found.setdefault(place, cue)
    return found


def not_even(scene: Scene, measure: Measure) -> Cue | None:
    """The words that make a figure an upper bound: "does NOT EVEN last a month"."""
    begin, end = scene.clause(measure.begin)
    for cue in scene.all("not_even", begin=begin, end=end):
        if cue.begin < measure.end or scene.lexicon.verb_last:
            return cue
    return None


def floating_bound(scene: Scene, measure: Measure) -> tuple[str, Cue] | None:
    """A bound set off from its figure: "50 minutes on a charge, TOPS"."""
    last = min(measure.end + BOUND_REACH, len(scene.tokens))
    for cue in scene.all("most_after", "least_after", begin=measure.end, end=last):
        ends = cue.end >= len(scene.tokens) or scene.tokens[cue.end].kind == "mark"
        another = any("number" in scene.lattice.at[place] for place in range(measure.end, cue.begin))
        if ends and not another and scene.sentence[cue.begin] == scene.sentence[measure.begin]:
            return ("least" if cue.tag == "least_after" else "most"), cue
    return None


def denial(scene: Scene, cues: Cues, measure: Measure) -> Cue | None:
    """The "not" whose verb carries the figure."""
    for cue in (*cues.denials, *(cue for cue in cues.cues if cue.tag in ("neg_use", "neg_take"))):
        if cue.tag not in ("neg", "neg_use", "neg_take"):
            continue
        if scene.lexicon.verb_last:
            near = measure.end <= cue.begin and cue.begin - measure.end <= DENIAL_REACH
            if near and scene.between(measure.end - 1, cue.begin) == 0:
                return cue
            continue
        near = cue.begin <= measure.begin and measure.begin - cue.end <= DENIAL_REACH
        if near and scene.between(cue.begin, measure.begin) == 0:
            return cue
    return None


def denied_sentences(scene: Scene, measures: list[Measure]) -> dict[int, Cue]:
    """Sentences whose figures are denied as a whole: "it is not true that ...", "... That is false." """
    found: dict[int, Cue] = {}
    for cue in scene.all("false"):
        number = scene.sentence[cue.begin]
        begin, end = scene.span_of(number)
        if any(begin <= measure.begin < end for measure in measures):
            found.setdefault(number, cue)
        elif number > 0 and end - begin <= SHORT:
            found.setdefault(number - 1, cue)
    return found
