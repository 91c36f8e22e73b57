"""Persian words as a lexicon sees them : joins and spacing variants in one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice.claims.text import ZWNJ


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the normalised text, `begin` and `end` half open."""

    text: str
    begin: int
    end: int
    kind: Literal["word", "number", "code", "mark"]


def split_persian(pieces: list[Piece], text: str) -> list[Piece]:
    """Words without joins."""
    return [Piece(p.text.replace(ZWNJ, ""), p.begin, p.end, p.kind) for p in pieces]
