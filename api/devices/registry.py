"""The registry over HTTP: register, import, credentials, ownership."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from api.auditing import Visit, Visiting
from api.devices.schemas import (
    Device,
    Imported,
    ImportResult,
    ImportWanted,
    NewDevice,
    Ownership,
    Ownerships,
    OwnershipsWanted,
    Registered,
)
from api.errors import BadInput
from api.idempotent import OnlyOnce
from api.parameters import DeviceId
from api.routing import feature
from store import devices, ownerships
from store.errors import NotFound

router = feature("devices")


@router.post("/devices", status_code=201, response_model=Registered)
def register(visit: Visiting, once: OnlyOnce, body: NewDevice) -> JSONResponse:
    """Register a device. Its secret is shown once and cannot be shown again."""

    return once.run(body, lambda: registered(visit, body))


def registered(visit: Visit, body: NewDevice) -> Registered:
    """Register a device, and its secret this once. Raises `BadInput`, `store.errors.Conflict`."""
    visit.concerns(body.device, product=body.product)
    try:
        device, secret = devices.register(visit.conn, **body.model_dump())
    except NotFound as error:
        raise BadInput(f"product: {error}") from error
    return Registered(device=Device.model_validate(device), secret=secret)


@router.post("/devices/import", response_model=ImportResult, name="import")
def import_many(visit: Visiting, once: OnlyOnce, body: ImportWanted) -> JSONResponse:
    """Register many devices. A line that is refused stops no other."""

    def work() -> ImportResult:
        lines = [devices.NewDevice(**line.model_dump()) for line in body.items]
        results = devices.register_many(visit.conn, lines)
        owner = {line.device: line.customer for line in lines}
        for result in results:
            if result.outcome == "registered":
                visit.concerns(result.device, owner.get(result.device))
        visit.concerns("*", lines=len(lines))
        return ImportResult(items=[Imported.model_validate(result) for result in results])

    return once.run(body, work, status=200)


@router.post("/devices/{device}/credentials", status_code=201, response_model=Registered)
def rotate(visit: Visiting, once: OnlyOnce, device: DeviceId) -> JSONResponse:
    """Issue a new secret, shown once; the old one is refused within about a second."""

    def work() -> Registered:
        visit.concerns(device)
        changed, secret = devices.rotate(visit.conn, device)
        return Registered(device=Device.model_validate(changed), secret=secret)

    return once.run(None, work)


@router.delete("/devices/{device}/credentials")
def revoke(visit: Visiting, device: DeviceId) -> Device:
    """Take the credentials away: the device is refused, and disconnected within about a second."""
    visit.concerns(device)
    return Device.model_validate(devices.revoke(visit.conn, device))


@router.get("/devices/{device}/ownerships")
def owners(visit: Visiting, device: DeviceId) -> Ownerships:
    """Who owned the device when, oldest first."""
    found = devices.get(visit.conn, device)
    kept = ownerships.history(visit.conn, found.device_id)
    visit.concerns_owners(device, {o.customer for o in kept})
    return Ownerships(items=[Ownership.model_validate(o) for o in kept])


@router.put("/devices/{device}/ownerships")
def own(visit: Visiting, device: DeviceId, body: OwnershipsWanted) -> Ownerships:
    """Say who owned the device when; replaces what was said before."""
    found = devices.get(visit.conn, device)
    before = {o.customer for o in ownerships.history(visit.conn, found.device_id)}
    visit.concerns_owners(device, before | {span.customer for span in body.items})
    spans = [ownerships.Span(**span.model_dump()) for span in body.items]
    try:
        kept = ownerships.set_history(visit.conn, found.device_id, spans)
    except NotFound as error:
        raise BadInput(f"items: {error}") from error
    return Ownerships(items=[Ownership.model_validate(o) for o in kept])
