"""What a denial makes of its clause where the verb stands last: «دو هفته‌ست استفاده نکردم».

The denial stands right before its verb and behind everything the verb speaks of, so the clause is read
backwards from it.

    a phrase that holds its denial («کار نمی‌کنه»)   that phrase's topic; the denial is used up
    take + denied                                     a dose left out
    use + denied                                      the time without use
    a topic's cue + denied                            only denied
    a verb nobody listed                              the product does not do what it should: a fault
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voice.claims.lexicon.fa_forms import COPULA, FORMS, NEGATION
from voice.claims.measures import Measure
from voice.claims.scene import Cue, Scene

PHRASE = 6
"""Tokens before a denial in which a phrase that holds it may begin."""
BACK = 4
"""Tokens between a verb and the word that says what is done."""
HOLDING = ("product_fault", "fault", "miss", "not_even", "last_use", "false", "lasts", "most_after", "empty", "hedge",
           "never", "vague", "left", "cannot", "polite")  # fmt: skip
DENIABLE = ("fault", "product_fault", "miss", "consume", "left", "lasts", "item", "session")

MOVING: Final = frozenset("میزن زد زده میر رفت رفته میآ اومد اومده میخور خورده میگیر گرفت گرفته میده داد داده".split())
"""Verbs that say something of the product only where it is their subject: «آلارمش یه بار نمی‌زنه»."""


def made_of_denial(scene: Scene, neg: Cue) -> Cue | None:
    """The cue that a denial makes, "neg_used" where a listed phrase holds it, None where it only denies."""
    lattice = scene.lattice
    if lattice.words[neg.begin] != NEGATION:
        return Cue("neg_used", neg.begin, neg.end)
    held = _held(scene, neg)
    if held is not None:
        return held
    begin, _ = scene.clause(neg.begin)
    verb = lattice.at[neg.end] if neg.end < len(scene.tokens) else {}
    if "take" in verb and "use" not in verb:
        return Cue("neg_take", neg.begin, verb["take"][0].end)
    end = min(neg.end + 1, len(scene.tokens))
    for place in range(neg.begin - 1, max(begin, neg.begin - BACK) - 1, -1):
        tags = lattice.at[place]
        if "take" in tags and "use" not in tags:
            return Cue("neg_take", place, end)
        if "use" in tags:
            return Cue("neg_use", place, end)
        if any(tag in tags for tag in DENIABLE):
            return None
    known = {"mild", "lasts", "consume", "miss", "left"} & set(verb)
    if known and neg.end < len(scene.tokens) and scene.tokens[neg.end].text in MOVING:
        known &= {"left"} if any(scene.all("it", begin=begin, end=neg.begin)) else known
    if any(scene.all("contact", "actor", "aside", "money", begin=begin, end=neg.begin)):
        return None  # «سفارشم نرسیده»
    if neg.tag == "neg" and neg.end - neg.begin == 1 and not known:
        return Cue("fault", neg.begin, end) if verb or neg.end < len(scene.tokens) else None
    return None


def _held(scene: Scene, neg: Cue) -> Cue | None:
    """What a listed phrase that reaches over the denial makes of it."""
    lattice = scene.lattice
    for place in range(max(neg.begin - PHRASE, 0), neg.begin + 1):
        unused = lattice.longest("unused", place)
        if unused is not None and unused.end > neg.begin:
            return Cue("neg_use", place, unused.end)
        used = lattice.longest("use", place)
        if used is not None and used.end == neg.begin and used.end - place > 1:
            return Cue("neg_use", place, min(neg.end + 1, len(scene.tokens)))  # «باهاش کار نمی‌کنم»
        for tag in HOLDING:
            entry = lattice.longest(tag, place)
            if entry is not None and entry.end > neg.begin and (tag != neg.tag or place != neg.begin):
                return Cue("neg_used", neg.begin, neg.end)
    return None


VERBS: Final = frozenset({COPULA, *(form for form in FORMS.values() if not form.startswith("ب"))})
"""Tokens of verbs that tell; with ب they only wish or ask."""
TRAILING: Final = 3
"""Tokens that may stand behind a clause's verb: «نرفتم توش»."""


def asked_after(scene: Scene, begin: int, end: int) -> int:
    """Where the question of a marked sentence begins: behind the last comma or "but" that ends a clause with a verb."""
    for place in range(end - 2, begin, -1):
        divides = scene.lattice.words[place] in (",", ";") or "contrast" in scene.lattice.at[place]
        divides = divides or scene.lattice.words[place] == "و"
        nearest = 1 if scene.lattice.words[place] == "و" else TRAILING
        if divides and any(scene.tokens[n].text in VERBS for n in range(max(begin, place - nearest), place)):
            return place
    return begin


FORCED: Final = frozenset({"باید", "بایستی", "باس", "تقاضا", "درخواست"})
"""What one must do again and again is done."""


def wished_from(scene: Scene, cue: Cue, begin: int) -> int:
    """Where a wish begins: «۱۶ تا لازم داریم» wishes what stands before it, unless a verb ends in between."""
    if scene.lattice.words[cue.begin] in FORCED:
        return cue.begin
    start = max(scene.clause(cue.begin)[0], begin)
    told = any(scene.tokens[place].text in VERBS for place in range(start, cue.begin))
    return cue.begin if told else start


MAYBE: Final = frozenset({"شاید", "یا", "بلکه", "بلکم", "گاهی", "یا حتی"})
BESIDE: Final = 5
"""Tokens between a figure and the larger one that it may be."""


def or_more(scene: Scene, found: list[Measure]) -> list[Measure]:
    """«سه بار، شایدم چهار بار»: the second figure is the first one's upper end."""
    kept: list[Measure] = []
    for measure in found:
        first = kept[-1] if kept else None
        if first is None or not _widens(scene, first, measure):
            kept.append(measure)
            continue
        low, high = first.value, measure.value
        assert low is not None and high is not None
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
    said = any(words[place] in MAYBE for place in between)
    return said and all(
        scene.tokens[place].kind == "mark" or words[place] in MAYBE or "stop" in scene.lattice.at[place]
        for place in between
    )
