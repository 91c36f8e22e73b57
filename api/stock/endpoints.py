"""Stock is read and its ordering is set by who keeps it; orders are received or cancelled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from api.access import is_guarded
from api.auditing import Visit, Visiting
from api.errors import Absent
from api.idempotent import OnlyOnce
from api.paging import Cursor, Limit, Page, decode, encode
from api.parameters import ID
from api.routing import feature
from api.stock import schemas
from store import devices, orders, stock
from store.devices import Device
from store.errors import NotFound
from voice.stock.assessing import close, stocked

router = feature("stock")

ItemId = Annotated[str, Path(pattern=ID, description="The device that holds it or stands by it.")]
OrderId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the order.")]


def products(visit: Visit) -> list[str]:
    """Products whose stock is kept here: what a patient's dispenser holds is for its care team."""
    personal = [key for key, product in visit.catalog.items() if is_guarded(product)]
    return stocked(visit.catalog, personal=personal)


def known(visit: Visit, item: str) -> Device:
    """The device of an item. Raises `Absent`."""
    try:
        found = devices.get(visit.conn, item)
    except NotFound as error:
        raise Absent(f"there is no item {item}") from error
    if found.product not in products(visit):
        raise Absent(f"there is no item {item}")
    visit.concerns(item)
    return found


@router.get("/stock")
def listing(visit: Visiting, cursor: Cursor = None, limit: Limit = 100) -> Page[schemas.Item]:
    """Every item: how much is there, how long it lasts, and from how much on it is ordered."""
    after = decode(cursor, "stock", str)
    rows = stock.listing(visit.conn, products(visit), after=after[0] if after else "", limit=limit)
    following = encode("stock", rows[-1].device) if len(rows) >= limit else None
    return Page(items=[schemas.Item.of(row) for row in rows], next=following)


@router.get("/stock/{item}")
def detail(visit: Visiting, item: ItemId) -> schemas.Item:
    """One item."""
    return schemas.Item.of(stock.get(visit.conn, known(visit, item).device_id))


@router.put("/stock/{item}")
def put(visit: Visiting, item: ItemId, body: schemas.Terms) -> schemas.Item:
    """Say how an item is ordered. It is assessed by the relay within minutes."""
    found = known(visit, item)
    terms = stock.Terms(**body.model_dump())
    visit.notes(ordering=terms.ordering)
    stock.put(visit.conn, found.device_id, terms, by=visit.principal.actor, now=datetime.now(UTC))
    return schemas.Item.of(stock.get(visit.conn, found.device_id))


@router.get("/orders")
def ordered(
    visit: Visiting,
    state: Annotated[schemas.OrderState | None, Query(description="One state alone.")] = None,
    item: Annotated[str | None, Query(pattern=ID, description="Of one item alone.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.Order]:
    """Orders, newest first."""
    after = decode(cursor, "orders", int)
    rows = orders.listing(visit.conn, state=state, device=item, before=after[0] if after else None, limit=limit)
    following = encode("orders", rows[-1].order_id) if len(rows) >= limit else None
    return Page(items=[schemas.Order.model_validate(row) for row in rows], next=following)


@router.post("/orders/{order}/receive", response_model=schemas.Order)
def receive(visit: Visiting, once: OnlyOnce, order: OrderId, body: schemas.Receipt) -> JSONResponse:
    """What was ordered has come: the order is closed, and the item may be ordered again."""

    def work() -> schemas.Order:
        found = orders.get(visit.conn, order)
        visit.concerns(str(order), item=found.device)
        count = found.quantity if body.quantity is None else body.quantity
        return _closed(visit, order, count)

    return once.run(body, work, status=200)


@router.post("/orders/{order}/cancel", response_model=schemas.Order)
def cancel(visit: Visiting, once: OnlyOnce, order: OrderId) -> JSONResponse:
    """What was ordered will not come: the order is closed."""

    def work() -> schemas.Order:
        visit.concerns(str(order), item=orders.get(visit.conn, order).device)
        return _closed(visit, order, None)

    return once.run(None, work, status=200)


def _closed(visit: Visit, order: int, received: int | None) -> schemas.Order:
    found = close(visit.conn, order, received=received, by=visit.principal.actor)
    return schemas.Order.model_validate(found)
