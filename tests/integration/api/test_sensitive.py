"""What a pill dispenser says of a person is for the care team of its owner at the time, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import care, customers, devices, ownerships, users
from tests.integration.api.world import PEOPLE, World, now_ms

OUTSIDERS = ("ada", "sam", "max", "tom", "quinn", "stranger")
INSIDERS = ("clara", "carl")
HOUR_MS = 3_600_000


@pytest.fixture
def told(world: World) -> World:
    """A world in which Anna's dispenser has said something technical and something sensitive."""
    at = now_ms() - HOUR_MS
    values = {"rssi_dbm": -60, "doses_remaining": 12, "something_new": 1}
    events = [
        {"ts": at + 1, "boot": 1, "seq": 1, "kind": "dose_taken", "attrs": {"doses": 1}},
        {"ts": at + 2, "boot": 1, "seq": 2, "kind": "jam_detected", "attrs": {}},
        {"ts": at + 3, "boot": 1, "seq": 3, "kind": "mood_noted", "attrs": {"mood": "low"}},
    ]
    said = world.publish("pill-anna", {"ts": at, "boot": 1, "seq": 0, "values": values})
    assert said["stored"] == 1, said
    said = world.publish("pill-anna", events, "event")
    assert said["stored"] == 3, said
    state = {"online": True, "boot": 1, "conn": 1, "values": {"secret_habit": 1}}
    world.publish("pill-anna", state, "state")
    return world


def test_outsiders_see_the_device_and_nothing_of_the_person(told: World) -> None:
    for name in OUTSIDERS:
        detail = told.get(name, "/devices/pill-anna")
        assert set(detail["latest"]) == {"rssi_dbm"}, name
        assert detail["withheld"] is True
        assert detail["reported"]["values"] == {}
        assert {e["kind"] for e in told.get(name, "/devices/pill-anna/events")["items"]} == {"jam_detected"}
        kinds = {e["kind"] for e in told.get(name, "/devices/pill-anna/timeline", source="event")["items"]}
        assert kinds == {"jam_detected"}
        assert told.get(name, "/devices/pill-anna/events", kind="dose_taken")["items"] == []
        assert told.get(name, "/devices/pill-anna/history", signal="rssi_dbm")["items"]
        for signal in ("doses_remaining", "no_such_signal"):
            answer = told.call(name, "GET", "/devices/pill-anna/history", params={"signal": signal})
            assert answer.status_code == 404
            assert "doses_remaining" not in answer.text.replace(f"no signal {signal}", "")


def test_the_care_team_sees_it_all(told: World) -> None:
    for name in INSIDERS:
        detail = told.get(name, "/devices/pill-anna")
        assert {"rssi_dbm", "doses_remaining"} <= set(detail["latest"])
        assert detail["withheld"] is False
        assert detail["owner"]["name"] == "Anna Example"
        kinds = {e["kind"] for e in told.get(name, "/devices/pill-anna/events")["items"]}
        assert kinds == {"jam_detected", "dose_taken", "mood_noted"}
        history = told.get(name, "/devices/pill-anna/history", signal=["doses_remaining", "rssi_dbm"])
        assert {bucket["signal"] for bucket in history["items"]} == {"doses_remaining", "rssi_dbm"}
        usage = told.get(name, "/devices/pill-anna/usage")
        assert usage["total"]["uses"] == 1
        customer = told.get(name, "/customers/anna/usage")
        assert {p["product"] for p in customer["products"]} == {"pill_dispenser", "robot_vacuum"}
        assert customer["withheld"] is False


def test_figures_of_a_customer_leave_the_dispenser_out_for_support(told: World) -> None:
    for name in ("sam", "quinn"):
        usage = told.get(name, "/customers/anna/usage")
        assert [p["product"] for p in usage["products"]] == ["robot_vacuum"]
        assert usage["withheld"] is True


def test_leaving_the_team_ends_it_at_once(told: World) -> None:
    assert told.call("ada", "PUT", "/customers/anna/care-team", json={"members": ["carl"]}).status_code == 200
    assert told.call("clara", "GET", "/devices/pill-anna/usage").status_code == 403
    assert told.call("carl", "GET", "/devices/pill-anna/usage").status_code == 200


def test_a_care_team_sees_the_time_of_its_customer_and_no_other(told: World) -> None:
    now = datetime.now(UTC)
    with told.database.connection() as conn:
        device = devices.get(conn, "pill-anna")
        spans = [
            ownerships.Span("anna", now - timedelta(days=20), now - timedelta(minutes=1)),
            ownerships.Span("ben", now - timedelta(minutes=1)),
        ]
        ownerships.set_history(conn, device.device_id, spans)
        stranger = users.get(conn, "stranger")
        ben = next(o.customer_id for o in ownerships.history(conn, device.device_id) if o.customer == "ben")
        care.join(conn, stranger.user_id, ben, since=now)
    at = now_ms()
    told.publish("pill-anna", {"ts": at, "boot": 1, "seq": 4, "values": {"doses_remaining": 11}})

    mine = told.get("stranger", "/devices/pill-anna/history", signal="doses_remaining")
    assert sum(bucket["n"] for bucket in mine["items"]) == 1
    assert mine["items"][0]["max"] == 11
    assert "dose_taken" not in {e["kind"] for e in told.get("stranger", "/devices/pill-anna/events")["items"]}
    assert told.get("stranger", "/devices/pill-anna/usage")["total"]["uses"] in (0, None)

    theirs = told.get("clara", "/devices/pill-anna/history", signal="doses_remaining")
    assert [bucket["max"] for bucket in theirs["items"]] == [12]
    detail = told.get("clara", "/devices/pill-anna")
    assert "doses_remaining" not in detail["latest"]
    assert detail["owner"]["name"] is None


def test_an_owners_name_is_not_found_out_by_searching_for_it(world: World) -> None:
    for name in set(PEOPLE) - {"sam"}:
        assert world.get(name, "/devices", q="Anna Ex")["items"] == [], name
        assert {d["device"]["device"] for d in world.get(name, "/devices", q="anna")["items"]} == {
            "pill-anna", "vac-anna",
        }  # fmt: skip
    assert len(world.get("sam", "/devices", q="Anna Ex")["items"]) == 2


def test_the_record_names_whose_data_it_was_and_once(told: World) -> None:
    now = datetime.now(UTC)
    anna_then = {"customer": "anna", "since": f"{now - timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}",
                 "until": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
    ben_now = {"customer": "ben", "since": anna_then["until"]}
    path = "/devices/pill-anna"
    for items in ([anna_then, ben_now], [ben_now], [anna_then, ben_now]):
        assert told.call("sam", "PUT", f"{path}/ownerships", json={"items": items}).status_code == 200
    recorded = [(e["object"], e["customer"]) for e in told.audited(action="device.own")]
    assert recorded == [("pill-anna", "ben"), ("pill-anna", "anna")] * 3, "who loses it is concerned too"

    told.get("clara", f"{path}/history", signal="rssi_dbm", **{"from": anna_then["since"], "to": anna_then["until"]})
    told.get("clara", f"{path}/events", **{"from": anna_then["since"]})
    assert [e["customer"] for e in told.audited(action="device.history")] == ["anna"]
    assert [e["customer"] for e in told.audited(action="device.events")] == ["ben", "anna"]


def test_a_cursor_does_not_tell_when_something_hidden_happened(told: World) -> None:
    with told.database.connection() as conn:
        device = devices.get(conn, "pill-anna")
        since = datetime.now(UTC)
        before = [ownerships.Span("ben", since - timedelta(days=9), since - timedelta(days=5))]
        ownerships.set_history(conn, device.device_id, [*before, ownerships.Span("anna", since - timedelta(days=5))])
        stranger = users.get(conn, "stranger")
        care.join(conn, stranger.user_id, customers.get(conn, "ben").customer_id, since=since)
    for path, query in (("events", {}), ("timeline", {"source": "event"}), ("events", {"kind": "dose_taken"})):
        for name in ("sam", "stranger"):
            shown: list[str] = []
            more: dict[str, str] = {}
            for _ in range(5):
                page = told.get(name, f"/devices/pill-anna/{path}", limit=1, **query, **more)
                assert page["items"] or page["next"] is None, (name, path)
                shown += [event["kind"] for event in page["items"]]
                if page["next"] is None:
                    break
                more = {"cursor": page["next"]}
            assert shown == ([] if query.get("kind") else ["jam_detected"])


def test_who_looked_and_who_was_refused_is_on_record(told: World) -> None:
    told.get("clara", "/devices/pill-anna/usage")
    told.call("sam", "GET", "/devices/pill-anna/usage")
    told.call("tom", "GET", "/customers/anna")
    told.call("sam", "GET", "/devices/nothing-here")
    entries = [
        (e["actor"], e["action"], e["object"], e["customer"], e["outcome"])
        for e in told.audited()
        if e["action"] != "audit.read"
    ]
    assert entries[:4] == [
        ("user:sam", "device.read", "nothing-here", None, "denied"),
        ("user:tom", "customer.read", "anna", None, "denied"),
        ("user:sam", "device.usage", "pill-anna", "anna", "denied"),
        ("user:clara", "device.usage", "pill-anna", "anna", "allowed"),
    ]
    assert told.audited(customer="anna", outcome="denied")[0]["actor"] == "user:sam"
    assert told.audited(action="audit.read")
