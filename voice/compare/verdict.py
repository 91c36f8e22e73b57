"""What a comparison comes to. Frozen: it goes to JSON and back, and is kept as it was reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from voice.claims.model import Per, Unit

METHOD: Final = 2
"""Raised with every change that may turn a verdict; a verdict carries the one it was reached by."""

Answer: TypeAlias = Literal["agrees", "understates", "overstates", "contradicts", "cannot_tell"]
Confidence: TypeAlias = Literal["high", "medium", "low"]
Why: TypeAlias = Literal[
    "compared",
    "bounds_straddle",
    "few_heard",
    "too_short",
    "unowned",
    "undeclared",
    "nothing",
    "no_rank",
    "unknown_fault",
]
"""What the answer rests on; all but `compared` are reasons why nothing can be told."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(_Frozen):
    """One sentence in every language the console speaks."""

    en: str
    fa: str


class Window(_Frozen):
    """The time compared with, half open."""

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")


class PeriodCount(_Frozen):
    """One period of the window."""

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")
    label: str
    """In the customer's calendar: `1405-01-07`, `1405-01`, `1405`."""
    count: float
    coverage: float | None


class Reported(_Frozen):
    """What the product reports, in the claim's unit and per its period."""

    value: float | None
    """None: there is nothing to report."""
    low: float | None
    high: float | None
    """Between these it truly was, whatever happened while it was not heard; `high` None: no bound is known."""
    interval: tuple[float, float] | None = None
    """95 % interval of what is usual: by chance and habit the figure of other periods lies within."""
    unit: Unit
    per: Per | None
    window: Window
    coverage: float | None
    n: float
    """How many events, runs, doses or readings it rests on."""
    of: float | None = None
    """Of a share: how many there were in all."""
    periods: tuple[PeriodCount, ...] = ()
    rank: float | None = None
    """Of a vague word: the share of the fleet, 0 to 1, that has less."""


class Explanation(_Frozen):
    """One way in which both sides may be right."""

    code: str
    text: Text


class Evidence(_Frozen):
    """One event that the figures were made from."""

    device: str
    ts: datetime
    boot: int
    seq: int
    kind: str


class Claimed(_Frozen):
    """The claim as it was compared, that the record may be read without the statement."""

    topic: str
    low: float | None
    high: float | None
    unit: Unit
    per: Per | None
    hedged: bool
    negated: bool
    quote: str


class Verdict(_Frozen):
    """One claim beside the product's own record."""

    verdict: Answer
    confidence: Confidence
    why: Why
    claim: Claimed
    allowed: tuple[float | None, float | None]
    """What would have agreed, tolerance included; None: no bound."""
    reported: Reported
    because: Text
    explanations: tuple[Explanation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """The newest of `evidence_total`."""
    evidence_total: int = 0
    settings: dict[str, int]
    """The thresholds, by name."""
    method: int = METHOD

    def as_json(self) -> dict[str, Any]:
        """The frozen record: JSON values, windows with `from` and `to`."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, kept: Any) -> Verdict:
        """The verdict that `as_json` wrote down. Raises pydantic's `ValidationError`."""
        return cls.model_validate(kept)
