"""From what the store returns to what a principal is shown of a device."""

from __future__ import annotations

from datetime import UTC, datetime

from api import access
from api.access import View
from api.auditing import Visit
from api.devices import schemas
from store.devices import DeviceSummary, Presence
from store.readings import Latest
from store.reported import Reported


def may_name(visit: Visit) -> bool:
    """Whether the visitor may read any customer's name, as support may."""
    return "support" in visit.principal.roles


def _owner(customer: str, name: str, zone: str, since: datetime, *, named: bool) -> schemas.Owner:
    return schemas.Owner(customer=customer, name=name if named else None, zone=zone, since=since)


def summary(row: DeviceSummary, *, named: bool) -> schemas.Summary:
    """A row of the device list."""
    there = row.owner
    return schemas.Summary(
        device=schemas.Device.model_validate(row.device),
        owner=_owner(there.customer, there.name, there.zone, there.since, named=named) if there else None,
        presence=schemas.Presence.model_validate(row.presence),
        firmware=row.firmware,
        coverage=row.coverage,
    )


def detail(
    seen: View, presence: Presence, reported: Reported | None, latest: Latest | None, *, named: bool
) -> schemas.Detail:
    """A device as its reader may see it."""
    now = datetime.now(UTC)
    own, cares = seen.owner, seen.sees(now)
    later = [span.since for span in seen.ownerships if span.since > now]
    return schemas.Detail(
        **schemas.Device.model_validate(seen.device).model_dump(),
        owner=_owner(own.customer, own.name, own.zone, own.since, named=named or cares) if own else None,
        owned_from=min(later, default=None) if own is None else None,
        presence=schemas.Presence.model_validate(presence),
        reported=_reported(seen, reported),
        freshness=_freshness(latest),
        latest=latest_values(seen, latest),
        withheld=access.is_guarded(seen.product) and not cares,
    )


def latest_values(seen: View, latest: Latest | None) -> dict[str, schemas.LatestValue]:
    """The newest values the reader may see, each by its own time."""
    shown: dict[str, schemas.LatestValue] = {}
    for key, value in latest.signals.items() if latest else ():
        ts = datetime.fromtimestamp(value.ts_ms / 1000, UTC)
        if seen.values({key: value.value}, ts):
            shown[key] = schemas.LatestValue(value=value.value, ts=ts, boot=value.boot, seq=value.seq)
    return shown


def _reported(seen: View, reported: Reported | None) -> schemas.Reported | None:
    if reported is None:
        return None
    whole = schemas.Reported.model_validate(reported)
    return whole.model_copy(update={"values": seen.values(whole.values, reported.arrived_at)})


def _freshness(latest: Latest | None) -> schemas.Freshness:
    if latest is None:
        return schemas.Freshness(measured_at=None, arrived_at=None, age_s=None)
    age_s = None if latest.ts is None else round((datetime.now(UTC) - latest.ts).total_seconds(), 3)
    return schemas.Freshness(measured_at=latest.ts, arrived_at=latest.updated_at, age_s=age_s)
