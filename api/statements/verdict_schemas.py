"""Verdicts on the wire: a claim beside the product's own record."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import Answer
from store.claims import Word
from voice.claims.model import Per, Unit


class Sentence(Answer):
    """In every language of the console."""

    en: str
    fa: str


class Stretch(Answer):
    """A stretch of time, half open."""

    from_: datetime = Field(alias="from")
    to: datetime


class ReportedPeriod(Stretch):
    """What was counted in one period of the window."""

    label: str = Field(description="In the customer's calendar: `1405-01-07`, `1405-01`, `1405`.")
    count: float
    coverage: float | None


class ReportedFigure(Answer):
    """What the product reports, in the claim's unit and period."""

    value: float | None = Field(description="Null: nothing to report.")
    low: float | None = Field(description="It truly was between `low` and `high`, whatever was not heard.")
    high: float | None = Field(description="Null: no bound is known.")
    interval: tuple[float, float] | None = Field(None, description="95 % interval of what is usual.")
    unit: Unit
    per: Per | None
    window: Stretch
    coverage: float | None = Field(description="Share of the window in which the product was heard.")
    n: float = Field(description="Events, runs, doses or readings it rests on.")
    of: float | None = Field(None, description="Of a share: how many there were in all.")
    periods: list[ReportedPeriod] = Field(default_factory=list)
    rank: float | None = Field(None, description="Of a vague word: the share of the fleet, 0 to 1, that has less.")


class Explanation(Answer):
    """One way in which both may be right."""

    code: str
    text: Sentence


class Evidence(Answer):
    """An event the figures were made from."""

    device: str
    ts: datetime
    boot: int
    seq: int
    kind: str


class ComparedClaim(Answer):
    """The claim as it was compared."""

    topic: str
    low: float | None
    high: float | None
    unit: Unit
    per: Per | None
    hedged: bool
    negated: bool
    quote: str


class Judged(Answer):
    """What a comparison came to."""

    verdict: Word
    confidence: Literal["high", "medium", "low"]
    why: str = Field(description="`compared`, or why nothing can be told (docs/comparison.md).")
    claim: ComparedClaim
    allowed: tuple[float | None, float | None] = Field(description="What would have agreed, tolerance included.")
    reported: ReportedFigure
    because: Sentence
    explanations: list[Explanation] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list, description="The newest of `evidence_total`.")
    evidence_total: int = 0
    settings: dict[str, int] = Field(description="The thresholds it was reached by.")
    method: int = Field(description="Version of the method.")


class VerdictCorrection(Answer):
    """What a person says instead."""

    verdict: Word
    because: str | None
    by: str
    at: datetime


class Verdict(Judged):
    """A verdict as it was computed then; a correction stands beside it."""

    computed_at: datetime
    corrected: VerdictCorrection | None = None


class Verdicts(Answer):
    """All verdicts on one claim, newest first."""

    items: list[Verdict]
    next: None = None
