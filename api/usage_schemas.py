"""Usage figures on the wire. Every figure carries the period it is of and how much of it was heard."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import Answer
from voice.counters import Finding
from voice.figures import Figures as Measured
from voice.figures import PeriodUsage
from voice.usage import CustomerUsage, DeviceUsage, ProductUsage, Stretch

Per = Literal["day", "week", "month", "year"]


class Figures(Answer):
    """`uses` and `minutes` are null where nothing was heard: no telemetry is not zero use. Below a coverage of 1 they
    are lower bounds."""

    uses: int | None
    minutes: float | None = Field(description="Null also for products whose uses have no length.")
    unfinished: int = Field(description="Of `uses`, those whose end never came; they add no minutes.")
    running: int = Field(description="Begun and not over; not among `uses`.")
    heard_s: float = Field(description="Seconds in which the device was heard.")
    window_s: float = Field(description="Seconds it could have been heard in: owned, and in the past.")
    coverage: float | None = Field(description="The one divided by the other, 0 to 1.")


class Check(Answer):
    """What a counter kept on the device says of the same time: silences do not stop it.

    `finding`: `agrees`; `hidden`: there were more than were heard, in silences; `disagrees`: the events and the counter
    cannot both be whole.
    """

    signal: str
    counts: Literal["uses", "minutes"]
    low: float
    high: float | None = Field(description="Null: no reading after the window, or the counter was reset.")
    exact: bool = Field(description="False: it also counts what is too short to be a use; it bounds from above alone.")
    finding: Finding


class PeriodFigures(Figures):
    """Figures of one period; `full` says whether the window cut it."""

    from_: datetime = Field(alias="from")
    to: datetime
    label: str = Field(description="The day, the first day of the week, the month or the year, by the calendar.")
    full: bool


class Owned(Answer):
    """A time with one owner, or none, and the calendar its days were counted in."""

    customer: str | None
    zone: str
    calendar: Literal["gregorian", "persian"]
    week_start: int
    from_: datetime = Field(alias="from")
    to: datetime
    items: list[PeriodFigures]


class OfDevice(Answer):
    """A device's use. `[from, to)` is what was answered: of a sensitive product the part its reader may see."""

    device: str
    product: str
    per: Per
    from_: datetime = Field(alias="from")
    to: datetime
    stretches: list[Owned]
    total: Figures
    counters: list[Check]


class OfProduct(Answer):
    """The use of all units of a product the customer owned, each while it was theirs. Coverage is the smallest.
    `counters` are those of up to 20 units."""

    product: str
    devices: list[str]
    items: list[PeriodFigures]
    total: Figures
    counters: list[Check]


class OfCustomer(Answer):
    """A customer's use, by product. `withheld`: there is more, for the care team alone."""

    customer: str
    per: Per
    from_: datetime = Field(alias="from")
    to: datetime
    zone: str
    calendar: Literal["gregorian", "persian"]
    week_start: int
    products: list[OfProduct]
    withheld: bool


def of_device(usage: DeviceUsage) -> OfDevice:
    """A device's use, as it is answered."""
    return OfDevice(
        device=usage.device,
        product=usage.product,
        per=usage.per,
        from_=usage.since,
        to=usage.until,
        stretches=[_owned(stretch) for stretch in usage.stretches],
        total=_figures(usage.total),
        counters=[Check.model_validate(check) for check in usage.counters],
    )


def of_customer(usage: CustomerUsage, shown: list[ProductUsage]) -> OfCustomer:
    """A customer's use of the products in `shown`, as it is answered."""
    return OfCustomer(
        customer=usage.customer,
        per=usage.per,
        from_=usage.since,
        to=usage.until,
        zone=usage.zone,
        calendar=usage.calendar,
        week_start=usage.week_start,
        products=[_of_product(product) for product in shown],
        withheld=len(shown) < len(usage.products),
    )


def _of_product(usage: ProductUsage) -> OfProduct:
    return OfProduct(
        product=usage.product,
        devices=list(usage.devices),
        items=[_period(item) for item in usage.items],
        total=_figures(usage.total),
        counters=[Check.model_validate(check) for check in usage.counters],
    )


def _owned(stretch: Stretch) -> Owned:
    return Owned(
        customer=stretch.customer,
        zone=stretch.zone,
        calendar=stretch.calendar,
        week_start=stretch.week_start,
        from_=stretch.since,
        to=stretch.until,
        items=[_period(item) for item in stretch.items],
    )


def _period(item: PeriodUsage) -> PeriodFigures:
    period = item.period
    return PeriodFigures(
        **_figures(item.figures).model_dump(),
        from_=period.since,
        to=period.until,
        label=period.label,
        full=period.full,
    )


def _figures(measured: Measured) -> Figures:
    return Figures.model_validate(measured)
