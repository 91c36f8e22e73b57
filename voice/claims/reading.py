"""Tokens -> measures: which frames are found, and which of those that overlap are kept."""

from __future__ import annotations

from dataclasses import replace

from voice.claims.bounds import APPLIED
from voice.claims.builders import build
from voice.claims.frames import Grammar
from voice.claims.lists import lists_at
from voice.claims.measures import Measure
from voice.claims.scene import Scene

AFTER = ("hedge_after", "most_after", "least_after")


def read(scene: Scene, grammar: Grammar) -> tuple[Measure, ...]:
    """The measures of a statement in order; of those that overlap the longest, and of equals the first frame."""
    found: list[tuple[int, int, int, Measure]] = []
    for begin in range(len(scene.tokens)):
        candidates = [
            (match.order, build(match))
            for match in grammar.matches(scene.lattice, begin)
            if not (match.captures.get("goods") and scene.lattice.has("battery", match.begin, match.end))
        ]  # "one AA pair does us four months" is no stock
        candidates += [(-1, measure) for measure in lists_at(scene, begin)]
        for order, built in candidates:
            if built is not None:
                measure = _softened(scene, built)
                if scene.lattice.has("item", measure.begin, measure.end + 1) or scene.lattice.has(
                    "dose", measure.begin, measure.end + 1
                ):
                    measure = replace(measure, of_goods=True)
                if scene.lattice.has("times", measure.begin + 1, measure.end):
                    measure = replace(measure, of_times=True)
                found.append((measure.begin - measure.end, begin, order, measure))
    found.sort(key=lambda entry: entry[:3])
    taken = [False] * len(scene.tokens)
    kept = []
    for _, _, _, measure in found:
        if not any(taken[measure.begin : measure.end]):
            taken[measure.begin : measure.end] = [True] * (measure.end - measure.begin)
            kept.append(measure)
    return tuple(sorted(kept, key=lambda measure: measure.begin))


def _softened(scene: Scene, measure: Measure) -> Measure:
    """With what may follow any figure: "twice a month OR SO", "three a day AT MOST"."""
    for tag in AFTER:
        entry = scene.longest(tag, measure.end) if measure.end < len(scene.tokens) else None
        if entry is not None and measure.value is not None and measure.kind not in ("empty", "full", "none", "void"):
            return replace(measure, end=entry.end, value=APPLIED[tag](measure.value))
    return measure
