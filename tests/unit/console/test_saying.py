"""Words for everything that a claim, a verdict or a case may say, and quotes marked in the text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import get_args

import pytest

from api.console import saying
from catalog.model import Topic
from store.cases import Kind, State
from store.claims import Word
from store.closings import Fix
from store.statements import CHANNELS, Uncompared
from voice.claims.model import Field, Per, Unit


def test_nothing_is_without_words() -> None:
    for words, keys in (
        (saying.TOPICS, get_args(Topic)),
        (saying.UNITS, get_args(Unit)),
        (saying.UNIT_NAMES, get_args(Unit)),
        (saying.PERS, get_args(Per)),
        (saying.PER_NAMES, ("", *get_args(Per))),
        (saying.VERDICTS, get_args(Word)),
        (saying.CHANNELS, CHANNELS),
        (saying.UNCOMPARED, get_args(Uncompared)),
        (saying.STATES, get_args(State)),
        (saying.STEPS, get_args(Kind)),
        (saying.FIXES, get_args(Fix)),
        (saying.FIELDS, get_args(Field)),
    ):
        assert set(words) == set(keys)


def said(*spans: tuple[int, int]) -> list[SimpleNamespace]:
    """Claims that were read there."""
    return [SimpleNamespace(n=n, span=span) for n, span in enumerate(spans)]


@pytest.mark.parametrize(
    ("text", "spans", "pieces"),
    [
        ("abcdef", [], [("abcdef", ())]),
        ("abcdef", [(1, 3)], [("a", ()), ("bc", (0,)), ("def", ())]),
        ("abcdef", [(0, 4), (2, 6)], [("ab", (0,)), ("cd", (0, 1)), ("ef", (1,))]),
        ("abcdef", [(0, 0), (5, 9), (-1, 2)], [("abcdef", ())]),  # found by a person: nowhere in the text
        ("", [(0, 1)], []),
    ],
)
def test_the_words_of_each_claim_are_marked(
    text: str, spans: list[tuple[int, int]], pieces: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [tuple(piece) for piece in saying.marked(text, said(*spans))] == pieces
