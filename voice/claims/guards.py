"""Stretches of a statement in which nothing is claimed, whatever the figures.

guard      begins at                          ends at
question   an opener; no opener: the start    the question mark (or the sentence's end, opened by one)
if         the condition; first: the start    the sentence's end
wish       the wish or plan                   a contrast or the sentence's end
told       who prescribes or promises         the same, and back to the start of its clause without a person in it
display    what the product shows             the same
others     another owner or product           the same
"""

from __future__ import annotations

from dataclasses import dataclass

from voice.claims.scene import Cue, Scene
from voice.claims.verb_last import asked_after, wished_from

REACHING_BACK = frozenset({"told", "display", "others"})
NAMED_IN = 3
"""Tokens that name what shows: "status page"."""
SHOWN = 6
"""Tokens after "it shows" in which a fault is what it shows."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Tokens `[begin, end)` that claim nothing, and why."""

    begin: int
    end: int
    guard: str
    cue: Cue


def zones(scene: Scene) -> list[Zone]:
    """All guarded stretches."""
    found: list[Zone] = []
    last = scene.sentence[-1] + 1 if scene.sentence else 0
    begin = 0
    for number in range(last):
        begin, end = scene.span_of(number)
        found += _questions(scene, begin, end)
        found += _conditions(scene, begin, end)
        for tag in ("wish", "told", "display", "others"):
            found += _said(scene, tag, begin, end)
    return found


def _covered(scene: Scene, cue: Cue, tag: str) -> bool:
    """Whether an exception that begins up to two tokens before covers the cue's start: "as IF"."""
    for place in range(max(cue.begin - 2, 0), cue.begin + 1):
        entry = scene.longest(tag, place)
        if entry is not None and entry.end > cue.begin and (entry.end >= cue.end or place < cue.begin):
            return True
    return False


def _leading(scene: Scene, begin: int, place: int) -> bool:
    """Whether only words that say nothing stand between the sentence's start and a place."""
    return all(
        token.kind == "mark" or not {"stop", "greeting"}.isdisjoint(scene.lattice.at[n])
        for n, token in enumerate(scene.tokens[begin:place], begin)
    )


def _questions(scene: Scene, begin: int, end: int) -> list[Zone]:
    marked = end > begin and scene.lattice.words[end - 1] == "?"
    openers = [
        cue
        for cue in scene.all("question", begin=begin, end=end)
        if not _covered(scene, cue, "not_question") and not _has_subject(scene, cue, begin)
    ]
    if marked:
        for cue in openers:
            if cue.end - cue.begin > 1 or _after_break(scene, cue.begin, begin):
                return [Zone(cue.begin, end, "question", cue)]
        if any(cue.end == end - 1 for cue in scene.all("tag_question", begin=begin, end=end)):
            return []
        first = asked_after(scene, begin, end) if scene.lexicon.verb_last else begin
        if any(cue.begin < first for cue in openers) or any(scene.all("asks", "wh", begin=begin, end=first)):
            first = begin
        return [Zone(first, end, "question", Cue("question", end - 1, end))]
    for cue in openers:
        if _leading(scene, begin, cue.begin) and (cue.end - cue.begin > 1 or cue.begin == begin or _asks(scene, cue)):
            return [Zone(begin, end, "question", cue)]
    asked = next(iter(scene.all("asks", begin=begin, end=end)), None)
    return [Zone(asked.begin, end, "question", asked)] if asked is not None else []


def _has_subject(scene: Scene, cue: Cue, begin: int) -> bool:
    """ "it DOES A lap": a verb behind its subject asks nothing."""
    if cue.begin == begin or scene.longest("auxiliary", cue.begin) is None:
        return False
    before = scene.lattice.at[cue.begin - 1]
    return "me" in before or "it" in before


def _asks(scene: Scene, cue: Cue) -> bool:
    return scene.longest("wh", cue.begin) is not None


def _after_break(scene: Scene, place: int, begin: int) -> bool:
    if place == begin:
        return True
    tags = scene.lattice.at[place - 1]
    return (
        scene.tokens[place - 1].kind == "mark"
        or not {"joint", "and", "contrast", "stop", "greeting"}.isdisjoint(tags)
        or scene.walls[place - 1] != scene.walls[place]
    )


def _conditions(scene: Scene, begin: int, end: int) -> list[Zone]:
    for cue in scene.all("if", begin=begin, end=end):
        if not _covered(scene, cue, "not_if"):
            first = begin if _leading(scene, begin, cue.begin) else cue.begin
            pause = next((n for n in range(cue.end, end) if scene.lattice.words[n] == ";"), end)
            return [Zone(first, pause, "if", cue)]
    return []


def _shown_by_yours(scene: Scene, begin: int, end: int) -> list[Cue]:
    """ "YOUR status page LISTS": whatever it is called."""
    found = []
    for yours in scene.all("yours", "screen", "reading_out", begin=begin, end=end):
        for place in range(yours.end + (yours.tag != "screen"), min(yours.end + NAMED_IN + 1, end)):
            if scene.walls[place] != scene.walls[yours.begin] or "me" in scene.lattice.at[place]:
                break
            named = all(scene.lattice.words[n] not in ("of", "that") for n in range(yours.end, place))
            wanted = "reads_out" if yours.tag == "reading_out" else "shows"
            if wanted in scene.lattice.at[place] and named:
                found.append(Cue("display", yours.begin, place + 1))
                break
    return found


def _until(scene: Scene, cue: Cue, end: int) -> int:
    """Where what a guard reaches ends: at a contrast, a pause, or what the speaker holds against it."""
    contrast = next(scene.all("contrast", "turn", begin=cue.end, end=end), None)
    until = contrast.begin if contrast is not None else end
    for mark in range(cue.end, until):
        own = scene.lattice.words[mark] == "," and mark + 1 < until and "own" in scene.lattice.at[mark + 1]
        if scene.lattice.words[mark] == ";" or own:
            return mark  # "your sensor says 40, I count 22"
    return until


def _said(scene: Scene, tag: str, begin: int, end: int) -> list[Zone]:
    found: list[Zone] = []
    shown = _shown_by_yours(scene, begin, end) if tag == "display" else ()
    for cue in (*scene.all(tag, begin=begin, end=end), *shown):
        if (found and cue.begin < found[-1].end) or _covered(scene, cue, f"not_{tag}"):
            continue
        if tag == "display" and scene.lattice.has("product_fault", cue.begin, cue.end):
            continue  # "it says it is empty" is a fault
        until = _until(scene, cue, end)
        first = cue.begin
        if tag == "wish" and cue.end >= end - 1 and not any(scene.all("me", begin=begin, end=cue.begin)):
            first = begin  # "remind her every hour, please"
        if tag == "wish" and scene.lexicon.verb_last:
            first = wished_from(scene, cue, begin)
        if tag in REACHING_BACK:
            start, _ = scene.clause(cue.begin)
            start = max(start, begin)
            if tag == "others" or not any(scene.all("me", begin=start, end=cue.begin)):
                first = start
        if tag == "display":
            # What it shows may be the fault: "it shows the wrong weight 3 times a day".
            faults = scene.all("fault", "product_fault", begin=cue.end, end=min(cue.end + SHOWN, until))
            fault = next(faults, None)
            if fault is not None:
                first, until = cue.begin, fault.begin
        found.append(Zone(first, until, tag, cue))
    return found
