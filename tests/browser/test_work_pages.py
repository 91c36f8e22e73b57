"""The pages people work on: start, customers, products, dead letters, system, connect, with data on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from catalog.elements import Reason, Reject
from store import consents, customers, jobs, slots
from store.database import connect
from store.deadletters import Refused, write
from tests.browser.conftest import Visit
from tests.browser.looks import LOOKS
from tests.integration.api.world import World, now_ms

SCRIPT = '<img src=x onerror="window.broken = 1">'
PAGES = {
    "start-support": ("/", "sam"),
    "start-admin": ("/", "ada"),
    "start-clinician": ("/", "clara"),
    "start-stock": ("/", "tom"),
    "customers": ("/customers", "sam"),
    "customer": ("/customers/anna", "sam"),
    "customer-usage": ("/customers/anna/usage?per=week", "sam"),
    "care-team": ("/customers/anna/care-team", "ada"),
    "products": ("/products", "tom"),
    "product": ("/products/pill_dispenser", "sam"),
    "deadletters": ("/deadletters", "sam"),
    "deadletters-confirm": ("/deadletters/replay?id=1&id=2", "sam"),
    "system": ("/system", "max"),
    "connect": ("/connect", "sam"),
    "connect-waiting": ("/connect/spare/arrival", "sam"),
    "absent": ("/customers/nobody-of-this-name", "sam"),
    "refused": ("/customers/anna/care-team", "sam"),
}
REFUSED = {"absent": 404, "refused": 403}
WIDE = ("start-support", "customer-usage", "product", "deadletters", "system", "connect")
LOOKED_AT = [
    *((name, "fa-dark-phone") for name in PAGES),
    *((name, "en-light-desktop") for name in WIDE),
    *(pytest.param(name, "en-light-desktop", marks=pytest.mark.slow) for name in PAGES if name not in WIDE),
]
"""Each page in the look in which most goes wrong; in the other, by the fast suite, those with most on them."""


@pytest.fixture(scope="module", autouse=True)
def work(site: World) -> Iterator[None]:
    """Something on every page, and in every text a script that must not run."""
    for week in range(10):
        at = now_ms() - week * 7 * 86_400_000 - 7_200_000
        started = {"ts": at, "kind": "clean_started", "boot": 1, "seq": 200 - 2 * week, "attrs": {}}
        finished = {"ts": at + 2_400_000, "kind": "clean_finished", "boot": 1, "seq": 201 - 2 * week}
        site.publish("vac-anna", [started, finished | {"attrs": {"duration_min": 40, "area_m2": 30}}], "event")
    with site.database.connection() as conn:
        conn.execute(
            """INSERT INTO silences (device_id, since, noticed_at)
               SELECT device_id, now() - interval '5 hours', now() FROM devices WHERE device IN ('vac-ben', 'spare')"""
        )
        customers.create(conn, "evil", SCRIPT, zone="Asia/Tehran", language="fa", calendar="persian", week_start=6)
        anna = customers.get(conn, "anna").customer_id
        consents.give(conn, anna, "compare", at=datetime.now(UTC) - timedelta(days=40))
        consents.give(conn, anna, "research", at=datetime.now(UTC) - timedelta(days=60))
        consents.withdraw(conn, anna, "research", at=datetime.now(UTC) - timedelta(days=5))
        topic = "vop/v1/{}/up/telemetry"
        write(
            conn,
            [
                Refused(topic.format("vac-anna"), b'{"values": {"battery_pct": "81"}}',
                        Reject(0, Reason.WRONG_TYPE, "values.battery_pct is text, not a number")),
                Refused(topic.format("vac-anna"), SCRIPT.encode(), Reject(0, Reason.NOT_JSON, SCRIPT)),
                Refused(topic.format("vac-ben"), bytes(range(200)), Reject(0, Reason.NOT_UTF8, "byte 128")),
                Refused(topic.format("pill-anna"), b"{}", Reject(3, Reason.WRONG_SHAPE, "no values")),
                Refused(topic.format("vac-unknown"), b"{}", Reject(0, Reason.UNKNOWN_DEVICE, "not registered")),
            ],
        )  # fmt: skip
    with connect(str(site.database.url), application="test", autocommit=True) as holder:
        jobs.declare(holder, {"rollups": 60.0, "silence": 60.0, "partitions": 86_400.0})
        lease = jobs.take(holder, "relay-1", ["rollups"])
        assert lease is not None
        jobs.failed(holder, lease, "division by zero in " + SCRIPT)
        slots.acquire(holder, 1, "worker-1")
        slots.beat(holder, 0)
        yield


@pytest.mark.parametrize(("name", "look"), LOOKED_AT)
def test_a_page_is_accessible_fits_and_needs_no_mouse(visit: Visit, name: str, look: str) -> None:
    path, person = PAGES[name]
    stage = visit(path, person, **vars(LOOKS[look]), status=REFUSED.get(name, 200))
    stage.check_whole()
    assert stage.page.evaluate("window.broken") is None
    stage.picture(f"{name}-{look}")


def test_customers_are_found_as_one_types(visit: Visit) -> None:
    page = visit("/customers", "sam").page
    page.get_by_role("searchbox").press_sequentially("ben")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=ben$"))
    page.get_by_role("link", name="Ben Example").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Example")


def test_dead_letters_are_replayed_by_keyboard(visit: Visit) -> None:
    page = visit("/deadletters?reason=unknown_device", "sam").page
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name="Replay what is chosen…").press("Enter")
    page.get_by_role("button", name="Replay", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Replayed")
    expect(page.get_by_role("cell", name="Unknown device")).to_be_visible()


def test_from_choosing_a_product_to_the_first_message(visit: Visit, site: World) -> None:
    with site.database.connection() as conn:
        slots.beat(conn, 0)
    stage = visit("/connect?product=robot_vacuum", "sam")
    page = stage.page
    name = page.get_by_label("Device id").input_value()
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text("Waiting for the first message")).to_be_visible()
    stage.check_accessible()
    stage.check_fits()
    site.secrets[name] = page.locator("pre").first.inner_text().strip()
    site.publish(name, {"values": {"battery_pct": 50}})
    expect(page.get_by_text("It has arrived and is stored.")).to_be_visible()


def test_a_product_file_is_checked_as_one_types(visit: Visit) -> None:
    stage = visit("/connect", "sam", language="fa", phone=True)
    page = stage.page
    page.locator("#toml").fill('key = "jug"\nversion = 0\n')
    expect(page.locator("#findings").get_by_role("row")).not_to_have_count(0)
    stage.check_accessible()
    stage.check_fits()
