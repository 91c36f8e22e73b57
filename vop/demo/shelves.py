"""How what stands on the demo's shelves is ordered: said once, by who keeps the stock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from device_sim import Fleet

PRODUCT: Final = "stock_sensor"
ITEMS: Final = (
    ("BOLT-M8", 10, 2.0, 0.5),
    ("COFFEE-1KG", 6, 1.0, 0.3),
    ("GAUZE-10", 20, 2.0, 1.0),
    ("CHAIN-116", 5, 3.0, 1.0),
    ("FLOUR-25KG", 4, 1.0, 0.0),
)
"""Article, pieces a pack, and the days from an order to its arrival: mean and standard deviation."""


def terms(fleet: Fleet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each stock sensor with what `PUT /stock/{item}` takes."""
    sensors = [device.device for device in fleet.devices if device.product == PRODUCT]
    for number, device in enumerate(sensors):
        article, pack, lead, spread = ITEMS[number % len(ITEMS)]
        yield (
            device,
            {
                "sku": f"{article}-{number // len(ITEMS) + 1}",
                "unit": "piece",
                "pack": pack,
                "lead_days": lead,
                "lead_sd_days": spread,
            },
        )
