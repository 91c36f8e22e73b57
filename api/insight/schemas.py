"""Insights on the wire: every figure with its number and interval."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.shapes import Answer
from store.insight.reading import By, Group
from voice.insight.falling import How


class Share(Answer):
    """A share of the claims that could be told, with its 95 % interval (Wilson)."""

    word: str
    n: int
    share: float
    low: float
    high: float


class Bias(Answer):
    """The claims of one topic in one group beside what was reported."""

    topic: str
    value: str = Field(description="The product, channel or language of the group.")
    claims: int
    customers: int
    compared: int = Field(description="Claims with a verdict other than `cannot_tell`.")
    shares: list[Share]
    ratios: int = Field(description="Claims with a figure on both sides.")
    median: float | None = Field(description="Of said by reported: above 1 more is said than happened.")
    low: float | None = Field(description="95 % interval of the median.")
    high: float | None
    quarter: float | None = Field(description="A quarter of the claims lie below it.")
    three_quarters: float | None = Field(description="A quarter of the claims lie above it.")


class Ratio(Answer):
    """How many times as often as elsewhere, with its exact 99 % interval."""

    value: float | None = Field(description="Null: it was met nowhere else.")
    low: float
    high: float | None


class Standing(Answer):
    """What was met in one group of a product's units, beside all others of the product."""

    product: str
    value: str = Field(description="Firmware version, or batch.")
    source: Literal["said", "reported"] = Field(description="A topic of statements, or a fault of the units' own.")
    topic: str
    devices: int = Field(description="Units of the group it was met at.")
    of: int = Field(description="Units of the group that were heard.")
    others: int
    of_others: int
    ratio: Ratio
    stands_out: bool


class Recurrence(Answer):
    """Cases that were closed with one fix, and how many of the watched ones came back."""

    product: str | None
    fix: str
    closed: int
    watched: int = Field(description="Whose 30 days of watching are over, or were ended by what came back.")
    came_back: int
    share: float | None
    low: float | None = Field(description="95 % interval (Wilson).")
    high: float | None
    days: float | None = Field(description="Median days until it came back.")


class Insights(Answer):
    """`[from, to)` of the fleet. `withheld`: groups too small to be shown, of products that measure a person."""

    from_: datetime = Field(alias="from")
    to: datetime
    by: By
    group: Group
    bias: list[Bias]
    standing: list[Standing]
    recurrence: list[Recurrence]
    withheld: int


class Week(Answer):
    """One week of a customer with a product."""

    week: date
    uses: int
    heard: float = Field(description="Share of the week, 0 to 1; of several units the smallest.")


class Falling(Answer):
    """A customer who uses a product less than before, though it was heard."""

    customer: str
    name: str
    product: str
    devices: list[str]
    how: How
    before: float = Field(description="Uses a week.")
    now: float
    share: float = Field(description="Now by before.")
    low: float = Field(description="99 % interval of the share.")
    high: float
    weeks: list[Week]


class Silent(Answer):
    """A customer's device that is not heard."""

    device: str
    product: str
    since: datetime
    customer: str
    name: str


class Contacts(Answer):
    """Customers to call before they do. `recent` is where "now" begins."""

    recent: date
    falling: list[Falling]
    silent: list[Silent]
