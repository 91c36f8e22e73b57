"""A case on its page: answered, promised, kept, closed, taken up again; and what is refused, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.household import Home
from tests.integration.api.world import World


@pytest.fixture(scope="module")
def sam(shared: World) -> Iterator[Browser]:
    with signed_in(shared, "sam") as browser:
        yield browser


def test_a_case_from_the_call_to_the_watch(shared: World, sam: Browser) -> None:
    home = Home.new(shared)
    home.agrees("compare_usage")
    home.reports(*["clean_finished"] * 6, "stuck", days=5)
    case = home.says("It got stuck twice this week.")["case"]
    path = f"/cases/{case}"
    opened = sam.get(path).text
    for words in ("Gets stuck", "twice this week", f"case={case}", "case=new", "Nothing was promised."):
        assert words in opened, words

    assert sam.submit(f"{path}/answers", channel="phone", waiting="1").headers["location"].endswith("done=answered")
    assert "Waiting for the customer" in sam.get(path).text
    tomorrow = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=1)
    by_day = {"what": "ring", "due_on": tomorrow.date().isoformat(), "due_time": "9:05"}
    assert sam.submit(f"{path}/promises", **by_day).status_code == 303
    [promise] = home.get(path)["promises"]
    due = datetime.fromisoformat(promise["due_at"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert (due.date(), due.hour, due.minute) == (tomorrow.date(), 9, 5)
    assert sam.submit(f"{path}/promises", what="call", within="4", once="p" * 20).status_code == 303
    within = datetime.fromisoformat(home.get(path)["promises"][1]["due_at"]) - datetime.now(UTC)
    assert timedelta(hours=3, minutes=58) < within < timedelta(hours=4)
    keep = f"{path}/promises/{promise['promise']}/keep"
    assert sam.submit(keep).status_code == 303
    again = sam.submit(keep)
    assert (again.status_code, "Somebody was faster" in again.text) == (409, True)

    closed = sam.submit(f"{path}/close", **{"cause": "a rug", "fix": "advice", "note": "", "fault.stuck": "1"})
    assert closed.headers["location"].endswith("done=closed")
    watched = sam.get(path).text
    for words in ("Before the case", "a rug", "Nothing came back so far", "Take it up again"):
        assert words in watched, words
    assert sam.submit(f"{path}/close", cause="x", fix="visit").status_code == 409
    assert sam.submit(f"{path}/reopen").status_code == 303
    assert "Somebody took it up again" in sam.get(path).text


@pytest.mark.parametrize(
    ("form", "fields", "wrong"),
    [
        ("promises", {"what": " "}, "promise-what"),
        ("promises", {"what": "x", "due_on": "1999-01-01"}, "promise-due_on"),
        ("promises", {"what": "x", "due_on": "soon"}, "promise-due_on"),
        ("promises", {"what": "x", "due_time": "26:00"}, "promise-due_time"),
        ("answers", {"channel": "owl"}, "answer-channel"),
        ("close", {"cause": "", "fix": "visit"}, "close-cause"),
        ("close", {"cause": "x", "fix": "prayer"}, "close-fix"),
    ],
)
def test_a_mistake_is_said_at_its_field(
    shared: World, sam: Browser, form: str, fields: dict[str, str], wrong: str
) -> None:
    before = shared.get("sam", "/cases/3")
    back = sam.submit(f"/cases/3/{form}", **fields)
    assert back.status_code == 422
    assert f'id="{wrong}-error"' in back.text
    assert shared.get("sam", "/cases/3") == before


def test_cases_are_found_by_promise_channel_and_whose_work(shared: World, sam: Browser) -> None:
    home = Home.new(shared)
    late, chat = home.says(channel="visit")["case"], home.says(channel="chat", device=None)["case"]
    home.post(f"/cases/{chat}/promises", 201, who="max", what="x", due_at="2199-01-01T00:00:00Z")
    with shared.database.connection() as conn:
        conn.execute(
            """INSERT INTO promises (case_id, what, private, due_at, made_at, made_by)
               VALUES (%s, 'x', false, now() - interval '1 hour', now() - interval '2 hours', 'user:max')""",
            (late,),
        )
    mine = {"customer": home.customer}

    def found(who: str = "sam", **query: object) -> list[int]:
        return sorted(one["case"] for one in home.get("/cases", who, **mine, **query)["items"])

    assert found(promise="overdue") == [late]
    assert found(promise="open") == [chat]
    assert found(channel="chat") == [chat]
    assert found(mine=True) == found("max", mine=True) == sorted([late, chat])
    assert shared.call("sam", "GET", "/cases", params={"promise": "never"}).status_code == 422
    rows = sam.get("/cases", params={**mine, "promise": "overdue", "state": "", "channel": ""}).text
    assert (f'"/cases/{late}"' in rows, f'"/cases/{chat}"' in rows, "Overdue" in rows) == (True, False, True)
