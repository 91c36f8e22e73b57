"""Cases on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.devices.schemas import Presence
from api.parameters import Instant, Key, NoNul
from api.shapes import Answer, Body
from api.statements.schemas import Statement
from store.cases import Kind, State
from store.closings import MAX_CAUSE, MAX_NOTE, Fix
from store.promises import MAX_WHAT
from store.statements import Channel

What = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WHAT), NoNul]
Cause = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CAUSE), NoNul]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE), NoNul]


class Promise(Answer):
    """A promise: `open`, `kept`, `late` (kept after it was due) or `broken`."""

    promise: int
    what: str | None = Field(description="Null: for the care team alone.")
    due_at: datetime
    made_at: datetime
    made_by: str
    kept_at: datetime | None
    kept_by: str | None
    broken_at: datetime | None
    state: Literal["open", "kept", "late", "broken"]


class WatchedFigures(Answer):
    """What the unit reported over `[from, to)`, while it was the customer's."""

    from_: datetime = Field(alias="from")
    to: datetime
    days: float
    coverage: float | None = Field(description="Share of the time in which it was heard.")
    faults: dict[str, int] = Field(description="How often each fault came.")
    uses: int | None = Field(description="Null: not heard, no consent to `compare_usage`, or for the care team alone.")
    statements: int = Field(description="How often the customer spoke of it.")


class Closing(Answer):
    """How the case was closed, and what was seen afterwards."""

    closed_at: datetime
    closed_by: str
    cause: str | None = Field(description="Null: for the care team alone.")
    fix: Fix
    note: str | None
    faults: list[str] = Field(description="Of the product, watched for.")
    before: WatchedFigures | None = Field(description="The 30 days before the case.")
    after: WatchedFigures | None = Field(description="Since the closing; kept up to date while it is watched.")
    watch_until: datetime
    ended_at: datetime | None = Field(description="When the watch ended.")
    came_back: dict[str, Any] | None = Field(
        description="What reopened it: `by` is fault, claim, statement or person. Null: nothing did."
    )


class Step(Answer):
    """Something that was done to the case."""

    at: datetime
    kind: Kind
    by: str
    detail: dict[str, Any]


class CaseSummary(Answer):
    """A case in a list."""

    case: int
    customer: str
    customer_name: str | None = Field(description="For support and the care team.")
    device: str | None
    product: str | None
    state: State
    opened_at: datetime
    changed_at: datetime
    promise_due: datetime | None = Field(description="The earliest open promise.")
    promises_broken: int = Field(description="Broken and still not kept.")
    watch_until: datetime | None = Field(description="A closed one is watched until then.")


class Case(CaseSummary):
    """One record over all channels: the unit's state, what was said and found, what was promised and done."""

    presence: Presence | None = Field(description="Of the unit, with its open faults.")
    statements: list[Statement] = Field(description="The newest 100.")
    promises: list[Promise]
    closings: list[Closing]
    steps: list[Step]
    withheld: bool = Field(description="Words and verdicts are for the customer's care team alone.")


class NewPromise(Body):
    """What is promised, and by when."""

    what: What
    due_at: Instant


class Answered(Body):
    """The customer was answered."""

    channel: Channel
    at: Instant | None = Field(None, description="Now unless given.")
    waiting: bool = Field(True, description="It is the customer's turn now.")


class Resolution(Body):
    """Why the case can be closed."""

    cause: Cause
    fix: Fix
    note: Note | None = None
    faults: Annotated[list[Key], Field(max_length=50)] | None = Field(
        None, description="Watched for; those the unit reported in the 30 days before the case, or since, unless given."
    )


class Answering(Answer):
    """How soon what was said on one channel was answered, in seconds from being said."""

    channel: Channel
    statements: int
    answered: int
    median_s: float | None
    p90_s: float | None
    oldest_waiting: datetime | None


class ResponseTimes(Answer):
    """Of what was said in `[from, to)`, by channel."""

    from_: datetime = Field(alias="from")
    to: datetime
    items: list[Answering]
