"""Look after the items in stock: how each stands, and an order when it is time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from catalog.model import Product
from relay.job import Done, Job, Turn
from relay.settings import Settings
from store import stock
from voice.stock.assessing import assess

MANY: Final = 200
"""Items a run, after which other jobs that are due have their turn."""


def job(settings: Settings, catalog: Mapping[str, Product]) -> Job:
    """Each item is assessed in a transaction of its own; a killed run begins where it was."""
    products = [key for key, product in catalog.items() if product.stock is not None]

    def run(turn: Turn) -> Done:
        found = stock.kept(turn.conn, products, after=turn.state.get("after", 0), limit=MANY)
        seen: Counter[str] = Counter()
        for item in found:
            if turn.stopping():
                return Done(dict(seen), more=True)
            made = assess(turn.conn, catalog[item.product], item.device_id, turn.now, by="system:vop-relay")
            seen["assessed"] += 1
            seen["ordered"] += made.order_id is not None
        more = len(found) == MANY
        return Done(dict(seen), more=more, state={"after": found[-1].device_id if more else 0})

    return Job("stock", settings.stock_every_s, "assesses stock, and orders what runs out", run)
