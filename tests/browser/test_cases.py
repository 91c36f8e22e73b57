"""Cases in a browser: found in the list, and worked on by keyboard from a promise to the closing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.households import SAYS, says, settle
from tests.integration.api.world import World

ROSA = {"en": ("rosa", "vac-rosa"), "fa": ("rosa-fa", "vac-rosa-fa")}
LOOKS = {"en-light-desktop": ("en", False, False), "fa-dark-phone": ("fa", True, True)}


@pytest.fixture(scope="module")
def kept(site: World) -> dict[str, int]:
    """By language, the case of a household of it."""
    found = {}
    for language, (customer, device) in ROSA.items():
        settle(site, customer, device, calendar="persian" if language == "fa" else "gregorian")
        says(site, customer, device, SAYS[language], channel="chat")
        found[language] = says(site, customer, device, SAYS[language].partition(".")[0] + ".")["case"]
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_a_case_is_found_and_worked_on_until_it_is_closed(visit: Visit, kept: dict[str, int], look: str) -> None:
    language, dark, phone = LOOKS[look]
    stage = visit("/cases", "sam", language=language, dark=dark, phone=phone)
    page = stage.page
    page.locator("#channel").select_option("chat")
    expect(page.locator("#rows tbody tr")).to_have_count(len(kept))
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"cases-list-{look}")
    page.locator(f'#rows a[href="/cases/{kept[language]}"]').press("Enter")
    page.locator("section[aria-labelledby=promises] summary").press("Enter")
    page.locator("#promise-what").fill("ring back" if language == "en" else "تماس دوباره")
    page.locator("#promise-what").press("Enter")
    page.wait_for_url("**/cases/*?done=promised")
    stage.picture(f"cases-promised-{look}")
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    stage.check_accessible()
    stage.check_fits()
    if not phone:
        stage.check_keyboard()
    page.locator("#close-cause").fill("a brush" if language == "en" else "برس")
    page.locator("#close-cause").press("Enter")
    expect(page.locator("#close-fix")).to_have_attribute("aria-invalid", "true")
    page.locator("#close-fix").select_option("visit")
    page.locator("#close-cause").press("Enter")
    page.wait_for_url("**/cases/*?done=closed")
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"cases-closed-{look}")
