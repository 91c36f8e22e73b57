"""Tokens of both languages: what the lexicon sees, and where it stands."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.claims.text import normalise
from voice.claims.tokens import Token, tokenise


def _of(text: str, language: str) -> tuple[Token, ...]:
    return tokenise(normalise(text), language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200 and 2.5.", "1200 and 2.5 ."),
        ("20min 1h30 5x 80%", "20 min 1 h 30 5 x 80 %"),
        ("2nd of 2024-03-01 at 10:30", "2nd of 2024-03-01 at 10:30"),
        ("rv200, e14 and 4f3a9b", "rv200 , e14 and 4f3a9b"),
        ("1/5 3-4", "1 / 5 3 - 4"),
        ("2½ hours, ½ full", "2.5 hours , 0.5 full"),
        ("I don't, can't, won't", "i do not , can not , will not"),
        ("it's I've we're he'll", "it 's i have we are he will"),
        ("twenty-five ten-mil", "twenty - five ten - mil"),
        ("what?! no...", "what ? no ;"),
        ("100 m² 👍", "100 m² 👍"),
    ],
)
def test_english(text: str, expected: str) -> None:
    assert [token.text for token in _of(text, "en")] == expected.split()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("0171 555", "number number"), ("12/03/2024", "code"), ("v2 ok, 3", "code word mark number")],
)
def test_kinds(text: str, kinds: str) -> None:
    assert [token.kind for token in _of(text, "en")] == kinds.split()


@given(st.text() | st.text(alphabet="aن’'٣3.,:/-½\u200c \nهفتهایمیخورم‌", max_size=50), st.sampled_from(["en", "fa"]))
def test_any_text_has_tokens_in_order(text: str, language: str) -> None:
    tokens = _of(text, language)
    assert all(token.text and 0 <= token.start <= token.end <= len(text) for token in tokens)
    assert all(left.start <= right.start and left.end <= right.end for left, right in itertools.pairwise(tokens))


@given(st.lists(st.sampled_from(["3 times", "a week,", "don't", "rv200", "20min", "هفته‌ای", "۳ بار"]), max_size=8))
def test_nothing_but_space_lies_between_tokens(parts: list[str]) -> None:
    text = "  ".join(parts)
    for language in ("en", "fa"):
        covered = [False] * len(text)
        for token in _of(text, language):
            covered[token.start : token.end] = [True] * (token.end - token.start)
        assert all(done or text[place] in " \u200c" for place, done in enumerate(covered))
