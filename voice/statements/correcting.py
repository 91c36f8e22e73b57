"""A person's correction of a claim: it stands beside what was read, and is compared anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from catalog.model import Product
from store import claims, customers, devices, statements
from store.database import Connection
from store.errors import InvalidValue, NotFound
from store.statements import Statement, Uncompared
from voice.claims.model import Claim
from voice.compare import Thresholds
from voice.statements.comparing import About, set_beside, why_not
from voice.statements.written import as_kept, from_kept

UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "usage_frequency": ("count",),
    "usage_duration": ("min",),
    "missed_doses": ("count",),
    "adherence": ("percent",),
    "battery_runtime": ("min", "day"),
    "fault_frequency": ("count", "percent"),
    "fault_since": ("day", "min"),
    "stock_level": ("item", "percent"),
    "stock_consumption": ("item",),
    "last_used": ("day",),
}
"""The units each topic is told in (guideline, "Topics and units")."""


def checked(claim: Claim) -> Claim:
    """`claim` if its unit is one of its topic's, else `InvalidValue`."""
    if claim.unit not in UNITS[claim.topic]:
        raise InvalidValue(f"unit: {claim.topic} is told in {' or '.join(UNITS[claim.topic])}, not in {claim.unit}")
    return claim


def subject_of(conn: Connection, catalog: Mapping[str, Product], statement: Statement) -> About:
    """Whom and what a kept statement is about."""
    device = None if statement.device is None else devices.get(conn, statement.device)
    product = None if statement.product is None else catalog.get(statement.product)
    return About(customers.get(conn, statement.customer), device, product)


def correct(
    conn: Connection,
    catalog: Mapping[str, Product],
    statement: Statement,
    n: int,
    thresholds: Thresholds,
    *,
    claim: Claim | None,
    dropped: bool,
    by: str,
    now: datetime,
) -> None:
    """Put `claim` beside claim `n` (None: back to what was read), or say that it is none. Its verdict is found anew.

    Raises `NotFound`, `InvalidValue`.
    """
    written = None if claim is None else as_kept(checked(claim))
    claims.correct(conn, statement.statement_id, n, written, dropped=dropped, by=by, at=now)
    if not dropped:
        compare_anew(conn, catalog, statement, thresholds, now, only=n)


def find(
    conn: Connection,
    catalog: Mapping[str, Product],
    statement: Statement,
    claim: Claim,
    thresholds: Thresholds,
    *,
    by: str,
    now: datetime,
) -> int:
    """Add a claim the extraction missed, and compare it; returns its number. Raises `InvalidValue`, `Conflict`."""
    n = claims.find(conn, statement.statement_id, as_kept(checked(claim)), by, now)
    compare_anew(conn, catalog, statement, thresholds, now, only=n)
    return n


def compare_anew(
    conn: Connection,
    catalog: Mapping[str, Product],
    statement: Statement,
    thresholds: Thresholds,
    now: datetime,
    *,
    only: int | None = None,
) -> Uncompared | None:
    """Compare the statement's claims as they stand now; earlier verdicts stay. Returns why not, where they are not.

    Raises `NotFound` when it has no claim `only`.
    """
    standing = {
        one.n: from_kept(one.claim)
        for one in claims.of(conn, [statement.statement_id]).get(statement.statement_id, ())
        if not one.dropped and only in (None, one.n)
    }
    if only is not None and not standing:
        raise NotFound(f"statement {statement.statement_id} has no claim {only}")
    subject = subject_of(conn, catalog, statement)
    missing = why_not(conn, subject, list(standing.values()), now)
    if missing is None:
        statements.set_uncompared(conn, statement.statement_id, None)
        set_beside(
            conn, thresholds, subject, statement.statement_id, standing, text=statement.text,
            said_at=statement.said_at, now=now,
        )  # fmt: skip
    elif only is None:
        statements.set_uncompared(conn, statement.statement_id, missing)
    return missing
