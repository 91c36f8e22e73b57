"""What a device noted, to be told over MQTT later."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from tests.acceptance.stage import Platform


class Diary:
    """Elements of one boot, numbered without a gap."""

    def __init__(self, **values: float) -> None:
        """`values` are in every reading."""
        self.readings: list[dict[str, object]] = []
        self.events: list[dict[str, object]] = []
        self._values: dict[str, object] = {**(values or {"battery_pct": 50})}

    def note(self, at: datetime, kind: str | None = None, **attrs: object) -> None:
        """An event with its attributes, or without a kind a reading with values of its own."""
        element: dict[str, object] = {"ts": round(at.timestamp() * 1000), "boot": 1}
        element["seq"] = len(self.readings) + len(self.events)
        if kind is None:
            self.readings.append(element | {"values": self._values | attrs})
        else:
            self.events.append(element | {"kind": kind, "attrs": attrs})

    def clean(self, start: datetime, minutes: int) -> None:
        """One use."""
        self.note(start, "clean_started")
        self.note(start + timedelta(minutes=minutes), "clean_finished", duration_min=minutes, area_m2=12.5)

    def tell(self, platform: Platform, device: str) -> None:
        """Over MQTT, events first: order does not matter."""
        for channel, elements in (("event", self.events), ("telemetry", self.readings)):
            done = platform.pub(device, f"vop/v1/{device}/up/{channel}", "-m", json.dumps(elements))
            assert done.returncode == 0, done.stderr
