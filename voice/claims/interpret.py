"""Measures -> claims: guards, topics, denial, doubt, windows, in this order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from catalog.model import Product
from voice.calendars import Calendar
from voice.claims import windows
from voice.claims.bounds import exactly
from voice.claims.combine import combine
from voice.claims.cues import Cues, cues_of
from voice.claims.frames import Grammar
from voice.claims.guards import Zone, zones
from voice.claims.measures import Measure
from voice.claims.model import Claim, Span, Why
from voice.claims.reading import read
from voice.claims.scene import Cue, Scene
from voice.claims.settle import Draft, draft, settle, with_bound
from voice.claims.topics import SAYS_NOTHING, resolve
from voice.claims.truth import denial, denied_sentences, floating_bound, hedges, not_even, turned

ALL_TOPICS = frozenset({
    "usage_frequency", "usage_duration", "missed_doses", "adherence", "battery_runtime",
    "fault_frequency", "fault_since", "stock_level", "stock_consumption", "last_used",
})  # fmt: skip
LIFTED = frozenset({"told", "display", "others"})
"""Guards that a denial of the whole sentence lifts: the figure is then denied, not dropped."""


def interpret(
    scene: Scene,
    grammar: Grammar,
    text: str,
    product: Product,
    said_at: datetime | None,
    zone: str,
    calendar: Calendar,
    week_start: int,
) -> list[Claim]:
    """The claims of a scene."""
    if not scene.tokens:
        return []
    measures = combine(scene, read(scene, grammar))
    scene.raise_walls(tuple(measures))
    scene.figured = frozenset(scene.sentence[measure.begin] for measure in measures)
    cues = cues_of(scene)
    guarded: dict[int, list[Zone]] = {}
    for zone_found in zones(scene):
        guarded.setdefault(scene.sentence[zone_found.begin], []).append(zone_found)
    doubts = hedges(scene, measures)
    denied = denied_sentences(scene, measures)
    topics = frozenset(product.claim_topics) or ALL_TOPICS
    drafts = []
    for place, measure in enumerate(measures):
        refused = denied.get(scene.sentence[measure.begin])
        if _guard(guarded.get(scene.sentence[measure.begin], []), measure, lifted=refused is not None) is not None:
            continue
        made = _draft(scene, cues, measure, topics, said_at, zone)
        if made is None:
            continue
        _judge(scene, cues, made, doubts.get(place), refused)
        if not made.void:
            drafts.append(made)
    return [_claim(scene, text, made, said_at, zone, calendar, week_start) for made in settle(scene, drafts)]


def _guard(guarded: list[Zone], measure: Measure, *, lifted: bool) -> Zone | None:
    for zone in guarded:
        if zone.begin <= measure.begin < zone.end and not (lifted and zone.guard in LIFTED):
            return zone
    return None


def _draft(
    scene: Scene, cues: Cues, measure: Measure, topics: frozenset[str], said_at: datetime | None, zone: str
) -> Draft | None:
    found = resolve(scene, cues, measure, topics)
    if found.topic is None or found.topic == SAYS_NOTHING:
        return None
    if measure.kind in ("since", "moment") and measure.moment is not None:
        days = windows.days_since(measure.moment, said_at, zone)
        if found.topic == "missed_doses":
            measure = replace(measure, kind="rate", value=exactly(1), per="day")
        elif days is None:
            return None
        else:
            measure = replace(measure, value=days, unit="day")
    made = draft(measure, found.topic, found.cue)
    if made is not None:
        made.distance = found.distance
        span = _span(scene, found.cue.begin, found.cue.end) if found.cue else _span(scene, measure.begin, measure.end)
        made.why.append(Why("topic", f"{found.topic}:{found.cue.tag if found.cue else measure.kind}", span))
        frame = measure.frame.pattern if measure.frame is not None else "a list"
        made.why.append(Why("low", f"frame:{frame}", _span(scene, measure.begin, measure.end)))
    return made


def _judge(scene: Scene, cues: Cues, made: Draft, doubt: Cue | None, refused: Cue | None) -> None:
    """Doubt, denial, and denials that are bounds."""
    if doubt is not None and not made.hedged:
        made.hedged = True
        made.why.append(Why("hedged", "doubt", _span(scene, doubt.begin, doubt.end)))
    if turned(scene, made.measure) and made.low is not None and (made.high is None or made.low == 0):
        made.low, made.high = (0.0, made.low) if made.high is None else (made.high, None)
        return
    bound = not_even(scene, made.measure)
    since = made.topic in ("fault_since", "last_used")
    if bound is not None and not since and made.low is not None and made.measure.kind not in ("none", "vague"):
        with_bound(made)
        made.why.append(Why("high", "not_even", _span(scene, bound.begin, bound.end)))
        return
    if made.topic == "battery_runtime" and made.measure.kind == "spell" and scene.longest("most", made.measure.begin):
        with_bound(made)  # "dead WITHIN 20 minutes"
    floating = floating_bound(scene, made.measure) if made.low is not None and made.low == made.high else None
    if floating is not None:
        made.low, made.high = (0.0, made.high) if floating[0] == "most" else (made.low, None)
        made.why.append(Why("high", floating[0], _span(scene, floating[1].begin, floating[1].end)))
    if refused is not None and not made.vague:
        made.negated = True
        made.why.append(Why("negated", "false", _span(scene, refused.begin, refused.end)))
        return
    rated = made.topic == "missed_doses" and made.cue is not None and made.cue.tag == "miss"
    if (
        made.topic in ("fault_since", "last_used", "missed_doses", "stock_level") and not rated
    ) or made.measure.kind in (
        "none",
        "vague",
    ):
        return
    cue = denial(scene, cues, made.measure)
    if cue is None or (cue.tag != "neg" and made.topic == "fault_frequency"):
        return
    if made.cue is not None and made.cue.begin >= made.measure.end and made.measure.begin - cue.end > 1:
        made.void = not scene.lexicon.verb_last  # "I don't need a tour every time it updates"
    if made.topic == "battery_runtime":
        with_bound(made)
    elif made.topic != "adherence":
        made.negated = True
    made.why.append(Why("negated", "denied", _span(scene, cue.begin, cue.end)))


def _span(scene: Scene, begin: int, end: int) -> Span:
    return scene.tokens[begin].start, scene.tokens[max(end - 1, begin)].end


def _claim(
    scene: Scene, text: str, made: Draft, said_at: datetime | None, zone: str, calendar: Calendar, week_start: int
) -> Claim:
    window = None
    if made.moment is not None and said_at is not None:
        window = windows.resolve(made.moment, said_at, zone, calendar, week_start)
    begin, end = made.measure.begin, made.measure.end
    if made.cue is not None and scene.sentence[made.cue.begin] == scene.sentence[begin]:
        begin, end = min(begin, made.cue.begin), max(end, made.cue.end)
    span = _span(scene, begin, end)
    return Claim(
        topic=made.topic, low=made.low, high=made.high, unit=made.unit, per=made.per, hedged=made.hedged,
        negated=made.negated, quote=text[span[0] : span[1]], span=span, window=window, why=tuple(made.why),
        confidence=round(max(0.3, 1 - max(made.distance, 0) / 20), 2),
    )  # fmt: skip
