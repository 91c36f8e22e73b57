"""Regimens are set, and adherence is read, by the care team of whose doses they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Depends

from api import access
from api.access import View
from api.adherence import schemas
from api.auditing import Visit, Visiting
from api.errors import Absent, BadInput, Forbidden
from api.parameters import DeviceId, Period, period
from api.routing import feature
from store import regimens
from store.errors import InvalidValue
from store.usage import Window
from voice.adherence.measures import by_day
from voice.adherence.reading import adherence as measured

router = feature("adherence")

QUARTER = Depends(period(timedelta(days=91), timedelta(days=1830)))


def dispenser(visit: Visit, device: str, within: Period | None = None) -> View:
    """The device as one that gives doses out, for its care team. Raises `Absent`, `Forbidden`."""
    seen = access.view(visit, device, within)
    if seen.product.doses is None:
        raise Absent(f"{device} gives no doses out, so there is no regimen of it")
    if not seen.cared:
        raise Forbidden(f"the regimen of {device} is for the care team of its customer", kind="sensitive")
    return seen


@router.get("/devices/{device}/regimen")
def regimen(visit: Visiting, device: DeviceId) -> schemas.Prescription:
    """What is prescribed in the time its customers are cared for by you, oldest first."""
    return prescription(visit, dispenser(visit, device))


def prescription(visit: Visit, seen: View) -> schemas.Prescription:
    """What is prescribed, of the time that is the visitor's to see."""
    held = [version for version in regimens.of(visit.conn, seen.device.device_id) if seen.sees(version.since)]
    return schemas.Prescription(device=seen.device.device, items=[schemas.Kept.of(version) for version in held])


@router.put("/devices/{device}/regimen")
def prescribe(visit: Visiting, device: DeviceId, body: schemas.RegimenWanted) -> schemas.Prescription:
    """Say what is prescribed, all of it; what was said before is kept, and holds no longer."""
    seen = dispenser(visit, device)
    wanted = [version.stored() for version in body.items]
    visit.notes(versions=len(wanted))
    try:
        regimens.replace(
            visit.conn, seen.device.device_id, wanted, [Window(span.start, span.end) for span in seen.cared],
            by=visit.principal.actor, now=datetime.now(UTC),
        )  # fmt: skip
    except InvalidValue as error:
        raise BadInput(f"items: {error}") from error
    return prescription(visit, seen)


@router.get("/devices/{device}/adherence")
def adherence(visit: Visiting, device: DeviceId, within: Period = QUARTER) -> schemas.Adherence:
    """What was taken of what was prescribed, each figure with its definition. Facts, and no advice on a therapy."""
    seen = dispenser(visit, device, within)
    part = access.figures_period(visit, seen, within)
    found = measured(
        visit.conn, seen.product, seen.device.device_id, Window(part.start, part.end), visit.services.adherence,
        now=datetime.now(UTC),
    )  # fmt: skip
    days = [schemas.day_of(day, slots) for day, slots in by_day(found.slots).items()]
    return schemas.Adherence.of(device, found, days)
