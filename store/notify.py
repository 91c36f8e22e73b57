"""What wakes others up: channels of LISTEN and NOTIFY, without payload. A notice is a hint, never the only trace."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Final

from psycopg import sql

from store.database import connect
from store.errors import translated

INGESTED: Final = "ingested"
"""A batch was stored."""
ACCOUNTS: Final = "accounts"
"""A device was registered, its credentials or its status changed."""

POLL_S: Final = 0.5
"""How often a waiting listener looks whether it is to stop."""
CHECK_EVERY_S: Final = 10.0
CHECK_WITHIN_S: Final = 5.0
"""A server that is gone without a word sends no notices either: it is asked now and then whether it is there."""


def listen(url: str, channels: Sequence[str], stop: Event) -> Iterator[str | None]:
    """Yield the channel of every notice until `stop` is set; None about twice a second when there was none.

    Raises `Unavailable` when the connection breaks: notices are then lost, and the caller looks for itself.
    """
    with translated(), connect(url, application="vop listen", autocommit=True, answer_within_s=CHECK_WITHIN_S) as conn:
        for channel in channels:
            conn.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        checked = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - checked >= CHECK_EVERY_S:
                conn.execute("")
                checked = time.monotonic()
            seen = {notice.channel for notice in conn.notifies(timeout=POLL_S, stop_after=1)}
            yield from seen or [None]
