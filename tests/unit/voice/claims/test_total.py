"""Whatever the text: no error, spans inside it, and work that grows no faster than its length."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalog
from voice.claims import MAX_CHARACTERS, extract
from voice.claims.grammars import Language, grammar_of, product_trie
from voice.claims.interpret import interpret
from voice.claims.scene import Scene
from voice.claims.text import normalise
from voice.claims.tokens import tokenise

PRODUCTS = catalog.load()
SAID = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
languages = st.sampled_from(["en", "fa", None, "xx"])
products = st.sampled_from(sorted(PRODUCTS))


def words_of(language: Language) -> list[str]:
    rules = grammar_of(language)
    found = [phrase for phrases in rules.lexicon.tags.values() for phrase in phrases]
    return sorted(
        {*found, *rules.lexicon.numbers, *rules.lexicon.periods, *rules.lexicon.units, "3", "1,200", "½", "?", "."}
    )


def check(text: str, product: str, language: str | None) -> None:
    for claim in extract(text, PRODUCTS[product], language, SAID, "Asia/Tehran", "persian", 6):
        begin, end = claim.span
        assert 0 <= begin <= end <= len(text)
        assert claim.quote == text[begin:end]
        assert claim.topic in PRODUCTS[product].claim_topics
        assert claim.low is None or claim.high is None or claim.low <= claim.high
        assert 0 <= claim.confidence <= 1
        if claim.window is not None:
            assert claim.window.since <= claim.window.until <= SAID
        json.dumps(claim.as_json(), allow_nan=False)


@settings(deadline=None)
@given(st.text(max_size=200), products, languages)
def test_any_text_is_read(text: str, product: str, language: str | None) -> None:
    check(text, product, language)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), products, st.sampled_from(["en", "fa"]))
def test_any_heap_of_known_words_is_read(chance: random.Random, product: str, language: Language) -> None:
    check(" ".join(chance.choices(words_of(language), k=chance.randint(1, 40))), product, language)


EXTREMES = (
    "", " ", "\0", "\ud800", "9" * 5000, "a" * 5000, "-" * 5000, "½" * 3000, "1e400 times a day", "0/0", "1/0 of them",
    "every 0 days", "0 in 0", "in 0 weeks 3 times", "-5 times a day", "a" + "\u0301" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("text", EXTREMES)
def test_extremes(text: str) -> None:
    for language in ("en", "fa"):
        check(text, "software", language)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("seed", range(4))
def test_work_grows_with_length_and_no_faster(language: Language, seed: int) -> None:
    chance = random.Random(seed)
    once = " ".join(chance.choices(words_of(language), k=150)) + ". "

    def steps(times: int) -> int:
        rules = grammar_of(language)
        tries = (rules.trie, product_trie(PRODUCTS["software"], language))
        scene = Scene(tokenise(normalise(once * times), language), rules.lexicon, tries)
        interpret(scene, rules.grammar, once * times, PRODUCTS["software"], None, "UTC", "gregorian", 1)
        return scene.lattice.steps

    assert steps(8) < 2.4 * steps(4)


def test_a_very_long_text_is_read_up_to_its_limit() -> None:
    text = "x " * MAX_CHARACTERS + "I use it twice a day."
    assert extract(text, PRODUCTS["software"], "en") == []
