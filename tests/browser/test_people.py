"""The forms for people in a browser: by keyboard, on a telephone, without scripts, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.integration.api.world import World

LOOKS = {"en-light-desktop": ("en", False, False), "fa-dark-phone": ("fa", True, True)}
PAGES = {
    "users": ("/users", "ada"),
    "user": ("/users/sam", "ada"),
    "user-suspend": ("/users/sam/suspend", "ada"),
    "customers": ("/customers", "sam"),
    "customer": ("/customers/anna", "sam"),
    "new-secret": ("/devices/vac-anna/credentials", "sam"),
    "owners": ("/devices/vac-anna/ownerships", "sam"),
    "care-team": ("/customers/anna/care-team", "ada"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_forms_are_accessible_and_fit(visit: Visit, site: World, name: str, look: str) -> None:
    path, who = PAGES[name]
    language, dark, phone = LOOKS[look]
    stage = visit(path, who, language=language, dark=dark, phone=phone)
    stage.page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    stage.check_accessible()
    stage.check_keyboard()
    stage.check_fits()
    stage.picture(f"people-{name}-{look}")


@pytest.mark.parametrize("look", LOOKS)
def test_a_user_is_added_by_keyboard_and_given_a_token(visit: Visit, site: World, look: str) -> None:
    language, dark, phone = LOOKS[look]
    stage = visit("/users", "ada", language=language, dark=dark, phone=phone)
    page = stage.page
    page.locator("#add > summary").press("Enter")
    page.locator("#display_name").fill("نورا" if language == "fa" else "Nora")
    page.locator("#name").fill(f"nora-{language}")
    page.locator("#name").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#role-stock")).to_have_attribute("aria-invalid", "true")
    stage.check_accessible()
    stage.picture(f"people-mistake-{look}")
    page.locator("#role-stock").press("Space")
    page.locator("#name").press("Enter")
    page.wait_for_url(f"**/users/nora-{language}?done=made")
    expect(page.locator(".notice-good")).to_be_visible()
    stage.picture(f"people-made-{look}")
    page.locator("#label").press("Enter")
    secret = page.locator(".copy code").first.inner_text()
    assert len(secret) > 30
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"people-issued-{look}")
    page.go_back()
    assert secret not in page.content()


@pytest.mark.parametrize("look", LOOKS)
def test_a_new_secret_is_shown_once_with_its_lines(visit: Visit, site: World, look: str) -> None:
    language, dark, phone = LOOKS[look]
    stage = visit("/devices/spare/credentials", "sam", language=language, dark=dark, phone=phone)
    stage.page.locator("form button.danger").click()
    secret = stage.page.locator(".copy code").first.text_content() or ""
    expect(stage.page.locator("#words")).to_be_visible()
    assert secret in stage.page.locator("details .copy code").first.inner_text()
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"people-rotated-{look}")
