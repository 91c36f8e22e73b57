"""One way of writing, with a map back to the text as it was written.

Digits become ASCII, Arabic letters their Persian shape, quotes and dashes one form, capitals small;
vowel signs, tatweel and invisible controls go (the zero-width non-joiner stays: tokens.py decides).
Letters drawn out for emphasis («خیلیییی») are written once. Nothing is reordered, so a quote can
always be cut out of the original.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from typing import Final

ZWNJ: Final = "\u200c"
MADDA: Final = "\u0653"
DRAWN_OUT: Final = 3
"""Equal Persian letters in a row that are emphasis and no spelling."""


@dataclass(frozen=True, slots=True)
class Normal:
    """`text`, and for every character the index in the original of the one it came from.

    `offsets` is one longer than `text` and never falls; its last entry is the original's length.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Where `text[begin:end]` stands in the original, with the signs that were dropped behind it."""
        if begin >= end:
            return self.offsets[begin], self.offsets[begin]
        return self.offsets[begin], max(self.offsets[end], self.offsets[end - 1] + 1)


def _same(characters: str, becomes: str) -> dict[str, str]:
    return dict.fromkeys(characters, becomes)


FORMS: Final[dict[str, str]] = {
    **_same("يىېۍےئ", "ی"),
    **_same("كڪګ", "ک"),
    **_same("ةۀہھەۃۂ", "ه"),
    **_same("أإٱ", "ا"),
    **_same("ؤۆۇ", "و"),
    "ء": "",
    "ـ": "",
    "\u00ac": ZWNJ,  # old Persian word processors saved the non-joiner as a not sign
    **_same("‘’‚‛ʼʻ`´′＇", "'"),
    **_same("“”„‟«»″‹›〝〞", '"'),
    **_same("‐‑‒–—―−﹣－", "-"),
    "؟": "?", "،": ",", "؛": ";", "٪": "%", "٫": ".", "٬": ",", "…": "...", "۔": ".", "٭": "*",
    "\t": " ", "\v": "\n", "\f": "\n", "\r": "\n", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n",
    "ı": "i", "ß": "ss", "ﷲ": "الله", "﷼": "ریال",
}  # fmt: skip


def _one_form(character: str) -> str:
    """What a character is written as: nothing, itself, or a few others."""
    if character in FORMS:
        return FORMS[character]
    if character == ZWNJ or character == "\n" or character == "آ":
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Mn", "Me", "Cf", "Cc", "Cs"):
        return MADDA if character == MADDA else ""
    if category == "Zs":
        return " "
    code = ord(character)
    if 0xFB50 <= code <= 0xFEFF or 0xFF01 <= code <= 0xFF5E:  # presentation forms, full width
        return "".join(
            part if part in (" ", character) else _one_form(part) for part in unicodedata.normalize("NFKC", character)
        )
    if category[0] == "L" and (0xC0 <= code < 0x250 or 0x1E00 <= code < 0x1F00):  # accented Latin
        return unicodedata.normalize("NFD", character)[0].lower()
    return "".join(part for part in character.lower() if unicodedata.category(part) != "Mn")


class _Forms(dict[str, str]):
    """Remembers the form of every character seen, at most one per code point."""

    def __missing__(self, character: str) -> str:
        form = self[character] = sys.intern(_one_form(character))
        return form


_forms = _Forms()


def normalise(text: str) -> Normal:
    """The text in one way of writing. Total: every string has a normal form."""
    written: list[str] = []
    offsets: list[int] = []
    run = 0
    for index, character in enumerate(text):
        form = _forms[character]
        if form == MADDA:
            if written and written[-1] == "ا":
                written[-1] = "آ"
            continue
        if character == "\n" and index and text[index - 1] == "\r":
            continue
        for part in form:
            run = run + 1 if written and written[-1] == part else 1
            if run >= DRAWN_OUT and "\u0600" <= part <= "\u06ff":
                if run == DRAWN_OUT:
                    written.pop()
                    offsets.pop()
                continue
            written.append(part)
            offsets.append(index)
    offsets.append(len(text))
    return Normal("".join(written), tuple(offsets))
