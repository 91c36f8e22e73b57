"""Slips in words that carry meaning are read; other words, and every figure, stand as they are."""

from __future__ import annotations

import pytest

import catalog
from voice.claims import extract
from voice.claims.grammars import grammar_of

SPELLING = grammar_of("en").spelling


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("batery", "battery"), ("batterry", "battery"), ("crahses", "crashes"), ("vacum", "vacuum"),
        ("hourss", "hours"), ("minuetes", "minutes"), ("weks", "weks"), ("tablest", "tablets"),
        ("forgoten", "forgotten"),
        ("freez", "freeze"), ("stoppped", "stopped"), ("sesssion", "session"), ("erratic", "erratic"),
    ],
)  # fmt: skip
def test_one_slip_is_read(written: str, meant: str) -> None:
    assert SPELLING is not None
    assert SPELLING.read(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "stack",
        "crush",
        "boost",
        "thirdy",
        "sevn",
        "fourten",
        "twentty",
        "fifity",
        "cleaner",
        "xqzzt",
        "a" * 5000,
        "زمان",
        "",
    ],
)
def test_other_words_and_figures_stand(word: str) -> None:
    assert SPELLING is not None
    assert SPELLING.read(word) == word


def test_a_claim_is_quoted_as_it_was_written() -> None:
    text = "The batery lasts 40 minuets."
    (claim,) = extract(text, catalog.load()["robot_vacuum"], "en")
    assert (claim.topic, claim.low, claim.high) == ("battery_runtime", 40, 40)
    assert claim.quote in text
