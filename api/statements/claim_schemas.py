"""Claims and verdicts on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from api.parameters import Instant, NoNul
from api.shapes import Answer, Body
from api.statements.verdict_schemas import Stretch, Verdict
from catalog.model import Topic
from store.claims import Word
from voice.claims.model import Per, Unit

Figure = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Quote = Annotated[str, StringConstraints(max_length=1_000), NoNul]
Because = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), NoNul]


class Claim(Answer):
    """What a customer claims (data/claims_dev guideline): `[low, high]` a period; a null bound is open, both null is a
    vague word."""

    topic: Topic
    low: float | None
    high: float | None
    unit: Unit
    per: Per | None
    hedged: bool
    negated: bool
    quote: str
    window: Stretch | None


class ReadBecause(Answer):
    """Why one field of a claim was set."""

    field: str
    because: str
    span: tuple[int, int] = Field(description="Half-open offsets into the text.")


class Read(Claim):
    """A claim as it was read in the text."""

    span: tuple[int, int] = Field((0, 0), description="Of the quote: half-open offsets into the text.")
    confidence: float = Field(1.0, description="How sure the reading is, 0 to 1; not how true the claim is.")
    why: list[ReadBecause] = Field(default_factory=list)


class Kept(Read):
    """A claim of a statement as it stands: `extracted` is what was read, when a person corrected it."""

    n: int
    dropped: bool = Field(description="A person says that it is no claim.")
    extracted: Read | None = Field(description="Null: not corrected, or found by a person.")
    corrected_by: str | None
    corrected_at: datetime | None
    verdict: Verdict | None = Field(description="The newest; null: not compared, see `uncompared`.")
    verdicts: int = Field(description="How many there are.")


class StretchGiven(Body):
    """`[from, to)`."""

    from_: Instant = Field(alias="from")
    to: Instant


class ClaimGiven(Body):
    """A claim as a person reads it."""

    topic: Topic
    low: Figure | None
    high: Figure | None
    unit: Unit
    per: Per | None = None
    hedged: bool = False
    negated: bool = False
    quote: Quote = ""
    window: StretchGiven | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low lies above high")
        if self.window is not None and self.window.from_ >= self.window.to:
            raise ValueError("the window's `from` must lie before its `to`")
        return self


class VerdictGiven(Body):
    """A verdict as a person sees it."""

    verdict: Word
    because: Because | None = None


class Correction(Body):
    """What is to stand beside claim or verdict; what is absent stays. `claim: null` goes back to what was read."""

    claim: ClaimGiven | None = None
    dropped: bool | None = None
    verdict: VerdictGiven | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give `claim`, `dropped` or `verdict`")
        return self


Language = Literal["en", "fa"]
