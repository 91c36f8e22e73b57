"""The stories that must always work, through MQTT, HTTP and a browser alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.diary import Diary
from tests.acceptance.stage import Platform, Process
from tests.waiting import poll

BERLIN = ZoneInfo("Europe/Berlin")
FEW = "Honestly, I only use it two or three times a month."
ALL = "I take every pill."
ACCUSING = re.compile(r"\b(?:lie[ds]?|lying|liar|false|wrong|untrue|dishonest|exaggerat\w+)\b", re.IGNORECASE)


@contextmanager
def signed_in(chromium: Browser, platform: Platform, name: str) -> Iterator[Page]:
    """A page of somebody who opened the link with their token."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    try:
        page = context.new_page()
        page.goto(f"{platform.api_url}/sign-in#token={platform.tokens[name]}")
        page.wait_for_url(re.compile(r"^[^#]*(?<!/sign-in)$"))
        yield page
    finally:
        context.close()


def own(platform: Platform, customer: str, name: str, device: str, product: str, since: datetime) -> None:
    """A customer in Berlin with a device, who agrees that both voices are compared."""
    platform.create("sam", "/customers", {"customer": customer, "name": name, "zone": "Europe/Berlin"})
    platform.device(device, product)
    owned = {"items": [{"customer": customer, "since": since.isoformat()}]}
    platform.put("sam", f"/devices/{device}/ownerships", owned)
    platform.put("sam", f"/customers/{customer}/consents", {"purposes": ["compare_usage"]})


def told_of(platform: Platform, name: str, device: str) -> int:
    """Events of the last 200 days."""
    since = (datetime.now(UTC) - timedelta(days=200)).isoformat()
    return len(platform.get(name, f"/devices/{device}/events", limit=100, **{"from": since})["items"])


def firsts(today: date, back: int) -> list[date]:
    """The firsts of this month and of so many before it, earliest first."""
    found = [today.replace(day=1)]
    for _ in range(back):
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found


def test_two_or_three_times_a_month_beside_six(platform: Platform, chromium: Browser) -> None:
    months = firsts(datetime.now(BERLIN).date(), 3)
    own(
        platform,
        "anna",
        "Anna Roth",
        "vac-anna",
        "robot_vacuum",
        datetime(*months[0].timetuple()[:3], tzinfo=UTC) - timedelta(days=9),
    )
    diary = Diary()
    diary.note(datetime.combine(months[0] - timedelta(days=2), time(12), BERLIN))
    for month in months[:-1]:
        for n in range(6):
            diary.clean(datetime.combine(month + timedelta(days=4 * n), time(10), BERLIN), 40)
    diary.note(datetime.now(UTC))
    diary.tell(platform, "vac-anna")
    poll(lambda: told_of(platform, "sam", "vac-anna") == 36, what="all of it")

    with signed_in(chromium, platform, "sam") as page:
        page.goto(f"{platform.api_url}/statements/new?customer=anna&device=vac-anna")
        page.locator("#text").fill(FEW)
        # The verdict is there before anything is kept.
        expect(page.locator("#reading .claim")).to_contain_text("6 uses a month")
        assert platform.get("sam", "/cases", customer="anna")["items"] == []
        page.get_by_role("button", name="Save the statement").click()
        page.wait_for_url("**/statements/*?done=said")
        page.goto(f"{platform.api_url}/devices/vac-anna/comparison")
        told = page.locator("main").inner_text()
    assert "two or three times a month" in told
    assert "2 to 3 uses a month" in told
    assert "6 uses a month on average over 3 months (6, 6 and 6)" in told
    assert not ACCUSING.search(told)

    [case] = platform.get("sam", "/cases", customer="anna")["items"]
    [statement] = platform.get("sam", f"/cases/{case['case']}")["statements"]
    [claim] = statement["claims"]
    verdict = claim["verdict"]
    assert (case["state"], verdict["verdict"], verdict["reported"]["value"]) == ("open", "understates", 6)
    assert [each["kind"] for each in verdict["evidence"]] == ["clean_finished"] * 18
    assert verdict["explanations"]


def test_every_pill_beside_71_percent_for_the_clinician_alone(platform: Platform, chromium: Browser) -> None:
    start = (datetime.now(UTC) - timedelta(days=47)).replace(hour=7, minute=0, second=0, microsecond=0)
    own(platform, "karl", "Karl Vogt", "pill-karl", "pill_dispenser", start)
    platform.put("ada", "/customers/karl/care-team", {"members": ["clara"]})
    diary = Diary(rssi_dbm=-61)
    diary.note(start)
    for n in range(90):  # 64 of 90: 71 %
        kind = "dose_missed" if n % 7 in (3, 6) or n == 0 else "dose_taken"
        diary.note(start + timedelta(hours=12 * n + 1), kind, doses=1)
    diary.note(datetime.now(UTC))
    diary.tell(platform, "pill-karl")
    poll(lambda: told_of(platform, "clara", "pill-karl") == 90, what="all doses")

    said = {"customer": "karl", "device": "pill-karl", "channel": "visit", "text": ALL}
    kept = platform.create("clara", "/statements", said | {"said_at": datetime.now(UTC).isoformat()})
    [claim] = kept["claims"]
    assert claim["verdict"]["verdict"] == "overstates"
    assert round(claim["verdict"]["reported"]["value"]) == 71
    with signed_in(chromium, platform, "clara") as page:
        page.goto(f"{platform.api_url}/devices/pill-karl/comparison")
        told = page.locator("main").inner_text()
    assert "I take every pill" in told
    assert "64 of 90 doses, 71 %" in told
    assert not ACCUSING.search(told)

    case = kept["case"]
    for outsider in ("sam", "max", "quinn", "ada", "cleo"):
        for path in (f"/statements/{kept['statement']}", "/devices/pill-karl/comparison"):
            answer = platform.call(outsider, "GET", path)
            assert answer.status_code in (403, 404), f"{outsider}: {path}"
            assert ALL not in answer.text
    # Support knows that there is something to be done, not what.
    seen = platform.get("sam", f"/cases/{case}")
    assert (seen["withheld"], seen["statements"][0]["text"], seen["statements"][0]["claims"]) == (True, None, [])
    with signed_in(chromium, platform, "sam") as page:
        refused = page.goto(f"{platform.api_url}/devices/pill-karl/comparison")
        assert refused is not None
        assert refused.status == 403
        page.goto(f"{platform.api_url}/cases/{case}")
        told = page.locator("main").inner_text()
    assert "every pill" not in told
    assert "71" not in told


def test_stock_nears_its_end_and_exactly_one_order_is_placed(platform: Platform, chromium: Browser) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    own(platform, "lotte", "Brandt Hardware", "shelf-lotte", "stock_sensor", now - timedelta(days=70))
    diary = Diary(weight_g=100.0)
    for day in range(60, 0, -1):
        at = now - timedelta(days=day)
        diary.note(at - timedelta(hours=1), stock_items=day + 6)
        diary.note(at, "items_taken", items=1, remaining=day + 5)
    diary.note(now - timedelta(minutes=30), stock_items=30)
    diary.tell(platform, "shelf-lotte")
    terms = {"sku": "M8-50", "unit": "box", "lead_days": 3, "lead_sd_days": 1, "pack": 5}
    platform.put("tara", "/stock/shelf-lotte", terms)

    def relay(name: str) -> Process:
        return platform.service(name, "relay", VOP_METRICS_PORT="0", VOP_RELAY_STOCK_EVERY_S="1")

    def looked_at_since(then: datetime) -> bool:
        seen = platform.get("tara", "/stock/shelf-lotte")["assessed_at"]
        return seen is not None and datetime.fromisoformat(seen) > then

    def orders() -> list[dict[str, object]]:
        found: list[dict[str, object]] = platform.get("tara", "/orders", item="shelf-lotte")["items"]
        return found

    def looks(times: int) -> None:
        for _ in range(times):
            then = datetime.now(UTC)
            poll(lambda then=then: looked_at_since(then), what="another look")  # type: ignore[misc]

    with relay("relay-one") as one:
        looks(2)
        item = platform.get("tara", "/stock/shelf-lotte")
        assert (item["level"], orders()) == (30, [])
        assert 4 <= item["reorder_point"] <= 8
        for minute in range(5):
            diary.note(now - timedelta(minutes=10 - minute), stock_items=3)
        diary.tell(platform, "shelf-lotte")
        [order] = poll(orders, what="an order")
        assert (order["state"], order["sku"]) == ("open", "M8-50")
        one.kill()
    # Everything again, by the sensor and by two relays where there was one.
    diary.tell(platform, "shelf-lotte")
    with relay("relay-two"), relay("relay-three"):
        looks(3)
        assert [each["order"] for each in orders()] == [order["order"]]
        assert platform.get("tara", "/stock/shelf-lotte")["order"]["order"] == order["order"]
        with signed_in(chromium, platform, "tara") as page:
            page.goto(f"{platform.api_url}/orders")
            expect(page.locator("main").get_by_text("shelf-lotte", exact=True)).to_have_count(1)
        done = platform.call("tara", "POST", f"/orders/{order['order']}/receive", json={})
        assert done.status_code == 200, done.text
        # What has come is not on the shelf yet: no reason for another.
        looks(2)
    assert [(each["order"], each["state"]) for each in orders()] == [(order["order"], "received")]
