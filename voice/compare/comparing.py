"""One claim compared: its record fetched, and judged."""

from __future__ import annotations

from datetime import datetime

from store.database import Connection
from voice.claims.model import Claim
from voice.compare.fetch.records import record
from voice.compare.fetch.scope import Subject
from voice.compare.judge import judge
from voice.compare.thresholds import Thresholds
from voice.compare.verdict import Verdict


def compare(
    conn: Connection,
    subject: Subject,
    claim: Claim,
    said_at: datetime,
    *,
    thresholds: Thresholds,
    text: str | None = None,
) -> Verdict:
    """What the product's own record makes of a claim said at `said_at` (aware).

    `subject.device` None: all units of `subject.product` that the customer owned. `text` is the whole statement, for
    which fault is spoken of. Consent and who may see it are the caller's. Nothing later than `said_at` is looked at,
    but what arrived late is: comparing again may tell otherwise, and both verdicts are kept. Raises `store.errors`.
    """
    return judge(claim, record(conn, subject, claim, said_at, thresholds, text=text), thresholds)
