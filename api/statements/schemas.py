"""Statements on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.parameters import Id, Instant, NoNul
from api.shapes import Answer, Body
from api.statements.claim_schemas import Kept, Language, Read
from api.statements.verdict_schemas import Judged
from store.statements import MAX_TEXT, Channel, Uncompared

Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S"), NoNul]
CaseNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Became = Literal["opened", "reopened"]


class NewStatement(Body):
    """What a customer said."""

    customer: Id
    device: Id | None = Field(None, description="The unit it is about; absent: none, or all they own.")
    case: CaseNumber | None = Field(None, description="Absent: the open case about that unit, else a new one.")
    split: bool = Field(False, description="A case of its own, though one is open.")
    channel: Channel
    text: Words
    said_at: Instant
    lang: Language | None = Field(None, description="Found out unless given.")
    answered_at: Instant | None = Field(None, description="When it was answered, where it was at once or before now.")
    ref: Reference | None = Field(None, description="Its id where it comes from; the same one is kept once.")


class Statement(Answer):
    """A statement with its claims. Of a product that measures a person, text and claims are for the care team alone:
    `withheld`."""

    statement: int
    case: int
    customer: str
    device: str | None
    product: str | None = Field(description="By whose entry in the catalogue it was read; null: not known.")
    channel: Channel
    text: str | None
    lang: Language
    said_at: datetime
    received_at: datetime
    answered_at: datetime | None
    author: str
    claims: list[Kept]
    uncompared: Uncompared | None = Field(
        description="Why there are no verdicts: no claim, no consent to `compare_usage`, no product known, or it took "
        "too long."
    )
    withheld: bool


class StatementKept(Statement):
    """A statement that was just sent."""

    became: Became | None = Field(description="What it did to its case; null: it went on.")
    known: bool = Field(description="A statement with this `ref` was there; nothing was done.")


class Weighed(Read):
    """A claim with the verdict it would have."""

    verdict: Judged | None


class Preview(Answer):
    """What a statement would come to. Nothing is kept."""

    lang: Language
    product: str | None
    case: int | None = Field(description="The open case it would join; null: a new one, or one that it reopens.")
    claims: list[Weighed]
    uncompared: Uncompared | None
    withheld: bool


class ImportedStatement(Answer):
    """What became of one row."""

    line: int
    outcome: Literal["kept", "unchanged", "refused"]
    statement: int | None
    case: int | None
    problem: str | None


class StatementsImported(Answer):
    """Every row, in order."""

    kept: int
    unchanged: int
    refused: int
    items: list[ImportedStatement]
