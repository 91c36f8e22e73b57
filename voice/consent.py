"""The one place where a customer's words may meet what their products report."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from store import consents
from store.database import Connection

COMPARE_USAGE: Final = "compare_usage"
"""The purpose a customer agrees to: what they say is set beside what their products report."""


def may_compare(conn: Connection, customer_id: int, now: datetime) -> bool:
    """Whether the customer agrees to it now. Asked each time: a consent that was withdrawn ends at once."""
    return consents.given(conn, customer_id, COMPARE_USAGE, now)
