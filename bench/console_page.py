"""A device's page in a real Chromium: what it weighs, how soon its charts are drawn, how soon a message is on them."""

from __future__ import annotations

import math
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.year import Progress
from catalog import Catalog
from store import rollups
from store.database import Connection, connect
from store.intake import Arrival, Intake
from wire.decode import decode

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEVICE = "console-vacuum"
DAYS = 30
MINUTE_MS = 60_000
AT_ONCE = 500
WINDOW = {"width": 1280, "height": 900}
WAIT_MS = 10_000
AFTER_MS = 300
"""In which what comes after the charts has come: silences, use by the week."""

_SENT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .map((e) => [new URL(e.name).pathname, e.transferSize])"""
# Asked between two frames: when the last chart was drawn, counted from the navigation's beginning.
_DRAWN = """() => new Promise((resolve, reject) => {
  const late = setTimeout(() => reject(new Error("charts were not drawn")), 10000);
  const look = () => {
    const all = document.querySelectorAll("[data-chart]");
    const drawn = document.querySelectorAll('[data-chart][data-drawn]:not([data-drawn="0"])');
    if (all.length && drawn.length === all.length) { clearTimeout(late); resolve(performance.now()); }
    else requestAnimationFrame(look);
  };
  look();
})"""
# The moment, by the clock of the machine, at which the first chart shows a point more than now.
_POINT = """() => {
  const figure = document.querySelector("[data-chart]");
  const before = Number(figure.dataset.drawn);
  window.point = new Promise((resolve) => new MutationObserver((_, watcher) => {
    if (Number(figure.dataset.drawn) <= before) return;
    watcher.disconnect();
    requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  }).observe(figure, { attributeFilter: ["data-drawn"] }));
}"""


@dataclass(frozen=True)
class Range:
    """Of some rounds."""

    n: int
    least: float
    median: float
    most: float
    limit: float

    @property
    def within(self) -> bool:
        """Whether even the worst round keeps the limit."""
        return self.most < self.limit

    @property
    def within_by_median(self) -> bool:
        """Whether the median round does: of what a browser does beside everything else on the same cores."""
        return self.median < self.limit


def ranged(values: Sequence[float], limit: float, digits: int = 3) -> Range:
    """What `values` range over."""
    least, median, most = (round(each, digits) for each in (min(values), statistics.median(values), max(values)))
    return Range(len(values), least, median, most, limit)


def fill(url: str, catalog: Catalog, progress: Progress) -> None:
    """A vacuum with 30 days of readings a minute of every signal, taken in and rolled up as always."""
    product = catalog["robot_vacuum"]
    now_ms = time.time_ns() // 1_000_000
    start = now_ms - DAYS * 1440 * MINUTE_MS
    intake = Intake(catalog)
    with connect(url, application="vop bench") as conn:
        row = conn.execute(
            "INSERT INTO devices (device, product, created_at) VALUES (%s, %s, %s) RETURNING device_id",
            (DEVICE, product.key, datetime.now(UTC) - timedelta(days=DAYS)),
        ).fetchone()
        device_id = row[0] if row else 0
        conn.execute("INSERT INTO customers (customer, name, zone) VALUES ('console', 'Ada Example', 'Asia/Tehran')")
        conn.execute(
            """INSERT INTO ownerships (device_id, customer_id, zone, during)
               SELECT %s, customer_id, zone, tstzrange(now() - interval '30 days', NULL) FROM customers
               WHERE customer = 'console'""",
            (device_id,),
        )
        conn.commit()

        def take(channel: str, payload: bytes) -> None:
            elements, rejects = decode(channel, payload, product, arrived_at_ms=now_ms, oldest_ts_ms=start - MINUTE_MS)
            if rejects:
                raise RuntimeError(f"the intake would refuse {rejects[0]}")
            topic = f"vop/v1/{DEVICE}/up/{channel}"
            intake.write(conn, [Arrival(topic, payload, now_ms, device_id, product.key, elements, rejects)])

        minutes = DAYS * 1440
        for first in range(0, minutes, AT_ONCE):
            take("telemetry", orjson.dumps([_reading(start, n) for n in range(first, min(first + AT_ONCE, minutes))]))
            progress("30 days of readings", first / minutes)
        take("event", orjson.dumps([each for day in range(DAYS) for each in _events(start, day)]))
        for conn_number, firmware in ((1, "2.3.1"), (2, "2.4.0")):
            said = {"boot": 1, "conn": conn_number, "online": True, "firmware": firmware, "values": {}}
            take("state", orjson.dumps(said))
        while rollups.roll(_outside(conn), [product.key], datetime.now(UTC)).more:
            progress("rolling up", 1.0)


def _outside(conn: Connection) -> Connection:
    conn.commit()
    conn.autocommit = True
    return conn


def _reading(start: int, n: int) -> dict[str, Any]:
    wave = math.sin(n / 97) + 0.3 * math.sin(n / 7)
    values = {
        "battery_pct": round(70 + 20 * wave, 1), "battery_temperature_cel": round(28 + 4 * wave, 1),
        "voltage_sag_mv": round(200 + n / 400 + 10 * wave),
        "cleaning_mode": ("docked", "quiet", "standard")[n // 90 % 3],
        "brush_current_a": round(1 + 0.3 * wave, 2), "brush_speed_rpm": round(1100 + 80 * wave),
        "wheel_current_a": round(0.6 + 0.1 * wave, 2), "fan_speed_rpm": round(9000 + 900 * wave),
        "suction_pa": round(1500 + 200 * wave), "lidar_missing_pct": round(2 + wave, 1),
    }  # fmt: skip
    return {"ts": start + n * MINUTE_MS, "boot": 1, "seq": n, "values": values}


def _events(start: int, day: int) -> Iterator[dict[str, Any]]:
    at, seq = start + day * 1440 * MINUTE_MS + 1, DAYS * 1440 + 4 * day
    done = {"duration_min": 40.0, "area_m2": 31.5, "completed": True}
    for place, (kind, minute, attrs) in enumerate(
        (("clean_started", 60, {}), ("stuck", 70, {}), ("freed", 75, {}), ("clean_finished", 100, done))
    ):
        yield {"ts": at + minute * MINUTE_MS, "boot": 1, "seq": seq + place, "kind": kind, "attrs": attrs}


def path() -> str:
    """Of the page with all 30 days."""
    return f"/devices/{DEVICE}?from={(datetime.now(UTC) - timedelta(days=DAYS)):%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium on PATH. Raises RuntimeError where there is none."""
    found = next((place for name in CHROMIUMS if (place := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium on PATH: install chromium (on Debian: apt-get install chromium)")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*arguments, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def context_of(browser: Browser, url: str, cookie: str, language: str) -> BrowserContext:
    """A browser with an empty cache, signed in."""
    context = browser.new_context(locale={"en": "en-GB", "fa": "fa-IR"}[language], viewport=WINDOW)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MS)
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}, {"name": "lang", "value": language, "url": url}])
    return context


@dataclass(frozen=True)
class Opened:
    """What opening the page took."""

    drawn_s: float
    bytes: int
    requests: int
    largest: dict[str, int]


def opened(page: Page, url: str) -> Opened:
    """Go to the page and wait for its charts."""
    page.goto(url + path(), wait_until="commit")
    drawn_ms = float(page.evaluate(_DRAWN))
    page.wait_for_timeout(AFTER_MS)
    sent: list[tuple[str, int]] = page.evaluate(_SENT)
    largest = dict(sorted(sent, key=lambda each: -each[1])[:6])
    return Opened(drawn_ms / 1000, sum(size for _, size in sent), len(sent), largest)


def openings(browser: Browser, url: str, cookie: str, language: str, rounds: int) -> tuple[list[Opened], list[Opened]]:
    """Cold, each with a browser context of its own, and warm: the same page once more in it."""
    cold, warm = [], []
    for _ in range(rounds + 1):
        context = context_of(browser, url, cookie, language)
        page = context.new_page()
        cold.append(opened(page, url))
        page.goto("about:blank")
        warm.append(opened(page, url))
        context.close()
    return cold[1:], warm[1:]  # the first wakes the service


def published(browser: Browser, url: str, cookie: str, publish: Callable[[int], None], rounds: int) -> list[float]:
    """Seconds from before `publish(round)` to the frame in which the open chart shows it."""
    context = context_of(browser, url, cookie, "en")
    page = context.new_page()
    page.goto(url + path())
    page.evaluate(_DRAWN)
    page.wait_for_selector(".live-on")
    took = []
    for each in range(rounds):
        page.evaluate(_POINT)
        began = time.time()
        publish(each)
        took.append(float(page.evaluate("() => window.point")) / 1000 - began)
    context.close()
    return took
