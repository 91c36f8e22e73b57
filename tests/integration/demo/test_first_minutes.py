"""The first minutes with the demo, as somebody spends them who knows nothing but what it prints and its pages say: sign
in, find a device by its customer's name, see its week; then connect a device of one's own and hear it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import Look
from tests.integration.demo.harness import Demo, demo

pytestmark = pytest.mark.slow

NEEDS_CLIENT = pytest.mark.skipif(shutil.which("mosquitto_pub") is None, reason="no mosquitto-clients installed")
HEADERS = os.environ.get("CPATH", "/usr/include").split(":")
PROGRAMS = {"mosquitto_pub": 'sh "$0"', "Python": f'"{sys.executable}" "$0"'}
if shutil.which("cc") and any((Path(place) / "MQTTClient.h").is_file() for place in HEADERS):
    PROGRAMS["C"] = 'cc -Wall -Wextra -Werror -x c "$0" -o first -lpaho-mqtt3c && ./first'
"""How lines are run that stand in a file; those in C only where Eclipse Paho's library is."""
REFUSED = re.compile(r"not authori[sz]ed|not connected: [45]", re.IGNORECASE)
WEEK_S = 60.0


def signed_in(one: Demo, browser: Browser) -> Page:
    """A page, opened by the printed link for support."""
    page = Look().context(browser).new_page()
    link = one.until(r"^ +support +(http\S+)$")[1]
    page.goto(link)
    page.wait_for_url(re.compile(r"/$"))
    return page


def search_for(page: Page, name: str, device: str) -> None:
    """From the start page to the device, by its customer's name."""
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=device, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(device)


def said(page: Page, program: str) -> str:
    """The lines that the page shows for `program`."""
    text = page.locator(f'pre[aria-label="{program}"]').text_content()
    assert text
    return text


def run(text: str, where: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run lines as they stand."""
    (where / "first.txt").write_text(text)
    return subprocess.run(
        ["sh", "-c", command, "first.txt"], cwd=where, capture_output=True, text=True, timeout=60, check=False
    )


@NEEDS_CLIENT
def test_a_week_is_seen_and_a_device_connected_by_what_is_printed(
    chromium: Browser, place: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    days = os.environ.get("VOP_TEST_DEMO_DAYS", "8")
    devices = os.environ.get("VOP_TEST_DEMO_DEVICES", "4")
    with demo(place, "--devices", devices, "--days", days) as one:
        one.until(r"\] ready$")
        ready = time.monotonic()
        page = signed_in(one, chromium)
        name, device = one.until(r"search for (.+), who owns ([\w-]+),").groups()
        search_for(page, name, device)
        found = time.monotonic()
        one.until(r"history sent and stored")
        stored = time.monotonic()
        page.reload()
        charts = page.locator("[data-chart]")
        expect(charts.first).to_be_visible()
        expect(page.locator("[data-chart]:not([data-drawn])")).to_have_count(0, timeout=WEEK_S * 1000)
        shown = page.evaluate("[...document.querySelectorAll('[data-chart]')].map(e => Number(e.dataset.drawn))")
        assert max(shown) > 24, shown  # points; a week has 168 hours
        drawn = time.monotonic()
        expect(page.get_by_text("Nothing was measured in this period.")).to_have_count(0)
        split = {"start": ready - began, "walk": found - ready, "rest of the history": stored - found}
        for what, seconds in (split | {"week": drawn - stored}).items():
            record_property(what, round(seconds, 1))

        for program, command in PROGRAMS.items():
            page.get_by_role("link", name="Connect a device").first.click()
            page.get_by_role("button", name="Register it").click()
            secret = said(page, "Password of the device").strip()
            lines = said(page, program)
            refused = run(lines.replace(secret, "mistyped"), tmp_path, command)
            assert REFUSED.search(refused.stderr + refused.stdout), refused
            expect(page.locator("#arrival")).to_contain_text("Waiting for the first message")
            done = run(lines, tmp_path, command)
            assert done.returncode == 0, done
            expect(page.locator("#arrival")).to_contain_text("It has arrived and is stored.")
            page.get_by_role("link", name="To the page of the device").click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.context.close()
        assert one.end() == 0
