"""Is this product file right, and has this device's first message come?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import Query

import catalog
from api.access import is_guarded, view_of
from api.auditing import Visit, Visiting
from api.connecting.schemas import Arrival, Checked, ProductMistake, ProductText
from api.deadletters import samples
from api.parameters import DeviceId, Instant
from api.routing import feature
from catalog.elements import Reason
from catalog.lines import line_of
from store import deadletters, devices, readings

router = feature("connecting")

WATCHED = timedelta(minutes=15)
LETTERS_SHOWN = 3
SAMPLE_BYTES = 200
NAMED = Path("product.toml")


@router.post("/products/check")
def check(visit: Visiting, body: ProductText) -> Checked:
    """What `vop catalog check` would say of a file with this text, beside the products there are. Keeps nothing."""
    product, problems = catalog.check_text(body.toml, visit.catalog, NAMED)
    mistakes = [
        ProductMistake(place=p.key, line=line_of(body.toml, p.key), wrong=p.wrong, allowed=p.allowed) for p in problems
    ]
    return Checked(product=product.key if product else None, mistakes=mistakes)


@router.get("/devices/{device}/arrival")
def arrival(
    visit: Visiting,
    device: DeviceId,
    from_: Annotated[Instant | None, Query(alias="from", description="15 minutes ago unless given.")] = None,
) -> Arrival:
    """Whether anything came from the device since then, and if not, what is known of why."""
    since = from_ or datetime.now(UTC) - WATCHED
    seen = view_of(visit, devices.get(visit.conn, device))
    there = devices.presence(visit.conn, seen.product, seen.device.device_id)
    stored = there.last_seen is not None and there.last_seen >= since
    letters = deadletters.listing(visit.conn, device=device, start=since, limit=LETTERS_SHOWN, sample=SAMPLE_BYTES)
    elsewhere = [] if stored or letters else _elsewhere(visit, since)
    keys = readings.undeclared(visit.conn, seen.product, seen.device.device_id) if stored else []
    if letters and (not stored or (there.last_seen is not None and letters[0].last_at > there.last_seen)):
        state = "refused"
    elif stored:
        state = "stored"
    elif not there.receiving:
        state = "deaf"
    else:
        state = "elsewhere" if elsewhere else "nothing"
    present = samples.presenter(visit, letters, SAMPLE_BYTES)
    return Arrival.model_validate(
        {
            "state": state,
            "from": since,
            "last_seen": there.last_seen,
            "undeclared": len(keys),
            "undeclared_keys": [] if is_guarded(seen.product) else keys,
            "refused": [present(letter) for letter in letters],
            "elsewhere": elsewhere,
        }
    )


def _elsewhere(visit: Visit, since: datetime) -> list[str]:
    """Topics that are nobody's: a slip in a topic puts a message there, where the broker lets it."""
    found = [
        letter
        for reason in (Reason.BAD_TOPIC, Reason.UNKNOWN_DEVICE)
        for letter in deadletters.listing(visit.conn, reason=reason, start=since, limit=LETTERS_SHOWN, sample=0)
    ]
    found.sort(key=lambda letter: letter.last_at, reverse=True)
    return list(dict.fromkeys(letter.topic for letter in found))[:LETTERS_SHOWN]
