"""Tags of a lexicon laid over tokens: which phrase begins where, how far it reaches, what it is worth.

Phrases may overlap ("a" an article, "a week" a period), so this is a lattice and no chunking. Looking
up all phrases at one place walks one trie and costs the longest phrase, whatever the lexicon's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from voice.claims.lexicon import Lexicon
from voice.claims.text import normalise
from voice.claims.tokens import Token, tokenise

END = ""
"""Key of what ends at a node: no token is empty."""

Node = dict[str, Any]


class Entry(NamedTuple):
    """A phrase that begins at a token: where the next token is, and its value (None for a mere word)."""

    end: int
    value: Any = None


class Trie:
    """Phrases of one language by their tokens."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.root: Node = {}

    def add(self, phrase: str, tag: str, value: Any = None) -> None:
        """Put `phrase` under `tag`; a phrase may have several tags."""
        node = self.root
        for word in _words(phrase, self.language):
            node = node.setdefault(word, {})
        node.setdefault(END, []).append((tag, value))

    def add_all(self, phrases: Iterable[str], tag: str) -> None:
        """Put every phrase under `tag`."""
        for phrase in phrases:
            self.add(phrase, tag)


def _words(phrase: str, language: str) -> Iterator[str]:
    """The tokens of a phrase; a part that begins with an apostrophe is the end of a contraction: "that 's"."""
    parts: list[str] = []
    for part in [*phrase.split(" "), "'"]:
        if not part.startswith("'"):
            parts.append(part)
            continue
        for token in tokenise(normalise(" ".join(parts)), language):
            yield token.text
        parts = []
        if len(part) > 1:
            yield part


def trie_of(lexicon: Lexicon) -> Trie:
    """All of a lexicon's phrases."""
    trie = Trie(lexicon.language)
    for table, tag in (
        (lexicon.numbers, "numeral"), (lexicon.scales, "scale"), (lexicon.fractions, "fraction"),
        (lexicon.once, "once"), (lexicon.units, "unit"), (lexicon.periods, "period"),
        (lexicon.periodic, "periodic"), (lexicon.moments, "moment"),
    ):  # fmt: skip
        for phrase, value in table.items():
            trie.add(phrase, tag, value)
    for tag, valued in lexicon.extra.items():
        for phrase, value in valued.items():
            trie.add(phrase, tag, value)
    for tag, phrases in lexicon.tags.items():
        for phrase in phrases:
            trie.add(phrase, tag, lexicon.values.get(phrase))
    return trie


class Lattice:
    """Tokens and what begins at each. `steps` counts the work done on it, for tests of linearity."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.words = [token.text for token in tokens]
        self.at: list[dict[str, list[Entry]]] = [{} for _ in tokens]
        self.steps = 0

    def lay(self, trie: Trie) -> None:
        """Add the phrases of `trie`."""
        words, count = self.words, len(self.words)
        for begin in range(count):
            node, place = trie.root, begin
            while place < count and (following := node.get(words[place])) is not None:
                node, place = following, place + 1
                self.steps += 1
                for tag, value in node.get(END, ()):
                    self.add(begin, tag, place, value)

    def add(self, begin: int, tag: str, end: int, value: Any = None) -> None:
        """Add one entry; the longest of a tag comes first."""
        entries = self.at[begin].setdefault(tag, [])
        entries.insert(0, Entry(end, value)) if not entries or end >= entries[0].end else entries.append(
            Entry(end, value)
        )

    def longest(self, tag: str, begin: int) -> Entry | None:
        """The longest phrase under `tag` at a token."""
        entries = self.at[begin].get(tag) if begin < len(self.at) else None
        return entries[0] if entries else None

    def has(self, tag: str, begin: int, end: int) -> bool:
        """Whether a phrase under `tag` begins in `[begin, end)`."""
        return any(tag in self.at[place] for place in range(max(begin, 0), min(end, len(self.at))))

    def found(self, tag: str, begin: int, end: int) -> Iterator[tuple[int, Entry]]:
        """Places and longest phrases under `tag` in `[begin, end)`."""
        for place in range(max(begin, 0), min(end, len(self.at))):
            entries = self.at[place].get(tag)
            if entries:
                yield place, entries[0]
