"""Both voices in a browser: claims as one types, the statement's page, the comparison on one time axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import pictures
from tests.browser.conftest import Visit
from tests.browser.households import SAYS, says, settle
from tests.integration.api.world import World

ROSA = {"en": ("rosa", "vac-rosa"), "fa": ("rosa-fa", "vac-rosa-fa")}
LOOKS = {"en-light-desktop": ("en", False, False), "fa-dark-phone": ("fa", True, True)}


@pytest.fixture(scope="module")
def homes(site: World) -> None:
    """A household of each language, which has said something before."""
    for language, (customer, device) in ROSA.items():
        settle(site, customer, device, calendar="persian" if language == "fa" else "gregorian")
        earlier = (datetime.now(UTC) - timedelta(days=40)).isoformat()
        says(site, customer, device, SAYS[language].partition(".")[0] + ".", said_at=earlier, channel="chat")


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("look", LOOKS)
def test_from_the_words_to_both_voices_on_one_axis(visit: Visit, look: str) -> None:
    language, dark, phone = LOOKS[look]
    customer, device = ROSA[language]
    start = f"/statements/new?customer={customer}&device={device}"
    stage = visit(start, "sam", language=language, dark=dark, phone=phone)
    page = stage.page
    page.locator("#text").press_sequentially(SAYS[language])
    expect(page.locator("#reading mark")).to_have_count(2)
    expect(page.locator("#reading .claim .badge").first).to_be_visible()
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"statements-entry-{look}")
    pictures.keep(page, "entry", look)
    page.locator("#statement button.primary").press("Enter")
    page.wait_for_url("**/statements/*?done=said")
    shown, hidden = ("svg.phone", "svg.desk") if phone else ("svg.desk", "svg.phone")
    expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(hidden).first).to_be_hidden()
    stage.picture(f"statements-detail-{look}")
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    stage.check_accessible()
    stage.check_fits()
    if not phone:
        stage.check_keyboard()
    stage.picture(f"statements-open-{look}")

    stage.open(f"/customers/{customer}/comparison" if phone else f"/devices/{device}/comparison")
    drawn = page.locator(shown).first
    expect(drawn.locator(".moment")).to_have_count(2)
    assert drawn.locator(".heard").count() >= 3
    assert drawn.locator(".gap").count() >= 1
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"comparison-{look}")
    pictures.keep(page, "comparison", look)

    stage.open(f"/devices/{device}" if phone else f"/customers/{customer}")
    expect(page.locator(shown).first).to_be_visible()
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"said-of-{look}")
