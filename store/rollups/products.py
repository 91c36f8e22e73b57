"""What is rolled up: products as the last `vop migrate` wrote them down, not as this program's catalogue has them.

A relay may be older than the ingest beside it. By its own catalogue it would take the hours of a new signal for done,
and a product that was taken out of the catalogue would be kept for ever.
"""

from __future__ import annotations

import logging

from pydantic import ValidationError

from catalog.model import Product
from store.database import Connection

log = logging.getLogger(__name__)


def declared(conn: Connection) -> dict[str, Product]:
    """Every product the database has a table of, by key; without those in a form that this program cannot read."""
    found = {}
    for key, definition in conn.execute("SELECT product, definition::text FROM products ORDER BY product"):
        try:
            found[key] = Product.model_validate_json(definition)
        except ValidationError:
            log.warning("product %s is left alone: its definition was written by another release", key)
    return found
