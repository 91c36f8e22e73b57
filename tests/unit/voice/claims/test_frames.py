"""Patterns: what they may look like, what they match, and that they speak of tags there are."""

from __future__ import annotations

import pytest

from voice.claims.builders import BUILDERS
from voice.claims.frames import Frame, Grammar, compile_pattern
from voice.claims.grammars import Language, grammar_of
from voice.claims.lattice import Lattice, Trie
from voice.claims.lexicon import TAGS
from voice.claims.text import normalise
from voice.claims.tokens import tokenise

LAID = {"numeral", "scale", "fraction", "once", "unit", "period", "periodic", "moment", "number", "time", "part",
        "fraction_value", "noun", "cardinal", "simple", "span", "product_fault"}  # fmt: skip


@pytest.mark.parametrize("pattern", ["", "a? b", "<n", "<>", "<N:x>", "a <b:>", "<a:b:c>"])
def test_a_pattern_that_is_none(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        compile_pattern(pattern)


def test_the_longest_match_with_its_captures() -> None:
    trie = Trie("en")
    trie.add("every", "every")
    trie.add("second", "nth", 2)
    trie.add("second day", "nth", 3)
    lattice = Lattice(tokenise(normalise("every second day or so"), "en"))
    lattice.lay(trie)
    grammar = Grammar((Frame("every", "<every> <nth:k> day? or? so?"), Frame("every", "<every> week")))
    (match,) = grammar.matches(lattice, 0)
    assert (match.begin, match.end) == (0, 5)
    assert match.captures == {"k": 3}
    assert grammar.matches(lattice, 1) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_frames_name_builders_and_tags_that_exist(language: Language) -> None:
    rules = grammar_of(language)
    known = LAID | set(rules.lexicon.tags) | set(rules.lexicon.extra)
    for frame in rules.frames:
        assert frame.kind in BUILDERS, frame
        for slot in compile_pattern(frame.pattern):
            assert known.issuperset(slot.tags), frame


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_cues_of_a_lexicon_are_explained(language: Language) -> None:
    rules = grammar_of(language)
    used_by_frames = {tag for frame in rules.frames for slot in compile_pattern(frame.pattern) for tag in slot.tags}
    exceptions = {tag for tag in rules.lexicon.tags if tag.startswith("not_")}
    assert set(rules.lexicon.tags) - set(TAGS) <= used_by_frames | exceptions
