from __future__ import annotations

import json
from datetime import UTC, datetime

from voice.claims.model import Claim, Why, Window
from voice.statements.written import CONTRACT, as_kept, from_kept

CLAIM = Claim(
    "usage_frequency", 2, 3.5, "count", "month", True, False, "two or three", (5, 17),
    Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)),
    (Why("low", "word", (5, 8)),), 0.75,
)  # fmt: skip


def test_a_claim_is_read_back_as_it_was_written() -> None:
    kept = json.loads(json.dumps(as_kept(CLAIM)))
    assert from_kept(kept) == CLAIM
    assert from_kept(kept).why == CLAIM.why
    assert set(CONTRACT) <= kept.keys()


def test_what_a_person_writes_needs_the_contracts_members_alone() -> None:
    plain = {member: as_kept(CLAIM)[member] for member in CONTRACT} | {"window": None}
    read = from_kept(plain)
    assert (read.confidence, read.span, read.window, read.why) == (1.0, (0, 0), None, ())
