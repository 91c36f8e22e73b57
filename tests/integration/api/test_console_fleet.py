"""The list of devices: found by whatever is in hand and by how they stand, the same to everybody as its JSON."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from store import devices
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms

searching = sys.modules["store.devices.search"]  # its name in the package is the function's
PATHS = [
    "/devices",
    "/devices?q=vac",
    "/devices?customer=anna",
    "/devices?status=silent",
    "/devices?presence=healthy",
    "/devices?coverage_below=0.5",
    "/devices?presence=wonderful",
    "/devices?colour=red",
    "/devices?cursor=nonsense",
]


def _shown(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a class="id" href="/devices/([^"]+)"', text)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_page_shows_what_the_json_says(shared: World, name: str) -> None:
    with signed_in(shared, name) as browser:
        for path in PATHS:
            page, json = browser.get(path), shared.call(name, "GET", path)
            assert page.status_code == json.status_code, (name, path)
            if json.status_code == 200:
                assert _shown(page.text) == [item["device"]["device"] for item in json.json()["items"]]


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    with Browser(shared) as browser:
        assert browser.get("/devices").status_code == 303


def test_names_are_for_support_alone(shared: World) -> None:
    for name, told in (("sam", True), ("max", False), ("clara", False)):
        with signed_in(shared, name) as browser:
            assert ("Anna Example" in browser.get("/devices").text) is told
            found = _shown(browser.get("/devices?q=Anna+Ex").text)
            assert found == (["pill-anna", "vac-anna"] if told else [])


@pytest.fixture
def lively(world: World) -> World:
    """vac-anna is well, vac-ben is stuck, the others have never said anything."""
    now = now_ms()
    for name in ("vac-anna", "vac-ben"):
        state = {"boot": 1, "conn": 1, "online": True, "firmware": f"1.0-{name}"}
        world.publish(name, state, "state")
        world.publish(name, {"ts": now - 1000, "boot": 1, "seq": 0, "values": {"battery_pct": 50}})
    world.publish("vac-ben", {"ts": now, "boot": 1, "seq": 1, "kind": "stuck", "attrs": {}}, "event")
    with world.database.connection() as conn:
        device_id = devices.get(conn, "pill-ben").device_id
        conn.execute(
            "INSERT INTO silences (device_id, since, noticed_at) VALUES (%s, now() - interval '1 hour', now())",
            (device_id,),
        )
    return world


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("presence=connected", ["vac-anna", "vac-ben"]),
        ("presence=disconnected", ["pill-anna", "pill-ben", "spare"]),
        ("presence=reporting", ["vac-anna", "vac-ben"]),
        ("presence=silent", ["pill-ben"]),
        ("status=silent", ["pill-ben"]),
        ("presence=healthy", ["vac-anna"]),
        ("presence=faulty", ["vac-ben"]),
        ("firmware=1.0-vac-ben", ["vac-ben"]),
        ("firmware=1.0", []),
        ("product=pill_dispenser&presence=disconnected", ["pill-anna", "pill-ben"]),
        ("coverage_below=0.5&q=vac", []),
        ("coverage_below=1&q=spare", ["spare"]),
    ],
)
def test_filters(lively: World, query: str, expected: list[str]) -> None:
    with signed_in(lively, "sam") as browser:
        assert _shown(browser.get(f"/devices?{query}").text) == expected
    assert [
        item["device"]["device"] for item in lively.get("sam", "/devices", **dict(parse_qsl(query)))["items"]
    ] == expected


def test_a_row_says_firmware_and_coverage(lively: World) -> None:
    found = {item["device"]["device"]: item for item in lively.get("sam", "/devices")["items"]}
    assert found["vac-ben"]["firmware"] == "1.0-vac-ben"
    assert found["vac-ben"]["coverage"] > 0.9
    assert found["spare"]["firmware"] is None
    assert found["spare"]["coverage"] == 0
    with signed_in(lively, "sam") as browser:
        text = browser.get("/devices?q=vac-ben").text
    assert "1 open fault" in text
    assert "1.0-vac-ben" in text


def test_few_among_many_are_found_page_by_page(lively: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "LOOKED", 2)
    monkeypatch.setattr(searching, "FIRST_CHUNK", 1)
    seen: list[list[str]] = []
    cursor = None
    while cursor is not None or not seen:
        answer = lively.get("sam", "/devices", q="sp", **({"cursor": cursor} if cursor else {}))
        seen.append([item["device"]["device"] for item in answer["items"]])
        cursor = answer["next"]
    assert seen == [[], ["spare"], []]
    # On record is what was shown, and that there is no more: not each step towards it.
    assert [entry["detail"] for entry in lively.audited(action="device.search")] == [{"found": 0}, {"found": 1}]
    with signed_in(lively, "sam") as browser:
        assert "None fits so far" in browser.get("/devices?q=sp").text


def test_pages_go_on_by_key_and_keep_the_filters(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        first = browser.get("/devices?q=anna&limit=1").text
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward is not None
        second = browser.get(onward[1].replace("&amp;", "&")).text
    assert (_shown(first), _shown(second)) == (["pill-anna"], ["vac-anna"])


def test_typing_brings_the_rows_alone_and_a_short_address(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        answer = browser.get("/devices?q=ben&product=&status=&firmware=", headers={"HX-Request": "true"})
    assert _shown(answer.text) == ["pill-ben", "vac-ben"]
    assert "<html" not in answer.text
    assert answer.headers["hx-push-url"] == "/devices?q=ben"


def test_an_empty_list_says_what_to_do(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        assert "Show all devices" in browser.get("/devices?q=unheard-of").text


def test_coverage_is_of_the_time_a_device_was_known(lively: World) -> None:
    with lively.database.connection() as conn:
        device_id = devices.get(conn, "vac-anna").device_id
        conn.execute("DELETE FROM heard WHERE device_id = %s", (device_id,))
        conn.execute(
            """INSERT INTO heard (device_id, since, until)
               VALUES (%(d)s, now() - interval '4 days', now() - interval '3 days'),
                      (%(d)s, now() - interval '1 day', now() + interval '1 minute')""",
            {"d": device_id},
        )
        share = searching.coverage_of(conn, [device_id], datetime.now(UTC))[device_id]
    assert share == pytest.approx(0.5, abs=0.001)
