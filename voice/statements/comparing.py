"""Claims set beside what the product reports, where the customer agrees to it; each verdict is kept as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.model import Product
from store import claims as kept
from store import ownerships, statements
from store.customers import Customer
from store.database import Connection
from store.devices import Device
from store.errors import QueryTooLong
from store.statements import Uncompared
from voice.claims.model import Claim
from voice.compare import Thresholds, compare
from voice.consent import may_compare
from voice.statements.written import as_kept


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a statement is about."""

    customer: Customer
    device: Device | None
    """None: everything of `product` that the customer owns."""
    product: Product | None
    """None: it is not known which."""


def about(
    conn: Connection, catalog: Mapping[str, Product], customer: Customer, device: Device | None, at: datetime
) -> About:
    """What a customer speaks of: the unit named, else the one product they own units of at `at`, if it is one."""
    if device is not None:
        return About(customer, device, catalog.get(device.product))
    held = ownerships.of_customer(conn, customer.customer_id, start=at, end=None)
    products = {span.product for span in held if span.since <= at and (span.until is None or at < span.until)}
    return About(customer, None, catalog.get(products.pop()) if len(products) == 1 else None)


def why_not(conn: Connection, subject: About, claims: Sequence[Claim], now: datetime) -> Uncompared | None:
    """Why these claims may not, or cannot, be compared; None: they can."""
    if subject.product is None:
        return "no_product"
    if not claims:
        return "no_claim"
    return None if may_compare(conn, subject.customer.customer_id, now) else "no_consent"


def set_beside(
    conn: Connection,
    thresholds: Thresholds,
    subject: About,
    statement_id: int,
    claims: Mapping[int, Claim],
    *,
    text: str,
    said_at: datetime,
    now: datetime,
) -> None:
    """Compare the numbered claims, which `why_not` let pass, and keep the verdicts beside earlier ones.

    A comparison that takes too long leaves the statement without verdicts, not unkept.
    """
    try:
        with conn.transaction():
            for n, claim in claims.items():
                verdict = compare(conn, subject, claim, said_at, thresholds=thresholds, text=text)
                kept.judged(conn, statement_id, n, as_kept(claim), verdict.as_json(), now)
    except QueryTooLong:
        statements.set_uncompared(conn, statement_id, "too_long")
