"""Deliver what is to leave: signed webhooks, tried again for three days."""

from __future__ import annotations

import logging
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from relay import sending
from relay.job import Done, Job, Turn
from relay.sending import Answer
from relay.settings import Settings
from store import outbox, webhooks
from store.outbox import Parcel

log = logging.getLogger(__name__)

MANY: Final = 50
"""A run, after which other jobs that are due have their turn."""
RETRIES_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After each failure so long, with jitter (Standard Webhooks); then it is given up."""
JITTER: Final = 0.2
LONGEST_WAIT_S: Final = 86_400


def job(settings: Settings) -> Job:
    """Each parcel in a transaction that holds its row: two relays send different ones. Killed after the endpoint took
    it and before that is written down, it is sent again with the same id."""

    def run(turn: Turn) -> Done:
        seen: Counter[str] = Counter()
        for _ in range(MANY):
            if turn.stopping():
                return Done(dict(seen), more=True)
            with turn.conn.transaction():
                parcel = outbox.take(turn.conn, datetime.now(UTC))
                if parcel is None:
                    return Done(dict(seen))
                answer = sending.send(
                    parcel.url, parcel.secret, parcel.message_id, parcel.body, private=bool(settings.webhooks_private)
                )
                seen[_kept(turn, parcel, answer)] += 1
        return Done(dict(seen), more=True)

    return Job("outbox", settings.outbox_every_s, "delivers webhooks", run)


def _kept(turn: Turn, parcel: Parcel, answer: Answer) -> str:
    now = datetime.now(UTC)
    if answer.taken:
        outbox.delivered(turn.conn, parcel.outbox_id, answer.words, now)
        return "delivered"
    if answer.gone:
        webhooks.disable(turn.conn, parcel.webhook_id, "its endpoint answered 410", now)
        outbox.failed(turn.conn, parcel.outbox_id, answer.words, now, None)
        log.warning("webhook %d is disabled: its endpoint answered 410", parcel.webhook_id)
        return "disabled"
    again = wait(parcel.attempts, answer.retry_after_s)
    outbox.failed(turn.conn, parcel.outbox_id, answer.words, now, None if again is None else now + again)
    log.info(
        "webhook %d did not take %s at attempt %d: %s",
        parcel.webhook_id,
        parcel.message_id,
        parcel.attempts + 1,
        answer.words,
    )
    return "given_up" if again is None else "failed"


def wait(attempts: int, retry_after_s: float | None = None) -> timedelta | None:
    """How long to wait after this many failures before; None: it is given up."""
    if attempts >= len(RETRIES_S):
        return None
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - jitter
    seconds = RETRIES_S[attempts] * spread
    return timedelta(seconds=min(max(seconds, retry_after_s or 0.0), LONGEST_WAIT_S * (1 + JITTER)))
