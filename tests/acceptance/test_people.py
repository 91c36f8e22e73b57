"""What people see: usage in the owner's days with how much of them was heard, and what is for a care team alone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.diary import Diary
from tests.acceptance.stage import Platform, now_ms
from tests.waiting import poll

TEHRAN = ZoneInfo("Asia/Tehran")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TEHRAN)


def test_uses_are_counted_in_the_owners_days_with_what_was_heard_of_them(platform: Platform) -> None:
    day = datetime.now(TEHRAN).date() - timedelta(days=5)
    first, second, third, end = (midnight(day + timedelta(days=n)) for n in range(4))
    calendar = {"zone": "Asia/Tehran", "calendar": "persian", "week_start": 6, "weekend": [5]}
    platform.create("sam", "/customers", {"customer": "shirin", "name": "Shirin", "language": "fa", **calendar})
    platform.device("vac-tehran")
    since = (first - timedelta(days=10)).isoformat()
    platform.put("sam", "/devices/vac-tehran/ownerships", {"items": [{"customer": "shirin", "since": since}]})
    diary = Diary()
    diary.note(first - timedelta(hours=1))
    diary.clean(first + timedelta(hours=10), 30)
    diary.clean(second - timedelta(minutes=30), 40)  # 20:00 UTC; it ends on the next day, and belongs to this one
    diary.clean(second + timedelta(minutes=30), 25)  # still the same day in UTC
    diary.note(third + timedelta(hours=6))  # then nothing: heard for three heartbeats of 15 minutes more
    diary.tell(platform, "vac-tehran")

    window = {"from": first.isoformat(), "to": end.isoformat()}
    poll(lambda: platform.count("vac-tehran", **{"from": (first - timedelta(days=1)).isoformat()}) == 2, what="it all")
    found = platform.get("sam", "/devices/vac-tehran/usage", **window)
    (stretch,) = found["stretches"]
    assert (stretch["customer"], stretch["zone"], stretch["calendar"]) == ("shirin", "Asia/Tehran", "persian")
    days = stretch["items"]
    assert [datetime.fromisoformat(d["from"]) for d in days] == [first, second, third]
    assert [(d["uses"], d["minutes"]) for d in days] == [(2, 70), (1, 25), (0, 0)]
    assert [d["coverage"] for d in days] == [1, 1, pytest.approx(6.75 / 24, abs=1e-4)]
    assert all(d["full"] for d in days)
    assert (found["total"]["uses"], found["total"]["minutes"]) == (3, 95)
    assert found["total"]["coverage"] == pytest.approx((48 + 6.75) / 72, abs=1e-4)

    halves = [(window["from"], second.isoformat()), (second.isoformat(), window["to"])]
    parts = [platform.get("quinn", "/devices/vac-tehran/usage", **{"from": a, "to": b})["total"] for a, b in halves]
    assert sum(part["uses"] for part in parts) == 3
    whole = platform.get("sam", "/customers/shirin/usage", **window)
    assert [(p["product"], p["devices"]) for p in whole["products"]] == [("robot_vacuum", ["vac-tehran"])]
    assert whole["products"][0]["total"]["uses"] == 3
    assert platform.call("max", "GET", "/devices/vac-tehran/usage").status_code == 403


def test_a_dispenser_tells_of_doses_to_the_care_team_alone(platform: Platform) -> None:
    platform.create("sam", "/customers", {"customer": "omid", "name": "Omid", "zone": "Europe/Berlin"})
    platform.device("pill-omid", "pill_dispenser")
    since = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    platform.put("sam", "/devices/pill-omid/ownerships", {"items": [{"customer": "omid", "since": since}]})
    platform.put("ada", "/customers/omid/care-team", {"members": ["clara"]})
    at = now_ms()
    values = {"rssi_dbm": -61, "doses_remaining": 12}
    events = [
        {"ts": at + 1, "boot": 1, "seq": 1, "kind": "dose_taken", "attrs": {"doses": 2}},
        {"ts": at + 2, "boot": 1, "seq": 2, "kind": "jam_detected", "attrs": {}},
    ]
    readings = [{"ts": at, "boot": 1, "seq": 0, "values": values}]
    for channel, elements in (("event", events), ("telemetry", readings)):
        done = platform.pub("pill-omid", f"vop/v1/pill-omid/up/{channel}", "-m", json.dumps(elements))
        assert done.returncode == 0, done.stderr
    poll(lambda: platform.values("pill-omid", "rssi_dbm") == [-61], what="its health")

    def status(name: str, path: str, **query: str) -> int:
        return platform.call(name, "GET", f"/devices/pill-omid{path}", params=query).status_code

    for outsider in ("sam", "max", "quinn", "ada", "cleo"):
        assert status(outsider, "/history", signal="rssi_dbm") == 200
        assert status(outsider, "/history", signal="doses_remaining") == 404
        assert status(outsider, "/usage") == 403
        detail = platform.get(outsider, "/devices/pill-omid")
        assert (set(detail["latest"]), detail["withheld"]) == ({"rssi_dbm"}, True)
        kinds = {event["kind"] for event in platform.get(outsider, "/devices/pill-omid/events")["items"]}
        assert kinds == {"jam_detected"}
    assert platform.call("cleo", "GET", "/customers/omid/usage").status_code == 404
    assert status("clara", "/history", signal="doses_remaining") == 200
    assert set(platform.get("clara", "/devices/pill-omid")["latest"]) == set(values)
    assert platform.get("clara", "/devices/pill-omid/usage")["total"]["uses"] == 2
    assert platform.get("clara", "/customers/omid/usage")["withheld"] is False

    seen = platform.get("ada", "/audit", customer="omid", action="device.usage")["items"]
    assert {(entry["actor"], entry["outcome"]) for entry in seen} >= {
        ("user:clara", "allowed"),
        ("user:sam", "denied"),
        ("user:cleo", "denied"),
    }
    platform.put("ada", "/customers/omid/care-team", {"members": []})
    assert status("clara", "/usage") == 403
