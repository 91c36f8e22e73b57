"""What was prescribed to the demo's patients: the doses their simulated dispensers are filled and timed for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from device_sim import Fleet
from vop.demo.registry import SENSITIVE_PRODUCT

DUE = "dose_due"


def prescriptions(fleet: Fleet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each dispenser with its regimen since its first dose, as `PUT /devices/{device}/regimen` has it."""
    begin = datetime.fromtimestamp(fleet.epoch_ms / 1000, UTC)
    for device in fleet.devices:
        if device.product != SENSITIVE_PRODUCT:
            continue
        zone = ZoneInfo(device.zone)
        due = [
            (begin + timedelta(days=happening.t), int(happening.attrs["doses"]))
            for happening in fleet.unit(device.device).week(0).happenings
            if happening.kind == DUE
        ]
        doses = {_clock(at, zone): count for at, count in due}
        since = due[0][0].replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        items = [{"at": at, "count": count} for at, count in sorted(doses.items())]
        yield device.device, {"items": [{"from": since.isoformat(), "doses": items}]}


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    """To the nearest minute."""
    return (moment + timedelta(seconds=30)).astimezone(zone).strftime("%H:%M")
