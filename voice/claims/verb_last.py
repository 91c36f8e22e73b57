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

from voice.claims.lexicon.fa_forms import NEGATION
from voice.claims.scene import Cue, Scene

PHRASE = 6
"""Tokens before a denial in which a phrase that holds it may begin."""
BACK = 4
"""Tokens between a verb and the word that says what is done."""
HOLDING = ("product_fault", "fault", "miss", "not_even", "last_use", "false", "lasts", "most_after", "empty", "hedge",
           "never", "vague", "left", "cannot")  # fmt: skip
DENIABLE = ("fault", "product_fault", "miss", "consume", "left", "lasts", "item", "session")


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
    if neg.tag == "neg" and neg.end - neg.begin == 1 and not {"mild", "lasts", "consume", "miss", "left"} & set(verb):
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
