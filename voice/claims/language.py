"""Which language a statement is in: Persian in its own letters or in Latin ones ("Finglish"), or English."""

from __future__ import annotations

import re
from typing import Final, Literal

from voice.claims.finglish import is_finglish
from voice.claims.text import normalise

Language = Literal["en", "fa"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORD: Final = re.compile(r"[a-z]+")
PERSIAN_LETTER: Final = re.compile(r"[\u0620-\u064a\u0671-\u06d3]")
ENGLISH: Final = _words(
    """
    a an the is it its i my me we our you your he she they them this that these those and or but not no of in on at
    to for from with by about after before since until when while because so if as than then there here what why how
    have has had do does did was were be been am are will would can could should dont doesnt just only very too also
    all every each any some one two three four five six seven eight nine ten times time day days week weeks month
    months year years hour hours minutes mins morning night use used run runs runs take takes left lasts works
    """
)


def detect(text: str) -> Language:
    """The language most of the words are in; English where nothing tells."""
    normal = normalise(text).text
    words = WORD.findall(normal)
    persian = len(PERSIAN_LETTER.findall(normal))
    if persian:
        return "fa" if persian * 2 >= sum(map(len, words)) else "en"
    finglish = sum(1 for word in words if word not in ENGLISH and is_finglish(word))
    english = sum(1 for word in words if word in ENGLISH)
    return "fa" if finglish > english else "en"
