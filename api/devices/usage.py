"""Figures of one device: how much it was used, and what its history lacks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from api import access, usage_schemas
from api.auditing import Visiting
from api.devices.gap_schemas import Gaps
from api.parameters import DeviceId, Period, period
from api.routing import feature
from api.usage_schemas import OfDevice, Per
from store import gaps
from voice.usage import usage_of_device

router = feature("devices")

LONGEST = timedelta(days=1830)
_MONTH = Depends(period(timedelta(days=30), LONGEST))


@router.get("/devices/{device}/usage")
def usage(
    visit: Visiting,
    device: DeviceId,
    within: Period = _MONTH,
    per: Annotated[Per, Query(description="In the owner's zone and calendar.")] = "day",
) -> OfDevice:
    """Uses, minutes and coverage by local period. Of a sensitive product for the care team alone."""
    seen = access.view(visit, device, within)
    within = access.figures_period(visit, seen, within)
    found = usage_of_device(visit.conn, visit.catalog, device, within.start, within.end, per)
    return usage_schemas.of_device(found)


@router.get("/devices/{device}/gaps")
def lacking(visit: Visiting, device: DeviceId, within: Period = _MONTH) -> Gaps:
    """Lost and refused numbers, silence, restarts, doubtful clocks. Lists hold the newest 500; counts are complete."""
    seen = access.view(visit, device, within)
    now = datetime.now(UTC)
    found = gaps.gaps(visit.conn, seen.product, seen.device.device_id, within.start, within.end, now=now)
    return Gaps.of(device, within, found)
