"""Items and orders on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from api.parameters import NoNul
from api.shapes import Answer, Body
from store.orders import State
from store.stock import Item as Row

Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), NoNul]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32), NoNul]
Whole = Annotated[int, Field(ge=1, le=1_000_000)]
Days = Annotated[float, Field(ge=0, le=365)]
Service = Annotated[float, Field(ge=0.5, le=0.9999)]


class Terms(Body):
    """How an item is ordered."""

    sku: Sku
    unit: Unit
    lead_days: Days = Field(description="Mean, from an order to its arrival.")
    lead_sd_days: Days = Field(0, description="Standard deviation of it, at most the mean.")
    service_level: Service = Field(0.95, description="Probability that it lasts until an order comes.")
    pack: Whole = Field(1, description="It is ordered in multiples of this.")
    min_order: Whole = 1
    cycle_days: Days = Field(14, description="Days of demand that an order is for, beyond the reorder point.")
    ordering: bool = Field(True, description="false: it is assessed, and never ordered.")

    @field_validator("lead_sd_days")
    @classmethod
    def _believable(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("lead_days", value):
            raise ValueError("a lead time varies by no more than its mean")
        return value


class Kept(Answer):
    """How an item is ordered."""

    sku: str
    unit: str
    lead_days: float
    lead_sd_days: float
    service_level: float
    pack: int
    min_order: int
    cycle_days: float
    ordering: bool


class Cover(Answer):
    """Days until nothing is left."""

    days: float | None = Field(description="The median. Null: not within a year.")
    low: float | None = Field(description="With a chance of one in ten it is over before.")
    high: float | None = Field(description="With a chance of one in ten it lasts longer.")


class OpenOrder(Answer):
    """What is on its way."""

    order: int
    quantity: int
    ordered_at: datetime


class Item(Answer):
    """What one device holds or stands by. `terms` is null while nothing is said of how it is ordered."""

    item: str = Field(description="The device.")
    product: str
    customer: str | None
    terms: Kept | None
    assessed_at: datetime | None
    level: int | None = Field(description="Null: not heard within a day.")
    level_at: datetime | None
    demand: float | None = Field(description="Items a day (TSB). Null: too little is known.")
    seasonal: bool | None = Field(description="Whether weekdays differ.")
    cover: Cover | None
    reorder_point: int | None
    coverage: float | None = Field(description="Share heard of the days that demand is learnt from.")
    order: OpenOrder | None = Field(description="The open one.")

    @classmethod
    def of(cls, row: Row) -> Item:
        """As it is answered."""
        return cls(
            item=row.device,
            product=row.product,
            customer=row.customer,
            terms=None if row.sku is None else Kept.model_validate(row),
            assessed_at=row.assessed_at,
            level=row.level,
            level_at=row.level_at,
            demand=row.demand,
            seasonal=row.seasonal,
            cover=None
            if row.demand is None or row.level is None
            else Cover(days=row.cover_days, low=row.cover_low, high=row.cover_high),
            reorder_point=row.reorder_point,
            coverage=row.coverage,
            order=None
            if row.order_id is None or row.ordered is None or row.ordered_at is None
            else OpenOrder(order=row.order_id, quantity=row.ordered, ordered_at=row.ordered_at),
        )


class Order(Answer):
    """One order, and the figures it was decided on."""

    order: int = Field(validation_alias="order_id")
    device: str
    product: str
    sku: str
    unit: str
    quantity: int
    state: State
    because: dict[str, Any]
    ordered_at: datetime
    ordered_by: str
    closed_at: datetime | None
    closed_by: str | None
    received: int | None


class Receipt(Body):
    """What has come of an order; all of it unless said otherwise."""

    quantity: Annotated[int, Field(ge=0, le=10_000_000)] | None = None


OrderState = Literal["open", "received", "cancelled"]
