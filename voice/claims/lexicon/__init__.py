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
    "hedge": "approximation or doubt, before or after a figure or anywhere in its clause: about, I think, maybe",
    "hedge_before": "approximation only right before a number: some, like, ~",
    "hedge_after": "approximation only right after a number or a time: or so, ish, give or take",
    "least": "low bound before a number: at least, more than, over",
    "least_after": "the same, after: or more, plus, at least",
    "most": "high bound before: at most, less than, up to, not even, under",
    "most_after": "high bound after: at most, tops, max, at best",
    "not_even": "high bound anywhere before or after in the clause, undoing its negation: not even, «هم نمی»",
    "filler": "may stand before a number without changing it: only, just, exactly, a good",
    "range": "between two ends: to, or, -, till",
    "between": "opens a range: between, from",
    "tens_and": "joins tens and units in every number: «و» (en: none)",
    "and": "joins numbers, times, weekdays, clauses: and, &",
    "one": "an article that counts as one before a unit: a, an",
    "of_units": "may stand between a number and its unit: of, «تا»",
    # words that frames use
    "times": "counts of doing: times, x, occasions",
    "noun": "(laid by the engine) a word that may name what is counted",
    "weekday": "a day of the week; Lexicon.values says which, 1 (Monday) to 7",
    "day_part": "a time of day that can be counted: morning, night, breakfast",
    "weekday_plural": "weekdays that are a habit by their form: Mondays",
    "every_weekday": "makes a weekday a habit: on (Mondays)",
    "on": "may stand again before each weekday of a list",
    "at": "before a time of the clock",
    "half_of_day": "after a time of the clock: am, o'clock",
    "list_word": "may stand before each part of a list: in, the, at",
    "session_each": "a length before it is one run's: each time",
    "article": "counts as one before a noun in a rate: a (box a day)",
    "a_single": "may follow a denied omission: (not missed) a single, any",
    "thing": "the product and its parts as bare nouns",
    "determiner": "before a pronoun that looks like a number: the (evening) one",
    "pronoun_one": "the number word that is a pronoun as well: one",
    "possessive": "makes a moment the owner of what follows: yesterday's run",
    "label": "names with a number: bin 14, error 504",
    "out_of_else": "what one may be out of without a stock: order, office",
    "currency": "before an amount of money: £",
    "clock": "before a time of day: at",
    "sound": "no words: um, er",
    "pause": "the same between two commas: well, like",
    "noun_too": "words that say nothing of a topic but may name what is counted",
    # how clauses hang together
    "joint": "begins a new clause without a comma: and, because, so, while, then",
    "contrast": "ends what a guard before it reaches: but, however, in reality",
    "me": "a person as the subject: I, we, he, she, my mother",
    "it": "the product or a part of it as the subject: it, the robot, the lid",
    "stop": "words that say nothing of a topic: articles, pronouns, auxiliaries, particles",
    "greeting": "may stand before a sentence's first real word",
    "adverb": "may stand between a subject and its verb: just, still, always",
    "of_the": 'between "out of" and a whole: the last (ten)',
    "must": "what one is forced to do with the product, again and again: have to (shove it)",
    "care": "verbs that may be forced by no fault: wash, empty",
    "auxiliary": "asks before its subject and tells behind it: does, can",
    "past_be": "before a figure that holds no longer: (now 60, it) was (40)",
    "be": "forms of to be: what follows their denial is a verb only by its ending",
    "perfect": "before a denial: has (not run)",
    "third_person": "a verb's form that tells of the product without a subject: doesn't (ring)",
    # truth
    "neg": "not: denies the verb of its clause",
    "unused": "(verb last) phrases that say it was not used: «دست نزدم», «سراغش نرفتم»",
    "more": "(verb last) right behind a figure, with the verb denied, makes it an upper bound: «سه بار بیشتر ... نمی»",
    "mild": "verbs whose denial says nothing of the product: know, complain",
    "cannot": "inability: makes a use a fault: can not, unable to, won't let me",
    "pointer": "before a denial: what it denies is the figure said: that (is wrong)",
    "false": "denies figures of its sentence or, alone, of the one before: is not true, that is wrong",
    "accused": "begins a sentence that denies what it reports: whoever (says so is wrong)",
    "had": "stock that was there, which is no consumption: we had",
    "precise": "after a figure that stands for the rougher one before it: to be precise",
    "yours": "before a thing of the maker's that shows something: your (status page lists)",
    "reading_out": "before any name of what reads something out: the (banner reads)",
    "reads_out": "what only a text or a screen does: reads, states",
    "screen": "what shows, whatever follows its name: dashboard (tile says)",
    "shows": "how it does: shows, lists",
    "correct": "takes the figure before it back: sorry, I mean, no wait",
    "past_habit": "what used to be: used to, before, formerly",
    "nowadays": "what holds now: now, these days",
    "person": "who may report about the product: colleague, wife",
    "says": "how they do: says, reckons",
    "not_ours": "before such a person: somebody of the maker's, who reports nothing: your",
    "turn": "softer than a contrast: ends a guard, and divides no clause: actually, still",
    "own": "begins, behind a comma, what the speaker holds against what was shown or said: (it says 40,) I (count 22)",
    "odd": "right after a number: forty-odd",
    "relative": "somebody else's word about this product: my colleague says, I am told",
    # cues of topics: the nearest one in the clause, then in the sentence, wins
    "use": "uses the product: use, run, open, log in, turn on",
    "fault": "a fault in general: crash, freeze, fail, stuck, stop working",
    "battery": "battery, charge, batteries",
    "lasts": "how long it keeps going: lasts, holds, dies after, does me, on a charge",
    "recharge": "needs power again: charge it, change the batteries (every N = a runtime)",
    "session": "one run or session: session, run, cleaning, each time",
    "miss": "leaves a dose out: miss, skip, forget",
    "take": "takes doses: take, swallow",
    "dose": "what is taken: pill, tablet, dose",
    "full_word": "speaks of how full: full, empty",
    "item": "goods: box, carton, pack",
    "left": "is there now: left, in stock, on the shelf, remaining, we have",
    "consume": "goes out: go through, sell, use up",
    "last_use": "the latest use: last used, last time, my last dose",
    "before_end": "the end of a charge: before it dies, on a full charge",
    "renew": "with a battery in the clause: change, charge, new (every N = a runtime)",
    "to_do": "opens what a length was needed for: (40 minutes) to",
    "finish": "what a run does after that: finish, do",
    "takes": "needs time, of a run if nothing else is named: takes, took",
    "have": "stock, where goods are counted: we have",
    "now_left": "stock, where goods are counted: right now",
    "dose_pronoun": "stands for a dose in frames: them, one",
    "has_dose": "takes, right before a number or a dose: has (two a day)",
    "idle": "a use whose denial in the perfect is no fault: has not run",
    "ended": "stopped for good, at a moment: died, gave up (yesterday)",
    "start": "began (of a fault): it started, began, happens",
    "away": "after the verb of taking, no dose: the bus",
    "polite": "(verb last) holds a denial that says nothing of the product: «دستتون درد نکنه»",
    "no_cue": "swallows cues inside it: on my phone",
    # cues of nothing: they compete with those above, and where they win there is no claim
    "actor": "somebody else's doing: the pharmacist, deliveries",
    "contact": "contacts with us: called, on hold, waited, reply, delivery, repair",
    "money": "prices: euro, paid, invoice, refund",
    "identity": "order number, serial, version, code, phone, age, rating",
    "owned": "purchase and ownership: bought, warranty, had it for, customer for",
    "setting": "settings, thresholds, schedules: set to, threshold, alert at, timer",
    "aside": "lengths without a topic: charging takes, update, loading, reply time",
    "measure": "units and sizes of other things: kg, cm, m², degrees, rooms, people, floors",
    # guards: how far each reaches is said in guards.py
    "question": "opens a question: how, what, can you, is there",
    "wh": "openers that ask by themselves at a sentence's start",
    "asks": "asks without a question mark: wondering, I want to know",
    "not_question, not_if, not_wish, not_told, not_others ...": "exceptions to a guard: what a, as if, it will",
    "tag_question": "before a question mark without asking anything: right, you know, isn't it",
    "if": "conditions: if, unless, should it",
    "wish": "wants, plans, future, requests: want, would like, will, going to, please",
    "told": "prescriptions, instructions, promises: doctor said, prescribed, leaflet, box says, supposed to",
    "display": "the product's own display: the app says, your report shows",
    "others": "another owner or another product: my neighbour's, a mate's place, my old one",
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
    verb_endings: tuple[str, ...] = ()
    """How a verb nobody listed ends after the product as its subject: "it parkS"; none: not to be told."""
    words: tuple[str, ...] = ()
    """Words that are right as they are though one slip from a listed one: "crush". None: nothing is mended."""
    verb_last: bool = False
    """Whether a clause's verb follows its figures (Persian) or comes before them (English)."""
