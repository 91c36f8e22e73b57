"""What a unit reported over the days before a case, or after its closing: its faults, its uses, how much was heard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.model import Product
from store import occurrences, ownerships, statements
from store import usage as stored
from store.cases import Case
from store.database import Connection
from store.usage import Asked, Window
from voice.consent import may_compare

DAY_S = 86_400


def opened_by(product: Product | None) -> dict[str, str]:
    """The event that begins each fault of the product; those that tell of a person are nobody's to watch."""
    if product is None:
        return {}
    told = {event.key for event in product.event if not event.sensitive}
    return {fault.kind: fault.opened_by for fault in product.fault if fault.opened_by in told}


def owned(conn: Connection, case: Case, start: datetime, end: datetime) -> list[Window]:
    """The parts of `[start, end)` in which the case's unit was its customer's."""
    if case.device_id is None or start >= end:
        return []
    return [
        Window(max(span.since, start), end if span.until is None else min(span.until, end))
        for span in ownerships.history(conn, case.device_id)
        if span.customer_id == case.customer_id and span.since < end and (span.until is None or span.until > start)
    ]


def figures(
    conn: Connection, case: Case, product: Product | None, start: datetime, end: datetime, now: datetime
) -> dict[str, Any]:
    """Of `[start, end)`, its future left out, while the unit was the customer's.

    `days` of it, the share of them heard (`coverage`), how often each fault came (`faults`), `uses`, and the customer's
    `statements` about the unit. `uses` is None without the customer's consent to be told from their words, and where
    nothing was heard.
    """
    end = min(end, now)
    windows = owned(conn, case, start, end)
    found: dict[str, Any] = {
        "from": start.isoformat(),
        "to": max(start, end).isoformat(),
        "days": sum((w.until - w.since).total_seconds() for w in windows) / DAY_S,
        "coverage": None,
        "faults": {},
        "uses": None,
        "statements": statements.count(conn, case.customer_id, case.device_id, start, end),
    }
    if product is None or case.device_id is None or not windows:
        return found
    kinds = opened_by(product)
    counted = occurrences.counts(conn, case.device_id, set(kinds.values()), windows)
    asked = [Asked(case.device_id, windows)]
    heard_s = sum(stored.heard_seconds_of(conn, asked)[0])
    found["faults"] = {fault: counted[kind] for fault, kind in sorted(kinds.items())}
    found["coverage"] = min(1.0, heard_s / (found["days"] * DAY_S))
    if product.use is not None and heard_s and may_compare(conn, case.customer_id, now):
        found["uses"] = sum(window.uses for window in stored.counts_of(conn, product.use, asked)[0])
    return found
