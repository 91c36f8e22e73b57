"""The design page shows every part in every state: what holds here holds wherever they are used."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looks import EVERY, LOOKS


@pytest.mark.parametrize("look", EVERY)
def test_every_look_is_accessible_fits_and_needs_no_mouse(visit: Visit, look: str) -> None:
    stage = visit("/design", **vars(LOOKS[look]))
    expect(stage.page.locator("[data-chart][data-drawn]")).to_have_count(2)
    stage.check_whole()
    stage.picture(f"design-{look}")


def test_the_first_key_skips_the_menu(visit: Visit) -> None:
    page = visit("/design").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_persian_runs_from_the_right_in_its_own_font(visit: Visit) -> None:
    page = visit("/design", language="fa").page
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px Vazirmatn', 'دستگاه')")
    # An id keeps its own direction, and a chart its time axis.
    assert page.evaluate("getComputedStyle(document.querySelector('bdi[dir=ltr]')).direction") == "ltr"
    assert page.evaluate("getComputedStyle(document.querySelector('.chart-area')).direction") == "ltr"


def test_english_loads_no_persian_font(visit: Visit) -> None:
    page = visit("/design").page
    assert not any(
        "woff2" in name for name in page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    )


def test_an_address_of_nothing_is_told_as_a_page(visit: Visit) -> None:
    stage = visit("/nothing/here", language="fa", status=404)
    expect(stage.page.get_by_role("heading", level=1)).to_have_text("چنین صفحه یا چیزی وجود ندارد")
    stage.check_accessible()
