"""Dead letters on the wire. Of the message itself only the beginning is shown, and that of products alone that measure
nothing about a person: else it may hold what is for a care team.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from api.deadletters import replay
from api.shapes import Answer, Body

LetterId = Annotated[int, Field(ge=1, lt=2**63)]


class Sample(Answer):
    """The beginning of a message, as text; of one that is none, as hexadecimal bytes. Nothing in it was interpreted."""

    text: str
    is_hex: bool
    cut: bool
    """There is more."""


class ReasonCount(Answer):
    """How many elements were refused for a reason, repeats counted."""

    reason: str
    count: int


class ReasonCounts(Answer):
    """All reasons there are, most first."""

    items: list[ReasonCount]


class DeadLetter(Answer):
    """An element, or a whole message (index 0), that was refused."""

    dead_letter_id: int
    topic: str
    element_index: int
    reason: str
    detail: str
    count: int
    payload_bytes: int
    first_at: datetime
    last_at: datetime
    replayed_at: datetime | None
    sample: Sample | None = None
    """Null unless asked for, and where it may tell of a person."""


class ReplayWanted(Body):
    """Which letters to try again."""

    ids: Annotated[list[LetterId], Field(min_length=1, max_length=100)]


class StillRefused(Answer):
    """A letter whose element is refused again."""

    dead_letter_id: int
    reason: str


class Replayed(Answer):
    """What became of the letters.

    `done` are no more: stored, or replaced by a new letter of another reason (then also in `rejected`). `unknown` are
    gone, or of a reason that is never replayed.
    """

    stored: int
    duplicates: int
    done: list[int]
    rejected: list[StillRefused]
    unknown: list[int]

    @classmethod
    def told(cls, outcome: replay.Replayed, unknown: list[int]) -> Self:
        """As the answer to a request that also named `unknown`."""
        rejected = [StillRefused.model_validate(one) for one in outcome.rejected]
        return cls(
            stored=outcome.stored,
            duplicates=outcome.duplicates,
            done=outcome.done,
            rejected=rejected,
            unknown=unknown,
        )
