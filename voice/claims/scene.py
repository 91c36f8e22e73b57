"""A statement laid out: tokens, tags, sentences, and how far apart two places of it are.

Distance counts tokens, and more where a clause or a sentence ends in between: what stands in the
same clause belongs together, whatever its distance in letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice.claims.durations import lay_times
from voice.claims.lattice import Entry, Lattice, Trie
from voice.claims.lexicon import Lexicon
from voice.claims.measures import Measure
from voice.claims.numbers import lay_numbers
from voice.claims.tokens import Token

SENTENCE_ENDS = frozenset(".!?\n")
BREAKS = {",": 4.0, ";": 8.0, ":": 4.0, "(": 6.0, ")": 6.0, "-": 3.0, '"': 2.0}
COLON = 1.0
"""Where the verb stands last a colon stands for it: «موجودی: ۴۱ قلم»."""
JOINT = 4.0
CONTRAST = 5.0
SENTENCE = 16.0
CLAUSE_REACH = 40
"""Tokens to either side that are looked at as one clause, should a text have no marks at all."""
"""Penalties in tokens. A clause reaches some ten tokens, so a sentence's end is farther than any of them."""

NO_NOUN = frozenset({
    "numeral", "once", "period", "periodic", "per_word", "every", "whole", "and", "joint", "contrast", "me", "neg",
    "moment", "since_word", "for", "if", "use", "consume", "take", "lasts", "it", "miss", "in", "percent", "range",
    "ordinal", "fraction", "left", "half_of_day", "money", "currency",
})  # fmt: skip
"""What begins one of these is no name of a counted thing ..."""
COUNTED = frozenset({"item", "session"})
"""... unless it is one of these: "packs", "runs"."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase under a tag, at tokens `[begin, end)`."""

    tag: str
    begin: int
    end: int


def _without_sounds(tokens: tuple[Token, ...], lexicon: Lexicon) -> Iterator[Token]:
    """The tokens without "um" and "er", nor the commas around them."""
    sounds = frozenset(lexicon.tags.get("sound", ()))
    pauses = frozenset(lexicon.tags.get("pause", ()))
    skip_comma = False
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.text in sounds or (token.text in pauses and before == after == ","):
            skip_comma = after == ","
            continue
        enclosed = place + 2 < len(tokens) and tokens[place + 2].text == ","
        if token.text == "," and enclosed and (after in sounds or after in pauses):
            continue
        if token.text == "," and skip_comma:
            skip_comma = False
            continue
        skip_comma = False
        yield token


class Scene:
    """Everything the later steps look at."""

    def __init__(self, tokens: tuple[Token, ...], lexicon: Lexicon, tries: tuple[Trie, ...], text: str = "") -> None:
        tokens = tuple(_without_sounds(tokens, lexicon))
        self.tokens = tokens
        self.text = text
        self.lexicon = lexicon
        self.lattice = Lattice(tokens)
        for trie in tries:
            self.lattice.lay(trie)
        self._name_nouns()
        lay_numbers(self.lattice)
        lay_times(self.lattice)
        self.sentence = self._sentences()
        self.spans = self._spans()
        self.figured: frozenset[int] = frozenset()
        """Sentences with figures of their own, once these are known."""
        self.walls: list[float] = []
        self.raise_walls(())

    def _name_nouns(self) -> None:
        allowed = {"of", "the", "my", "our", "his", "her", "them", "these", "those"}
        for place, token in enumerate(self.tokens):
            tags = self.lattice.at[place]
            if token.kind != "word" or ("stop" in tags and token.text not in allowed and "noun_too" not in tags):
                continue
            if self._compound(place):
                self.lattice.add(place, "noun", place + 3)  # "weigh-ins"
            if token.text in allowed or NO_NOUN.isdisjoint(tags) or not COUNTED.isdisjoint(tags):
                self.lattice.add(place, "noun", place + 1)

    def _compound(self, place: int) -> bool:
        """Whether a hyphen joins this word to the next."""
        if place + 2 >= len(self.tokens) or self.tokens[place + 1].text != "-":
            return False
        first, hyphen, last = self.tokens[place : place + 3]
        return last.kind == "word" and first.end == hyphen.start and hyphen.end == last.start

    def _sentences(self) -> list[int]:
        found, number = [], 0
        for place, token in enumerate(self.tokens):
            found.append(number)
            follows = self.tokens[place + 1].text if place + 1 < len(self.tokens) else ""
            if token.kind == "mark" and token.text in SENTENCE_ENDS and follows not in SENTENCE_ENDS:
                number += 1
        return found

    def raise_walls(self, measures: tuple[Measure, ...]) -> None:
        """Cumulated penalties before each token; what stands inside a measure divides nothing."""
        inside = {place for measure in measures for place in range(measure.begin, measure.end)}
        for cue in self.all("past_habit"):
            inside.update(range(cue.begin, cue.end))  # «نو که بود»: its «که» divides nothing
        walls, height = [], 0.0
        for place, token in enumerate(self.tokens):
            if place not in inside:
                tags = self.lattice.at[place]
                if token.kind == "mark":
                    height += SENTENCE if token.text in SENTENCE_ENDS else self._break(place)
                elif "contrast" in tags:
                    height += CONTRAST
                elif "joint" in tags:
                    height += JOINT
            walls.append(height)
        self.walls = [*walls, height]

    def _break(self, place: int) -> float:
        token = self.tokens[place]
        inner = token.text == "-" and 0 < place < len(self.tokens) - 1
        if inner and self.tokens[place - 1].end == token.start and token.end == self.tokens[place + 1].start:
            return 0.0
        if token.text == ":" and self.lexicon.verb_last:
            return COLON
        return BREAKS.get(token.text, 0.0)

    def between(self, first: int, second: int) -> float:
        """Penalties of what ends between two places."""
        low, high = sorted((min(first, len(self.tokens)), min(second, len(self.tokens))))
        return self.walls[high] - self.walls[low]

    def _spans(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for place, number in enumerate(self.sentence):
            if number == len(found):
                found.append((place, place + 1))
            else:
                found[number] = found[number][0], place + 1
        return found

    def span_of(self, number: int) -> tuple[int, int]:
        """Tokens of a sentence, half open."""
        return self.spans[number]

    def all(self, *tags: str, begin: int = 0, end: int | None = None) -> Iterator[Cue]:
        """Phrases under the tags in a stretch, by place."""
        for place in range(begin, len(self.tokens) if end is None else end):
            entries = self.lattice.at[place]
            for tag in tags:
                found = entries.get(tag)
                if found:
                    yield Cue(tag, place, found[0].end)

    def longest(self, tag: str, begin: int) -> Entry | None:
        """The longest phrase under `tag` at a token."""
        return self.lattice.longest(tag, begin)

    def clause(self, place: int) -> tuple[int, int]:
        """The stretch around a token that no wall divides."""
        begin = end = place
        while begin > max(place - CLAUSE_REACH, 0) and self.walls[begin - 1] == self.walls[begin]:
            begin -= 1
        while end + 1 < min(place + CLAUSE_REACH, len(self.tokens)) and self.walls[end + 1] == self.walls[end]:
            end += 1
        return begin, end + 1
