"""What is in stock, how long it lasts, and what is ordered: for who keeps it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.rendering import page
from api.console.routing import pages
from api.errors import BadInput
from api.idempotent import Once
from api.paging import Cursor
from api.sessions.forms import Sent
from api.stock import endpoints, schemas
from store import orders, stock
from store.errors import Conflict
from store.usage import Window

router = pages()

SHOWN: Final = timedelta(days=91)
ITEMS: Final = 50
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")

FIELDS: Final = {
    "sku": N_("Write what it is ordered as: 1 to 64 letters or digits."),
    "unit": N_("Write the unit, like box or piece."),
    "lead_days": N_("Write days, 0 to 365."),
    "lead_sd_days": N_("Write days, at most as many as the mean."),
    "service_level": N_("Write a percentage between 50 and 99.99."),
    "pack": N_("Write a whole number, 1 or more."),
    "min_order": N_("Write a whole number, 1 or more."),
    "cycle_days": N_("Write days, 0 to 365."),
}
STATES: Final = {
    "open": (N_("On its way"), "info"),
    "received": (N_("Received"), "good"),
    "cancelled": (N_("Cancelled"), "quiet"),
}
WRONG_COUNT: Final = N_("Write how many have come as a whole number, or nothing for all.")
CLOSED: Final = N_("This order was closed meanwhile. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Line:
    """The levels of some weeks as a line in a picture of 600 by 160."""

    points: str
    point_y: float | None
    """Of the reorder point."""
    top: float
    orders: tuple[tuple[float, str], ...]
    """Where orders were placed (x) and their state."""


def line(
    told: list[tuple[datetime, float]], since: datetime, until: datetime, point: int | None, placed: list[orders.Order]
) -> Line:
    """As steps: what was told holds until the next is."""
    span = (until - since).total_seconds()
    top = max([value for _, value in told] + [point or 0, 1]) * 1.05

    def x(at: datetime) -> float:
        return round(600 * (at - since).total_seconds() / span, 1)

    def y(value: float) -> float:
        return round(160 - 160 * value / top, 1)

    steps: list[str] = []
    for n, (at, value) in enumerate(told):
        if n and told[n - 1][1] != value:
            steps.append(f"{x(at)},{y(told[n - 1][1])}")
        if n in (0, len(told) - 1) or told[n - 1][1] != value:
            steps.append(f"{x(at)},{y(value)}")
    marks = tuple((x(one.ordered_at), one.state) for one in placed if one.ordered_at >= since)
    return Line(" ".join(steps), None if point is None else y(point), top, marks)


@router.get("/stock")
def listing(request: Request, visit: Visiting, cursor: Cursor = None) -> HTMLResponse:
    """Every item, and how long it lasts."""
    found = endpoints.listing(visit, cursor, ITEMS)
    return page(request, visit, "stock/list.html", answer=found, cursor=cursor, catalog=visit.catalog)


@router.get("/stock/{item}")
def detail(request: Request, visit: Visiting, item: endpoints.ItemId) -> HTMLResponse:
    """One item: its level over time, and how it is ordered."""
    return _shown(request, visit, item)


def _shown(
    request: Request,
    visit: Visit,
    item: str,
    *,
    sent: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> HTMLResponse:
    found = endpoints.detail(visit, item)
    row = stock.get(visit.conn, endpoints.known(visit, item).device_id)
    until = datetime.now(UTC)
    since = until - SHOWN
    told = stock.levels(visit.conn, visit.catalog[row.product], row.device_id, Window(since, until), changes=True)
    placed = orders.listing(visit.conn, device=item, limit=20)
    return page(
        request,
        visit,
        "stock/item.html",
        status=422 if wrong else 200,
        zone=row.zone or "UTC",
        item=found,
        catalog=visit.catalog,
        line=line(told, since, until, found.reorder_point, placed) if told else None,
        since=since,
        until=until,
        placed=[schemas.Order.model_validate(one) for one in placed],
        states=STATES,
        once=secrets.token_urlsafe(18),
        sent=sent or {},
        wrong=wrong or {},
    )


@router.post("/stock/{item}")
def put(request: Request, visit: Visiting, item: endpoints.ItemId, sent: Sent) -> Response:
    """Say how an item is ordered."""
    values: dict[str, object] = {
        name: sent.get(name, "").strip().translate(_DIGITS if name not in ("sku", "unit") else {})
        for name in FIELDS
        if sent.get(name, "").strip()
    }
    if "service_level" in values:
        try:
            values["service_level"] = float(str(values["service_level"]).rstrip("%٪ ")) / 100
        except ValueError:
            values["service_level"] = -1
    values["ordering"] = sent.get("ordering") is not None
    try:
        body = schemas.Terms.model_validate(values, strict=False)
    except ValidationError as error:
        endpoints.known(visit, item)
        return _shown(request, visit, item, sent=sent, wrong=editing.wrong_fields(error, FIELDS))
    endpoints.put(visit, item, body)
    return RedirectResponse(paths.url("/stock/{item}", item=item), 303)


@router.get("/orders")
def ordered(
    request: Request,
    visit: Visiting,
    state: Annotated[schemas.OrderState | None, Query()] = None,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Orders, newest first."""
    return _orders(request, visit, state, cursor)


def _orders(
    request: Request, visit: Visit, state: schemas.OrderState | None, cursor: str | None, trouble: str = "",
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    found = endpoints.ordered(visit, state, None, cursor, ITEMS)
    once = secrets.token_urlsafe(18)
    return page(
        request, visit, "stock/orders.html", status=status, answer=found, cursor=cursor, state=state, states=STATES,
        once=once, trouble=trouble, catalog=visit.catalog,
    )  # fmt: skip


@router.post("/orders/{order}/receive")
def receive(request: Request, visit: Visiting, order: endpoints.OrderId, sent: Sent) -> Response:
    """What was ordered has come."""
    text = sent.get("quantity", "").strip().translate(_DIGITS)
    if text and not (text.isdecimal() and len(text) <= 7):
        visit.concerns(str(order), changed=False)
        return _orders(request, visit, "open", None, WRONG_COUNT, 422)
    body = schemas.Receipt(quantity=int(text) if text else None)
    try:
        with editing.attempt(visit):
            endpoints.receive(visit, Once(request, visit, editing.once(sent)), order, body)
    except (Conflict, BadInput):
        visit.concerns(str(order), changed=False)
        return _orders(request, visit, "open", None, CLOSED, 409)
    return RedirectResponse(paths.url("/orders", {"state": "open"}), 303)


@router.post("/orders/{order}/cancel")
def cancel(request: Request, visit: Visiting, order: endpoints.OrderId, sent: Sent) -> Response:
    """What was ordered will not come."""
    try:
        with editing.attempt(visit):
            endpoints.cancel(visit, Once(request, visit, editing.once(sent)), order)
    except (Conflict, BadInput):
        visit.concerns(str(order), changed=False)
        return _orders(request, visit, "open", None, CLOSED, 409)
    return RedirectResponse(paths.url("/orders", {"state": "open"}), 303)
