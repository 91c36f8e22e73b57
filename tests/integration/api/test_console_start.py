"""The first page: each role lands on its own work, and nobody on somebody else's."""

from __future__ import annotations

import re

import pytest

from store import users
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, serve
from tests.platform_services import Server, fresh_database

SECTIONS = {
    "ada": {"refused", "people", "overall"},
    "sam": {"silent", "refused"},
    "max": {"silent", "overall"},
    "clara": {"cared"},
    "carl": {"cared"},
    "tom": {"silent", "products"},
    "quinn": {"silent", "products"},
    "stranger": {"cared"},
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
            assert browser.get("/").text.count(word) == 5
