"""Measures with topics -> claims: units of the topic, complements, and what is said twice or no longer holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice.claims.bounds import Interval, exactly
from voice.claims.measures import MINUTES_A_DAY, Measure
from voice.claims.model import PER_DAYS, Per, Unit, Why
from voice.claims.scene import Cue, Scene

KEPT = 12
"""Claims to either side that may say the same as one; no person says it again after more."""
MONTH_DAYS = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}


@dataclass(slots=True)
class Draft:
    """A claim in the making."""

    measure: Measure
    topic: str
    cue: Cue | None
    low: float | None
    high: float | None
    unit: Unit
    per: Per | None
    hedged: bool
    negated: bool = False
    moment: tuple[str, float] | None = None
    distance: float = 0.0
    void: bool = False
    """Denied by a verb of something else: no claim."""
    why: list[Why] = field(default_factory=list)

    @property
    def vague(self) -> bool:
        """A bare adverb of frequency."""
        return self.low is None and self.high is None

    def same_value(self, other: Draft) -> bool:
        """The same bounds, in the same or convertible units."""
        mine, yours = self._canonical(), other._canonical()
        return all(
            (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= 0.03 * max(abs(a), abs(b)))
            for a, b in zip(mine, yours, strict=True)
        )

    def _canonical(self) -> tuple[float | None, float | None]:
        factor = {"min": 1.0, "day": float(MINUTES_A_DAY)}.get(self.unit, 1.0)
        if self.per is not None:
            factor /= PER_DAYS[self.per]
        return (
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )


def draft(measure: Measure, topic: str, cue: Cue | None) -> Draft | None:
    """The claim that a measure makes about a topic; None where the two do not go together."""
    value = measure.value
    made = Draft(
        measure, topic, cue, None, None, "count", None, value.hedged if value else False, moment=measure.moment
    )
    if measure.kind == "vague":
        made.hedged = True
        made.unit = "item" if topic == "stock_consumption" else "count"
        made.moment = None
        return made
    settled = _settle(measure, topic, cue)
    if settled is None:
        return None
    interval, made.unit, made.per = settled
    made.low, made.high = interval.low, interval.high
    if topic in ("fault_since", "last_used", "battery_runtime") or (topic == "stock_level"):
        made.moment = None
    return made


Settled = tuple[Interval, Unit, Per | None]


def _settle(measure: Measure, topic: str, cue: Cue | None) -> Settled | None:
    value, kind, per = measure.value, measure.kind, measure.per
    if topic in ("usage_frequency", "fault_frequency", "missed_doses"):
        return _frequency(measure, topic)
    if value is None:
        return None
    if topic == "stock_consumption":
        return (value, "item", per) if kind == "rate" else None
    if topic == "adherence":
        return _adherence(measure, value, cue)
    if topic == "usage_duration":
        return (value, "min", per) if measure.unit == "min" else None
    if topic == "battery_runtime":
        return _every_as_length(value, per) if kind == "rate" else (value, measure.unit, None)
    if topic == "stock_level":
        return value, "percent" if kind in ("share", "full") else "item", None
    if topic == "last_used" and measure.unit == "min":
        return exactly(0), "day", None
    return value, measure.unit if measure.unit in ("min", "day") else "day", None


def _adherence(measure: Measure, value: Interval, cue: Cue | None) -> Settled:
    if measure.kind == "none":
        return exactly(0), "percent", None
    left_out = cue is not None and cue.tag in ("miss", "neg_take")
    return (complement(value) if left_out else value), "percent", None


def _frequency(measure: Measure, topic: str) -> Settled | None:
    value = measure.value
    if value is None:
        return None
    if measure.kind in ("share", "always", "all"):
        return (value, "percent", None) if topic == "fault_frequency" else None
    if measure.kind == "none":
        windowed = measure.frame is not None and measure.frame.given.get("windowed")
        if windowed and measure.moment is None:
            return None  # "no error shown" is no frequency; "no crashes this week" is
        return exactly(0), "count", measure.per
    if measure.kind == "count":
        return (value, "count", None) if topic == "missed_doses" else None
    return (value, "count", measure.per) if measure.per is not None else None


def complement(value: Interval) -> Interval:
    """What is left of the whole: a third left out is two thirds taken."""
    return Interval(
        None if value.high is None else 100 - value.high,
        None if value.low is None else 100 - value.low,
        value.hedged,
    )


def _every_as_length(value: Interval, per: Per | None) -> Settled | None:
    """Charged once in so many days: it lasts so many days."""
    if per is None or not value.high:
        return None
    days = MONTH_DAYS[per]
    return Interval(days / value.high, days / value.low if value.low else None, value.hedged), "day", None


def settle(scene: Scene, drafts: list[Draft]) -> list[Draft]:
    """Drop what is said a second time in other words, and what no longer holds."""
    kept: list[Draft] = []
    for made in drafts:
        if not any(_repeats(scene, earlier, made) for earlier in kept[-KEPT:]):
            kept.append(made)
    kept = [made for place, made in enumerate(kept) if not _vague_beside(made, _around(kept, place))]
    return [made for place, made in enumerate(kept) if not _former(scene, made, _around(kept, place))]


def _around(drafts: list[Draft], place: int) -> list[Draft]:
    return drafts[max(place - KEPT, 0) : place + KEPT + 1]


def _repeats(scene: Scene, first: Draft, second: Draft) -> bool:
    if first.topic != second.topic or first.negated != second.negated:
        return False
    if first.same_value(second) and not first.vague:
        return True
    if first.vague and second.vague:
        return first.cue == second.cue
    if second.measure.kind == "count" and (first.low, first.high) == (second.low, second.high):
        return True
    if first.unit != second.unit or first.topic not in ("usage_frequency", "missed_doses"):
        return False
    if _contrasted(scene, first, second):
        return False
    same_sentence = scene.sentence[first.measure.begin] == scene.sentence[second.measure.begin]
    own_cue = second.cue is not None and second.cue.begin >= first.measure.end
    return same_sentence and not own_cue and first.cue is not None and first.cue.tag != "neg_use"


def _vague_beside(made: Draft, drafts: list[Draft]) -> bool:
    """ "often, about three times a week": the figure says it."""
    return made.vague and any(
        other is not made and other.topic == made.topic and not other.vague and other.cue == made.cue
        for other in drafts
    )


def _former(scene: Scene, made: Draft, drafts: list[Draft]) -> bool:
    """ "we sold 50 a day before, now 20": only what holds now, where that is said."""
    if any(_contrasted(scene, made, other) for other in drafts):
        return True
    if not _past_habit(scene, made.measure):
        return False
    return any(
        other is not made and _kin(other.topic, made.topic) and not _past_habit(scene, other.measure)
        for other in drafts
    )


def _contrasted(scene: Scene, first: Draft, second: Draft) -> bool:
    """ "daily before the move, now once a week": the second says "now", the first does not."""
    if first is second or first.topic != second.topic or second.measure.begin < first.measure.end:
        return False
    if scene.sentence[second.measure.begin] - scene.sentence[first.measure.begin] > 1 or first.negated:
        return False
    now = next(scene.all("nowadays", begin=first.measure.end, end=second.measure.begin + 1), None)
    return now is not None and scene.between(now.begin, second.measure.begin) == 0


_KIN = (
    frozenset({"adherence", "missed_doses", "usage_frequency"}),
    frozenset({"usage_frequency", "last_used"}),
    frozenset({"usage_duration", "battery_runtime"}),
)


def _kin(first: str, second: str) -> bool:
    return first == second or any(first in group and second in group for group in _KIN)


def _past_habit(scene: Scene, measure: Measure) -> bool:
    begin, end = scene.clause(measure.begin)
    return any(True for _ in scene.all("past_habit", begin=begin, end=end))


def with_bound(made: Draft) -> None:
    """Turn a figure into an upper bound."""
    made.low = 0.0 if made.high is not None else made.low


def renamed(made: Draft, **changes: object) -> Draft:
    """A copy with other fields."""
    return replace(made, **changes)  # type: ignore[arg-type]
