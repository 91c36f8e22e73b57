"""A device's pages in a browser: charts, live values, periods, and how they look."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from store import devices
from tests.browser.conftest import Visit
from tests.browser.looks import LOOKS
from tests.integration.api.world import World, now_ms

SCRIPT = '<img src=x onerror="window.broken = 1">'
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
PAGES = {
    "fleet": ("/devices", "sam"),
    "fleet-empty": ("/devices?q=unheard-of", "sam"),
    "fleet-maintenance": ("/devices?presence=faulty", "max"),
    "device": ("/devices/vac-ben", "sam"),
    "device-stock": ("/devices/pill-anna", "tom"),
    "device-silent": ("/devices/spare", "sam"),
    "device-usage": ("/devices/vac-ben/usage", "sam"),
    "device-events": ("/devices/vac-ben/events", "sam"),
    "device-gaps": ("/devices/vac-ben/gaps", "sam"),
    "device-care": ("/devices/pill-anna", "clara"),
}
WIDE = ("fleet", "device", "device-usage")
LOOKED_AT = [
    *((name, "fa-dark-phone") for name in PAGES),
    *((name, "en-light-desktop") for name in WIDE),
    *(pytest.param(name, "en-light-desktop", marks=pytest.mark.slow) for name in PAGES if name not in WIDE),
]
"""Each page in the look in which most goes wrong; in the other, fast, those with charts, tables and bars."""


@pytest.fixture(scope="module", autouse=True)
def life(site: World) -> None:
    """Two weeks of a vacuum that went quiet for a day, got stuck and new firmware; and scripts for names."""
    now = now_ms()
    start = now - 14 * 24 * HOUR_MS
    said: list[dict[str, Any]] = []
    for n in range(14 * 48):
        values = {
            "battery_pct": round(70 + 25 * math.sin(n / 20), 1),
            "battery_temperature_cel": round(28 + 6 * math.sin(n / 9) + n % 3, 1),
            "voltage_sag_mv": 200 + n // 8,
            "cleaning_mode": ("docked", "quiet", "standard")[n // 16 % 3],
        }
        said.append({"ts": start + n * 30 * MINUTE_MS, "values": values})
    for day in range(14):
        at = start + day * 24 * HOUR_MS + 8 * HOUR_MS + 1
        done = {"duration_min": 35 + day, "area_m2": 30.5}
        said.append({"ts": at, "kind": "clean_started", "attrs": {}})
        said.append({"ts": at + 40 * MINUTE_MS, "kind": "clean_finished", "attrs": done})
    said.append({"ts": now - 50 * HOUR_MS + 2, "kind": "stuck", "attrs": {"where": SCRIPT}})
    said.append({"ts": now - 40 * HOUR_MS + 2, "kind": "img_odd", "attrs": {}})
    said.sort(key=lambda element: element["ts"])
    numbered = [element | {"boot": 3, "seq": seq} for seq, element in enumerate(said)]
    lost = range(start + 10 * 24 * HOUR_MS, start + 11 * 24 * HOUR_MS + 4 * HOUR_MS)
    came = [element for element in numbered if element["ts"] not in lost]
    readings = [element for element in came if "values" in element]
    for at_once in range(0, len(readings), 500):
        site.publish("vac-ben", readings[at_once : at_once + 500])
    without_clock = {"kind": "docked", "boot": 3, "seq": len(said)}
    site.publish("vac-ben", [element for element in came if "kind" in element] + [without_clock], "event")
    for conn, firmware in ((1, "2.3.1"), (2, "2.4.0")):
        state = {"boot": 3, "conn": conn, "online": True, "firmware": firmware, "values": {"carpet_boost": True}}
        site.publish("vac-ben", state, "state")
    site.publish("pill-anna", {"ts": now, "boot": 1, "seq": 0, "values": {"rssi_dbm": -61, "doses_remaining": 12}})
    with site.database.connection() as conn_:
        devices.register(conn_, "evil", "robot_vacuum", serial=SCRIPT, batch=SCRIPT, hardware=SCRIPT)
        device_id = devices.get(conn_, "spare").device_id
        conn_.execute(
            "INSERT INTO silences (device_id, since, noticed_at) VALUES (%s, now() - interval '5 hours', now())",
            (device_id,),
        )


@pytest.mark.parametrize(("name", "look"), LOOKED_AT)
def test_a_page_is_accessible_fits_and_needs_no_mouse(visit: Visit, name: str, look: str) -> None:
    path, person = PAGES[name]
    stage = visit(path, person, **vars(LOOKS[look]))
    expect(stage.page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
    expect(stage.page.locator("[hx-trigger=load] .loading")).to_have_count(0)
    stage.check_whole()
    assert stage.page.evaluate("window.broken") is None
    stage.picture(f"{name}-{look}")


def test_a_week_is_drawn_with_its_marks_and_use_and_a_published_value_joins_it(visit: Visit, site: World) -> None:
    page = visit("/devices/vac-ben", "sam").page
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(4)
    expect(page.locator(".chart-marks li")).to_have_count(2)
    expect(page.get_by_role("heading", name="Use by the week")).to_be_visible()
    expect(page.locator(".bar").first).to_be_visible()
    expect(page.get_by_text("1 open fault")).to_be_visible()
    expect(page.locator(".live-text")).to_have_text("Live")
    chart = page.locator("[data-chart]").first
    chart.evaluate("figure => { figure.dataset.before = figure.dataset.drawn; }")
    site.publish(
        "vac-ben", {"ts": now_ms(), "boot": 3, "seq": 5_000, "values": {"battery_pct": 12.5, "cleaning_mode": "turbo"}}
    )
    expect(page.locator('[data-latest="battery_pct"] .value')).to_have_text("12.5")
    expect(page.locator('[data-latest="cleaning_mode"] .value')).to_have_text("Turbo")
    words = page.locator('[data-signal="cleaning_mode"] .chart-table')
    words.locator("summary").click()
    expect(words).to_contain_text("In its dock")
    expect(words).not_to_contain_text("docked")
    page.wait_for_function(
        "() => { const d = document.querySelector('[data-chart]').dataset; return Number(d.drawn) > Number(d.before); }"
    )
    expect(page.locator("#heard")).to_contain_text("Fresh")


def test_a_zoomed_period_stays_in_the_address_and_goes_along(visit: Visit) -> None:
    page = visit("/devices/vac-ben", "sam").page
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(4)
    page.locator(".chart-area").first.focus()
    page.keyboard.press("+")
    page.wait_for_url("**/devices/vac-ben?**to=*")
    asked = re.findall(r"(?:from|to)=([^&]+)", page.url)
    page.get_by_role("link", name="Events", exact=True).click()
    page.wait_for_url("**/devices/vac-ben/events?**")
    assert re.findall(r"(?:from|to)=([^&]+)", page.url) == asked


def test_signals_and_days_are_chosen_without_scripts_of_ours(visit: Visit) -> None:
    page = visit("/devices/vac-ben", "sam").page
    page.get_by_text("Choose signals").click()
    page.get_by_label("Fan speed").check()
    page.locator("form", has=page.get_by_label("Fan speed")).get_by_role("button", name="Show").click()
    expect(page.locator("[data-chart]")).to_have_count(5)
    page.get_by_text("Other days").click()
    page.get_by_label("First day").fill("2026-03-01")
    page.get_by_label("Last day").fill("2026-03-02")
    page.locator("form", has=page.get_by_label("First day")).get_by_role("button", name="Show").click()
    page.wait_for_url("**from=2026-02-28T20**")
    expect(page.locator("[data-chart]")).to_have_count(5)
    expect(page.get_by_text("Nothing was measured in this period.").first).to_be_visible()


def test_devices_are_found_as_one_types(visit: Visit) -> None:
    page = visit("/devices", "sam").page
    expect(page.get_by_role("rowheader")).to_have_count(6)
    page.get_by_role("searchbox").press_sequentially("ben ex")
    expect(page.get_by_role("rowheader")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/devices\?q=ben\+ex$"))
    page.get_by_label("Presence", exact=True).select_option("faulty")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=ben\+ex&presence=faulty$"))
    page.get_by_role("link", name="vac-ben").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("vac-ben")
    page.go_back()
    expect(page.get_by_role("rowheader")).to_have_count(1)


def test_the_page_is_light(visit: Visit) -> None:
    page = visit("/devices/vac-ben", "sam", language="fa").page
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(4)
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(e => [e.name.replace(/.*[/]/, ''), e.transferSize])"
    )
    assert sum(size for _, size in sizes) < 150_000, sizes
