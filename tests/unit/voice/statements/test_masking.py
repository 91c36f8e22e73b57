from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.statements.masking import label, masked

ANNA = ("Anna-Maria Beispiel", "مریم احمدی")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna here, it gets stuck 3 times a week", "[name] here, it gets stuck 3 times a week"),
        ("ANNA-MARIA Beispiel, vac-7 dies after 20 minutes", "[name] [name], [device] dies after 20 minutes"),
        ("call +49 (30) 1234-567 at 8", "call [number] at 8"),
        ("order 20391884, twice a day", "order [number], twice a day"),
        ("serial RV2-00319X, 1500 items a day", "serial [serial], 1500 items a day"),
        ("mail a.b@example.org or see www.example.org/x now", "mail [address] or see [address] now"),
        ("مریم هستم، روزی ۲ بار", "[name] هستم، روزی ۲ بار"),
        ("شماره ۰۹۱۲۳۴۵۶۷۸۹ هفته‌ای سه بار", "شماره [number] هفته‌ای سه بار"),
        ("at 8:30, 1h30, 2-3 times, 50%", "at 8:30, 1h30, 2-3 times, 50%"),
    ],
)
def test_what_tells_of_the_person_is_masked_and_the_figures_stay(text: str, left: str) -> None:
    assert masked(text, ANNA, ["vac-7"]) == left


@given(st.text(max_size=300))
def test_any_text_is_masked_and_once_is_enough_for_names(text: str) -> None:
    assert "beispiel" not in masked(text + " Beispiel", ANNA).casefold()


def test_a_long_text_is_masked_in_no_time() -> None:
    began = time.process_time()
    for text in ("a" * 8_000, "1" * 8_000, "1-" * 4_000, "@" * 8_000, "a." * 4_000):
        masked(text, ANNA)
    assert time.process_time() - began < 2


def test_a_label_has_no_words_of_the_customer() -> None:
    claim = {"topic": "last_used", "low": 1, "quote": "Anna used it yesterday", "span": [0, 3]}
    assert label(claim) == {
        "topic": "last_used", "low": 1, "high": None, "unit": None, "per": None, "hedged": None, "negated": None,
    }  # fmt: skip
