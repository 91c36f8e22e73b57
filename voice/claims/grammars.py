"""The languages there are, each compiled when first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from catalog.model import Product
from voice.claims.frames import Frame, Grammar
from voice.claims.lattice import Trie, trie_of
from voice.claims.lexicon import Lexicon
from voice.claims.spelling import Spelling, words_of

Language = Literal["en", "fa"]

PRODUCTS_KEPT = 256
"""Compiled catalogue entries kept; a company has a handful."""
_tries: dict[tuple[str, int, Language], tuple[Product, Trie]] = {}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a language is: its words and its frames."""

    lexicon: Lexicon
    trie: Trie
    frames: tuple[Frame, ...]
    grammar: Grammar
    spelling: Spelling | None
    """Of a language whose words are mended."""


@cache
def grammar_of(language: Language) -> Rules:
    """The rules of a language."""
    if language == "fa":
        from voice.claims.frames.fa import FRAMES
        from voice.claims.lexicon.fa import LEXICON
    else:
        from voice.claims.frames.en import FRAMES
        from voice.claims.lexicon.en import LEXICON
    trie = trie_of(LEXICON)
    return Rules(LEXICON, trie, FRAMES, Grammar(FRAMES), _spelling(LEXICON, trie))


def _spelling(lexicon: Lexicon, trie: Trie) -> Spelling | None:
    if not lexicon.words:
        return None
    figures = (lexicon.numbers, lexicon.scales, lexicon.fractions, lexicon.once, lexicon.extra.get("ordinal", {}))
    aims = words_of(trie.root) - {word for each in figures for phrase in each for word in phrase.split()}
    return Spelling(aims, words_of(trie.root) | set(lexicon.words))


def product_trie(product: Product, language: Language) -> Trie:
    """The words of a catalogue entry: its faults and its name."""
    key = (product.key, product.version, language)
    found = _tries.get(key)
    if found is not None and found[0] is product:
        return found[1]
    trie = Trie(language)
    for fault in product.fault:
        trie.add_all(fault.words.fa if language == "fa" else fault.words.en, "product_fault")
    name = product.label.fa if language == "fa" else product.label.en
    trie.add(name.lower(), "it")
    if len(_tries) >= PRODUCTS_KEPT:
        _tries.clear()
    _tries[key] = (product, trie)
    return trie
