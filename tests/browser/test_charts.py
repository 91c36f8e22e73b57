"""Charts by pointer and by keyboard, on the made-up day of the design page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit


def _charts(page: Page) -> Locator:
    charts = page.locator("[data-chart]")
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(2)
    return charts


def _period(page: Page) -> tuple[str, str]:
    query = parse_qs(urlsplit(page.url).query)
    return query["from"][0], query["to"][0]


def test_the_keyboard_reads_values(visit: Visit) -> None:
    page = visit("/design").page
    chart = _charts(page).first
    chart.locator(".chart-area").focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".chart-reading")).to_contain_text("21 Nov, 00:00:00: 62 °C")
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".chart-reading")).to_contain_text("00:15:00")


def test_the_keyboard_zooms_and_the_address_keeps_the_period(visit: Visit) -> None:
    page = visit("/design").page
    chart = _charts(page).first
    chart.locator(".chart-area").focus()
    page.keyboard.press("+")
    page.wait_for_url("**/design?**")
    assert _period(page) == ("2026-11-21T06:00:00Z", "2026-11-21T18:00:00Z")
    page.keyboard.press("Home")
    page.wait_for_function("new URLSearchParams(location.search).get('from') === '2026-11-21T00:00:00Z'")


def test_dragging_over_a_chart_chooses_its_period(visit: Visit) -> None:
    page = visit("/design").page
    chart = _charts(page).first
    chart.scroll_into_view_if_needed()
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_url("**/design?**")
    start, end = _period(page)
    assert start < "2026-11-21T06:30:00Z" < end < "2026-11-21T12:30:00Z"


def test_the_table_says_the_same(visit: Visit) -> None:
    page = visit("/design", language="fa").page
    chart = _charts(page).first
    chart.locator("summary").click()
    rows = chart.locator("tbody tr")
    expect(rows.first).to_contain_text("۶۲")
    expect(chart.get_by_role("cell", name="بدون پیام")).to_have_count(1)


def test_a_chart_that_cannot_load_says_so_and_tries_again(visit: Visit) -> None:
    stage = visit("/design")
    _charts(stage.page)
    stage.page.route("**/sample/history.json*", lambda route: route.fulfill(status=503, json={"title": "It is away"}))
    chart = stage.page.locator("[data-chart]").first
    chart.locator(".chart-area").focus()
    stage.page.keyboard.press("+")
    expect(chart.locator(".chart-wait")).to_contain_text("It is away")
    stage.page.unroute("**/sample/history.json*")
    chart.get_by_role("button", name="Try again").click()
    expect(chart.locator("canvas")).to_be_visible()


def test_live_values_are_appended(visit: Visit) -> None:
    page = visit("/design").page
    chart = _charts(page).first
    chart.evaluate("figure => { figure.dataset.before = figure.dataset.drawn; }")
    said = {"device": "made-up", "latest": {"motor_temperature_cel": {"value": 71, "ts": "2026-11-22T00:00:01Z"}}}
    page.evaluate("said => document.dispatchEvent(new CustomEvent('vop:latest', { detail: said }))", said)
    page.wait_for_function(
        "() => { const d = document.querySelector('[data-chart]').dataset; return Number(d.drawn) === +d.before + 1; }"
    )
