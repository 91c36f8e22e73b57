"""The first page: each role lands on its own work, and nobody on somebody else's."""

from __future__ import annotations

import re
from html import unescape

import pytest

from api.console import catalogues
from api.console.checks import OVERALL, WORDS, state_of
from api.console.pages.start import REASONS_SHOWN
from api.console.stories import STORIES
from api.system.schemas import Check, Ingest, Level, System, Versions
from store import jobs, users
from store.database import connect
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms, serve
from tests.platform_services import Server, fresh_database

SECTIONS = {
    "ada": {"refused", "people", "overall"},
    "sam": {"cases", "silent", "refused"},
    "max": {"cases", "silent", "overall"},
    "clara": {"cared", "cases"},
    "carl": {"cared"},
    "tom": {"silent", "products"},
    "quinn": {"cases", "silent", "products"},
    "stranger": {"cared", "cases"},
}


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_lands_on_its_own_work(shared: World, name: str) -> None:
    with signed_in(shared, name) as browser:
        answer = browser.get("/")
    assert answer.status_code == 200
    assert set(re.findall(r'<h2 id="([a-z]+)"', answer.text)) == SECTIONS[name]
    assert ("Anna Example" in answer.text) == (name in ("clara", "carl"))
    assert "Ben Example" not in answer.text


@pytest.mark.parametrize("name", PEOPLE)
def test_the_customers_somebody_cares_for(shared: World, name: str) -> None:
    answer = shared.call(name, "GET", "/me/customers")
    if name not in ("clara", "carl", "stranger"):
        assert answer.status_code == 403
    else:
        assert [c["customer"] for c in answer.json()["items"]] == ([] if name == "stranger" else ["anna"])


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    with Browser(shared) as browser:
        assert browser.get("/").status_code == 303


def test_reading_names_is_audited(shared: World) -> None:
    with signed_in(shared, "clara") as browser:
        browser.get("/")
    entry = shared.audited(customer="anna")[0]
    assert (entry["actor"], entry["action"], entry["customer"]) == ("user:clara", "start.read", "anna")


def test_a_name_that_is_a_script_is_shown_as_text(world: World) -> None:
    with world.database.connection() as conn:
        users.change(conn, "ada", display_name="<script>alert(1)</script>")
    with signed_in(world, "ada") as browser:
        text = browser.get("/").text
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") == 2


def test_the_demonstration_tells_its_stories(pg_server: Server, template_database: str) -> None:
    with (
        fresh_database(pg_server, template=template_database) as name,
        serve(pg_server.url(name), demo=1) as demo,
        signed_in(demo, "sam") as browser,
    ):
        for language, word in (("en", "Not built yet"), ("fa", "هنوز ساخته نشده")):
            browser.http.cookies.set("lang", language)
            assert browser.get("/").text.count(word) == sum(bool(story.missing) for story in STORIES)
        assert _stories(browser) == [story.path for story in STORIES]
        at = now_ms() - 60_000
        for device, values in {
            "vac-anna": {"stall_retries_total": 3},
            "vac-ben": {"stall_retries_total": 9},
            "pill-anna": {"doses_remaining": 9},
            "spare": {"stock_items": 2},
        }.items():
            demo.publish(device, {"ts": at, "boot": 1, "seq": 0, "values": values})
        demo.publish("vac-ben", {"ts": at, "boot": 1, "seq": 1, "kind": "brush_jammed"}, "event")
        found = _stories(browser)
        assert [place.partition("&from=")[0] for place in found] == [
            "/devices/vac-anna/comparison",
            "/devices/vac-ben",
            "/devices/pill-anna/events",
            "/devices/spare?signal=stock_items",
            "/devices/vac-ben?signal=brush_current_a&signal=stall_retries_total",
        ]
        assert [browser.get(place).status_code for place in found] == [200] * 5
        demo.publish("vac-anna", {"ts": at, "boot": 1, "seq": 1, "kind": "stuck"}, "event")
        assert _stories(browser)[1] == "/devices/vac-anna"
        for person in PEOPLE:
            with signed_in(demo, person) as other:
                assert {other.get(place).status_code for place in _stories(other)} == {200}, person
                if person == "clara":  # what is said of taking pills is for the care team
                    assert _stories(other)[2] == "/devices/pill-anna/comparison"


def _stories(browser: Browser) -> list[str]:
    """Where the start page's stories lead."""
    section = browser.get("/").text.partition('<ol class="columns stories">')[2].partition("</ol>")[0]
    return [unescape(address) for address in re.findall(r'<h3><a href="([^"]*)">', section)]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_it_says_what_to_look_at_as_the_system_s_page_does(world: World, language: str) -> None:
    with connect(str(world.database.url), application="test", autocommit=True) as conn:
        jobs.declare(conn, {"rollups": 60.0})
        lease = jobs.take(conn, "relay-1", ["rollups"])
        assert lease is not None
        jobs.failed(conn, lease, "it failed")
    told = catalogues.load(language).gettext
    system = world.get("max", "/system")
    found = {check["name"] for check in system["checks"] if check["level"] in ("warn", "fail")}
    assert "relay.jobs" in found
    with signed_in(world, "max") as browser:
        browser.http.cookies.set("lang", language)
        start, page = browser.get("/").text, browser.get("/system").text
    card = start.partition('<h2 id="overall">')[2].partition("</section>")[0]
    for text in (start, page):
        assert told(OVERALL[system["level"]]) in text
    linked = re.findall(r'href="/system#check-([a-z_.]+)"', card)
    assert set(linked) <= found
    assert len(linked) == min(len(found), REASONS_SHOWN)
    for name in linked:
        assert f'<tr id="check-{name}">' in page
        assert told(WORDS[name].trouble) in unescape(card)


def _system(level: Level, checks: list[Check]) -> System:
    ingest = Ingest(
        receiving=True, why_not=None, last_arrival_at=None, median_lag_s=None, worst_lag_s=None, devices=0, slots=[]
    )
    versions = Versions(program="1", schema_=1, schema_of_program=1, postgresql="18", timescaledb=None)
    return System(level=level, checks=checks, ingest=ingest, jobs=[], versions=versions)


def test_the_worst_stands_first_and_what_is_out_of_sight_is_no_reason() -> None:
    levels: list[tuple[str, Level]] = [("b", "unknown"), ("c", "warn"), ("d", "ok"), ("e", "fail"), ("f", "warn")]
    checks = [Check(name=name, level=level, what="", do="") for name, level in levels]
    state = state_of(_system("fail", checks))
    assert (state.words, state.tone, [check.name for check in state.found]) == (OVERALL["fail"], "bad", ["e", "c", "f"])
    well = state_of(_system("ok", checks[:1]))
    assert (well.words, well.tone, well.found) == (OVERALL["ok"], "good", ())
