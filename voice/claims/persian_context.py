"""Persian words beside each other: prefixes and suffixes written apart, and what a word is by its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from voice.claims.finglish import to_persian
from voice.claims.lexicon.fa_forms import ABOUT, ALIASES, APPROXIMATING, COUNTERS, FORMS, NINE, NUMBERS, UNITS
from voice.claims.persian import COUNTED, LOOSE, PREFIXES, STEMS, form_of, silent, with_some, words_of
from voice.claims.text import ZWNJ


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the normalised text, `begin` and `end` half open."""

    text: str
    begin: int
    end: int
    kind: Literal["word", "number", "code", "mark"]


SOME: Final[dict[str, str]] = {with_some(stem): stem for stem in (UNITS | COUNTERS) - {"درصد", "وقت"}}
"""Counted words with their ـی -> the word."""


def split_persian(pieces: list[Piece]) -> list[Piece]:
    """The pieces of a text as the lexicon sees them."""
    found: list[Piece] = []
    for piece in _together(pieces):
        if piece.kind != "word":
            _between_digits(found, piece)
            found.append(piece)
            continue
        for word in words_of(piece.text):
            stem = SOME.get(word)
            if stem is not None and found and _is_number(found[-1]):
                found.append(Piece(stem, piece.begin, piece.end, "word"))
                found.append(Piece(APPROXIMATING, piece.begin, piece.end, "word"))
            else:
                found.append(Piece(word, piece.begin, piece.end, "word"))
    found = [piece for place, piece in enumerate(found) if not _of_a_clause(found, place)]
    return [_in_context(found, place) for place in range(len(found))]


def _of_a_clause(pieces: list[Piece], place: int) -> bool:
    """The ـی of «ده باری که»: it approximates nothing."""
    if pieces[place].text != APPROXIMATING or place == 0 or place + 1 >= len(pieces):
        return False
    return pieces[place + 1].text == "که" and pieces[place - 1].text in ("بار", "دفعه", "نوبت", "مرتبه", "وعده", "تا")


def _in_context(pieces: list[Piece], place: int) -> Piece:
    """«نه» that is a number and «یه» that only softens one told from "no" and "one"."""
    piece = pieces[place]
    before = pieces[place - 1] if place else None
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if piece.text == "نه" and (
        (after is not None and (after.text in COUNTED or after.text == "صد"))
        or (before is not None and before.text == "و" and place > 1 and _is_number(pieces[place - 2]))
        or (before is not None and before.text == "هشت")
        or (after is not None and after.text == "ده" and place + 2 < len(pieces) and pieces[place + 2].text in COUNTED)
    ):
        return Piece(NINE, piece.begin, piece.end, "word")
    if piece.text == "یک" and after is not None and after.text == "چیزی":
        return Piece(ABOUT, piece.begin, piece.end, "word")
    if piece.text == "یک" and after is not None and (after.kind == "number" or (after.text in NUMBERS - SINGLE)):
        return Piece(ABOUT, piece.begin, piece.end, "word")
    if after is not None and after.text == "که" and piece.text in RELATIVE:
        return Piece(RELATIVE[piece.text], piece.begin, piece.end, "word")
    if piece.text in PERIOD_EACH and _counts_times(pieces, place + 1) and not _counted_before(before):
        return Piece(PERIOD_EACH[piece.text], piece.begin, piece.end, "word")
    return piece


RELATIVE: Final = {"باری": "بار", "دفعهای": "دفعه", "نوبتی": "نوبت", "مرتبهای": "مرتبه", "وعدهای": "وعده"}
"""«ده باری که»: the ـی of what "that" tells more of."""
PERIOD_EACH: Final = {"هفته": "هفتهای", "ماه": "ماهی", "سال": "سالی", "روز": "روزی"}
"""«هفته دو بار» is «هفته‌ای دو بار»."""
ONE_OF_THEM: Final = frozenset({"این", "همین", "اون", "همون", "آن", "هر", "اول", "آخر", "وسط", "طول", "طی", "در", "تو",
                                "توی", "ابتدای", "یه", "کل", "تمام", "چند", "نیم", "بعد", "از", "سر",
                                "پیش"})  # fmt: skip
"""What makes the period behind it a certain one, or a length."""


def _counts_times(pieces: list[Piece], place: int) -> bool:
    """Whether a number and a word of times stand here."""
    if place + 1 >= len(pieces) or not _is_number(pieces[place]):
        return False
    return any(piece.text in ("بار", "دفعه", "مرتبه", "نوبت") for piece in pieces[place + 1 : place + 3])


def _counted_before(before: Piece | None) -> bool:
    return before is not None and (_is_number(before) or before.text in ONE_OF_THEM or before.text == "یک")


SINGLE: Final = frozenset({"یک", "یه", "یکی", "صد", "هزار", "میلیون", "نیم"})
"""What «یک» before it counts."""


def _is_number(piece: Piece) -> bool:
    return piece.kind == "number" or (piece.text in NUMBERS and piece.text != "یکی") or piece.text == "تا"


def _between_digits(found: list[Piece], piece: Piece) -> None:
    """«2 3 بار»: figures side by side, the second a little larger, are a range."""
    if piece.kind != "number" or not found or found[-1].kind != "number":
        return
    low, high = found[-1].text, piece.text
    if (
        len(low) <= 2
        and len(high) <= 2
        and low.isdigit()
        and high.isdigit()
        and int(low) < int(high) <= 2 * int(low) + 1
    ):
        found.append(Piece("-", piece.begin, piece.begin, "mark"))


def _together(pieces: list[Piece]) -> list[Piece]:
    """Latin letters as Persian; prefixes and suffixes written apart joined to their words."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.kind == "word" and piece.text[0].isascii():
            persian = to_persian(piece.text)
            if persian is not None:
                parts = [Piece(word, piece.begin, piece.end, "word") for word in persian.split()]
            else:
                parts = [Piece(piece.text, piece.begin, piece.end, "code")]
        else:
            parts = [piece]
        for part in parts:
            before = found[-1] if found else None
            if before is not None and before.kind == part.kind == "word" and _joins(before.text, part.text):
                suffix = "ی" if part.text == "ای" and not silent(before.text) else part.text
                found[-1] = Piece(f"{before.text}{ZWNJ}{suffix}", before.begin, part.end, "word")
            else:
                found.append(part)
    return found


def _joins(before: str, after: str) -> bool:
    if before in PREFIXES:
        return form_of(before + after) is not None or before in ("نمی", "نیمی")
    if after.startswith("شنبه"):
        return before in ("یک", "یه", "دو", "سه", "چهار", "چار", "پنج")
    if after not in LOOSE:
        return after == "ی" and before.endswith("ه") and before.replace(ZWNJ, "") in STEMS
    stem = before.replace(ZWNJ, "")
    stem = ALIASES.get(stem, stem)
    if after in ("ام", "ات", "اش", "ایم", "اید", "ست", "ش", "شو"):
        return stem.endswith("ه") and (stem in STEMS or stem in FORMS)
    return stem in STEMS
