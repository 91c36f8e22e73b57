"""Persian in Latin letters, word by word, as Persian: `mahi` is «ماهی», `nemikonam` is «نمیکنم».

Spellings of one sound meet in one key (oo, ou, u; kh, x; gh, q; ee, ii, y; eh, e). A word is one of a
list, a verb form put together from a list of stems, or a listed word with an ending.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from voice.claims.lexicon.fa_latin import WORDS
from voice.claims.lexicon.fa_latin_verbs import AMBIGUOUS, LOANS, PAST, PRESENT

SOUNDS: Final = (
    ("kh", "x"), ("sh", "$"), ("ch", "č"), ("gh", "q"), ("zh", "ž"), ("ph", "f"), ("oo", "o"), ("ou", "o"), ("ow", "o"),
    ("u", "o"), ("w", "v"), ("aa", "a"), ("ee", "i"), ("eyi", "ei"), ("ey", "ei"), ("ay", "ai"), ("iy", "i"),
    ("'", ""), ("’", ""), ("c", "k"), ("eei", "ei"),
)  # fmt: skip
DOUBLED: Final = re.compile(r"(.)\1+")
ENDINGS: Final = {
    "am": "م", "i": "ی", "e": "ه", "ad": "د", "im": "یم", "in": "ین", "id": "ید", "an": "ن", "and": "ند", "": "",
    "d": "د", "m": "م", "n": "ن",
}  # fmt: skip
OBJECTS: Final = ("", "e$", "a$", "$", "e$on", "a$on", "a$o", "e$o")
NOUN_ENDINGS: Final = re.compile(
    r"(?:ha|a)?(?:ye|ie|i)?(?:am|em|m|et|at|e$|a$|\$|e\$|a\$|i\$|emon|amon|mon|eton|aton|ton|e\$on|a\$on|\$on|e\$an|a\$an)?(?:o|ro|e|h)?"
)
COPULA: Final = {"e": "ه", "st": "ست", "ast": "ست", "s": "ست", "as": "ست", "es": "س", "eh": "ه", "a": "ها", "ha": "ها"}
PREVERBS: Final = {"bar": "بر", "var": "ور", "dar": "در"}


def key(word: str) -> str:
    """One spelling for all spellings of a sound."""
    for written, sound in SOUNDS:
        word = word.replace(written, sound)
    word = DOUBLED.sub(r"\1", word)
    if len(word) > 2 and word.endswith("eh"):
        word = word[:-1]
    if len(word) > 1 and word.endswith("y"):
        word = word[:-1] + "i"
    return word


_WORDS: Final = {key(spelling): persian for persian, spellings in WORDS.items() for spelling in spellings.split()}
_LOANS: Final = {spelling: persian for persian, spellings in LOANS.items() for spelling in spellings.split()}
_PRESENT: Final = {key(spelling): persian for persian, spellings in PRESENT.items() for spelling in spellings.split()}
_PAST: Final = {key(spelling): persian for persian, spellings in PAST.items() for spelling in spellings.split()}


@lru_cache(maxsize=8192)
def to_persian(word: str) -> str | None:
    """The Persian words that a word of Latin letters stands for; None for one that is none."""
    sound = key(word)
    return _WORDS.get(sound) or _LOANS.get(word) or _verb(sound) or _preverb(sound) or _inflected(sound)


@lru_cache(maxsize=8192)
def is_finglish(word: str) -> bool:
    """Whether a word of Latin letters is a Persian one and no English one."""
    plain = (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed"), word.removesuffix("ing"))
    return AMBIGUOUS.isdisjoint(plain) and _LOANS.keys().isdisjoint(plain) and to_persian(word) is not None


def _preverb(sound: str) -> str | None:
    for spelling, persian in PREVERBS.items():
        if sound.startswith(spelling):
            verb = _verb(sound[len(spelling) :])
            if verb is not None:
                return persian + verb
    return None


def _verb(sound: str) -> str | None:
    for prefix, persian in (
        ("nemi", "نمی"),
        ("nami", "نمی"),
        ("mi", "می"),
        ("na", "ن"),
        ("ne", "ن"),
        ("be", "ب"),
        ("bi", "ب"),
        ("bo", "ب"),
        ("", ""),
    ):
        if not sound.startswith(prefix):
            continue
        rest = sound[len(prefix) :]
        for clitic in OBJECTS:
            if not rest.endswith(clitic):
                continue
            form = _form(rest[: len(rest) - len(clitic)] if clitic else rest, past_only=prefix == "")
            if form is not None:
                return persian + form
    return None


def _form(sound: str, *, past_only: bool) -> str | None:
    """A stem and a person."""
    for length in range(len(sound), 0, -1):
        stem, ending = sound[:length], sound[length:]
        if stem in _PAST and (ending in ENDINGS or ending in ("eam", "east", "eand")):
            return _PAST[stem] + ENDINGS.get(ending, "ه")
        if not past_only and stem in _PRESENT and ending in ENDINGS and ending != "":
            return _PRESENT[stem] + ENDINGS[ending]
    return None


def _inflected(sound: str) -> str | None:
    for length in range(len(sound) - 1, 1, -1):
        stem, ending = sound[:length], sound[length:]
        persian = _WORDS.get(stem)
        if persian is None or (length < 3 and stem != "ta"):
            continue
        if ending in COPULA:
            return f"{persian}‌{COPULA[ending]}"
        if ending == "i":
            return f"{persian}‌ای" if persian.endswith("ه") and persian != "ماه" else f"{persian}ی"
        if length >= 3 and NOUN_ENDINGS.fullmatch(ending):
            return persian
    return None
