"""Promises that fall due and closed cases that are watched, over a made past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import catalog
from relay.job import Turn
from relay.jobs import promises as promises_job
from relay.jobs import watch as watch_job
from relay.settings import Settings
from store import cases, closings, consents, customers, devices, ownerships, promises
from store.cases import Case
from store.database import Connection, connect
from store.errors import Conflict, InvalidValue
from voice.casework import closing
from voice.casework.closing import Resolution
from voice.compare import Thresholds
from voice.statements.taking import Said, take

PRODUCTS = catalog.load()
VACUUM = PRODUCTS["robot_vacuum"]
T0 = datetime(2026, 3, 1, tzinfo=UTC)
OPENED, CLOSED = T0 + timedelta(days=30), T0 + timedelta(days=33)


class Home:
    """Anna's vacuum, which is stuck now and then, and the case about it."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.anna = customers.create(conn, "anna", "Anna", zone="Europe/Berlin")
        self.device, _ = devices.register(conn, "vac", "robot_vacuum")
        ownerships.set_history(conn, self.device.device_id, [ownerships.Span("anna", T0)])
        self.seq = 0

    def stuck(self, *days: float, kind: str = "stuck") -> None:
        for day in days:
            self.seq += 1
            self.conn.execute(
                """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
                   VALUES (%s, %s, 1, %s, 0, 0, %s, '{}')""",
                (self.device.device_id, T0 + timedelta(days=day), self.seq, kind),
            )

    def heard(self, since: float, until: float) -> None:
        self.conn.execute(
            "INSERT INTO heard (device_id, since, until) VALUES (%s, %s, %s)",
            (self.device.device_id, T0 + timedelta(days=since), T0 + timedelta(days=until)),
        )

    def says(self, text: str, at: datetime, *, split: bool = False) -> tuple[Case, str | None]:
        said = Said("anna", "phone", text, at, device="vac", split=split, lang="en")
        taken = take(self.conn, PRODUCTS, said, Thresholds(), by="user:sam", now=at)
        return cases.get(self.conn, taken.case_id), taken.became

    def closes(self, case: Case, **more: Any) -> None:
        resolution = Resolution("hair in the brush", "visit", **more)
        closing.close(self.conn, case.case_id, VACUUM, resolution, by="user:sam", now=CLOSED)

    def watches(self, at: datetime, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        done = watch_job.job(Settings(), PRODUCTS).run(Turn(self.conn, at, at, state or {}, lambda: False))
        assert not done.more
        return dict(done.result)

    def state(self, case: Case) -> str:
        return cases.get(self.conn, case.case_id).state


@pytest.fixture
def home(database: str) -> Iterator[Home]:
    with connect(database, autocommit=True) as conn:
        yield Home(conn)


def test_a_fault_that_comes_back_reopens_its_case_once(home: Home) -> None:
    home.stuck(2, 9, 12, 20, 26, 29, 31)
    home.heard(0, 50)
    case, became = home.says("It gets stuck twice a week.", OPENED)
    assert became == "opened"
    home.closes(case)
    [closed] = closings.of(home.conn, [case.case_id])
    assert closed.faults == ["stuck"]
    assert closed.before is not None
    assert (closed.before["faults"]["stuck"], closed.before["coverage"], closed.before["days"]) == (6, 1.0, 30.0)
    day = CLOSED + timedelta(days=1)
    assert home.watches(day) == {"watched": 1}
    home.stuck(33.5, kind="brush_jammed")  # another fault: the case was not about it
    assert home.watches(day) == {"watched": 1}
    home.stuck(36, 38)
    later = CLOSED + timedelta(days=7)
    assert home.watches(later) == {"reopened": 1}
    assert home.watches(later) == {}
    assert home.state(case) == "reopened"
    [ended] = closings.of(home.conn, [case.case_id])
    assert ended.came_back is not None
    assert (ended.came_back["fault"], ended.came_back["event"]["ts"]) == ("stuck", "2026-04-06T00:00:00+00:00")
    assert ended.after is not None
    assert ended.after["faults"] == {"battery_empty": 0, "brush_jam": 1, "docking": 0, "navigation": 0, "stuck": 2}
    assert [step.kind for step in cases.steps(home.conn, case.case_id)] == ["opened", "closed", "reopened"]


def test_what_stays_away_for_30_days_is_held(home: Home) -> None:
    home.stuck(20)
    home.heard(0, 80)
    case, _ = home.says("It is stuck every day.", OPENED)
    home.closes(case)
    last = CLOSED + timedelta(days=30)
    home.stuck(33 + 30.5)  # after the watch
    assert home.watches(last - timedelta(seconds=1)) == {"watched": 1}
    assert home.watches(last + timedelta(hours=1)) == {"held": 1}
    assert home.watches(last + timedelta(days=9)) == {}
    assert home.state(case) == "solved"
    [held] = closings.of(home.conn, [case.case_id])
    assert (held.came_back, held.after and held.after["days"]) == (None, 30.0)


def test_what_another_owner_lives_through_is_not_this_customer_s(home: Home) -> None:
    home.stuck(20)
    case, _ = home.says("It is stuck every day.", OPENED)
    home.closes(case)
    customers.create(home.conn, "ben", "Ben", zone="UTC")
    sold = CLOSED + timedelta(days=2)
    spans = [ownerships.Span("anna", T0, sold), ownerships.Span("ben", sold)]
    ownerships.set_history(home.conn, home.device.device_id, spans)
    home.stuck(36)
    assert home.watches(CLOSED + timedelta(days=10)) == {"watched": 1}


@pytest.mark.parametrize(
    ("text", "became"),
    [
        ("It gets stuck three times a week.", "reopened"),
        ("It never gets stuck.", "opened"),
        ("I use it twice a week.", "opened"),
    ],
)
def test_a_claim_that_comes_back_reopens_the_case_it_was_made_in(home: Home, text: str, became: str) -> None:
    case, _ = home.says("It gets stuck twice a week.", OPENED)
    home.closes(case, faults=[])
    again, found = home.says(text, CLOSED + timedelta(days=3))
    assert (found, again.case_id == case.case_id) == (became, became == "reopened")
    assert home.state(case) == ("reopened" if became == "reopened" else "solved")
    assert home.watches(CLOSED + timedelta(days=4)) == ({} if became == "reopened" else {"watched": 1})


def test_after_the_watch_it_is_a_new_case(home: Home) -> None:
    case, _ = home.says("It gets stuck twice a week.", OPENED)
    home.closes(case, faults=[])
    home.watches(CLOSED + timedelta(days=31))
    again, became = home.says("It gets stuck twice a week.", CLOSED + timedelta(days=31))
    assert (became, again.case_id != case.case_id) == ("opened", True)


def test_a_case_closes_once_and_watches_only_for_what_its_product_declares(home: Home) -> None:
    case, _ = home.says("hello", OPENED)
    with pytest.raises(InvalidValue, match="no fault levitates; it declares battery_empty, brush_jam"):
        home.closes(case, faults=["levitates"])
    home.closes(case, faults=["stuck"])
    with pytest.raises(Conflict, match="solved already"):
        home.closes(case)
    with pytest.raises(Conflict, match="reopen it first"):
        closing.answer(home.conn, case.case_id, "phone", waiting=True, by="user:sam", at=CLOSED, now=CLOSED)


def test_uses_are_counted_before_and_after_with_the_customer_s_consent_alone(home: Home) -> None:
    home.stuck(10, 20, kind="clean_finished")
    home.heard(0, 33)
    case, _ = home.says("It gets stuck twice a week.", OPENED)
    home.closes(case)
    closing.reopen(home.conn, case.case_id, {"by": "person"}, by="user:sam", now=CLOSED)
    consents.give(home.conn, home.anna.customer_id, "compare_usage", at=T0)
    home.closes(case)
    without, given = closings.of(home.conn, [case.case_id])
    assert without.before is not None
    assert given.before is not None
    assert (without.before["uses"], given.before["uses"] is not None) == (None, True)


def test_a_promise_is_broken_since_it_was_due(home: Home) -> None:
    case, _ = home.says("hello", OPENED)
    due = OPENED + timedelta(hours=2)
    promises.make(home.conn, case.case_id, "call", due, by="user:sam", now=OPENED, private=False)
    job = promises_job.job(Settings())
    for at, broken in ((due, 0), (due + timedelta(hours=1), 1), (due + timedelta(hours=2), 0)):
        assert job.run(Turn(home.conn, at, at, {}, lambda: False)).result == {"broken": broken}
    assert promises.of(home.conn, [case.case_id])[0].broken_at == due
