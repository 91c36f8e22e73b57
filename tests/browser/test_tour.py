"""The path of somebody who has never seen it, from the demo's printed link on, in every look.

    VOP_TEST_PICTURES_DIR=DIRECTORY .venv/bin/pytest -m slow tests/browser/test_tour.py

keeps a picture of every step, and those of the README as `docs/pictures` has them: `make pictures` copies them there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.console import catalogues
from tests.browser import pictures
from tests.browser.looks import LOOKS, Look
from tests.browser.stage import Stage
from tests.integration.demo import harness

DEVICES, DAYS = 24, 42
ZONES = {"en": "Europe/Berlin", "fa": "Asia/Tehran"}


@dataclass
class Tour:
    """One newcomer: a page that is walked through, and what is to be seen at every step."""

    stage: Stage
    look: Look

    @property
    def page(self) -> Page:
        """Playwright's own."""
        return self.stage.page

    def says(self, english: str) -> str:
        """A text of the console in the newcomer's language."""
        text: str = catalogues.load(self.look.language).gettext(english)
        assert self.look.language == "en" or text != english, f"no translation of {english!r}"
        return text

    def press(self, english: str) -> None:
        """The button with this text."""
        self.page.get_by_role("button", name=self.says(english), exact=True).click()

    def see(self, name: str, heading: str | re.Pattern[str]) -> None:
        """The page has this heading, speaks the language in its direction, is whole, fits and is accessible."""
        page = self.page
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.locator("html")).to_have_attribute("lang", self.look.language)
        direction = {"en": "ltr", "fa": "rtl"}[self.look.language]
        assert page.evaluate("getComputedStyle(document.body).direction") == direction
        expect(page.locator("[hx-trigger=load] .loading")).to_have_count(0)
        expect(page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
        self.stage.check_accessible()
        self.stage.check_fits()
        self.stage.check_conduct()
        page.evaluate("scrollTo(0, 0)")
        self.stage.picture(f"{name}-{self.look}")
        pictures.keep(page, name, str(self.look))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Demo]:
    """A fleet with weeks behind it, as `vop demo` makes it, and some messages that could not be taken."""
    place = tmp_path_factory.mktemp("tour") / "demo"
    with harness.demo(place, "--devices", str(DEVICES), "--days", str(DAYS)) as running:
        running.until("the fleet lives on")
        _say(running, 0, '{"values": {"battery_pct": "81"}}')
        _say(running, 1, "{'values': {'battery_pct': 64}}")
        _say(running, 2, '{"value": {"battery_pct": 64}}')
        yield running
        assert running.end() == 0


def _say(demo: harness.Demo, number: int, message: str) -> None:
    """What one of the vacuums says over HTTP; taken or not."""
    device = demo.access["devices"][number]
    httpx.post(
        f"{demo.access['api']}/api/v1/telemetry",
        content=message,
        auth=(device["device"], device["password"]),
        timeout=30,
    )


def _owned(demo: harness.Demo, zone: str) -> dict[str, Any]:
    """The vacuum in this zone that is used most; not the first, which the stories are about."""
    rows = demo.get("/api/v1/devices?product=robot_vacuum&limit=50")["items"]
    there: list[dict[str, Any]] = [row for row in rows[1:] if row["owner"] and row["owner"]["zone"] == zone]
    return max(there, key=lambda row: _recent_uses(demo, row["device"]["device"]))


def _recent_uses(demo: harness.Demo, device: str) -> int:
    since = (datetime.now(UTC) - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    uses: int = demo.get(f"/api/v1/devices/{device}/usage?per=day&from={since}")["total"]["uses"]
    return uses


@pytest.fixture
def tour(chromium: Browser, demo: harness.Demo, request: pytest.FixtureRequest) -> Iterator[Tour]:
    """A browser in one of the looks, at the demo."""
    look = LOOKS[request.param]
    context = look.context(chromium)
    try:
        yield Tour(Stage.of(context, demo.access["api"]), look)
    finally:
        context.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("tour", LOOKS, indirect=True)
def test_the_path_of_a_newcomer(tour: Tour, demo: harness.Demo) -> None:
    page, says = tour.page, tour.says
    tokens = demo.access["tokens"]
    tour.stage.open("/sign-in")
    tour.see("sign-in", says("Sign in"))

    page.goto(f"{tour.stage.url}/sign-in#token={tokens['support']}")
    page.wait_for_url(f"{tour.stage.url}/")
    assert tokens["support"] not in page.url
    greeting = says("Good day, %(name)s") % {"name": "Demo support"}
    expect(page.get_by_role("heading", level=1)).to_have_text(greeting)
    _choose_calendar(tour)
    page.goto(f"{tour.stage.url}/")
    tour.see("start", greeting)

    unit = _owned(demo, ZONES[tour.look.language])
    device, owner = unit["device"]["device"], unit["owner"]
    page.get_by_role("searchbox").fill(owner["name"])
    tour.press("Search")
    expect(page.get_by_role("rowheader").filter(has_text=device)).to_have_count(1)
    tour.see("devices-found", says("Devices"))
    page.goto(f"{tour.stage.url}/devices")
    tour.see("devices", says("Devices"))
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_text(says("No device fits"))).to_be_visible()
    tour.see("devices-none", says("Devices"))

    page.goto(f"{tour.stage.url}/devices/{device}")
    expect(page.locator(".bar").first).to_be_visible()
    expect(page.get_by_text(owner["name"])).to_be_visible()
    tour.see("device", device)
    for view, name in (("Use", "device-use"), ("Events", "device-events"), ("Gaps and clock", "device-gaps")):
        page.get_by_role("link", name=says(view), exact=True).click()
        page.wait_for_url(re.compile(rf"/devices/{device}/\w+"))
        tour.see(name, device)

    page.get_by_role("link", name=owner["name"]).first.click()
    page.wait_for_url("**/customers/*")
    tour.see("customer", owner["name"])
    page.get_by_role("link", name=says("Usage"), exact=True).click()
    page.wait_for_url("**/usage")
    tour.see("customer-usage", says("Usage"))
    page.goto(f"{tour.stage.url}/customers")
    tour.see("customers", says("Customers"))

    _hear(tour)

    page.goto(f"{tour.stage.url}/products")
    tour.see("products", says("Products"))
    vacuum = demo.get("/api/v1/products/robot_vacuum")["label"][tour.look.language]
    page.get_by_role("link", name=vacuum, exact=True).click()
    tour.see("product", vacuum)

    page.goto(f"{tour.stage.url}/deadletters")
    expect(page.locator(".letter")).not_to_have_count(0)
    tour.see("deadletters", says("Dead letters"))
    page.get_by_role("checkbox").first.check()
    tour.press("Replay what is chosen…")
    tour.see("deadletters-confirm", says("Replay dead letters"))

    page.goto(f"{tour.stage.url}/system")
    expect(page.get_by_role("term").filter(has_text="PostgreSQL")).to_be_visible()
    tour.see("system", says("System"))

    _connect(tour)

    tour.stage.open("/design")
    tour.see("design", re.compile("."))
    tour.stage.open("/devices/no-such-device", 404)
    tour.see("not-found", says("There is no such page or thing"))
    tour.stage.open(f"/customers/{owner['customer']}/care-team", 403)
    tour.see("not-allowed", says("Your role does not allow this"))


def _hear(tour: Tour) -> None:
    """From the first story to what was said beside what is reported, a statement, its case, and all cases."""
    page, says = tour.page, tour.says
    page.goto(f"{tour.stage.url}/")
    page.get_by_role("link", name=says("What was said beside what was measured"), exact=True).click()
    page.wait_for_url("**/devices/*/comparison")
    expect(page.locator("blockquote mark").first).to_be_visible()
    tour.see("voices", re.compile("."))
    page.locator('a[href^="/statements/"]:not([href*="/new"])').first.click()
    page.wait_for_url("**/statements/*")
    tour.see("statement", re.compile("."))
    page.locator('a[href^="/cases/"]').first.click()
    page.wait_for_url("**/cases/*")
    tour.see("case", re.compile("."))
    page.goto(f"{tour.stage.url}/cases")
    tour.see("cases", says("Cases"))


def _choose_calendar(tour: Tour) -> None:
    """That of the newcomer's country."""
    tour.page.get_by_role("banner").get_by_role("link", name="demo-support").click()
    calendar = {"en": "gregorian", "fa": "persian"}[tour.look.language]
    tour.page.get_by_role("combobox", name=tour.says("Calendar")).select_option(calendar)
    tour.press("Save")
    expect(tour.page.get_by_role("status").get_by_text(tour.says("Your preferences are saved."))).to_be_visible()
    tour.see("preferences", tour.says("Preferences"))


def _connect(tour: Tour) -> None:
    """A device of one's own: registered, its first message sent, and seen to arrive."""
    page = tour.page
    page.goto(f"{tour.stage.url}/connect")
    page.locator("#toml").fill('key = "jug"\nversion = 0\n')
    expect(page.locator("#findings").get_by_role("row")).not_to_have_count(0)
    tour.see("connect", tour.says("Connect a device"))
    device = page.get_by_label(tour.says("Device id")).input_value()
    tour.press("Register it")
    expect(page.get_by_text(tour.says("Waiting for the first message…"))).to_be_visible()
    tour.see("connect-registered", re.compile(device))
    secret = page.locator("pre").first.inner_text().strip()
    sent = httpx.post(
        f"{tour.stage.url}/api/v1/telemetry", json={"values": {"battery_pct": 50}}, auth=(device, secret), timeout=30
    )
    assert sent.status_code == 200, sent.text
    expect(page.get_by_text(tour.says("It has arrived and is stored."))).to_be_visible()
    tour.see("connect-arrived", re.compile(device))
