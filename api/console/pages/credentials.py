"""A new secret for a device that has lost its own: asked once more, then shown once, with the lines to copy."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.auditing import Visit, Visiting
from api.connecting import endpoints as connecting
from api.connecting.first_words import programs
from api.console import editing
from api.console.catalogues import N_
from api.console.pages.connect import broker_of
from api.console.reasons import WORDS
from api.console.rendering import page
from api.console.routing import pages
from api.devices import registry
from api.devices.schemas import Registered
from api.idempotent import Once
from api.parameters import DeviceId
from api.sessions.forms import Sent
from store import devices
from store.errors import Conflict

router = pages()

RETIRED = N_("This device is retired: it gets no new secret. Nothing was changed.")


@router.get("/devices/{device}/credentials")
def confirm(request: Request, visit: Visiting, device: DeviceId) -> HTMLResponse:
    """What it means to give it a new secret, before it is done."""
    return _confirm(request, visit, device)


@router.post("/devices/{device}/credentials")
def rotate(request: Request, visit: Visiting, device: DeviceId, sent: Sent) -> HTMLResponse:
    """Give it one and show it: in this answer, and never again. Sent again, the same form shows none."""
    try:
        with editing.attempt(visit):
            answer = registry.rotate(visit, Once(request, visit, editing.once(sent)), device)
    except Conflict:
        visit.concerns(device, changed=False)
        return _confirm(request, visit, device, trouble=RETIRED, status=409)
    done = Registered.model_validate_json(bytes(answer.body))
    if done.secret is None:
        return page(request, visit, "connect/rotated_before.html", device=done.device)
    broker, since, product = broker_of(request, visit), datetime.now(UTC), visit.catalog.get(done.device.product)
    return page(
        request,
        visit,
        "connect/words.html",
        device=done.device,
        secret=done.secret,
        broker=broker,
        programs=programs(broker, device, done.secret, product) if product else [],
        arrival=connecting.arrival(visit, device, since),
        since=since,
        watching=True,
        words=WORDS,
        renewed=True,
    )


def _confirm(request: Request, visit: Visit, device: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    return page(
        request,
        visit,
        "connect/rotate.html",
        status=status,
        device=devices.get(visit.conn, device),
        once=secrets.token_urlsafe(18),
        trouble=trouble,
    )
