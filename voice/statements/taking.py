"""Keep a statement: read its claims, find its case, set it beside what the product reports; all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalog.model import Product
from store import cases, claims, customers, devices, ownerships, statements
from store.customers import Customer
from store.database import Connection
from store.devices import Device
from store.errors import Conflict, InvalidValue
from store.statements import MAX_TEXT, Channel, Language, Uncompared
from voice.casework.joining import Saying, join
from voice.claims import extract
from voice.claims.language import detect
from voice.claims.model import Claim
from voice.compare import Thresholds, Verdict, compare
from voice.statements.comparing import About, about, set_beside, why_not
from voice.statements.written import as_kept

AHEAD: Final = timedelta(minutes=5)
"""By so much a clock may be ahead of ours; nothing is said later than that."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote down of a customer's words."""

    customer: str
    channel: Channel
    text: str
    said_at: datetime
    device: str | None = None
    """None: about no single unit."""
    case: int | None = None
    split: bool = False
    """A case of its own, though one is open."""
    lang: Language | None = None
    """None: found out."""
    answered_at: datetime | None = None
    ref: str | None = None
    """Its id where it comes from: the same one is kept once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    statement_id: int
    case_id: int
    customer: str
    became: cases.Kind | None
    """What joining did to the case: opened, reopened; None: it went on."""
    known: bool = False
    """A statement with this `ref` is kept already; nothing was done."""


def take(
    conn: Connection, catalog: Mapping[str, Product], said: Said, thresholds: Thresholds, *, by: str, now: datetime
) -> Taken:
    """Keep `said`, in the caller's transaction.

    Raises `NotFound` for an unknown customer, device or case, `Conflict` for a device that never was this customer's or
    a case about another, `InvalidValue` for what cannot be kept.
    """
    _check(said, now)
    customer = customers.get(conn, said.customer)
    device = None if said.device is None else _owned(conn, customer, said.device)
    known = None if said.ref is None else statements.by_ref(conn, said.ref)
    if known is not None:
        there = statements.get(conn, known)
        if there.customer_id != customer.customer_id:
            raise Conflict("a statement of another customer is kept under this `ref`; references are never used twice")
        return Taken(known, there.case_id, there.customer, None, known=True)
    subject = about(conn, catalog, customer, device, said.said_at)
    lang = said.lang or detect(said.text)
    found = read(said.text, subject, lang, said.said_at)
    unit = None if device is None else device.device_id
    saying = Saying(customer.customer_id, unit, said.said_at, found, said.answered_at is not None)
    case_id, became = join(conn, saying, case_id=said.case, split=said.split, by=by, now=now)
    missing = why_not(conn, subject, found, now)
    statement_id = _kept(conn, said, subject, lang, found, case_id, missing, by)
    if missing is None:
        numbered = dict(enumerate(found))
        set_beside(conn, thresholds, subject, statement_id, numbered, text=said.text, said_at=said.said_at, now=now)
    return Taken(statement_id, case_id, customer.customer, became)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a statement would come to, without keeping it."""

    lang: Language
    product: str | None
    claims: list[Claim]
    verdicts: list[Verdict]
    """One a claim; none when they are not compared."""
    uncompared: Uncompared | None
    case_id: int | None
    """The unsolved case it would join."""


def preview(
    conn: Connection, catalog: Mapping[str, Product], said: Said, thresholds: Thresholds, *, now: datetime
) -> Preview:
    """Read and compare `said` as `take` would, and keep nothing. Raises as `take` does."""
    _check(said, now)
    customer = customers.get(conn, said.customer)
    device = None if said.device is None else _owned(conn, customer, said.device)
    subject = about(conn, catalog, customer, device, said.said_at)
    lang = said.lang or detect(said.text)
    found = read(said.text, subject, lang, said.said_at)
    missing = why_not(conn, subject, found, now)
    verdicts = [
        compare(conn, subject, claim, said.said_at, thresholds=thresholds, text=said.text)
        for claim in (found if missing is None else ())
    ]
    joined = said.case
    if joined is None and not said.split:
        joined = cases.open_for(conn, customer.customer_id, None if device is None else device.device_id)
    return Preview(lang, None if subject.product is None else subject.product.key, found, verdicts, missing, joined)


def read(text: str, subject: About, lang: Language, said_at: datetime) -> list[Claim]:
    """The claims in `text` about the subject's product, in its customer's zone and calendar; none without a product."""
    if subject.product is None:
        return []
    owner = subject.customer
    return extract(text, subject.product, lang, said_at, owner.zone, owner.calendar, owner.week_start)


def _kept(
    conn: Connection,
    said: Said,
    subject: About,
    lang: Language,
    found: list[Claim],
    case_id: int,
    missing: Uncompared | None,
    by: str,
) -> int:
    statement_id = statements.add(
        conn,
        statements.New(
            case_id,
            subject.customer.customer_id,
            None if subject.device is None else subject.device.device_id,
            None if subject.product is None else subject.product.key,
            said.channel,
            said.text,
            lang,
            said.said_at,
            by,
            answered_at=said.answered_at,
            ref=said.ref,
            uncompared=missing,
        ),
    )
    claims.add(conn, statement_id, [as_kept(claim) for claim in found])
    return statement_id


def _check(said: Said, now: datetime) -> None:
    if not said.text.strip() or len(said.text) > MAX_TEXT or "\0" in said.text:
        raise InvalidValue(f"text: a statement has 1 to {MAX_TEXT:,} characters, and no NUL")
    if said.said_at.tzinfo is None or said.said_at > now + AHEAD:
        raise InvalidValue("said_at: give the time it was said, with its offset and not in the future")
    if said.answered_at is not None and said.answered_at < said.said_at:
        raise InvalidValue("answered_at: an answer comes after what it answers")


def _owned(conn: Connection, customer: Customer, name: str) -> Device:
    device = devices.get(conn, name)
    if all(span.customer_id != customer.customer_id for span in ownerships.history(conn, device.device_id)):
        raise Conflict(f"device {name} never was {customer.customer}'s; say who owned it when, or leave the device out")
    return device
