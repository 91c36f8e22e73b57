"""Live values: shown as they arrive, and a page that is not live says so."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.integration.api.world import World, now_ms
from tests.unit.console.readers import reading

WATCH = """(device) => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", `<p data-live-devices="${device}" data-on="on" data-off="off" data-ended="ended">
    <span class="live-text">connecting</span></p>
    <b id="value" data-live-device="${device}" data-live-signal="battery_pct">-</b>`);
  const script = document.querySelector('script[src$="/js/console.js"]').src;
  return import(script.replace("console.js", "live.js")).then(() => true);
}"""


def _watch(page: Page, device: str) -> None:
    page.evaluate(WATCH, device)


def test_a_value_appears_when_it_is_published(visit: Visit, site: World) -> None:
    page = visit("/preferences", "sam").page
    _watch(page, "vac-anna")
    expect(page.locator(".live-text")).to_have_text("on")
    site.publish("vac-anna", {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 64}})
    expect(page.locator("#value")).to_have_text("64")


VALUES = [0, 1, 0.395, 0.4, 12345.678, 0.01234, -3.5, -0.00071, 99.995, 1e6, 2.675, 0.999999]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_live_number_is_written_as_the_service_writes_it(visit: Visit, language: Literal["en", "fa"]) -> None:
    page = visit("/design", language=language).page
    script = """(values) => {
      const { src } = document.querySelector('script[src$="/js/console.js"]');
      return import(src.replace("console.js", "live.js")).then(({ number }) => values.map(number));
    }"""
    assert page.evaluate(script, VALUES) == [reading(language).number(value) for value in VALUES]


def test_without_a_session_it_is_not_live_and_says_why(visit: Visit) -> None:
    page = visit("/design").page
    _watch(page, "vac-anna")
    expect(page.locator(".live-text")).to_have_text("ended")


def test_a_broken_line_is_told_and_mended(visit: Visit) -> None:
    page = visit("/preferences", "sam").page
    page.route("**/api/v1/stream?*", lambda route: route.abort())
    _watch(page, "vac-ben")
    expect(page.locator(".live-text")).to_have_text("off")
    page.unroute("**/api/v1/stream?*")
    expect(page.locator(".live-text")).to_have_text("on")


def test_a_page_loads_little(visit: Visit) -> None:
    for language in ("en", "fa"):
        page = visit("/design", language=language).page
        expect(page.locator("[data-chart][data-drawn]")).to_have_count(2)
        sizes = page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".map(e => [e.name, e.transferSize])"
        )
        ours = [(re.sub(r".*/", "", name), size) for name, size in sizes if "/sample/" not in name]
        assert sum(size for _, size in ours) < 150_000, ours
