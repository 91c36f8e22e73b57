"""A statement without what tells whose it is: names, addresses, numbers of telephones, serials and orders. Pure.

What is left is what a customer tells of the product. Masks stand in brackets, so nobody takes them for words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

LABELLED: Final = ("topic", "low", "high", "unit", "per", "hedged", "negated")
"""The members of a claim that a label has: its quote may hold a name."""
LEAST_DIGITS: Final = 7
"""Shorter numbers tell how often or how long; the shortest telephone numbers have seven digits."""
LEAST_NAME: Final = 3
"""Letters: shorter parts of a name are words too."""

# Each walks once over the text: no part of a pattern can match what the part before it gives back.
_PIECE: Final = re.compile(r"\S+")
_ADDRESSES: Final = ("http://", "https://", "www.")
_WORD: Final = re.compile(r"[\w.-]+")
_NUMBER: Final = re.compile(r"\+?\d[\d \-/()]*")


def masked(text: str, names: Iterable[str], devices: Collection[str] = ()) -> str:
    """`text` with masks for addresses, for every part of `names`, for `devices`, and for long numbers and serials."""
    parts = {part.casefold() for name in names for part in re.findall(r"\w+", name) if len(part) >= LEAST_NAME}
    units = {unit.casefold() for unit in devices}

    def word(match: re.Match[str]) -> str:
        found = match[0]
        plain = found.casefold().strip(".-")
        if plain in units:
            return "[device]"
        if plain in parts or any(piece in parts for piece in re.findall(r"\w+", plain)):
            return "[name]"
        digits = sum(letter.isdigit() for letter in plain)
        if len(plain) >= LEAST_DIGITS - 1 and digits >= 2 and any(letter.isalpha() for letter in plain):
            return "[serial]"
        return found

    def number(match: re.Match[str]) -> str:
        found = match[0]
        digits = sum(letter.isdigit() for letter in found)
        return "[number]" + " " * found.endswith(" ") if digits >= LEAST_DIGITS else found

    return _NUMBER.sub(number, _WORD.sub(word, _PIECE.sub(_address, text)))


def label(claim: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as it is labelled."""
    return {member: claim.get(member) for member in LABELLED}


def _address(match: re.Match[str]) -> str:
    piece = match[0]
    return "[address]" if "@" in piece or piece.casefold().startswith(_ADDRESSES) else piece
