"""Statements, claims, verdicts, cases and promises as they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import cases, claims, closings, promises, spoken, statements
from store.customers import Customer
from store.database import Connection
from store.errors import Conflict, NotFound

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CLAIM = {"topic": "usage_frequency", "low": 2, "high": 3, "unit": "count", "per": "month"}


def said(conn: Connection, anna: Customer, *, ref: str | None = None, minutes: int = 0) -> tuple[int, int]:
    case = cases.open_for(conn, anna.customer_id, None) or cases.begin(
        conn, anna.customer_id, None, opened_at=NOW, by="user:sam", now=NOW
    )
    new = statements.New(
        case, anna.customer_id, None, None, "phone", "two or three times a month", "en",
        NOW + timedelta(minutes=minutes), "user:sam", ref=ref,
    )  # fmt: skip
    return case, statements.add(conn, new)


def test_claims_keep_what_was_extracted_what_a_person_says_and_every_verdict(conn: Connection, anna: Customer) -> None:
    _, statement = said(conn, anna)
    claims.add(conn, statement, [CLAIM, CLAIM | {"low": 9}])
    claims.judged(conn, statement, 0, CLAIM, {"verdict": "understates"}, NOW)
    claims.judged(conn, statement, 0, CLAIM, {"verdict": "agrees"}, NOW + timedelta(days=1))
    claims.correct(conn, statement, 1, CLAIM | {"low": 4}, dropped=False, by="user:sam", at=NOW)
    assert claims.find(conn, statement, CLAIM | {"topic": "last_used"}, "user:sam", NOW) == 2
    first, second, third = claims.of(conn, [statement])[statement]
    assert (first.claim, first.verdicts, first.verdict) == (CLAIM, 2, {"verdict": "agrees"})
    assert (second.extracted, second.claim["low"]) == (CLAIM | {"low": 9}, 4)
    assert (third.extracted, third.claim["topic"], third.verdict) == (None, "last_used", None)
    claims.correct_verdict(conn, statement, 0, "understates", "two units", by="user:sam", at=NOW)
    assert [v.corrected for v in claims.verdicts(conn, statement, 0)] == ["understates", None]
    claims.correct(conn, statement, 2, None, dropped=True, by="user:sam", at=NOW)
    assert claims.of(conn, [statement])[statement][2].claim["topic"] == "last_used"
    with pytest.raises(NotFound):
        claims.correct(conn, statement, 7, None, dropped=True, by="user:sam", at=NOW)
    with pytest.raises(NotFound):
        claims.correct_verdict(conn, statement, 1, "agrees", None, by="user:sam", at=NOW)


def test_a_reference_is_kept_once(conn: Connection, anna: Customer) -> None:
    _, statement = said(conn, anna, ref="crm-7")
    assert statements.by_ref(conn, "crm-7") == statement
    with pytest.raises(Conflict), conn.transaction():
        said(conn, anna, ref="crm-7")
    assert statements.by_ref(conn, "crm-8") is None


def test_answering_is_told_by_channel(conn: Connection, anna: Customer) -> None:
    case, _ = said(conn, anna)
    said(conn, anna, minutes=20)
    assert statements.answered(conn, case, NOW + timedelta(minutes=10)) == 1
    [phone] = statements.answering(conn, NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert (phone.channel, phone.statements, phone.answered, phone.median_s) == ("phone", 2, 1, 600)
    assert phone.oldest_waiting == NOW + timedelta(minutes=20)
    assert statements.answering(conn, NOW + timedelta(days=1), NOW + timedelta(days=2)) == []


def test_a_promise_is_kept_in_time_late_or_broken(conn: Connection, anna: Customer) -> None:
    case, _ = said(conn, anna)
    due = NOW + timedelta(hours=2)
    kept, late, broken = (
        promises.make(conn, case, what, due, by="user:sam", now=NOW, private=False) for what in ("a", "b", "c")
    )
    assert promises.keep(conn, case, kept.promise_id, by="user:sam", now=NOW).broken_at is None
    after = due + timedelta(minutes=1)
    assert promises.break_due(conn, NOW) == 0
    assert promises.keep(conn, case, late.promise_id, by="user:sam", now=after).broken_at == due
    assert (promises.break_due(conn, after), promises.break_due(conn, after)) == (1, 0)
    stored = {p.promise_id: p for p in promises.of(conn, [case])}
    assert (stored[broken.promise_id].broken_at, stored[kept.promise_id].broken_at) == (due, None)
    with pytest.raises(Conflict):
        promises.keep(conn, case, kept.promise_id, by="user:sam", now=after)
    with pytest.raises(NotFound):
        promises.keep(conn, case + 1, broken.promise_id, by="user:sam", now=after)


def test_a_case_has_one_open_watch_which_ends_once(conn: Connection, anna: Customer) -> None:
    case, _ = said(conn, anna)
    closing = {
        "closed_at": NOW, "closed_by": "user:sam", "cause": "hair in the brush", "fix": "visit", "note": None,
        "private": False, "faults": ["stuck"], "before": {"faults": {"stuck": 6}}, "watch_until": NOW,
    }  # fmt: skip
    closings.add(conn, case, **closing)  # type: ignore[arg-type]
    with pytest.raises(Conflict), conn.transaction():
        closings.add(conn, case, **closing)  # type: ignore[arg-type]
    [watched] = closings.watched(conn)
    assert closings.watched(conn, after=watched.closing_id) == []
    closings.saw(conn, watched.closing_id, {"faults": {}})
    assert closings.end(conn, watched.closing_id, NOW, {"fault": "stuck"}) is True
    assert closings.end(conn, watched.closing_id, NOW, None) is False
    [ended] = closings.of(conn, [case])
    assert (ended.came_back, ended.before, ended.after) == (
        {"fault": "stuck"},
        {"faults": {"stuck": 6}},
        {"faults": {}},
    )


def test_cases_are_found_by_state_customer_and_page(conn: Connection, anna: Customer, babak: Customer) -> None:
    first, _ = said(conn, anna)
    cases.set_state(conn, first, "solved", NOW)
    second, _ = said(conn, anna)
    assert second != first
    third = cases.begin(conn, babak.customer_id, None, opened_at=NOW, by="user:sam", now=NOW)

    def ids(**filters: object) -> list[int]:
        return [case.case_id for case in cases.listing(conn, **filters)]  # type: ignore[arg-type]

    assert ids() == [third, second, first]
    assert ids(states=["solved"]) == [first]
    assert ids(customer=anna.customer, before=second) == [first]
    assert ids(customer_ids=[babak.customer_id]) == [third]
    assert ids(device="nothing") == []
    assert [step.kind for step in cases.steps(conn, first)] == ["opened"]
    with pytest.raises(NotFound):
        cases.locked(conn, third + 1)


def test_what_a_customer_said_is_handed_out_and_erased_whole(conn: Connection, anna: Customer, babak: Customer) -> None:
    case, statement = said(conn, anna)
    claims.add(conn, statement, [CLAIM])
    claims.judged(conn, statement, 0, CLAIM, {"verdict": "agrees"}, NOW)
    promises.make(conn, case, "call", NOW, by="user:sam", now=NOW, private=False)
    _, other = said(conn, babak)
    whole = spoken.export(conn, anna.customer_id)
    assert {table: len(rows) for table, rows in whole.items()} == {
        "verdicts": 1, "claims": 1, "statements": 1, "promises": 1, "closings": 0, "case_steps": 1, "cases": 1,
    }  # fmt: skip
    assert whole["statements"][0]["text"] == "two or three times a month"
    assert sum(spoken.erase(conn, anna.customer_id).values()) == 6
    assert not any(spoken.export(conn, anna.customer_id).values())
    assert statements.get(conn, other).customer == babak.customer
