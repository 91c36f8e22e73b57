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
from dataclasses import replace
from functools import cache
from typing import Final

from voice.claims.lexicon import Lexicon
from voice.claims.lexicon.fa_forms import COPULA, FORMS, NEGATION
from voice.claims.measures import Measure
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
    "میزن", "زد", "زده", "میر", "رفت", "رفته", "میآ", "اومد", "اومده", "میخور", "خورده", "میگیر", "گرفت", "گرفته", "میده",
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
    if neg.tag == "neg" and by_speaker(scene, neg):
        mine = _speaker_denies(scene, neg, min(neg.end + 1, len(scene.tokens)))
        if mine is not None:
            return mine
    held = _held(scene, neg)
    if held is not None:
        return held
    begin, _ = scene.clause(neg.begin)
    if neg.tag == "cannot" and _nothing_known(scene, neg):
        return Cue("fault", neg.begin - 1, neg.end)
    verb = lattice.at[neg.end] if neg.end < len(scene.tokens) else {}
    if "take" in verb and "use" not in verb:
        return Cue("neg_take", neg.begin, verb["take"][0].end)
    end = min(neg.end + 1, len(scene.tokens))
    if neg.end < len(scene.tokens) and scene.tokens[neg.end].text in GOING:
        for place in range(neg.begin - 1, max(begin, neg.begin - BACK) - 1, -1):
            if scene.lattice.words[place] in TOWARDS:
                return Cue("neg_use", place, end)  # «سراغ جعبه نرفته»
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
    if neg.tag == "neg" and by_speaker(scene, neg) and _past(scene, neg):
        if any(scene.all("it", begin=begin, end=neg.begin)):
            return Cue("neg_use", neg.begin, end)  # «نه روزه اسکنرو برنداشتیم»
    if neg.tag == "neg" and by_speaker(scene, neg):
        return _speaker_denies(scene, neg, end)
    if neg.tag == "neg" and _nothing_known(scene, neg):
        return Cue("fault", neg.begin - 1, end)  # «درش وا نمیشه»
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


def verb_end(scene: Scene, place: int) -> int | None:
    """Past what is done with a figure before it is taken back."""
    if scene.lattice.words[place] == NEGATION:
        return place + 1
    tags = ("miss", "fault", "use", "take", "consume", "left", "lasts", "more")
    return max((entry.end for tag in tags if (entry := scene.longest(tag, place))), default=None)


MAYBE: Final = frozenset({"شاید", "یا", "بلکه", "بلکم", "گاهی", "یا حتی"})
BESIDE: Final = 8
"""Tokens between a figure and the larger one that it may be."""


def or_more(scene: Scene, found: list[Measure]) -> list[Measure]:
    """«سه بار، شایدم چهار بار»: the second figure is the first one's upper end."""
    kept: list[Measure] = []
    for measure in found:
        first = kept[-1] if kept else None
        if first is not None and first.kind == "rate" and first.of_times and _one_of_it(first, measure):
            kept[-1] = replace(first, end=measure.end)  # «دو هفته یه بار یه وعده»
            continue
        if first is None or not _widens(scene, first, measure):
            kept.append(measure)
            continue
        low, high = first.value, measure.value
        if low is None or high is None:
            continue
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
    said = any(words[place] in MAYBE for place in (*between, second.begin))
    commas = [place for place in between if words[place] == ","]
    between = range(commas[-1] if commas else first.end, second.begin)
    return said and all(
        scene.tokens[place].kind == "mark" or words[place] in MAYBE or "stop" in scene.lattice.at[place]
        for place in between
    )


def _one_of_it(first: Measure, second: Measure) -> bool:
    return _single(second) and second.begin - first.end <= 1


def _single(measure: Measure) -> bool:
    return measure.kind == "count" and measure.value is not None and measure.value.low == measure.value.high == 1


def left_out(scene: Scene, measure: Measure, cue: Cue) -> bool:
    """«هر هفته یک نوبت را نخورده»: what is not taken is missed; «روزی سه بار نمی‌خورم» denies a habit."""
    words = scene.lattice.words
    verb = words[cue.end - 1]
    return not verb.startswith("می") or not {"رو", "را"}.isdisjoint(words[measure.end : cue.end])


SOUNDING: Final = frozenset({"سوت", "بوق", "جیغ", "ارور", "خطا", "صدا", "هشدار", "پیغام", "آلارم", "زنگ", "چشمک", "پیام"})
GIVING: Final = frozenset({"میزن", "زد", "زده", "میده", "داد", "داده", "میکن", "کرد", "میکش", "کشید", "میآ", "گرفت", "میگیر"})


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


MORE_THAN: Final = frozenset({"بیشتر", "بیش", "بالای", "کمتر"})
BEHIND = 6
"""Tokens between a bound and the denial that turns it round."""
NOT_THOUGHT: Final = frozenset({"فکر", "گمان", "گمونم", "بعید"})


def turned_behind(scene: Scene, measure: Measure) -> bool:
    """«بیشتر از سه بار روشنش نمی‌کنم», «فکر نکنم بیشتر از ده تا»: the denial turns the bound round."""
    if measure.kind not in ("rate", "count", "length", "length_per", "share"):
        return False
    words = scene.lattice.words
    if MORE_THAN.isdisjoint(words[max(measure.begin - 1, 0) : measure.end]):
        return False
    begin, end = scene.clause(measure.begin)
    before = words[max(begin, measure.begin - 4) : measure.begin]
    if not NOT_THOUGHT.isdisjoint(words[max(begin, measure.begin - 4) : measure.end]) and (
        NEGATION in before or "بعید" in before
    ):
        return True
    behind = words[measure.end : min(end, measure.end + BEHIND)]
    return NEGATION in behind


REACHED: Final = frozenset({"کشید", "رسید", "میکش", "میرس", "کشیده", "رسیده", "میش", "شد"})


def reached_not(scene: Scene, measure: Measure, end: int) -> Cue | None:
    """«به بیست روز نکشید»: what it did not reach bounds it."""
    if measure.begin == 0 or scene.lattice.words[measure.begin - 1] != "به" or measure.kind == "none":
        return None
    for cue in scene.all("neg", begin=measure.end, end=min(end, measure.end + 3)):
        if cue.end < len(scene.tokens) and scene.tokens[cue.end].text in REACHED:
            return Cue("not_even", measure.begin - 1, cue.end)
    return None


TIMES: Final = frozenset({"length", "spell", "ago", "since"})


def restated(scene: Scene, found: list[Measure]) -> list[Measure]:
    """«از چهارشنبه‌ی دو هفته پیش، یعنی پونزده روزه»: what "that is" says stands for both."""
    kept: list[Measure] = []
    for measure in found:
        first = kept[-1] if kept else None
        if first is not None and measure.begin - first.end <= 3 and first.kind in TIMES and measure.kind in TIMES:
            if "یعنی" in scene.lattice.words[first.end : measure.begin + 1]:
                kept[-1] = replace(measure, kind=first.kind if first.kind != "since" else measure.kind, begin=first.begin)
                continue
        kept.append(measure)
    return kept


BEGUN_PERIODS: Final = frozenset({"week", "month", "year"})


def begun(window: Measure) -> bool:
    """«از هفته پیش چهار بار», «از دو هفته پیش سه بار»: since when is a window of what is counted."""
    if window.kind == "since" and window.moment is not None:
        return window.moment[0] in BEGUN_PERIODS or window.moment == ("day", 1)
    pattern = window.frame.pattern if window.frame is not None else ""
    return window.kind == "spell" and pattern.startswith("از <time:t> <ago>")


def no_more(scene: Scene, measures: tuple[Measure, ...], measure: Measure) -> bool:
    """What only repeats the figure beside it: «یه سوم قفسه هم پره», «تا حالا نشده یه وعده رو فراموش کنم»."""
    if measure.kind == "vague":
        return any(
            other.value is not None
            and not _single(other)
            and abs(other.begin - measure.begin) <= BESIDE + 2
            and scene.clause(other.begin) == scene.clause(measure.begin)
            for other in measures
        )  # «هفتاد درصدشو مرتب می‌خورم»
    if measure.kind in ("full", "empty"):
        rest = scene.lattice.words[max(measure.begin - 1, 0)] in ("باقی", "بقیه", "باقیش")
        beside = any(
            other.kind in ("share", "count") and 0 <= measure.begin - other.end <= 4
            and scene.clause(other.begin) == scene.clause(measure.begin)
            and (other.kind == "share" or measure.kind == "full")
            for other in measures
        )
        return rest or (measure.kind == "full" and beside)
    if _single(measure):
        return any(
            other.kind in ("none", "vague") and 0 <= measure.begin - other.end <= 2 and other.begin < measure.begin
            for other in measures
        )
    return False


def denied_within(scene: Scene, cue: Cue) -> bool:
    """Whether a cue holds its denial: «جا ننداخت»."""
    return NEGATION in scene.lattice.words[cue.begin : cue.end]
