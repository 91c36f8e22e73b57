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


def redeclare(conn: Connection, product: Product) -> list[str]:
    """Mark all raw rows of a product for signals whose rollups another declaration made otherwise; returns their keys.

    Call it in the transaction that writes `product` down, before it does. A signal that has become a counter has no
    last values yet, one that was a counter has too many. What was rolled up while a signal was out of the catalogue
    lacks it. A new signal has no values, and nothing is marked.
    """
    rows = conn.execute(
        """SELECT known.key, said.signal IS NULL, coalesce(said.signal ->> 'kind', 'gauge')
           FROM product_signals known JOIN products USING (product)
           LEFT JOIN LATERAL jsonb_array_elements(products.definition -> 'signal') said(signal)
               ON said.signal ->> 'key' = known.key
           WHERE product = %s""",
        (product.key,),
    )
    before = {key: (was_out, kind) for key, was_out, kind in rows}
    changed = [s.key for s in product.signal if s.key in before and before[s.key] != (False, s.kind)]
    if changed:
        # In order of device, as the intake locks them.
        conn.execute(
            """SELECT 1 FROM latest JOIN devices USING (device_id) WHERE product = %s
               ORDER BY device_id FOR UPDATE OF latest""",
            (product.key,),
        )
        conn.execute(_ALL_RAW, {"product": product.key})
        log.info("product %s: all its raw rows are to be rolled up anew, for %s", product.key, ", ".join(changed))
    return changed


# From when a device was first heard, or its oldest raw rows, to its newest element.
_ALL_RAW = """UPDATE latest l SET dirty = l.dirty + int4multirange(int4range(f.since, f.until))
    FROM (SELECT n.device_id,
                 greatest(floor(extract(epoch FROM p.raw_since) / 3600)::int,
                          (SELECT floor(extract(epoch FROM min(h.since)) / 3600)::int FROM heard h
                           WHERE h.device_id = n.device_id)) AS since,
                 floor(extract(epoch FROM n.ts) / 3600)::int + 1 AS until
          FROM latest n JOIN devices d USING (device_id) JOIN products p USING (product)
          WHERE d.product = %(product)s AND n.ts IS NOT NULL) f
    WHERE f.device_id = l.device_id AND f.since < f.until"""
