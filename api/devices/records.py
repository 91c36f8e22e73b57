"""Finding a device, and everything that is known of it now."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api import access
from api.auditing import Visiting
from api.devices import presenting
from api.devices.schemas import Detail, Summary, Wanted
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import ID, DeviceId, Search
from api.routing import feature
from store import devices, readings, reported

router = feature("devices")


@router.get("/devices")
def search(
    visit: Visiting,
    product: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = None,
    customer: Annotated[str | None, Query(pattern=ID, description="Its present owner.")] = None,
    q: Search = None,
    status: Annotated[
        Wanted | None,
        Query(description="In the registry; `silent`: active, and not heard for three heartbeats of its product."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Summary]:
    """Devices that match everything given, in order of id. `q` is looked for in ids, serials and
    owners' ids, and for who may read customers in their names."""
    after = decode(cursor, "devices", str)
    named = presenting.may_name(visit)
    rows = devices.search(
        visit.conn, visit.catalog, product=product, customer=customer, q=q, status=status, names=named,
        after=after[0] if after else "", limit=limit,
    )  # fmt: skip
    visit.concerns("*", customer, found=len(rows))
    return page(
        "devices", rows, limit, lambda row: (row.device.device,), lambda row: presenting.summary(row, named=named)
    )


@router.get("/devices/{device}")
def detail(visit: Visiting, device: DeviceId) -> Detail:
    """Identity, owner, presence, what it reports of itself, freshness and its newest values."""
    seen = access.view(visit, device)
    device_id = seen.device.device_id
    return presenting.detail(
        seen,
        devices.presence(visit.conn, seen.product, device_id),
        reported.of(visit.conn, device_id),
        readings.latest(visit.conn, [device_id]).get(device_id),
        named=presenting.may_name(visit),
    )
