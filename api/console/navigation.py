"""The console's main pages, in the order of the menu. A reader is shown those that are there and open to them."""

from __future__ import annotations

from dataclasses import dataclass

from api.console.catalogues import N_
from api.console.language import Reader

PAGES = (
    ("/", N_("Start")),
    ("/devices", N_("Devices")),
    ("/customers", N_("Customers")),
    ("/cases", N_("Cases")),
    ("/stock", N_("Stock")),
    ("/orders", N_("Orders")),
    ("/contacts", N_("Whom to call")),
    ("/insights", N_("Insights")),
    ("/products", N_("Products")),
    ("/connect", N_("Connect a device")),
    ("/deadletters", N_("Dead letters")),
    ("/users", N_("Users")),
    ("/system", N_("System")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu; its label is not yet translated."""

    path: str
    label: str
    current: bool


def places(reader: Reader, at: str) -> list[Place]:
    """The menu for `reader` on the page `at`."""
    return [
        Place(path, label, at == path or (path != "/" and at.startswith(f"{path}/")))
        for path, label in PAGES
        if reader.principal is not None and reader.can("GET", path)
    ]
