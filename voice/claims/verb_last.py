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

import re
from functools import cache
from typing import Final

from voice.claims.lexicon import Lexicon
from voice.claims.lexicon.fa_forms import COPULA, FORMS, NEGATION
from voice.claims.scene import Cue, Scene
from voice.claims.text import normalise
from voice.claims.tokens import tokenise

PHRASE = 6
"""Tokens before a denial in which a phrase that holds it may begin."""
BACK = 4
"""Tokens between a verb and the word that says what is done."""
HOLDING = ("product_fault", "fault", "miss", "not_even", "last_use", "false", "lasts", "most_after", "empty", "hedge",
           "never", "vague", "left", "cannot", "polite")  # fmt: skip
DENIABLE = ("fault", "product_fault", "miss", "consume", "left", "lasts", "item", "session")

MOVING: Final = frozenset({
    "میزن", "زد", "زده", "میر", "رفت", "رفته", "میآ", "اومد", "اومده", "میخور", "خورده", "میگیر", "گرفت",
    "گرفته", "میده",
    "داد", "داده",
})  # fmt: skip
"""Verbs that say something of the product only where it is their subject: «آلارمش یه بار نمی‌زنه»."""
TOWARDS: Final = frozenset({"سراغ", "سمت", "طرف", "پای", "سر", "دست", "توی", "تو", "داخل", "پشت"})
GOING: Final = frozenset({"رفت", "رفته", "اومد", "اومده", "گرفت", "گرفته", "زد", "زده", "نشست", "نشسته", "آورد"})
"""Going to it, taking it up: denied, it was not used."""
SPEAKER: Final = re.compile(r"(?:م|یم|ایم|ام)(?:ش|شون|شو|شونو)?$|(?:am|im|eem)(?:esh|eshun|eshoon|esho)?$")
PAST: Final = frozenset(form for form in FORMS.values() if not form.startswith(("می", "ب")))


def by_speaker(scene: Scene, neg: Cue) -> bool:
    """Whether the written verb says "I" or "we"."""
    token = scene.tokens[min(neg.end, len(scene.tokens) - 1)]
    return SPEAKER.search(scene.text[token.start : token.end].casefold()) is not None


def _past(scene: Scene, neg: Cue) -> bool:
    return neg.end < len(scene.tokens) and scene.tokens[neg.end].text in PAST - {"است", "بود", "دید", "شمرد", "فهمید"}


@cache
def _affirmed(lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    """Phrases of use, as tokens."""
    return frozenset(
        tuple(token.text for token in tokenise(normalise(phrase), lexicon.language)) for phrase in lexicon.tags["use"]
    )


def _speaker_denies(scene: Scene, neg: Cue, end: int) -> Cue | None:
    """«به کارش نمی‌گیریم»: a use with its denial inside it; any other verb of a speaker's is no fault."""
    words = scene.lattice.words
    for place in range(neg.begin - 1, max(0, neg.begin - BACK) - 1, -1):
        if (*words[place : neg.begin], *words[neg.end : end]) in _affirmed(scene.lexicon):
            return Cue("neg_use", place, end)
    return None


BECOMING: Final = frozenset({"میش", "شد", "شده"})


def _nothing_known(scene: Scene, neg: Cue) -> bool:
    """Whether a word that the lexicon does not know stands before «نمیشه»."""
    verb = neg.begin + 1
    if neg.begin == 0 or verb >= len(scene.tokens) or scene.tokens[verb].text not in BECOMING:
        return False
    before = scene.tokens[neg.begin - 1]
    return before.kind == "word" and set(scene.lattice.at[neg.begin - 1]) <= {"noun"}


def made_of_denial(scene: Scene, neg: Cue) -> Cue | None:
    """The cue that a denial makes, "neg_used" where a listed phrase holds it, None where it only denies."""
    lattice = scene.lattice
    if lattice.words[neg.begin] != NEGATION:
        return Cue("neg_used", neg.begin, neg.end)
    mine = _speaker_denies(scene, neg, min(neg.end + 1, len(scene.tokens))) if by_speaker(scene, neg) else None
    held = mine or _held(scene, neg)
    if held is not None:
        return held
    begin, _ = scene.clause(neg.begin)
    if neg.tag == "cannot" and _nothing_known(scene, neg):
        return Cue("fault", neg.begin - 1, neg.end)
    verb = lattice.at[neg.end] if neg.end < len(scene.tokens) else {}
    if "take" in verb and "use" not in verb:
        return Cue("neg_take", neg.begin, verb["take"][0].end)
    if neg.end < len(scene.tokens) and scene.tokens[neg.end].text in GOING:
        towards = set(lattice.words[max(begin, neg.begin - BACK) : neg.begin]) & TOWARDS
        if towards:
            return Cue("neg_use", neg.begin, neg.end + 1)  # «سراغ جعبه نرفته»
    end = min(neg.end + 1, len(scene.tokens))
    for place in range(neg.begin - 1, max(begin, neg.begin - BACK) - 1, -1):
        tags = lattice.at[place]
        if "use" in tags or "take" in tags:
            return Cue("neg_use" if "use" in tags else "neg_take", place, end)
        if any(tag in tags for tag in DENIABLE):
            return None
    return _of_a_verb(scene, neg, begin, end)


def _of_a_verb(scene: Scene, neg: Cue, begin: int, end: int) -> Cue | None:
    """What the denial of a verb makes that no noun before it explains."""
    if neg.tag != "neg" or any(scene.all("contact", "actor", "aside", "money", begin=begin, end=neg.begin)):
        return None  # «سفارشم نرسیده»
    product = any(scene.all("it", begin=begin, end=neg.begin))
    if by_speaker(scene, neg):
        if product and _past(scene, neg):
            return Cue("neg_use", neg.begin, end)  # «نه روزه اسکنرو برنداشتیم»
        return _speaker_denies(scene, neg, end)
    if _nothing_known(scene, neg):
        return Cue("fault", neg.begin - 1, end)  # «درش وا نمیشه»
    if neg.end >= len(scene.tokens) or neg.end - neg.begin != 1:
        return None
    known = {"mild", "lasts", "consume", "miss", "left"} & set(scene.lattice.at[neg.end])
    if product and scene.tokens[neg.end].text in MOVING:
        known &= {"left"}
    return None if known else Cue("fault", neg.begin, end)


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


SOUNDING: Final = frozenset(
    {"سوت", "بوق", "جیغ", "ارور", "خطا", "صدا", "هشدار", "پیغام", "آلارم", "زنگ", "چشمک", "پیام"}
)
GIVING: Final = frozenset(
    {"میزن", "زد", "زده", "میده", "داد", "داده", "میکن", "کرد", "میکش", "کشید", "میآ", "گرفت", "میگیر"}
)


def apart(scene: Scene) -> list[Cue]:
    """Faults whose noun and verb stand apart: «سوت ممتد می‌زنه»; and uses bounded by a denial: «بیشتر روشن نمیشه»."""
    found = []
    words = scene.lattice.words
    for place, word in enumerate(words):
        if word not in SOUNDING:
            continue
        for after in range(place + 2, min(place + 4, len(words))):
            if scene.tokens[after].kind != "word" or words[after] == NEGATION:
                break
            if words[after] in GIVING:
                unknown = all(set(scene.lattice.at[n]) <= {"noun"} for n in range(place + 1, after))
                if unknown:
                    found.append(Cue("fault", place, after + 1))
                break
    return found


def bounded_use(scene: Scene, neg: Cue) -> Cue | None:
    """«روزی یه بار بیشتر روشن نمیشه»: how often it is used, no fault."""
    words = scene.lattice.words
    for place in range(neg.begin - 1, max(0, neg.begin - BACK) - 1, -1):
        if words[place] == "بیشتر":
            phrase = (*words[place + 1 : neg.begin], words[min(neg.begin + 1, len(words) - 1)])
            return Cue("neg_use", place, neg.begin + 2) if phrase in _affirmed(scene.lexicon) else None
    return None
