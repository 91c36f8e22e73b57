"""Stock, its orders, and how an item is ordered, as who keeps it does it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

import catalog
from store import devices, ownerships, stock
from store.stock import Terms
from tests.browser.conftest import Visit
from tests.integration.api.world import World
from tests.integration.voice.lives import Happening, Lives
from voice.stock.assessing import assess

NOW = datetime.now(UTC)
LOOKS = [("en", False, False), ("fa", True, True)]
SENSOR = catalog.load()["stock_sensor"]


@pytest.fixture(scope="module", autouse=True)
def shelves(site: World) -> None:
    """Three shelves over 80 days: one runs out and is ordered, one is full, one is not set up ("spare")."""
    with site.database.connection() as conn:
        conn.commit()
        conn.autocommit = True
        lives = Lives(conn)
        for n, (name, left) in enumerate((("shelf-bolts", 6), ("shelf-nuts", 80))):
            device, _ = devices.register(conn, name, "stock_sensor")
            ownerships.set_history(conn, device.device_id, [ownerships.Span("ben", NOW - timedelta(days=100))])
            told: list[Happening] = []
            level = 60
            for hour in range(80 * 6, 0, -1):
                at = NOW - timedelta(hours=4 * hour)
                taken = int(2 + 2 * math.sin(hour)) if hour % 6 == 1 and at.weekday() < 5 else 0
                level = level - taken if level > taken + 4 else 60
                if taken:
                    told.append((at, "items_taken", {"items": taken, "remaining": level}))
                told.append((at, "", {"stock_items": level if hour > 3 else left}))
            lives.live(device, NOW - timedelta(days=81), NOW - timedelta(minutes=1), told, beat={"rssi_dbm": -60.0})
            stock.put(conn, device.device_id, Terms(f"M{8 + n}", "box", 4, 1, 0.95, 5, 10), by="user:tom", now=NOW)
            for _ in range(2):
                assess(conn, SENSOR, device.device_id, NOW, by="system:vop-relay")
        conn.autocommit = False


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_the_list(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit("/stock", "tom", language=language, dark=dark, phone=phone)
    assert stage.page.locator("tbody tr").count() == 3
    assert stage.page.locator("svg.cover").count() == 2
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"stock-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_an_item(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit("/stock/shelf-bolts", "tom", language=language, dark=dark, phone=phone)
    stage.check_whole()
    stage.picture(f"stock-item-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_orders(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit("/orders", "tom", language=language, dark=dark, phone=phone)
    assert stage.page.locator("tbody tr").count() == 1
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"orders-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")


def test_an_item_is_set_up_and_an_order_received(visit: Visit) -> None:
    page = visit("/stock/spare", "tom").page
    page.get_by_label("Ordered as").fill("Tape")
    page.get_by_label("Unit").fill("roll")
    page.get_by_label("Days from order to arrival").fill("soon")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert "Write days, 0 to 365." in page.content()
    page.get_by_label("Days from order to arrival").fill("2.5")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Days from order to arrival").input_value() == "2.5"
    page.goto(page.url.replace("/stock/spare", "/orders?state=open"))
    page.get_by_label("How many have come").fill("10")
    with page.expect_navigation():
        page.get_by_role("button", name="Received").click()
    assert page.locator("tbody tr").count() == 0
