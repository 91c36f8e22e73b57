"""Emptying a session and ending it, when there are more sessions than workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import NamedTuple

from ingest.metrics import Metrics
from ingest.receiver import Received, Receiver

TAKE_TIMEOUT_S = 0.5
DRY_AFTER_S = 3.0
"""A session without subscription from which nothing has come for so long, from a broker that is there, is empty."""


class Drained(NamedTuple):
    """What came of it."""

    messages: int
    """Kept and acknowledged."""
    is_dry: bool
    """Nothing was left and the session is ended; else what is left stays there."""


def run_dry(
    receiver: Receiver, keep: Callable[[Sequence[Received]], None], metrics: Metrics, stopping: Event
) -> Drained:
    """Take nothing new into the session, `keep` what it holds, and end it. Raises what `keep` raises.

    Told to stop, or put out of the session, it leaves the rest there.
    """
    receiver.unsubscribe()
    kept = 0
    asked_at: float | None = None
    while True:
        if stopping.is_set() or receiver.taken_over or receiver.refused:
            return Drained(kept, is_dry=False)
        answered = receiver.answered  # before looking at what came, which may be behind what was asked
        messages = receiver.take(TAKE_TIMEOUT_S)
        if messages:
            metrics.received.inc(len(messages))
            keep(messages)
            acknowledged = receiver.acknowledge(messages)
            metrics.acknowledged.inc(acknowledged)
            kept += acknowledged
        if messages or not receiver.connected:
            asked_at = None
        elif asked_at is None:
            # A cut cable is silent too: only an answer shows that nothing is left, and that we have unsubscribed.
            receiver.ask()
            asked_at = time.monotonic()
        elif answered and time.monotonic() >= asked_at + DRY_AFTER_S:
            receiver.stop(end_session=True)
            return Drained(kept, is_dry=True)
