"""What a device reported over time: charts, events, everything in one list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from api import access
from api.access import View
from api.auditing import Visiting
from api.devices.history_schemas import Bucket, Entry, Event, History, Series
from api.errors import Absent
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import DeviceId, Key, Period, period
from api.routing import feature
from catalog.model import Signal
from store import events, readings, timeline
from store.readings import MAX_POINTS, Position
from store.timeline import Place, Source

router = feature("devices")

LONGEST = timedelta(days=1830)
_CHART = Depends(period(timedelta(days=1), LONGEST))
_LIST = Depends(period(timedelta(days=30), LONGEST))


@router.get("/devices/{device}/history")
def history(
    visit: Visiting,
    device: DeviceId,
    signal: Annotated[list[Key], Query(min_length=1, max_length=20, description="Signal; may be repeated.")],
    within: Period = _CHART,
    points: Annotated[int, Query(ge=2, le=MAX_POINTS, description="Most buckets a signal.")] = 500,
) -> History:
    """Signals of a device, downsampled: lowest, mean, highest and number of values in each bucket."""
    seen = access.view(visit, device, within)
    visit.notes(signals=list(signal))
    signals, within = visible(seen, signal, within)
    keys = [s.key for s in signals]
    found = readings.history(visit.conn, seen.product, seen.device.device_id, keys, within.start, within.end, points)
    return History(
        device=device,
        from_=found.start,
        to=found.end,
        bucket_s=found.bucket_s,
        source=found.source,
        signals=[Series(signal=s.key, type=s.type, unit=s.unit) for s in signals],
        items=[Bucket(signal=key, **bucket._asdict()) for key in keys for bucket in found.buckets[key]],
    )


def visible(seen: View, keys: list[str], within: Period) -> tuple[list[Signal], Period]:
    """The signals and the period to answer. A signal that is not for this principal is one it has never heard of."""
    signals = []
    for key in dict.fromkeys(keys):
        signal = seen.product.signal_of(key)
        cared = seen.cared_within(within)
        if signal is None or (signal.sensitive and cared is None):
            known = ", ".join(s.key for s in seen.product.signal if not s.sensitive or cared)
            raise Absent(f"{seen.device.device} has no signal {key}; it has {known}")
        signals.append(signal)
    clipped = seen.cared_within(within) if any(s.sensitive for s in signals) else None
    return signals, clipped or within


@router.get("/devices/{device}/events")
def listing(
    visit: Visiting,
    device: DeviceId,
    kind: Annotated[list[Key] | None, Query(max_length=50, description="Of these kinds; may be repeated.")] = None,
    within: Period = _LIST,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Event]:
    """Events of a device, newest first."""
    after = decode(cursor, "events", datetime, int, int)
    seen = access.view(visit, device, within)
    rows = events.listing(
        visit.conn, seen.device.device_id, kinds=kind, sight=seen.sight(),
        start=within.start, end=within.end, after=Position(*after) if after else None, limit=limit,
    )  # fmt: skip
    return page("events", rows, limit, lambda row: tuple(row.position), lambda row: _event(seen, row))


def _event(seen: View, row: events.EventRow) -> Event | None:
    attrs = seen.attributes(row.kind, row.attrs, row.ts)
    if attrs is None:
        return None
    extra = seen.undeclared(row.extra, row.ts)
    return Event.model_validate({**row._asdict(), "attrs": attrs, "extra": extra})


@router.get("/devices/{device}/timeline")
def everything(
    visit: Visiting,
    device: DeviceId,
    source: Annotated[list[Source] | None, Query(max_length=5, description="From these; may be repeated.")] = None,
    within: Period = _LIST,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Entry]:
    """Events, connections, firmware changes, restarts and owners of a device in one list, newest first."""
    after = decode(cursor, "timeline", datetime, str, int, int)
    seen = access.view(visit, device, within)
    rows = timeline.listing(
        visit.conn, seen.device.device_id, sources=source or timeline.SOURCES, sight=seen.sight(),
        start=within.start, end=within.end, after=Place(*after) if after else None, limit=limit,
    )  # fmt: skip
    return page("timeline", rows, limit, lambda row: tuple(row.place), lambda row: _entry(seen, row))


def _entry(seen: View, row: timeline.Entry) -> Entry | None:
    detail = seen.attributes(row.kind, row.detail, row.at) if row.source == "event" else row.detail
    return None if detail is None else Entry(at=row.at, source=row.source, kind=row.kind, detail=detail)
