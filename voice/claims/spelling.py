"""Slips of the keyboard in the words that carry meaning: "batery", "crahses", "vaccum".

A word of five letters or more that no list knows is read as the listed word that is one slip away: two
letters changed places, one left out, one too many, letters doubled or not, or, in words of seven
letters, one for its neighbour. The first letter holds, endings that make another word ("cleaner",
"cleaned") do, and no figure is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from voice.claims.lattice import END, Node
from voice.claims.tokens import Token

SHORTEST: Final = 5
"""Letters below which a slip makes too many other words."""
LONG: Final = 7
"""Letters from which one letter may stand for another."""
LONGEST: Final = 24
ENDINGS: Final = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "y", "'s", "n", "r", "al", "able", "ment", "ness")
"""What makes another form or word of a listed one: no slip."""
VOWELS: Final = frozenset("aeiou")
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
KEPT: Final = 4096
"""Words whose reading is remembered."""


def words_of(node: Node) -> set[str]:
    """All words of a trie."""
    found: set[str] = set()
    open_nodes = [node]
    while open_nodes:
        here = open_nodes.pop()
        for word, following in here.items():
            if word != END:
                found.add(word)
                open_nodes.append(following)
    return found


class Spelling:
    """The listed words of a language, by what is left of them when a letter is."""

    def __init__(self, aims: Iterable[str], known: Iterable[str]) -> None:
        """`aims`: what a slip may be read as; `known`: words that stand as they are, figures among them."""
        self._known = set(known)
        self._bare: dict[str, list[str]] = {}
        self._shortened: dict[str, list[str]] = {}
        for word in sorted(aims):
            if SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha():
                self._bare.setdefault(_undoubled(word), []).append(word)
                for form in {word, *_shortened(word)}:
                    self._shortened.setdefault(form, []).append(word)
        self._read: dict[str, str] = {}

    def read(self, word: str) -> str:
        """The listed word that is meant; the word itself where none is, or more than one may be."""
        if word in self._known or not SHORTEST <= len(word) <= LONGEST or not (word.isascii() and word.isalpha()):
            return word
        found = self._read.get(word)
        if found is None:
            if len(self._read) >= KEPT:
                self._read.clear()
            found = self._read[word] = self._meant(word)
        return found

    def _meant(self, word: str) -> str:
        if any(word.endswith(ending) and self._listed(word.removesuffix(ending), ending) for ending in ENDINGS):
            return word
        if word.endswith("in") and word + "g" in self._known:
            return word + "g"  # "runnin"
        near: dict[str, int] = {}
        for meant in self._bare.get(_undoubled(word), ()):
            near[meant] = 1  # "ocassionally"
        for form in (word, *_shortened(word)):
            for meant in self._shortened.get(form, ()):
                slip = _slip(word, meant)
                if slip is not None:
                    near[meant] = slip
        nearest = [meant for meant, slip in near.items() if slip == min(near.values())]
        if len({meant[: SHORTEST - 1] for meant in nearest}) != 1:
            return word
        return max(nearest, key=len)

    def _listed(self, stem: str, ending: str) -> bool:
        if stem.endswith("s") and ending == "s":
            return False  # "hourss"
        doubled = ending in ("ed", "ing", "er") and len(stem) > 2 and stem[-1] == stem[-2]
        return stem in self._known or stem + "e" in self._known or (doubled and stem[:-1] in self._known)


def _undoubled(word: str) -> str:
    """The word with every doubled letter once."""
    return "".join(letter for place, letter in enumerate(word) if not place or letter != word[place - 1])


def _shortened(word: str) -> list[str]:
    """The word without one of its letters, the first one kept."""
    return [word[:place] + word[place + 1 :] for place in range(1, len(word))]


def _slip(word: str, meant: str) -> int | None:
    """How unlikely the one slip is that makes `word` of `meant`, 0 to 3; None where it takes more than one."""
    if word[0] != meant[0]:
        return None
    if len(word) == len(meant):
        differ = [place for place in range(len(word)) if word[place] != meant[place]]
        if len(differ) == 2:
            first, second = differ
            changed = second == first + 1 and word[first] == meant[second] and word[second] == meant[first]
            return 0 if changed else None
        likely = len(differ) == 1 and len(word) >= LONG and differ[0] < len(word) - 2
        return 3 if likely and _beside(word, meant, differ[0]) else None
    longer, shorter = (word, meant) if len(word) > len(meant) else (meant, word)
    if len(longer) != len(shorter) + 1:
        return None
    at = next((place for place, letter in enumerate(shorter) if longer[place] != letter), len(shorter))
    if longer[at + 1 :] != shorter[at:]:
        return None
    doubled = longer[at] == longer[at - 1]
    if at < len(shorter):
        return 1 if doubled else 2
    return 1 if doubled or (longer is meant and longer.endswith("e")) else None


def _beside(word: str, meant: str, place: int) -> bool:
    """Whether the letters are neighbours on the keyboard, or vowels that sound alike."""
    one, other = word[place], meant[place]
    if one in VOWELS and other in VOWELS:
        return True
    return any(abs(row.find(one) - row.find(other)) == 1 for row in ROWS if one in row and other in row)


def mended(tokens: tuple[Token, ...], spelling: Spelling) -> tuple[Token, ...]:
    """The tokens with such words as they were meant; each keeps its place."""
    read = [spelling.read(token.text) if token.kind == "word" else token.text for token in tokens]
    return tuple(
        token if token.text == text else replace(token, text=text) for token, text in zip(tokens, read, strict=True)
    )
