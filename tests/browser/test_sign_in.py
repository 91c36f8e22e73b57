"""Signing in as people do: by the demo's link, by typing, and out again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from store import passwords
from tests.browser.conftest import Visit
from tests.browser.looks import EVERY, LOOKS
from tests.integration.api.world import World

PASSWORD = "four quiet words here"


def test_a_link_signs_in_and_leaves_no_token_in_the_address(visit: Visit, site: World) -> None:
    stage = visit("/sign-in?next=/preferences#token=" + site.tokens["sam"])
    stage.page.wait_for_url("**/preferences")
    expect(stage.page.locator("header")).to_contain_text("sam")
    stage.page.go_back()
    assert site.tokens["sam"] not in stage.page.url
    assert "#" not in stage.page.url


def test_a_link_signs_in_where_the_page_is_open_already(visit: Visit, site: World) -> None:
    page = visit("/sign-in").page
    page.goto(site.url + "/sign-in#token=" + site.tokens["quinn"])
    page.wait_for_url(site.url + "/")
    expect(page.locator("header")).to_contain_text("quinn")


def test_by_keyboard_with_a_password_and_out_again(visit: Visit, site: World) -> None:
    with site.database.connection() as conn:
        passwords.change(conn, "tom", passwords.hashed(PASSWORD))
    page = visit("/preferences").page
    page.wait_for_url("**/sign-in?next=/preferences")
    page.get_by_label("User name").press_sequentially("tom")
    page.keyboard.press("Tab")
    page.keyboard.type("not it at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    expect(page.get_by_label("User name")).to_have_value("tom")
    page.get_by_role("textbox", name="Password").press_sequentially(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/preferences")
    page.get_by_role("combobox", name="Language").select_option("fa")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    page.goto(site.url + "/preferences")
    page.wait_for_url("**/sign-in?next=/preferences")


@pytest.mark.parametrize("look", EVERY)
@pytest.mark.parametrize(("path", "name"), [("/sign-in", None), ("/preferences", "quinn")])
def test_every_look_is_accessible_fits_and_needs_no_mouse(
    visit: Visit, site: World, path: str, name: str | None, look: str
) -> None:
    with site.database.connection() as conn:
        kept = passwords.kept(conn, "quinn")
    if kept is not None and kept.password_hash is None:  # its form is looked at too
        made = passwords.hashed(PASSWORD)
        with site.database.connection() as conn:
            passwords.change(conn, "quinn", made)
    stage = visit(path, name, **vars(LOOKS[look]))
    stage.check_whole()
    stage.picture(f"{path.strip('/')}-{look}")
