"""Finding a device, and everything that is known of it now."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api import access
from api.auditing import Visiting
from api.devices import presenting
from api.devices.schemas import Detail, Standing, Summary, Wanted
from api.paging import Cursor, Limit, Page, decode, encode
from api.parameters import ID, DeviceId, Search, Text
from api.routing import feature
from store import devices, readings, reported

router = feature("devices")


@router.get("/devices")
def search(
    visit: Visiting,
    product: Annotated[
        str | None, Query(max_length=64, pattern=r"^[a-z0-9_]*$", description="Key of the product.")
    ] = None,
    customer: Annotated[str | None, Query(pattern=ID, description="Its present owner.")] = None,
    q: Search = None,
    status: Annotated[
        Wanted | None,
        Query(description="In the registry; `silent`: active, and not heard for three heartbeats of its product."),
    ] = None,
    firmware: Annotated[Text | None, Query(max_length=200, description="Exactly as reported.")] = None,
    presence: Annotated[
        Standing | None, Query(description="As `presence` of the items says it; unknown matches nothing.")
    ] = None,
    coverage_below: Annotated[
        float | None, Query(gt=0, le=1, description="Heard for less than this share of the last seven days.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Summary]:
    """Devices that match everything given, in order of id. Each word of `q` is looked for in ids and serials, or each
    in owners' ids, and for who may read customers in their names, in either case of letters, with any digits. A page
    may be short, even empty, and not be the last: what no index finds is looked for in at most 1,000 devices a
    request."""
    after = decode(cursor, "devices", str)
    named = presenting.may_name(visit)
    wanted = devices.Wanted(
        product=product, customer=customer, q=q, status=status, firmware=firmware, standing=presence,
        coverage_below=coverage_below,
    )  # fmt: skip
    found = devices.look(visit.conn, visit.catalog, wanted, names=named, after=after[0] if after else "", limit=limit)
    visit.concerns("*", customer, found=len(found.rows))
    visit.goes_on = not found.rows and found.after is not None
    return Page(
        items=[presenting.summary(row, named=named) for row in found.rows],
        next=encode("devices", found.after) if found.after is not None else None,
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
