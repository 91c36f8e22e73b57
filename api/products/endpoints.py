"""The catalogue, as declared."""

from __future__ import annotations

from fastapi import Path

from api.auditing import Visiting
from api.errors import Absent
from api.routing import feature
from api.shapes import Answer
from catalog.model import Product, Text

router = feature("products")


class ProductSummary(Answer):
    """A product, in a list."""

    key: str
    version: int
    label: Text
    heartbeat_s: float


class Products(Answer):
    """All of them: a catalogue is short."""

    items: list[ProductSummary]
    next: None = None


@router.get("/products")
def listing(visit: Visiting) -> Products:
    """Every product we make."""
    return Products(items=[ProductSummary.model_validate(product) for product in visit.catalog.values()])


@router.get("/products/{product}")
def detail(visit: Visiting, product: str = Path(max_length=64, description="Its key in the catalogue.")) -> Product:
    """Signals, events, faults, failure modes, commands and settings of one product."""
    found = visit.catalog.get(product)
    if found is None:
        raise Absent(f"there is no product of that key; there are {', '.join(visit.catalog)}")
    return found
