"""Connect a device: choose what it is, register it, copy its first words, and see them come."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.connecting import endpoints as connecting
from api.connecting.first_words import Broker, programs
from api.connecting.schemas import MAX_TOML_CHARS, Checked, ProductText
from api.console.catalogues import N_
from api.console.reasons import WORDS
from api.console.rendering import is_fragment, page
from api.console.routing import pages
from api.devices import registry
from api.devices.schemas import NewDevice
from api.parameters import DeviceId, Instant
from api.sessions.forms import Form, Sent
from store import devices
from store.devices.identity import checked_id, checked_text
from store.errors import InvalidValue, NotFound

router = pages()

WATCHED_FOR = timedelta(minutes=30)
"""A page that nobody looks at any more must not keep a session alive."""
MISTAKES = {
    "device": N_("1 to 64 letters, digits, dots, underscores or hyphens."),
    "product": N_("Choose one of the products."),
    "serial": N_("At most 128 characters that can be printed."),
}
TAKEN = N_("A device of this id is registered already. Choose another id, or give that one a new secret.")
RESERVED = N_("This id cannot be used. Choose another one.")


@router.get("/connect")
def choose(
    request: Request, visit: Visiting, product: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = ""
) -> HTMLResponse:
    """Which product it is, and how it is called."""
    chosen = product if product in visit.catalog else next(iter(visit.catalog))
    name = f"{chosen.replace('_', '-')}-{secrets.token_hex(3)}"
    return _form(request, visit, {"product": chosen, "device": name})


@router.post("/connect")
def connect(request: Request, visit: Visiting, sent: Sent) -> HTMLResponse:
    """Register it and show its secret, once, in the programs that send its first message."""
    given = {key: sent[key].strip() for key in ("device", "product", "serial") if sent.get(key, "").strip()}
    try:
        body = NewDevice.model_validate(given)
        wrong = _wrong(visit, body)
    except ValidationError as error:
        wrong = {str(one["loc"][0]): MISTAKES[str(one["loc"][0])] for one in error.errors()}
    if wrong:
        visit.concerns(given.get("device", "*")[:64], registered=False)
        return _form(request, visit, sent, wrong)
    done = registry.registered(visit, body)
    broker = broker_of(request, visit)
    since = datetime.now(UTC)
    return page(
        request,
        visit,
        "connect/words.html",
        device=done.device,
        secret=done.secret,
        broker=broker,
        programs=programs(broker, body.device, done.secret or "", visit.catalog[body.product]),
        arrival=connecting.arrival(visit, body.device, since),
        since=since,
        watching=True,
        words=WORDS,
        renewed=False,
    )


@router.post("/connect/check")
def check(request: Request, visit: Visiting, sent: Sent) -> HTMLResponse:
    """What is wrong with a product file; to htmx the findings alone."""
    toml = sent.get("toml", "")
    checked = connecting.check(visit, ProductText(toml=toml)) if 0 < len(toml) <= MAX_TOML_CHARS else None
    too_long = len(toml) > MAX_TOML_CHARS
    return page(
        request,
        visit,
        "connect/check.html",
        fragment="findings",
        **_about_check(visit, checked, too_long=too_long),
        toml=toml[:MAX_TOML_CHARS],
    )


@router.get("/connect/{device}/arrival")
def arrival(
    request: Request,
    visit: Visiting,
    device: DeviceId,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    was: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Whether its first message has come, and if not, what may be wrong; htmx asks until it has, for half an hour.

    While it is as it `was`, a fragment stays as it is: read out once, not every two seconds.
    """
    found = connecting.arrival(visit, device, from_)
    watching = datetime.now(UTC) - found.from_ < WATCHED_FOR
    if watching and found.state == was and is_fragment(request):
        return Response(status_code=204)
    return page(
        request,
        visit,
        "connect/arrival.html",
        fragment="state",
        device=devices.get(visit.conn, device),
        arrival=found,
        since=found.from_,
        watching=watching,
        broker=broker_of(request, visit),
        words=WORDS,
    )


def broker_of(request: Request, visit: Visit) -> Broker:
    """Where devices find the broker, as the reader of this page would write it."""
    settings = visit.services.settings
    host = request.url.hostname or "localhost"
    return Broker.of(settings.device_mqtt_url, host, accounts=bool(settings.device_accounts))


def _wrong(visit: Visit, body: NewDevice) -> dict[str, str]:
    """What the registry would refuse, by field."""
    if body.product not in visit.catalog:
        return {"product": MISTAKES["product"]}
    try:
        checked_id(body.device)
    except InvalidValue:
        return {"device": RESERVED}
    try:
        checked_text("serial", body.serial)
    except InvalidValue:
        return {"serial": MISTAKES["serial"]}
    try:
        devices.get(visit.conn, body.device)
    except NotFound:
        return {}
    return {"device": TAKEN}


def _form(request: Request, visit: Visit, sent: Form, wrong: dict[str, str] | None = None) -> HTMLResponse:
    return page(
        request,
        visit,
        "connect/choose.html",
        status=422 if wrong else 200,
        products=visit.catalog,
        sent=sent,
        wrong=wrong or {},
        taken=(wrong or {}).get("device") == TAKEN,
        toml="",
        **_about_check(visit, None, too_long=False),
    )


def _about_check(visit: Visit, checked: Checked | None, *, too_long: bool) -> dict[str, Any]:
    return {
        "checked": checked,
        "too_long": too_long,
        "most": MAX_TOML_CHARS,
        "catalog_dir": visit.services.settings.catalog_dir,
    }
