"""A device's pages: the same to the same people as the JSON beside them, and text stays text."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from api.devices import export
from store import customers, devices, ownerships
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms

SCRIPT = '<script>alert("1")</script>'
KINDS = ("", "/events", "/gaps", "/usage")
UNITS = ("vac-anna", "vac-ben", "pill-anna", "pill-ben", "spare", "nothing")
PAGES = [f"/devices/{unit}{kind}" for unit in UNITS for kind in KINDS]


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_for_whom_their_json_is_for(shared: World, name: str) -> None:
    with signed_in(shared, name) as browser:
        for path in PAGES:
            page, json = browser.get(path), shared.call(name, "GET", path)
            assert page.status_code == json.status_code, (name, path)
            assert page.headers["content-type"].startswith("text/html")


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    with Browser(shared) as browser:
        for path in PAGES:
            answer = browser.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/sign-in?next={path}"


@pytest.fixture
def evil(world: World) -> World:
    """A world in which every text a person or a device can choose is a script."""
    with world.database.connection() as conn:
        customers.create(conn, "evil", SCRIPT, zone="Asia/Tehran", calendar="persian")
        device, secret = devices.register(
            conn, "vac-evil", "robot_vacuum", serial=SCRIPT, batch=SCRIPT, hardware=SCRIPT
        )
        since = datetime.now(UTC) - timedelta(days=9)
        ownerships.set_history(conn, device.device_id, [ownerships.Span("evil", since)])
    world.secrets["vac-evil"] = secret
    at = now_ms() - 60_000
    for conn_no, firmware in ((1, SCRIPT), (2, SCRIPT + "2")):
        state = {"boot": 1, "conn": conn_no, "online": True, "firmware": firmware, "values": {"note": SCRIPT}}
        world.publish("vac-evil", state, "state")
    world.publish("vac-evil", {"ts": at, "boot": 1, "seq": 0, "values": {"battery_pct": 5, SCRIPT: SCRIPT}})
    world.publish(
        "vac-evil",
        [
            {"ts": at + 1, "boot": 1, "seq": 1, "kind": "stuck", "attrs": {SCRIPT: SCRIPT}},
            {"ts": at + 2, "boot": 1, "seq": 2, "kind": "made_up", "attrs": {"why": {"deep": [SCRIPT]}}},
        ],
        "event",
    )
    return world


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_script_is_shown_as_text_wherever_it_was_stored(evil: World, language: str) -> None:
    told: dict[str, str] = {}
    with signed_in(evil, "sam") as browser:
        browser.http.cookies.set("lang", language)
        for path in ("/devices", "/devices?q=%3Cscript", *(f"/devices/vac-evil{kind}" for kind in KINDS)):
            answer = browser.get(path)
            assert answer.status_code == 200, answer.text
            assert "<script>alert" not in answer.text, path
            told[path] = answer.text
    for path in ("/devices", "/devices?q=%3Cscript", "/devices/vac-evil", "/devices/vac-evil/events"):
        assert "&lt;script&gt;alert" in told[path], path


def test_a_reflected_script_is_text(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        for path in ("/devices", "/devices/vac-anna", "/devices/vac-anna/events"):
            for name in ("q", "firmware", "signal", "kind", "from", "first", "cursor", "customer", SCRIPT):
                answer = browser.get(path, params={name: SCRIPT})
                assert answer.status_code in (200, 422), answer.text
                assert "<script>alert" not in answer.text


def test_the_period_is_in_the_address(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        answer = browser.get("/devices/vac-ben", params={"first": "2026-03-01", "last": "2026-03-02"})
        assert answer.status_code == 303
        # Ben's units stand in Tehran, which is 3 h 30 min ahead of UTC.
        assert answer.headers["location"] == (
            "/devices/vac-ben?from=2026-02-28T20%3A30%3A00Z&to=2026-03-02T20%3A30%3A00Z"
        )
        text = browser.get(answer.headers["location"]).text
        assert 'data-from="2026-02-28T20:30:00Z" data-to="2026-03-02T20:30:00Z"' in text
        assert "/devices/vac-ben/gaps?from=2026-02-28T20%3A30%3A00Z&amp;to=2026-03-02T20%3A30%3A00Z" in text
        assert "Asia/Tehran" in text
        for wrong in (
            {"first": "soon"},
            {"first": "2026-03-02", "last": "2026-03-01"},
            {"from": "2126-01-01T00:00:00Z"},
        ):
            assert browser.get("/devices/vac-ben", params=wrong).status_code == 422


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "The period must end after it begins."),
        ({"first": "2010-01-01", "last": "2026-03-01"}, "That is longer than five years."),
        ({"first": "2026-02-31"}, "One of these days does not exist in the calendar."),
        ({"first": "soon"}, "Write a day as year-month-day, such as 2026-11-22 or 1405-09-01."),
        ({"first": "9999-12-31"}, "One of these days lies beyond the calendar."),
        ({"from": "2126-01-01T00:00:00Z"}, "The period must end after it begins."),
    ],
)
@pytest.mark.parametrize("part", ["", "/usage", "/events", "/gaps"])
def test_a_period_that_cannot_be_is_explained_where_it_was_typed(
    shared: World, part: str, asked: dict[str, str], words: str
) -> None:
    with signed_in(shared, "sam") as browser:
        answer = browser.get(f"/devices/vac-ben{part}", params=asked)
    assert answer.status_code == 422
    assert words in answer.text
    if first := asked.get("first"):
        assert f'name="first" type="date" value="{first}"' in answer.text
    presets = re.findall(r'<a class="button" href="([^"]+)"', answer.text)
    assert presets
    assert not [address for address in presets if "first=" in address or "last=" in address]


def test_what_does_not_exist_in_the_persian_calendar_is_said_in_persian(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        browser.http.cookies.set("lang", "fa")
        text = browser.get("/devices/vac-ben", params={"first": "2026-02-31"}).text
    assert "یکی از این روزها در تقویم وجود ندارد." in text


def test_weeks_before_a_device_was_registered_are_not_weeks_without_use(world: World) -> None:
    with signed_in(world, "sam") as browser:
        text = browser.get(
            "/devices/vac-ben/usage", params={"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}
        ).text
    assert "not registered yet" in text or "Nobody owned the device in this period." in text


def test_signals_are_chosen_in_the_address(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        text = browser.get("/devices/vac-ben?signal=suction_pa&signal=battery_pct").text
        assert re.findall(r'data-chart data-device="vac-ben" data-signal="(\w+)"', text) == [
            "suction_pa",
            "battery_pct",
        ]
        assert browser.get("/devices/vac-ben?signal=nothing").status_code == 404
        assert browser.get("/devices/pill-anna?signal=doses_remaining").status_code == 404
    with signed_in(shared, "clara") as browser:
        assert browser.get("/devices/pill-anna?signal=doses_remaining").status_code == 200


def test_charts_are_of_signals_that_may_have_values_in_the_period(world: World) -> None:
    now, day = now_ms(), 86_400_000
    said = [
        (now - 40 * day, {"battery_pct": 50.0}),
        (now - 40 * day + 1, {"suction_pa": 900}),
        (now, {"fan_speed_rpm": 1}),
    ]
    for seq, (at, values) in enumerate(said):
        world.publish("vac-ben", {"ts": at, "boot": 9, "seq": seq, "values": values})
    with signed_in(world, "sam") as browser:
        text = browser.get("/devices/vac-ben").text
    assert re.findall(r'data-device="vac-ben" data-signal="(\w+)"', text) == [
        "fan_speed_rpm",
        "battery_pct",
        "suction_pa",
    ]


def test_a_setting_that_is_no_plain_value_is_shown_as_json(world: World) -> None:
    values = {"schedule": {"days": ["mon", "fri"], "quiet": True}}
    world.publish("spare", {"boot": 1, "conn": 1, "online": True, "firmware": "1", "values": values}, "state")
    with signed_in(world, "sam") as browser:
        text = browser.get("/devices/spare").text
    assert "{&#34;days&#34;:[&#34;mon&#34;,&#34;fri&#34;],&#34;quiet&#34;:true}" in text


def test_nothing_is_claimed_of_a_time_that_has_not_come(shared: World) -> None:
    ahead = {"from": "2120-01-01T00:00:00Z", "to": "2120-02-01T00:00:00Z"}
    with signed_in(shared, "sam") as browser:
        text = browser.get("/devices/vac-ben/gaps", params=ahead).text
        assert "Nothing can be said of this period" in text
        assert "heard all the time" not in text
        assert "Nothing can be said of this period" not in browser.get("/devices/vac-ben/gaps").text


def test_what_is_withheld_is_said(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        assert "for the care team of its owner alone" in browser.get("/devices/pill-anna").text
        assert "for the care team of its owner alone" not in browser.get("/devices/vac-anna").text
    with signed_in(shared, "clara") as browser:
        assert "for the care team of its owner alone" not in browser.get("/devices/pill-anna").text


def test_looking_at_a_page_is_on_record_once(world: World) -> None:
    with signed_in(world, "sam") as browser:
        assert browser.get("/devices/vac-anna").status_code == 200
    assert [(e["action"], e["object"], e["customer"]) for e in world.audited(customer="anna")] == [
        ("device.read", "vac-anna", "anna")
    ]


def test_events_go_on_by_key(world: World) -> None:
    at = now_ms() - 60_000
    events = [{"ts": at + n, "boot": 1, "seq": n, "kind": "docked", "attrs": {}} for n in range(3)]
    world.publish("vac-anna", events, "event")
    with signed_in(world, "sam") as browser:
        first = browser.get("/devices/vac-anna/events?limit=2").text
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward is not None
        part = browser.get(onward[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    assert first.count('<th scope="row">') == 2
    assert part.count('<th scope="row">') == 1
    assert "<html" not in part


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_rows_are_given_as_csv(world: World) -> None:
    at = now_ms() - 60_000
    for n in range(3):
        world.publish(
            "vac-anna",
            {"ts": at + n, "boot": 1, "seq": n, "values": {"battery_pct": 50.5 + n, "cleaning_mode": "quiet"}},
        )
    answer = world.call("sam", "GET", "/devices/vac-anna/rows.csv", params={"signal": ["battery_pct", "cleaning_mode"]})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["x-row-limit"] == "100000"
    assert answer.headers["content-disposition"].startswith('attachment; filename="vac-anna-')
    head, *rows = _rows(answer.text)
    assert head == ["ts", "boot", "seq", "lag_ms", "quality", "battery_pct", "cleaning_mode"]
    assert [row[1:3] + row[4:] for row in rows] == [["1", str(n), "0", str(50.5 + n), "quiet"] for n in range(3)]
    [entry] = world.audited(action="device.export")
    assert entry["customer"] == "anna"
    assert entry["detail"]["signals"] == ["battery_pct", "cleaning_mode"]


def test_a_long_file_ends_with_where_to_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = now_ms() - 60_000
    world.publish("vac-anna", [{"ts": at + n, "boot": 1, "seq": n, "values": {"battery_pct": n}} for n in range(7)])
    monkeypatch.setattr("store.readings.MAX_ROWS", 2)
    monkeypatch.setattr(export, "MAX_EXPORT", 5)
    *rows, last = _rows(world.call("sam", "GET", "/devices/vac-anna/rows.csv", params={"signal": "battery_pct"}).text)
    assert [row[2] for row in rows[1:]] == ["0", "1", "2", "3", "4"]
    assert last[0].startswith("# 5 rows, the most in one file; ask again with from=20")


def test_sensitive_rows_are_for_the_care_team(world: World) -> None:
    at = now_ms() - 60_000
    world.publish("pill-anna", {"ts": at, "boot": 1, "seq": 0, "values": {"rssi_dbm": -60, "doses_remaining": 3}})
    for name, sees in (("sam", False), ("stranger", False), ("clara", True)):
        head, row = _rows(world.call(name, "GET", "/devices/pill-anna/rows.csv").text)
        assert ("doses_remaining" in head) is sees
        assert row[head.index("rssi_dbm")] == "-60.0"


def test_no_cell_is_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff20SUM(A1)"):
        assert export.cell(text) == f"'{text}"
    assert [export.cell(value) for value in ("quiet", -1.5, 7, True, None)] == ["quiet", "-1.5", "7", "true", ""]
    assert export.lines([['a"b', "c,d", "e\nf"]]) == b'"a""b","c,d","e\nf"\r\n'
