"""The demonstration's stories, told in a sentence each, and where each can be seen: the device that its data name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.access import FIGURE_ROLES, view_of
from api.auditing import Visit
from api.console import paths
from api.console.catalogues import N_
from api.console.formats import Format
from api.console.language import Reader
from api.permissions import RULES
from store import devices, readings

LOOKED_AT = 100
"""Devices of a product that are looked at; the demonstration has fewer."""
MONTHS = timedelta(days=90)
_COMPARISON = "/devices/{device}/comparison"


@dataclass(frozen=True, slots=True)
class Story:
    """Not yet translated."""

    title: str
    sentence: str
    path: str
    """Where to look when no device can be named."""
    lacks: str
    """What of it is not built yet; empty: nothing."""
    place: Callable[[Visit, Reader], str | None]
    """The page of the very thing; None: there is no such thing now."""
    whole_with: str = ""
    """The page that, once it is there, leaves nothing of it to be built."""

    @property
    def missing(self) -> str:
        """What of it is not built yet, as pages are now."""
        return "" if ("GET", self.whole_with) in RULES else self.lacks


def _of(visit: Visit, product: str) -> list[devices.DeviceSummary]:
    found = devices.search(visit.conn, visit.catalog, product=product, names=False, limit=LOOKED_AT)
    return [one for one in found if one.presence.last_seen is not None]


def _most(visit: Visit, product: str, signal: str, *, least: bool = False) -> str | None:
    """The device whose newest value of `signal` is the highest, or the lowest."""
    ids = {one.device.device_id: one.device.device for one in _of(visit, product)}
    values = {
        ids[number]: value.value
        for number, latest in readings.latest(visit.conn, list(ids)).items()
        if (value := latest.value(signal)) is not None and isinstance(value.value, int | float)
    }
    if not values:
        return None
    return (min if least else max)(values, key=lambda device: values[device])


def _used(visit: Visit, reader: Reader) -> str | None:
    # The simulation gives the habit the story tells of to the first vacuum, and the dispenser's to the first of those.
    found = _of(visit, "robot_vacuum")[:1]
    if not found:
        return None
    # A care team sees what is said of its own customers' devices alone.
    path = _COMPARISON if reader.roles & FIGURE_ROLES else "/devices/{device}"
    return paths.url(path, device=found[0].device.device)


def _stuck(visit: Visit, _: Reader) -> str | None:
    faulty = [one for one in _of(visit, "robot_vacuum") if one.presence.open_faults]
    stuck = [one for one in faulty if any(fault.kind == "stuck" for fault in one.presence.open_faults)]
    chosen = [*stuck, *faulty][:1]
    return paths.url("/devices/{device}", device=chosen[0].device.device) if chosen else None


def _pills(visit: Visit, reader: Reader) -> str | None:
    found = _of(visit, "pill_dispenser")[:1]
    if not found:
        return None
    cares = reader.can("GET", _COMPARISON) and view_of(visit, found[0].device).cared
    path = _COMPARISON if cares else "/devices/{device}/events"
    return paths.url(path, device=found[0].device.device)


def _shelf(visit: Visit, reader: Reader) -> str | None:
    if reader.can("GET", "/stock"):
        return "/stock"
    device = _most(visit, "stock_sensor", "stock_items", least=True)
    return paths.url("/devices/{device}", {"signal": "stock_items"}, device=device) if device else None


def _motor(visit: Visit, _: Reader) -> str | None:
    device = _most(visit, "robot_vacuum", "stall_retries_total")
    since = Format.machine(datetime.now(UTC) - MONTHS)
    charts = {"signal": ["brush_current_a", "stall_retries_total"], "from": since}
    return paths.url("/devices/{device}", charts, device=device) if device else None


STORIES = (
    Story(
        N_("What was said beside what was measured"),
        N_("A customer says two or three times a month; the vacuum reports six; the page shows both, neutrally."),
        "/devices?product=robot_vacuum",
        "",
        _used,
    ),
    Story(
        N_("A vacuum is stuck"),
        N_("Support asks it, runs a self-test and sends new firmware; it works again, and the case is watched."),
        "/devices?product=robot_vacuum&presence=faulty",
        N_("Not built yet: commands and firmware. Its faults can be seen."),
        _stuck,
    ),
    Story(
        N_("I take every pill"),
        N_("The dispenser reports 71 percent; the clinician alone sees both, side by side."),
        "/devices?product=pill_dispenser",
        "",
        _pills,
    ),
    Story(
        N_("Stock nears its end"),
        N_("The sensor sees the last items go, and exactly one order is placed."),
        "/devices?product=stock_sensor",
        N_("Not built yet: orders. The level of each shelf can be seen."),
        _shelf,
        "/stock",
    ),
    Story(
        N_("A motor's current creeps up"),
        N_("An alert, a visit, a worn brush confirmed; and the next score knows it."),
        "/devices?product=robot_vacuum",
        N_("Not built yet: alerts and scores. The motor's current can be seen over months."),
        _motor,
    ),
)


def told(visit: Visit, reader: Reader) -> list[tuple[Story, str]]:
    """Each story, and the page of what it tells of; or else the list that would have it."""
    if not reader.can("GET", "/devices/{device}"):
        return [(story, story.path) for story in STORIES]
    return [(story, story.place(visit, reader) or story.path) for story in STORIES]
