"""The words of a language, as data. A language is one `Lexicon` and a handful of frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from voice.claims.model import Per, Unit

Amount = float | tuple[float, float]
"""A value, or the bounds of a range ("a few" is 3 to 5)."""

TAGS: Final[Mapping[str, str]] = {
    # numbers and bounds
    "hedge": "approximation or doubt, before or after: about, roughly, I think, maybe",
    "hedge_before": "approximation only right before a number: some, like",
    "hedge_after": "approximation only right after a number or a time: or so, ish, give or take",
    "least": "low bound before a number: at least, more than, over",
    "least_after": "the same, after: or more, plus, at least",
    "most": "high bound before: at most, less than, up to, not even, under",
    "most_after": "high bound after: at most, tops, max, at best",
    "range": "between two ends: to, or, -, till",
    "between": "opens a range: between, from",
    "filler": "may stand before a number without changing it: only, just, exactly, a good",
    "of_units": "may stand between a number and its unit: of, «تا»",
    "tens_and": "joins tens and units in every number: «و» (en: none)",
    "and": "joins numbers, times, weekdays, clauses: and, &",
    "one": "an article that counts as one before a unit: a, an",
    # time
    "times": "counts of doing: times, x, occasions",
    "every": "every, each",
    "other": "every OTHER day, every SECOND day",
    "per": "a, per, each, every, / between a count and its period",
    "this": "the running period: this",
    "last": "the period before: last, previous",
    "past": "rolling: in the last, over the past",
    "ago": "after a time: ago, back",
    "for": "before a time that has passed: for, these",
    "since": "since, from (then on)",
    "now": "after a time: now, already, so far",
    "after": "after, within",
    "in": "inside a time: in, within, over",
    "weekday": "a day of the week; the value of Lexicon.values is 1 (Monday) to 7",
    "weekdays": "working days as a set",
    "weekend": "the weekend",
    "day_part": "a time of day that can be counted: morning, night, breakfast",
    # shares
    "of": "of, in, out of between a part and its whole",
    "percent": "percent, %",
    "all": "all, every one, everything",
    "whole_time": "every time, each time",
    # truth
    "neg": "not, never turned to 'not': denies the clause",
    "never": "never, not once: zero",
    "false": "denies a quoted figure: is not true, that is wrong",
    "vague": "an adverb of frequency without a number: rarely, often, sometimes",
    "correct": "takes the figure before it back: sorry, I mean, no",
    "past_habit": "what used to be: used to, before, formerly",
    "present": "contrasts with it: now, these days",
    # cues of topics
    "use": "uses the product: use, run, open, log in, take (pills)",
    "fault": "a fault in general: crash, freeze, fail, stuck, stop working",
    "battery": "battery, charge",
    "lasts": "how long it keeps going: lasts, holds, dies after",
    "session": "one run or session as a noun or a length: session, run, each time",
    "miss": "leaves a dose out: miss, skip, forget",
    "take": "takes doses: take, swallow",
    "dose": "what is taken: pill, tablet, dose",
    "item": "goods: box, carton, pack",
    "left": "is there now: left, in stock, on the shelf, remaining",
    "empty": "nothing there: empty, run out, out of",
    "full": "full",
    "consume": "goes out: go through, sell, use up",
    "last_use": "the latest use: last used, last time",
    # guards (guards.py says how far each reaches)
    "question": "opens a question: how, what, can you, is there",
    "if": "conditions: if, when it, should",
    "wish": "wants, plans, future: want, would like, will, going to, please",
    "told": "prescriptions and instructions: doctor said, prescribed, leaflet, manual, box says",
    "display": "the product's own display: the app says, your report shows",
    "others": "another owner: my neighbour's, a mate's place",
    "contact": "contacts with us: called, on hold, waited, reply",
    "money": "prices: euro, paid, invoice, refund",
    "identity": "order number, serial, version, code, phone",
    "owned": "purchase and ownership: bought, warranty, had it for",
    "setting": "settings and thresholds: set to, threshold, alert at",
    "relative": "a relative or colleague reports about this product: my colleague says",
    "aside": "durations without a topic: charging, update, delivery, loading takes",
    "measure": "units of other things: kg, cm, m², degrees",
}
"""What each tag of a lexicon means. A language that lacks a tag lacks the thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Every phrase is written naturally: it passes the same normaliser and tokeniser as statements."""

    language: str
    numbers: Mapping[str, Amount]
    """Number words of one value each, and countable quantities: two, twenty, a couple of, a few."""
    scales: Mapping[str, float]
    """What multiplies the number before it: hundred, thousand, dozen."""
    fractions: Mapping[str, float]
    """half, a third, quarter."""
    once: Mapping[str, Amount]
    """Counts of doing in one word: once, twice, a couple of times."""
    units: Mapping[str, tuple[Unit, float]]
    """Lengths of time: hour -> ("min", 60), week -> ("day", 7)."""
    periods: Mapping[str, tuple[Per, float]]
    """What a rate is per, and how many of them it is: week -> ("week", 1), fortnight -> ("week", 2),
    hour -> ("day", 1/24)."""
    periodic: Mapping[str, tuple[float, float, Per]]
    """Adverbs that are a whole rate (low, high, per): daily, every day, nightly, hourly, weekends."""
    moments: Mapping[str, tuple[str, float]]
    """Moments and windows in one phrase -> (kind, days ago): yesterday -> ("day", 1), today -> ("day", 0),
    last week -> ("week", 1), this month -> ("month", 0). `kind` is what it is a window of."""
    tags: Mapping[str, tuple[str, ...]]
    """Tag of `TAGS` -> its phrases."""
    extra: Mapping[str, Mapping[str, Any]]
    """Tags of a language's own, for its frames, whose phrases carry values: `period_i` «هفته‌ای» -> ("week", 1)."""
    values: Mapping[str, float]
    """Phrases of a tag that carry a number: weekdays 1 to 7."""
