"""Customers and products as pages: the same to the same people as the JSON beside them, and text stays text."""

from __future__ import annotations

import pytest

import catalog
from store import customers
from tests.integration.api.browsers import signed_in
from tests.integration.api.world import API, PEOPLE, World, now_ms

SCRIPT = '<script>alert("1")</script>'
PAGES = [
    "/customers",
    "/customers?q=anna",
    "/customers/anna",
    "/customers/ben",
    "/customers/nobody",
    "/customers/anna/usage?per=week",
    "/customers/ben/usage?per=week",
    "/customers/nobody/usage",
    "/customers/anna/care-team",
    "/customers/nobody/care-team",
    "/products",
    "/products/robot_vacuum",
    "/products/nothing",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_for_whom_their_json_is_for(shared: World, name: str) -> None:
    with signed_in(shared, name) as browser:
        for path in PAGES:
            page, json = browser.get(path), shared.call(name, "GET", path)
            assert page.status_code == json.status_code, (name, path)
            assert page.headers["content-type"].startswith("text/html")


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    from tests.integration.api.browsers import Browser

    with Browser(shared) as browser:
        for path in PAGES:
            assert browser.get(path).status_code == 303


def test_a_name_that_is_a_script_is_shown_as_text(world: World) -> None:
    with world.database.connection() as conn:
        customers.create(conn, "evil", SCRIPT, zone="Asia/Tehran", calendar="persian")
    with signed_in(world, "sam") as browser:
        for path in ("/customers", "/customers/evil", f"/customers?q={SCRIPT}"):
            text = browser.get(path).text
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("product", catalog.load())
def test_every_product_is_readable_in_both_languages(shared: World, product: str, language: str) -> None:
    declared = catalog.load()[product]
    with signed_in(shared, "tom") as browser:
        browser.http.cookies.set("lang", language)
        text = browser.get(f"/products/{product}").text
    assert f'lang="{language}"' in text
    for key in [s.key for s in declared.signal] + [e.key for e in declared.event] + [c.name for c in declared.command]:
        assert f">{key}<" in text


def test_htmx_gets_the_rows_alone(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        part = browser.get("/customers?q=anna", headers={"HX-Request": "true"}).text
    assert "Anna Example" in part
    assert "Ben Example" not in part
    assert "<html" not in part


def test_a_long_list_goes_on_by_key(world: World) -> None:
    with world.database.connection() as conn:
        for number in range(3):
            customers.create(conn, f"c{number}", f"Customer {number}", zone="UTC")
    with signed_in(world, "sam") as browser:
        first = browser.get("/customers?limit=2").text
        assert "anna" in first
        assert 'rel="next"' in first
        following = world.get("sam", "/customers", limit=2)["next"]
        second = browser.get(f"/customers?limit=2&cursor={following}").text
    assert ">c0<" in second
    assert ">anna<" not in second


def test_usage_by_the_week_is_what_the_json_says(world: World) -> None:
    ago_ms = now_ms() - 3_600_000
    world.publish("vac-anna", {"ts": ago_ms, "kind": "clean_started", "boot": 1, "seq": 0, "attrs": {}}, "event")
    world.publish(
        "vac-anna",
        {"ts": ago_ms + 1_800_000, "kind": "clean_finished", "boot": 1, "seq": 1,
         "attrs": {"duration_min": 30, "area_m2": 20}},
        "event",
    )  # fmt: skip
    said = world.call("sam", "GET", "/customers/anna/usage", params={"per": "week"}).json()
    vacuum = next(p for p in said["products"] if p["product"] == "robot_vacuum")
    assert vacuum["total"]["uses"] == 1
    with signed_in(world, "sam") as browser:
        text = browser.get("/customers/anna/usage").text
    assert "Europe/Berlin" in text
    assert "care team alone" in text
    assert API not in text
