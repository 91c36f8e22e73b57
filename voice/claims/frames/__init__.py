"""Frames: how a language puts figures and periods together, as short patterns over tagged tokens.

A pattern is slots separated by spaces, each of them one of
    word            that token               a|per|each      one of those tokens
    <tag>           a phrase with that tag   <tag|tag:name>  the same, its value captured as `name`
and optional with a `?` at its end. There is no repetition: a pattern has a longest match, found by
keeping one state a position, so the work at a token is bounded by the pattern's length.

`<number>` is a whole number phrase, with its range, bound and hedge (numbers.py); `<time>` a whole
length of time (durations.py); `<noun>` any word that is none of the grammar's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voice.claims.lattice import Lattice

Captures = Mapping[str, Any]

SLOT = re.compile(r"^(?:<(?P<tags>[a-z_|]+)(?::(?P<name>[a-z]+))?>|(?P<words>[^\s<>?]+))(?P<optional>\?)?$")


@dataclass(frozen=True, slots=True)
class Slot:
    """One step of a pattern."""

    tags: tuple[str, ...]
    words: frozenset[str]
    name: str | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """`kind` names a builder (builders.BUILDERS); `given` are captures that the pattern itself stands for."""

    kind: str
    pattern: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A frame found at tokens `[begin, end)`."""

    frame: Frame
    order: int
    """The frame's place in its language's list: the first wins among equals."""
    begin: int
    end: int
    captures: Captures


def compile_pattern(pattern: str) -> tuple[Slot, ...]:
    """The slots of a pattern. Raises ValueError for what is none, or one that begins with an optional slot."""
    slots = []
    for part in pattern.split():
        found = SLOT.match(part)
        if found is None:
            raise ValueError(f"{part!r} in the pattern {pattern!r} is no slot")
        tags = tuple((found["tags"] or "").split("|")) if found["tags"] else ()
        words = frozenset((found["words"] or "").split("|")) if found["words"] else frozenset()
        slots.append(Slot(tags, words, found["name"], found["optional"] is not None))
    if not slots or slots[0].optional:
        raise ValueError(f"the pattern {pattern!r} must begin with a slot that is not optional")
    return tuple(slots)


_Compiled = tuple[int, Frame, tuple[Slot, ...]]


class Grammar:
    """The frames of a language, indexed by what they begin with."""

    def __init__(self, frames: tuple[Frame, ...]) -> None:
        self._by_tag: dict[str, list[_Compiled]] = {}
        self._by_word: dict[str, list[_Compiled]] = {}
        for order, frame in enumerate(frames):
            slots = compile_pattern(frame.pattern)
            for tag in slots[0].tags:
                self._by_tag.setdefault(tag, []).append((order, frame, slots))
            for word in slots[0].words:
                self._by_word.setdefault(word, []).append((order, frame, slots))

    def matches(self, lattice: Lattice, begin: int) -> list[Match]:
        """Every frame's longest match that begins at a token."""
        candidates = list(self._by_word.get(lattice.words[begin], ()))
        for tag in lattice.at[begin]:
            candidates += self._by_tag.get(tag, ())
        found = []
        for order, frame, slots in candidates:
            match = _match(order, frame, slots, lattice, begin)
            if match is not None:
                found.append(match)
        return found


def _match(order: int, frame: Frame, slots: tuple[Slot, ...], lattice: Lattice, begin: int) -> Match | None:
    states: dict[int, dict[str, Any]] = {begin: dict(frame.given)}
    for slot in slots:
        reached: dict[int, dict[str, Any]] = {}
        for place, captures in states.items():
            lattice.steps += 1
            if place < len(lattice.words):
                if lattice.words[place] in slot.words:
                    reached.setdefault(place + 1, captures)
                for tag in slot.tags:
                    for entry in lattice.at[place].get(tag, ()):
                        kept = captures if slot.name is None else {**captures, slot.name: entry.value}
                        reached.setdefault(entry.end, kept)
            if slot.optional:
                reached.setdefault(place, captures)
        if not reached:
            return None
        states = reached
    end = max(states)
    return Match(frame, order, begin, end, states[end])


Builder = Callable[[Captures], Any]
