"""Cases over HTTP: answered, promised, closed with a cause and a fix, reopened; what each reader sees of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.api.household import Home, ago
from tests.integration.api.world import World


@pytest.fixture
def home(shared: World) -> Home:
    return Home.new(shared)


def later(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_a_case_is_one_record_from_the_first_word_to_the_fix(home: Home) -> None:
    home.reports("stuck", days=2)
    first = home.says("It gets stuck twice a week.", said_at=ago(hours=3))
    case = f"/cases/{first['case']}"
    waiting = home.post(f"{case}/answers", 201, channel="phone")
    assert (waiting["state"], waiting["statements"][0]["answered_at"] is not None) == ("waiting", True)
    home.says("It gets stuck again.", channel="chat")
    there = home.get(case)
    assert (there["state"], [one["channel"] for one in there["statements"]]) == ("open", ["chat", "phone"])
    assert there["presence"]["open_faults"][0]["kind"] == "stuck"
    promised = home.post(f"{case}/promises", 201, "max", what="a technician calls", due_at=later(4))
    assert (promised["state"], home.get(case)["promise_due"]) == ("open", promised["due_at"])
    home.post(f"{case}/promises", 422, "max", what="too late", due_at=ago(hours=1))
    assert home.post(f"{case}/promises/{promised['promise']}/keep", 200, "max")["state"] == "kept"
    home.post(f"{case}/close", 422, cause="a hair")
    closed = home.post(f"{case}/close", 200, cause="a hair in the brush", fix="visit", note="cleaned")
    [closing] = closed["closings"]
    assert (closed["state"], closing["faults"], closing["before"]["faults"]["stuck"]) == ("solved", ["stuck"], 1)
    assert closed["watch_until"] == closing["watch_until"]
    assert all(one["answered_at"] for one in closed["statements"])
    home.post(f"{case}/close", 409, cause="again", fix="advice")
    reopened = home.post(f"{case}/reopen", 200)
    assert (reopened["state"], reopened["closings"][0]["came_back"]) == ("reopened", {"by": "person"})
    home.post(f"{case}/reopen", 409)
    assert [step["kind"] for step in reopened["steps"]] == ["opened", "answered", "closed", "reopened"]


def test_a_claim_that_comes_back_reopens_the_case_as_it_is_said(home: Home) -> None:
    first = home.says("The battery dies after 20 minutes.")
    home.post(f"/cases/{first['case']}/close", 200, cause="cold", fix="advice")
    fine = home.says("It never gets stuck.")
    assert (fine["became"], fine["case"] != first["case"]) == ("opened", True)
    home.post(f"/cases/{fine['case']}/close", 200, cause="all is well", fix="advice")
    again = home.says("The battery dies after 15 minutes.")
    assert (again["became"], again["case"]) == ("reopened", first["case"])
    [closing] = home.get(f"/cases/{first['case']}")["closings"]
    assert closing["came_back"] == {"by": "claim", "topic": "battery_runtime"}


def test_what_a_care_team_promises_and_finds_is_its_own(home: Home) -> None:
    home.post("/cases/1/promises", 201, "clara", what="talk about the missed doses", due_at=later(4))
    home.post("/cases/1/close", 200, "clara", cause="too many at once", fix="advice", note="new plan")
    ours, theirs = (home.get("/cases/1", who) for who in ("clara", "max"))
    assert [one["what"] for one in ours["promises"]] == ["call back", "talk about the missed doses"]
    assert [one["what"] for one in theirs["promises"]] == ["call back", None]
    assert (ours["closings"][0]["cause"], theirs["closings"][0]["cause"]) == ("too many at once", None)
    assert (theirs["customer_name"], ours["customer_name"]) == (None, "Anna Example")
    assert {one["case"] for one in home.get("/cases", "clara")["items"]} == {1, 3}
    assert home.get("/cases", "stranger")["items"] == []


def test_response_times_are_told_by_channel(home: Home) -> None:
    first = home.says(channel="visit", said_at=ago(minutes=30))
    home.says(channel="visit", said_at=ago(minutes=10), split=True)
    path = f"/cases/{first['case']}/answers"
    home.post(path, 201, channel="email", at=ago(minutes=20), waiting=False)
    home.post(path, 422, channel="email", at=later(1))
    visit = {one["channel"]: one for one in home.get("/cases/response-times", "quinn")["items"]}["visit"]
    assert (visit["statements"], visit["answered"]) == (2, 1)
    assert visit["median_s"] == pytest.approx(600, abs=30)
    assert visit["oldest_waiting"]


def test_cases_are_listed_page_by_page_newest_first(home: Home) -> None:
    made = [home.says(split=True)["case"] for _ in range(3)]
    page = home.get("/cases", customer=home.customer, limit=2)
    rest = home.get("/cases", customer=home.customer, limit=2, cursor=page["next"])
    assert [one["case"] for one in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    assert home.get("/cases", customer=home.customer, state="solved")["items"] == []
