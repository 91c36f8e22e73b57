"""Statements over HTTP: kept, read, compared by consent, corrected beside the original, withheld, imported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.api.household import TEXT, Home, ago
from tests.integration.api.world import World


@pytest.fixture
def home(shared: World) -> Home:
    return Home.new(shared)


def test_without_consent_a_statement_is_kept_and_not_compared(home: Home) -> None:
    found = home.says()
    assert (found["uncompared"], found["lang"], found["product"], found["withheld"]) == (
        "no_consent", "en", "robot_vacuum", False,
    )  # fmt: skip
    first, second = found["claims"]
    assert (first["topic"], first["low"], first["high"], first["per"], first["verdict"]) == (
        "usage_frequency", 2, 3, "month", None,
    )  # fmt: skip
    assert (second["topic"], second["low"], second["unit"]) == ("battery_runtime", 20, "min")
    start, end = first["span"]
    assert TEXT[start:end] == first["quote"]
    assert first["why"]
    assert home.get(f"/statements/{found['statement']}")["claims"] == found["claims"]


def test_with_consent_each_claim_stands_beside_what_the_product_reports(home: Home) -> None:
    home.agrees("compare_usage")
    home.reports(*["clean_finished"] * 24)
    found = home.says("I use it at most twice a week.")
    path = f"/statements/{found['statement']}"
    [claim] = found["claims"]
    verdict = claim["verdict"]
    assert (found["uncompared"], verdict["verdict"], claim["verdicts"]) == (None, "understates", 1)
    assert verdict["reported"]["value"] > 5
    assert set(verdict["because"]) == {"en", "fa"}
    assert {"window", "coverage", "n", "unit", "per"} <= verdict["reported"].keys()
    assert {one["device"] for one in verdict["evidence"]} == {home.device}
    home.agrees()
    again = home.post(f"{path}/compare", 200)
    assert (again["uncompared"], again["claims"][0]["verdict"]["computed_at"]) == ("no_consent", verdict["computed_at"])
    assert home.says("I use it at most twice a week.")["uncompared"] == "no_consent"
    home.agrees("compare_usage")
    assert home.post(f"{path}/compare", 200)["uncompared"] is None
    assert [one["verdict"] for one in home.get(f"{path}/claims/0/verdicts")["items"]] == ["understates"] * 2
    for page in (home.get(f"/devices/{home.device}/comparison"), home.get(f"/customers/{home.customer}/comparison")):
        assert [one["claims"][0]["verdict"] is not None for one in page["items"]] == [False, True]


def test_a_preview_says_what_would_be_and_keeps_nothing(home: Home) -> None:
    home.agrees("compare_usage")
    case = home.says("hello")["case"]
    body = {"customer": home.customer, "device": home.device, "channel": "chat", "text": TEXT, "said_at": ago()}
    found = home.post("/statements/preview", 200, **body)
    assert [claim["topic"] for claim in found["claims"]] == ["usage_frequency", "battery_runtime"]
    assert all(claim["verdict"]["verdict"] == "cannot_tell" for claim in found["claims"])
    assert found["case"] == case
    assert [one["text"] for one in home.get(f"/customers/{home.customer}/comparison")["items"]] == ["hello"]


def test_statements_join_the_open_case_of_their_unit_on_whatever_channel(home: Home) -> None:
    first, second = home.says(), home.says(channel="email")
    assert (first["became"], second["became"], second["case"]) == ("opened", None, first["case"])
    other = home.says(device=None)
    assert (other["case"] != first["case"], other["became"], other["product"]) == (True, "opened", "robot_vacuum")
    split = home.says(split=True)
    assert (split["became"], home.says()["case"]) == ("opened", split["case"])
    assert home.says(case=first["case"])["case"] == first["case"]
    assert home.says(status=409, case=other["case"])["type"] == "urn:vop:problem:conflict"
    assert home.says(status=404, case=3)["type"] == "urn:vop:problem:not-found"  # Anna's
    found = home.get("/cases", customer=home.customer, device=home.device)["items"]
    assert {one["case"]: one["state"] for one in found} == {first["case"]: "open", split["case"]: "open"}


def test_a_statement_that_is_another_matter_is_split_off(home: Home) -> None:
    first, second = home.says(), home.says("The brush squeaks.")
    assert home.post(f"/statements/{first['statement']}/split", 200)["case"] not in (first["case"], None)
    alone = home.post(f"/statements/{second['statement']}/split", 409)
    assert "its own already" in alone["detail"]
    case = home.get(f"/statements/{first['statement']}")["case"]
    found = home.get(f"/cases/{case}")
    assert [one["statement"] for one in found["statements"]] == [first["statement"]]
    assert (found["steps"][0]["detail"], found["device"]) == ({"split_from": second["case"]}, home.device)
    assert [one["statement"] for one in home.get(f"/cases/{second['case']}")["statements"]] == [second["statement"]]
    assert home.says()["case"] == case  # the newest


def test_words_about_a_product_that_measures_a_person_are_for_the_care_team(home: Home) -> None:
    taken = home.says("I take every pill.", customer="anna", device="pill-anna")
    assert (taken["withheld"], taken["text"], taken["claims"], taken["uncompared"]) == (True, None, [], None)
    path = f"/statements/{taken['statement']}"
    for who, status in (("sam", 403), ("clara", 200), ("stranger", 404)):
        assert home.world.call(who, "GET", path).status_code == status
    assert home.get(path, "clara")["claims"][0]["topic"] == "adherence"
    # About no unit: of who owns such a product it may be about that.
    loose = home.says("I take every pill.", customer="anna", device=None)
    assert (loose["withheld"], loose["product"]) == (True, None)
    assert home.get("/customers/anna/comparison", "clara")["withheld"] is False
    for who in ("sam", "quinn"):
        page = home.get("/customers/anna/comparison", who)
        assert (page["withheld"], {one["device"] for one in page["items"]}) == (True, {"vac-anna"})
    case = home.get(f"/cases/{taken['case']}", "max")
    assert (case["withheld"], {one["text"] for one in case["statements"]}) == (True, {None})
    denied = home.world.audited(action="statement.read", outcome="denied")
    assert {entry["actor"] for entry in denied} == {"user:sam", "user:stranger"}
    assert all("every pill" not in json.dumps(entry) for entry in home.world.audited())


def test_corrections_stand_beside_what_was_read_and_computed(home: Home) -> None:
    home.agrees("compare_usage")
    path = f"/statements/{home.says()['statement']}/claims"
    right: dict[str, Any] = {
        "topic": "usage_frequency",
        "low": 9,
        "high": 9,
        "unit": "count",
        "per": "month",
        "quote": "x",
    }
    corrected = home.patch(f"{path}/0", claim=right)["claims"][0]
    assert (corrected["low"], corrected["extracted"]["low"], corrected["corrected_by"]) == (9, 2, "user:sam")
    assert (corrected["verdicts"], corrected["verdict"]["claim"]["low"]) == (2, 9)
    judged = home.patch(f"{path}/0", verdict={"verdict": "agrees", "because": "a second unit"})["claims"][0]["verdict"]
    assert (judged["verdict"], judged["corrected"]["verdict"]) == ("cannot_tell", "agrees")
    dropped = home.patch(f"{path}/1", dropped=True)["claims"][1]
    assert (dropped["dropped"], dropped["topic"]) == (True, "battery_runtime")
    back = home.patch(f"{path}/0", claim=None)["claims"][0]
    assert (back["low"], back["extracted"], back["verdicts"]) == (2, None, 3)
    added = home.post(path, 201, **right | {"topic": "last_used", "unit": "day", "per": None})
    assert added["claims"][2]["n"] == 2
    assert "told in count, not in item" in home.patch(f"{path}/0", 422, claim=right | {"unit": "item"})["detail"]
    wrong: list[dict[str, Any]] = [{}, {"claim": right | {"low": 10}}, {"claim": right | {"topic": "mood"}}]
    for body in wrong:
        home.patch(f"{path}/0", 422, **body)
    home.patch(f"{path}/9", 404, dropped=True)


def test_corrected_statements_are_labelled_data_without_the_person(home: Home) -> None:
    found = home.says(f"Rosa here, 0171 2345678: {home.device} runs twice a week.")
    home.patch(f"/statements/{found['statement']}/claims/0", dropped=True)
    pill = home.says("I take every pill.", customer="anna", device="pill-anna")
    home.patch(f"/statements/{pill['statement']}/claims/0", who="clara", dropped=True)
    part = {"after": found["statement"] - 1}
    answer = home.world.call("quinn", "GET", "/statements/labels.jsonl", params=part)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    [line] = [json.loads(line) for line in answer.text.splitlines()]
    assert line["text"] == "[name] here, [number]: [device] runs twice a week."
    assert (line["claims"], [one["topic"] for one in line["extracted"]]) == ([], ["usage_frequency"])
    assert line.keys() == {"id", "lang", "product", "text", "claims", "extracted", "verdicts"}
    assert "quote" not in line["extracted"][0]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"customer": "nobody"}, 404, "no customer nobody"),
        ({"device": "nothing"}, 404, "nothing"),
        ({"device": "vac-anna"}, 409, "never was home-"),
        ({"said_at": "2199-01-01T00:00:00Z"}, 422, "not in the future"),
        ({"said_at": "yesterday"}, 422, "said_at"),
        ({"text": "  "}, 422, "text"),
        ({"text": "x" * 8_001}, 422, "text"),
        ({"channel": "fax"}, 422, "channel"),
        ({"mood": "bad"}, 422, "mood"),
        ({"answered_at": "2026-01-01T00:00:00Z"}, 422, "comes after what it answers"),
    ],
)
def test_what_cannot_be_kept_is_said(home: Home, more: dict[str, Any], status: int, words: str) -> None:
    assert words in json.dumps(home.says(status=status, **more))


def test_the_same_key_and_the_same_reference_keep_one(home: Home) -> None:
    body = {"customer": home.customer, "channel": "email", "text": TEXT, "said_at": ago()}
    key = {"Idempotency-Key": home.customer}
    first, again = (home.world.call("sam", "POST", "/statements", json=body, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    kept, known = home.says(ref="crm-1"), home.says("another", ref="crm-1")
    assert (known["statement"], kept["known"], known["known"]) == (kept["statement"], False, True)
    home.says(status=409, customer="anna", device="vac-anna", ref="crm-1")


def test_a_persian_statement_is_read_as_one(home: Home) -> None:
    found = home.says("ماهی دو سه بار ازش استفاده می‌کنم", channel="chat")
    [claim] = found["claims"]
    assert (found["lang"], claim["low"], claim["high"], claim["per"]) == ("fa", 2, 3, "month")


CSV = """customer,channel,text,said_at,device,ref
{customer},email,"I use it daily, mostly",2026-05-01T08:00:00+02:00,{device},r1
nobody,email,hello,2026-05-01T08:00:00+02:00,,r2
{customer},fax,hello,2026-05-01T08:00:00+02:00,,r3
{customer},email,hello,yesterday,,r4
{customer},email,hello
"""
PROBLEMS = {3: "no customer nobody", 4: "channel is none of", 5: "said_at is no RFC 3339", 6: "3 columns"}


def test_a_file_of_statements_is_kept_row_by_row(home: Home) -> None:
    def send(content: str, kind: str, status: int = 200) -> Any:
        headers = {"Content-Type": kind}
        answer = home.world.call("sam", "POST", "/statements/import", content=content.encode(), headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    sheet = CSV.format(customer=home.customer, device=home.device)
    result = send(sheet, "text/csv")
    assert (result["kept"], result["unchanged"], result["refused"]) == (1, 0, 4)
    problems = {one["line"]: one["problem"] for one in result["items"]}
    assert problems[2] is None
    assert all(words in problems[line] for line, words in PROBLEMS.items())
    assert send(sheet, "text/csv")["unchanged"] == 1
    line = {"customer": home.customer, "channel": "sms", "text": "twice a day", "said_at": ago()}
    outcomes = send(f"{json.dumps(line)}\n[]\nnonsense\n", "application/x-ndjson")["items"]
    assert [one["outcome"] for one in outcomes] == ["kept", "refused", "refused"]
    for content, kind in (("a,b\n", "text/csv"), ("{}", "application/json"), ("", "image/png")):
        send(content, kind, 422)
