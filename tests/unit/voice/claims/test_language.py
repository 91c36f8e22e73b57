"""Which language a statement is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.claims.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("هفته‌ای سه بار", "fa"),
        ("haftei se bar roshanesh mikonam", "fa"),
        ("man har rooz ghorsamo mikhoram", "fa"),
        ("batri 2 rooze kharabe", "fa"),
        ("این app روزی دو بار crash می‌کنه", "fa"),
        ("I run it three times a week", "en"),
        ("man, the app crashed in a bar", "en"),
        ("crashes daily", "en"),
        ("my aunt says «سلام» to the robot every morning before she leaves", "en"),
        ("", "en"),
        ("123", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect(text) == language


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert detect(text) in ("en", "fa")
