"""Whether a figure is softened, denied, or bounded by a denial."""

from __future__ import annotations

from bisect import bisect_left

from voice.claims.bounds import of_a_verb
from voice.claims.cues import FARTHEST, Cues
from voice.claims.measures import Measure
from voice.claims.scene import Cue, Scene
from voice.claims.verb_last_figures import reached_not, turned_behind

HEDGE_REACH = 7.0
CLAUSE_WALLS = 4.0
"""What a relative's word still reaches back over: one comma."""
DENIAL_REACH = 7
"""Tokens between "not" and the figure it denies."""
BEFORE = 3
"""Tokens of a bound right before a figure's period."""
TURN_REACH = 4
"""Tokens between "never" and the bound it turns round."""
BOUND_REACH = 6
"""Tokens between a figure and a bound set off from it."""
SPEAKER_REACH = 5
"""Tokens between a person and their "says"."""
SHORT = 10
"""Tokens of a sentence that only denies the one before: "That is simply false." """


def hedges(scene: Scene, measures: list[Measure]) -> dict[int, Cue]:
    """Index of a measure -> the doubt that it is said with: each doubt goes to the nearest figure of its sentence."""
    found: dict[int, Cue] = {}
    begins = [measure.begin for measure in measures]
    for cue in scene.all("hedge"):
        if _part_of_a_verb(scene, cue):
            continue
        best = _doubted(scene, measures, begins, cue)
        if best is not None:
            found.setdefault(best, cue)
    for cue in (*scene.all("relative"), *_said_by_somebody(scene)):
        first, last = scene.span_of(scene.sentence[cue.begin])
        for place in range(bisect_left(begins, first), bisect_left(begins, last)):
            measure = measures[place]
            if measure.begin >= cue.begin or scene.between(measure.end - 1, cue.begin) <= CLAUSE_WALLS:
                found.setdefault(place, cue)
    return found


def _part_of_a_verb(scene: Scene, cue: Cue) -> bool:
    """ "it buzzes ABOUT for an hour"."""
    return any(
        (entry := scene.longest(tag, place)) is not None and entry.end >= cue.end
        for place in range(max(cue.begin - 2, 0), cue.begin)
        for tag in ("use", "session")
    )


def _said_by_somebody(scene: Scene) -> list[Cue]:
    """ "the colleague next to me SAYS": somebody's word, with other words between."""
    found = []
    for person in scene.all("person"):
        if person.begin and "not_ours" in scene.lattice.at[person.begin - 1]:
            continue  # "whatever YOUR colleague says"
        until = min(person.end + SPEAKER_REACH, len(scene.tokens))
        for says in scene.all("says", begin=person.end, end=until):
            if scene.between(person.begin, says.begin) <= (CLAUSE_WALLS if scene.lexicon.verb_last else 0):
                found.append(Cue("relative", person.begin, says.end))
                break
    return found


def _doubted(scene: Scene, measures: list[Measure], begins: list[int], cue: Cue) -> int | None:
    """The figure nearest to a doubt; None if the doubt is part of a figure already."""
    best, nearest = None, HEDGE_REACH
    for place in range(bisect_left(begins, cue.begin - FARTHEST), bisect_left(begins, cue.end + FARTHEST)):
        measure = measures[place]
        if measure.begin <= cue.begin < measure.end:
            return None
        if scene.sentence[measure.begin] != scene.sentence[cue.begin]:
            continue
        if cue.end <= measure.begin:
            reach = scene.between(cue.end - 1, measure.begin) + 0.5 * (measure.begin - cue.end)
        else:
            reach = scene.between(measure.end - 1, cue.begin) + 0.5 * (cue.begin - measure.end) + 2
        if reach < nearest:
            best, nearest = place, reach
    return best


def not_even(scene: Scene, measure: Measure) -> Cue | None:
    """The words that make a figure an upper bound: "does NOT EVEN last a month"."""
    begin, end = scene.clause(measure.begin)
    if scene.lexicon.verb_last and (reached := reached_not(scene, measure, end)) is not None:
        return reached
    for cue in scene.all("not_even", begin=begin, end=end):
        if cue.begin < measure.end or scene.lexicon.verb_last:
            return cue
    if scene.lexicon.verb_last and measure.kind in ("rate", "count", "length", "length_per") and measure.end < end:
        more = scene.longest("more", measure.end)
        if more is not None:
            for cue in scene.all("neg", begin=more.end, end=min(end, more.end + BOUND_REACH)):
                return Cue("not_even", measure.end, cue.end)
    return None


def turned(scene: Scene, measure: Measure) -> bool:
    """Whether a denial turns a bound round: "I NEVER sell more than 20 a week" """
    if scene.lexicon.verb_last:
        return turned_behind(scene, measure)
    if scene.longest("least", measure.begin) is scene.longest("most", measure.begin):
        return False
    begin, _ = scene.clause(measure.begin)
    return any(
        scene.between(cue.begin, measure.begin) == 0
        for cue in scene.all("neg", begin=max(begin, measure.begin - TURN_REACH), end=measure.begin)
    )


def floating_bound(scene: Scene, measure: Measure) -> tuple[str, Cue] | None:
    """A bound set off from its figure: "50 minutes on a charge, TOPS"."""
    begin, _ = scene.clause(measure.begin)
    for cue in scene.all("most_after", "least_after", begin=max(begin, measure.begin - BOUND_REACH), end=measure.begin):
        if cue.end <= measure.begin and "number" not in scene.lattice.at[cue.end]:
            return ("least" if cue.tag == "least_after" else "most"), cue  # "AT MOST I miss one a week"
    for place in range(max(measure.begin - BEFORE, 0), measure.begin):  # «حداقل هفته‌ای سه بار»
        for tag in ("least", "most"):
            entry = scene.longest(tag, place)
            if entry is not None and entry.end == measure.begin and not of_a_verb(scene.lattice, place, entry.end):
                return tag, Cue(tag, place, entry.end)
    last = min(measure.end + BOUND_REACH, len(scene.tokens))
    for cue in scene.all("most_after", "least_after", begin=measure.end, end=last):
        ends = cue.end >= len(scene.tokens) or scene.tokens[cue.end].kind == "mark"
        another = any("number" in scene.lattice.at[place] for place in range(measure.end, cue.begin))
        if ends and not another and scene.sentence[cue.begin] == scene.sentence[measure.begin]:
            return ("least" if cue.tag == "least_after" else "most"), cue
    return None


def denial(scene: Scene, cues: Cues, measure: Measure) -> Cue | None:
    """The "not" whose verb carries the figure."""
    near_by = cues.near(measure.begin, measure.end)
    made = (cue for cue in near_by if cue.tag in ("neg_use", "neg_take"))
    for cue in (*cues.denials_near(measure.begin, measure.end), *made):
        if cue.tag not in ("neg", "neg_use", "neg_take"):
            continue
        if scene.lexicon.verb_last:
            near = measure.end <= cue.begin and cue.begin - measure.end <= DENIAL_REACH
            if near and scene.between(measure.end - 1, cue.begin) == 0:
                return cue
            continue
        near = cue.begin < measure.begin and measure.begin - cue.end <= DENIAL_REACH
        if near and scene.between(cue.begin, measure.begin) == 0:
            return cue
    return None


def _points(scene: Scene, cue: Cue) -> bool:
    """Whether a denial speaks of what was said: ", THAT is wrong", not "a weight that is wrong"."""
    if "pointer" in scene.lattice.at[cue.begin]:
        return True
    before = cue.begin - 1
    return "pointer" in scene.lattice.at[before] and (
        before == 0
        or scene.walls[before - 1] != scene.walls[before]
        or scene.tokens[before - 1].kind == "mark"
        or "joint" in scene.lattice.at[before - 1]
        or "and" in scene.lattice.at[before - 1]
    )


def _as_subject(scene: Scene, begin: int) -> bool:
    """ "THAT IT cleans every day is not so": the whole clause is what is denied."""
    if "accused" in scene.lattice.at[begin]:
        return True
    if "pointer" not in scene.lattice.at[begin] or begin + 1 >= len(scene.tokens):
        return False
    return not {"me", "it"}.isdisjoint(scene.lattice.at[begin + 1])


def _part_of_fault(scene: Scene, cue: Cue) -> bool:
    """«وزن رو غلط میگه» is a fault, not a denial."""
    return any(
        (entry := scene.longest(tag, place)) is not None and entry.end >= cue.end
        for place in range(max(cue.begin - 3, 0), cue.begin)
        for tag in ("fault", "product_fault")
    )


def _opens(scene: Scene, cue: Cue) -> bool:
    """Whether what is denied follows: "it is wrong THAT ...", "I deny ...", "not true: ..." """
    if scene.tokens[cue.end - 1].text in ("that", "deny", "dispute", "contest") or cue.end >= len(scene.tokens):
        return True
    return "pointer" in scene.lattice.at[cue.end] or scene.tokens[cue.end].kind == "mark"


def denied_sentences(scene: Scene, measures: list[Measure]) -> dict[int, Cue]:
    """Sentences whose figures are denied as a whole: "it is not true that ...", "... That is false." """
    found: dict[int, Cue] = {}
    with_figures: dict[int, int] = {}
    for measure in measures:
        with_figures.setdefault(scene.sentence[measure.begin], measure.begin)
    for cue in scene.all("false"):
        if scene.lexicon.verb_last and _part_of_fault(scene, cue):
            continue
        number = scene.sentence[cue.begin]
        begin, end = scene.span_of(number)
        if number in with_figures:
            first = with_figures[number]
            points = cue.begin == begin or _points(scene, cue) or _as_subject(scene, begin)
            if not points and cue.begin > first and not scene.lexicon.verb_last:
                continue  # "I use it daily, so the colour is wrong" denies the colour
            if not points and cue.begin < first and not scene.lexicon.verb_last and not _opens(scene, cue):
                continue  # "the weight is wrong one time out of four" says how often
            found.setdefault(number, cue)
        elif number > 0 and end - begin <= SHORT:
            found.setdefault(number - 1, cue)
    return found
