"""Persian words as a lexicon sees them: one spelling for joined, half-spaced and spaced writing.

    می خورم  می‌خورم  میخورم      میخور             tense and verb, whoever does it (lexicon/fa_forms.py)
    نمی‌خورم  نخوردم              ن‌ میخور  ن‌ خورد    the negation is a token of its own
    قرص‌هامو  قرصاشون  قرصی        قرص              plural, owner and «را» go; the span stays the whole word
    هفته ای  هفته‌ای  هفتهای       هفتهای            a period («هفته‌ای سه بار»)
    پنج شش ماهی  بیست تایی         ماه ی‌  تا ی‌        after a number the ـی approximates
    یه هفته‌ست  سه روزه  خالیه      هفته است          the copula is a token of its own
    نیم ساعتم  یه بارم            ساعت هم           behind a counted word the clitic م is «هم»
    دوبار  سه‌روزه  یه‌هفته        دو بار            numbers are taken off what they count

Dialects whose copula is ـس or ـن («دو هفتِس»), Latin letters (finglish.py) and frequent slips end in the
same tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from voice.claims.lexicon.fa_forms import (
    ABOUT,
    ADJECTIVES,
    ALIASES,
    ALSO,
    APPROXIMATING,
    COPULA,
    COUNTERS,
    DAY_PARTS,
    DETERMINERS,
    FORMS,
    KEPT,
    NEGATION,
    NINE,
    NOUNS,
    NUMBERS,
    PREVERBS,
    UNITS,
    WEEKDAYS,
)
from voice.claims.lexicon.fa_words import vocabulary
from voice.claims.text import ZWNJ

OWNER = "مون|تون|شون|مان|تان|شان|یم|یت|یش|ام|ات|اش|م|ت|ش"
NOUN_SUFFIX: Final = re.compile(
    rf"(?:ها|ا)?(?:یی|یه|ای|ی)?(?:{OWNER})?(?:رو|را|و)?(?P<copula>هست|است|یه|ست|اس|ان|ه|س|ن)?(?:ش)?(?P<also>هم|م)?(?:که)?"
)
_BEHIND = (
    r"(?:(?:ا|ی)?(?:شون|مون|تون|شان|مان|تان|ش|ت))?(?:رو|را|و)?"
    r"(?P<copula>هست|است|ست|اس|ه|س)?(?P<also>هم|ام|م)?"
)
COUNT_SUFFIX: Final = re.compile(rf"(?P<plural>های|ها|ای|ا|ان)?(?P<some>یی|ی)?{_BEHIND}")
SILENT_SUFFIX: Final = re.compile(rf"(?P<plural>های|ها)?(?P<some>ایی|یی|ای)?{_BEHIND}")
SPOKEN_COPULAS: Final = frozenset({"س", "ن", "ان"})
"""Taken off adjectives only: nouns that end in these are too many."""
PREFIXES: Final = frozenset({"می", "نمی", "نیمی", "همی"})
LOOSE: Final = frozenset(
    {"ها", "های", "هایی", "هام", "هات", "هاش", "هامون", "هاتون", "هاشون", "هامان", "هایم", "هایش", "هایشان", "هامو",
     "هاشو", "هاشونو", "هامونو", "هاتونو", "هارو", "ای", "ایه", "ام", "ات", "اش", "مون", "تون", "شون", "ست", "ایم",
     "اید", "ش", "اشو", "شو", "امو"}
)  # fmt: skip
"""Suffixes that are also written apart."""
COUNTED: Final = UNITS | COUNTERS | DAY_PARTS
DATED: Final = UNITS | DAY_PARTS | frozenset(WEEKDAYS) | {"بار", "دفعه", "وقت", "نوبت"}
"""Counted words whose plural says something: «شب‌ها», «شنبه‌ها»."""
STEMS: Final = NOUNS | COUNTED | ADJECTIVES | frozenset(WEEKDAYS)
LONGEST: Final = max(map(len, STEMS))
VARIANTS: Final = 2
"""Times a word is looked up again after an alias or a prefix was resolved."""


REPEATED: Final = re.compile(r"(?<=.)(.)\1+")


@lru_cache(maxsize=16384)
def words_of(word: str) -> tuple[str, ...]:
    """The lexicon's words for one written word; the approximating ـی stays a candidate «ی‌» behind its unit."""
    if word in (NEGATION, APPROXIMATING, NINE, ABOUT):
        return (word,)  # a lexicon may name them
    joined = word.replace(ZWNJ, "")
    found = _known(joined)
    if found is not None:
        return found
    if ZWNJ in word:
        parts = _regrouped([part for part in word.split(ZWNJ) if part])
        if len(parts) > 1:
            return tuple(piece for part in parts for piece in words_of(part))
    plain = REPEATED.sub(r"\1", joined)
    if plain != joined and (found := _known(plain)) is not None:
        return found  # «ارررور», «خیلیییی»
    return (joined,) if joined else ()


def _regrouped(parts: list[str]) -> list[str]:
    """Prefixes and suffixes put back to their words."""
    found: list[str] = []
    for part in parts:
        if found and (found[-1] in PREFIXES or part in LOOSE or NOUN_SUFFIX.fullmatch(part)):
            found[-1] += part
        else:
            found.append(part)
    return found


def _known(word: str, depth: int = VARIANTS) -> tuple[str, ...] | None:
    alias = ALIASES.get(word)
    if alias is not None:
        return tuple(alias.split())
    if word in KEPT or word in NUMBERS or word in STEMS:
        return (word,)
    if word in FORMS:
        return _time(word) or (FORMS[word],)
    return (
        _time(word) or _inflected(word) or _verb(word) or (_compound(word, depth) if depth else None) or _listed(word)
    )


OWNED: Final = re.compile(rf"(?:های|ها|ا|ی)?(?:{OWNER})?(?:رو|را|و)?(?P<copula>ه|ست)?")
SHORT_STEM, SHORT_SUFFIX = 3, 2
"""A stem of so few letters is only seen before an ending of so many."""


def _listed(word: str) -> tuple[str, ...] | None:
    """A word of the lexicon with its endings, whatever it is: «رقیبمون», «پرستارش»."""
    listed = vocabulary()
    if word in listed:
        return None
    for length in range(len(word) - 1, SHORT_STEM - 1, -1):
        stem, suffix = word[:length], word[length:]
        if stem not in listed and f"{stem}ه" in listed and length > SHORT_STEM and suffix in ("مون", "تون", "شون"):
            return (f"{stem}ه",)  # «همسایمون»
        if stem not in listed or (length <= SHORT_STEM and len(suffix) < SHORT_SUFFIX):
            continue
        match = OWNED.fullmatch(suffix)
        if match is not None:
            return (stem, COPULA) if match["copula"] else (stem,)
    return None


def _time(word: str) -> tuple[str, ...] | None:
    """A counted word and its endings, before a verb is seen in it («بارم»)."""
    for stem, suffix in _stems(word):
        if stem in DATED and (counted := _counted(stem, suffix)) is not None:
            return counted
    return None


def _verb(word: str) -> tuple[str, ...] | None:
    """A verb form, maybe denied, maybe with its preverb and its object's clitic."""
    bare = word
    for clitic in ("", "ش", "شون", "شو", "م", "شم", "ت", "شان", "هم", "شونو", "مون", "تون", "مو", "یش", "تش"):
        if not bare.endswith(clitic) or len(bare) - len(clitic) < 2:
            continue
        stem = bare[: len(bare) - len(clitic)] if clitic else bare
        form = form_of(stem)
        if form is not None:
            return form
    return None


@lru_cache(maxsize=16384)
def form_of(word: str) -> tuple[str, ...] | None:
    """The tokens of a verb form without a clitic, None for what is none."""
    form = FORMS.get(word)
    if form is not None:
        return (form,)
    denied = _denied(word)
    if denied is not None:
        return NEGATION, denied
    if word.startswith("م") and len(word) > SHORT_STEM and "می" + word[1:] in FORMS:
        return (FORMS["می" + word[1:]],)  # «مُکُنُم»
    for preverb in PREVERBS:
        rest = word[len(preverb) :]
        if word.startswith(preverb) and len(rest) > 1:
            if rest in FORMS:
                return preverb, FORMS[rest]
            denied = _denied(rest)
            if denied is not None:
                return preverb, NEGATION, denied
    return None


def _denied(word: str) -> str | None:
    if word in ("نیست", "نیس", "نیستش", "نیستن", "نیستند", "نیستم", "نیستیم", "نی", "نیستی"):
        return COPULA
    if word.startswith("نیمی"):
        return FORMS.get(word[2:])
    if word.startswith("نمی"):
        return FORMS.get(word[1:]) or (word[1:] if len(word) > 4 and word not in KEPT else None)
    if word.startswith("نم") and len(word) > 4 and "می" + word[2:] in FORMS:
        return FORMS["می" + word[2:]]
    if word.startswith("نی") and len(word) > 3:
        for rest in (word[2:], "ا" + word[2:], "آ" + word[2:], "ب" + word[1:]):
            if rest in FORMS:
                return FORMS[rest]
    if word.startswith("ن") and len(word) > 2:
        rest = word[1:]
        return FORMS.get(rest) or FORMS.get("ب" + rest)
    return None


def _stems(word: str) -> tuple[tuple[str, str], ...]:
    """Known stems that a word begins with, the longest first, and what follows each."""
    found = []
    for length in range(min(len(word), LONGEST), 0, -1):
        stem = word[:length]
        resolved = ALIASES.get(stem, stem)
        if resolved in STEMS and (length > 1):
            found.append((resolved, word[length:]))
    return tuple(found)


def _inflected(word: str) -> tuple[str, ...] | None:
    for stem, suffix in _stems(word):
        if stem in COUNTED or stem in WEEKDAYS:
            counted = _counted(stem, suffix)
            if counted is not None:
                return counted
        match = NOUN_SUFFIX.fullmatch(suffix)
        if match is not None and (stem in ADJECTIVES or (stem in NOUNS and match["copula"] not in SPOKEN_COPULAS)):
            return (stem, *((COPULA,) if match["copula"] else ()), *((ALSO,) if match["also"] else ()))
        if stem.endswith("ه") and suffix in ("ء", "س", "ست"):
            return stem, COPULA
    for ending in ("ست", "س"):  # «هفتست», «هفتس», «دقیقس»: the ـه of the stem is swallowed
        if word.endswith(ending) and word[: -len(ending)] + "ه" in COUNTED and word != "ماست":
            return word[: -len(ending)] + "ه", COPULA
    if word.endswith("م") and word[:-1] + "ه" in COUNTED:  # «هفتم هم»: two weeks even
        return None
    return None


def _counted(stem: str, suffix: str) -> tuple[str, ...] | None:
    """A unit, counter or day with its endings."""
    mute = silent(stem)
    if mute and suffix == "ی":
        return (stem,)  # «هفته‌ی پیش»
    match = (SILENT_SUFFIX if mute else COUNT_SUFFIX).fullmatch(suffix)
    if match is None:
        return None
    copula = (COPULA,) if match["copula"] else ()
    also = (ALSO,) if match["also"] else ()
    if match["plural"]:
        return f"{stem}ها" if stem in DATED else stem, *copula, *also
    if match["some"]:
        return with_some(stem), *copula, *also
    return stem, *copula, *also


def silent(stem: str) -> bool:
    """Whether a word ends in the ـه that is no consonant."""
    return stem.endswith("ه") and stem != "ماه"


def with_some(stem: str) -> str:
    """A counted word with its ـی."""
    return f"{stem}{'ا' if silent(stem) else ''}ی"


def _compound(word: str, depth: int) -> tuple[str, ...] | None:
    """«دوبار», «سهروزه», «هرشب», «نیمساعته»: a number or determiner run into what it counts."""
    for length in range(min(len(word) - 2, 7), 0, -1):
        head, rest = word[:length], word[length:]
        if head in NUMBERS or head in DETERMINERS:
            if rest in NUMBERS and len(rest) > 1 and len(head) > 1:
                return (*_number(head), *_number(rest))
            tail = _inflected(rest) or ((rest,) if rest in COUNTED else None)
            if tail is None and depth > 1:
                tail = _compound(rest, depth - 1)
            if tail is not None and (tail[0] in COUNTED or _bare(tail[0]) in COUNTED):
                return (*_number(head), *tail)
    return None


def _bare(word: str) -> str:
    return word.removesuffix("ها").removesuffix("ی").removesuffix("ا")


def _number(word: str) -> tuple[str, ...]:
    return tuple(ALIASES.get(word, word).split())
