"""The platform's state: the same as JSON and as a page, to the same people, and as the API's own role sees it."""

from __future__ import annotations

import pytest

from api.console.checks import WORDS
from store import diagnosis, jobs, slots
from store.database import connect
from store.diagnosis import server, tables, work
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms


@pytest.mark.parametrize("name", PEOPLE)
def test_it_is_for_whom_the_json_is_for(shared: World, name: str) -> None:
    expected = 200 if name in ("ada", "sam", "max") else 403
    with signed_in(shared, name) as browser:
        assert browser.get("/system").status_code == expected
    assert shared.call(name, "GET", "/system").status_code == expected


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    with Browser(shared) as browser:
        assert browser.get("/system").status_code == 303


def test_every_check_has_words() -> None:
    checks = (*server.CHECKS, diagnosis.CURRENT, *tables.CHECKS, *work.CHECKS)
    assert WORDS.keys() == {name for name, _ in checks}


def test_it_says_who_receives_and_how_fresh(world: World) -> None:
    world.publish("vac-anna", {"ts": now_ms() - 60_000, "boot": 1, "seq": 0, "values": {"battery_pct": 50}})
    with connect(str(world.database.url), application="test") as holder:
        slots.acquire(holder, 1, "worker-1")
        slots.beat(holder, 0)
        found = world.get("sam", "/system")
        assert found["ingest"]["receiving"] is True
        assert 59 < found["ingest"]["median_lag_s"] < 120
        assert found["ingest"]["slots"][0]["held"] is True
        assert found["versions"]["schema"] == found["versions"]["schema_of_program"]
    found = world.get("sam", "/system")
    assert found["ingest"]["receiving"] is False
    with signed_in(world, "sam") as browser:
        assert "does not arrive" in browser.get("/system").text


def test_a_job_that_fails_is_shown_with_its_error_as_text(world: World) -> None:
    with connect(str(world.database.url), application="test", autocommit=True) as conn:
        jobs.declare(conn, {"rollups": 60.0})
        lease = jobs.take(conn, "relay-1", ["rollups"])
        assert lease is not None
        jobs.failed(conn, lease, "<script>alert(1)</script>")
    found = world.get("sam", "/system")
    assert [check["level"] for check in found["checks"] if check["name"] == "relay.jobs"] == ["warn"]
    with signed_in(world, "max") as browser:
        for language in ("en", "fa"):
            browser.http.cookies.set("lang", language)
            text = browser.get("/system").text
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert(1)" in text
