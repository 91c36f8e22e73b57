"""What changes the registry and the people in it, done once, kept with its audit entry or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Catalog
from catalog.elements import Reason, Reject
from store.intake import Arrival
from tests.integration.api.world import World, now_ms

KEY = {"Idempotency-Key": "key-1"}


def test_the_same_key_does_the_work_once_and_shows_no_secret_twice(world: World) -> None:
    body = {"device": "new-1", "product": "robot_vacuum", "serial": "S1"}
    first = world.call("sam", "POST", "/devices", json=body, headers=KEY)
    again = world.call("sam", "POST", "/devices", json=body, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert len(first.json()["secret"]) >= 32
    assert again.json() == {"device": first.json()["device"], "secret": None}
    assert again.headers["idempotent-replayed"] == "true"
    other = world.call("sam", "POST", "/devices", json=body | {"serial": "S2"}, headers=KEY)
    assert (other.status_code, other.json()["type"]) == (422, "urn:vop:problem:idempotency-key-reused")
    elsewhere = world.call("sam", "POST", "/customers", headers=KEY, json={"customer": "c", "name": "C", "zone": "UTC"})
    assert elsewhere.status_code == 422
    ada = world.call("ada", "POST", "/devices", json=body, headers=KEY)
    assert (ada.status_code, ada.json()["type"]) == (409, "urn:vop:problem:conflict")


def test_a_failed_request_leaves_its_key_unused(world: World) -> None:
    body = {"device": "new-1", "product": "no_such"}
    assert world.call("sam", "POST", "/devices", json=body, headers=KEY).status_code == 422
    body["product"] = "software"
    assert world.call("sam", "POST", "/devices", json=body, headers=KEY).status_code == 201


def test_many_at_once_with_one_key_make_one(world: World) -> None:
    body = {"customer": "many", "name": "Many", "zone": "UTC"}
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(world.call, "sam", "POST", "/customers", json=body, headers=KEY) for _ in range(16)]
    statuses = [call.result().status_code for call in calls]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    created = [entry for entry in world.audited(action="customer.create") if entry["object"] == "many"]
    assert len(created) == 1


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 129])
def test_an_odd_key_is_refused(world: World, key: str) -> None:
    answer = world.call("sam", "POST", "/devices", json={}, headers={"Idempotency-Key": key.encode("latin1")})
    assert answer.status_code == 422


def test_an_import_refuses_a_line_and_no_other(world: World) -> None:
    lines = [
        {"device": "m-1", "product": "robot_vacuum", "customer": "anna"},
        {"device": "m-2", "product": "no_such"},
        {"device": "vac-anna", "product": "robot_vacuum"},
        {"device": "m-3", "product": "software"},
    ]
    first = world.call("sam", "POST", "/devices/import", json={"items": lines}).json()["items"]
    assert [line["outcome"] for line in first] == ["registered", "refused", "unchanged", "registered"]
    assert len(first[0]["secret"]) >= 32
    assert "no_such" in first[1]["problem"]
    again = world.call("sam", "POST", "/devices/import", json={"items": lines}).json()["items"]
    assert [line["outcome"] for line in again] == ["unchanged", "refused", "unchanged", "unchanged"]
    assert world.get("sam", "/devices/m-1")["owner"]["customer"] == "anna"
    registered = [(e["object"], e["customer"]) for e in world.audited(action="device.import") if e["object"] != "*"]
    assert sorted(registered) == [("m-1", "anna"), ("m-3", None)]


def test_lists_are_walked_by_cursor_to_their_end(world: World) -> None:
    lines = [{"device": f"walk-{n:03}", "product": "software"} for n in range(25)]
    assert world.call("sam", "POST", "/devices/import", json={"items": lines}).status_code == 200
    seen: list[str] = []
    query: dict[str, object] = {"q": "walk-", "limit": 10}
    while True:
        page = world.get("sam", "/devices", **query)
        seen += [item["device"]["device"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [line["device"] for line in lines]


def test_events_are_walked_by_cursor_also_where_some_are_not_shown(world: World) -> None:
    at = now_ms() - 60_000
    kinds = ["jam_detected", "dose_taken", "mood_noted"]
    events = [
        {"ts": at + n, "boot": 1, "seq": n, "kind": kinds[n % 3], "attrs": {"doses": 1} if n % 3 == 1 else {}}
        for n in range(30)
    ]
    assert world.publish("pill-anna", events, "event")["stored"] == 30
    for name, expected in (("max", 10), ("clara", 30)):
        seen, cursor = [], None
        while True:
            query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
            page = world.get(name, "/devices/pill-anna/events", **query)
            seen += [event["seq"] for event in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == expected
        assert seen == sorted(seen, reverse=True)


def test_ownerships_are_set_whole_or_not_at_all(world: World) -> None:
    now = datetime.now(UTC)
    spans = [
        {"customer": "anna", "since": (now - timedelta(days=9)).isoformat(), "until": now.isoformat()},
        {"customer": "ben", "since": now.isoformat(), "zone": "America/New_York"},
    ]
    kept = world.call("sam", "PUT", "/devices/spare/ownerships", json={"items": spans})
    assert [(o["customer"], o["zone"]) for o in kept.json()["items"]] == [
        ("anna", "Europe/Berlin"),
        ("ben", "America/New_York"),
    ]
    overlapping = [spans[0] | {"until": None}, spans[1]]
    assert world.call("sam", "PUT", "/devices/spare/ownerships", json={"items": overlapping}).status_code == 409
    unknown = [spans[0] | {"customer": "nobody"}]
    assert world.call("sam", "PUT", "/devices/spare/ownerships", json={"items": unknown}).status_code == 422
    assert world.get("sam", "/devices/spare")["owner"]["customer"] == "ben"
    assert [o["device"] for o in world.get("sam", "/customers/ben")["devices"]] == ["pill-ben", "spare", "vac-ben"]


def test_consents_are_given_and_withdrawn_and_remembered(world: World) -> None:
    path = "/customers/anna/consents"
    world.call("sam", "PUT", path, json={"purposes": ["compare", "research"]})
    kept = world.call("sam", "PUT", path, json={"purposes": ["compare"]}).json()["items"]
    assert [(c["purpose"], c["until"] is None) for c in kept] == [("compare", True), ("research", False)]
    assert world.get("sam", "/customers/anna")["consents"] == kept


def test_only_who_gives_care_joins_a_care_team(world: World) -> None:
    path = "/customers/ben/care-team"
    for member in ("sam", "nobody"):
        assert world.call("ada", "PUT", path, json={"members": [member]}).status_code == 422
    team = world.call("ada", "PUT", path, json={"members": ["carl"]}).json()["items"]
    assert [m["user"] for m in team] == ["carl"]
    assert world.call("carl", "GET", "/devices/pill-ben/usage").status_code == 200


def test_a_letter_is_stored_once_its_cause_is_mended(world: World) -> None:
    topic = "vop/v1/late-1/up/telemetry"
    at = now_ms() - 1000
    payload = b'[{"ts":%d,"boot":1,"seq":0,"values":{"battery_pct":7}},{"ts":1}]' % at
    reject = Reject(0, Reason.UNKNOWN_DEVICE, "nobody of that name")
    with world.database.connection() as conn:
        world.app.state.services.intake.write(conn, [Arrival(topic, payload, at, None, None, [], [reject])])
    (letter,) = world.get("sam", "/deadletters", reason="unknown_device")["items"]
    ids = {"ids": [letter["dead_letter_id"], 999_999]}
    refused = world.call("sam", "POST", "/deadletters/replay", json=ids).json()
    assert refused["done"] == []
    assert refused["rejected"] == [{"dead_letter_id": letter["dead_letter_id"], "reason": "unknown_device"}]
    assert refused["unknown"] == [999_999]

    world.call("sam", "POST", "/devices", json={"device": "late-1", "product": "robot_vacuum"})
    done = world.call("sam", "POST", "/deadletters/replay", json=ids).json()
    assert (done["stored"], done["done"]) == (1, [letter["dead_letter_id"]])
    assert world.get("sam", "/devices/late-1")["latest"]["battery_pct"]["value"] == 7
    left = [(x["reason"], x["element_index"]) for x in world.get("sam", "/deadletters")["items"]]
    assert left == [("wrong_shape", 1)]
    assert world.audited(action="deadletter.replay")[0]["actor"] == "user:sam"


def test_what_is_rolled_back_is_not_on_record(world: World) -> None:
    body = {"customer": "anna", "name": "Again", "zone": "UTC"}
    assert world.call("sam", "POST", "/customers", json=body).status_code == 409
    assert world.audited(action="customer.create") == []


def test_a_refused_write_is_on_record(world: World) -> None:
    body = {"name": "mallory", "display_name": "M", "roles": ["admin"]}
    assert world.call("sam", "POST", "/users", json=body).status_code == 403
    (entry,) = world.audited(action="user.create")
    assert (entry["actor"], entry["outcome"]) == ("user:sam", "denied")


def test_a_device_whose_product_left_the_catalogue_is_told_as_that(world: World) -> None:
    services = world.app.state.services
    less = Catalog({key: product for key, product in services.catalog.items() if key != "stock_sensor"})
    object.__setattr__(services, "catalog", less)
    answer = world.call("sam", "GET", "/devices/spare")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:vop:problem:schema-mismatch")
    assert "stock_sensor" in answer.json()["detail"]
    assert world.call("sam", "GET", "/devices").status_code == 200
