from __future__ import annotations

import httpx

from tests.integration.api.world import API, World, now_ms, serve


def test_what_a_device_posts_is_in_its_history(world: World) -> None:
    at = now_ms() - 60_000
    said = world.publish("vac-anna", {"ts": at, "boot": 1, "seq": 0, "values": {"battery_pct": 81.5}})
    assert said == {"stored": 1, "duplicates": 0, "rejected": []}
    again = world.publish("vac-anna", {"ts": at, "boot": 1, "seq": 0, "values": {"battery_pct": 81.5}})
    assert again == {"stored": 0, "duplicates": 1, "rejected": []}

    history = world.get("sam", "/devices/vac-anna/history", signal="battery_pct")
    assert history["source"] == "raw"
    assert history["signals"] == [{"signal": "battery_pct", "type": "float32", "unit": "%"}]
    (bucket,) = history["items"]
    assert (bucket["min"], bucket["avg"], bucket["max"], bucket["n"]) == (81.5, 81.5, 81.5, 1)

    detail = world.get("sam", "/devices/vac-anna")
    assert detail["latest"]["battery_pct"]["value"] == 81.5
    assert detail["presence"]["reporting"] is True
    assert detail["freshness"]["age_s"] >= 60


def test_a_refused_element_delays_no_other(world: World) -> None:
    at = now_ms()
    said = world.publish(
        "vac-anna",
        [
            {"ts": at, "boot": 1, "seq": 0, "values": {"battery_pct": 50}},
            {"ts": at, "boot": 1, "seq": 1, "values": {"battery_pct": "full"}},
            {"ts": at, "boot": 1, "seq": 2, "values": {"battery_pct": 49}},
        ],
    )
    assert said["stored"] == 2
    assert [(r["index"], r["reason"]) for r in said["rejected"]] == [(1, "wrong_type")]
    (letter,) = world.get("sam", "/deadletters", device="vac-anna")["items"]
    assert (letter["reason"], letter["element_index"]) == ("wrong_type", 1)
    assert "payload" not in letter


def test_state_makes_a_device_connected(world: World) -> None:
    state = {"online": True, "boot": 1, "conn": 1, "ts": now_ms(), "firmware": "1.4.2", "values": {}}
    assert world.publish("vac-anna", state, "state")["stored"] == 1
    detail = world.get("max", "/devices/vac-anna")
    assert detail["presence"]["connected"] is True
    assert detail["reported"]["firmware"] == "1.4.2"


def test_only_the_devices_own_secret_opens_it(world: World) -> None:
    url = f"{world.url}{API}/telemetry"
    for auth in (("vac-anna", "wrong"), ("vac-anna", world.secrets["vac-ben"]), ("nobody", "x"), ("a\0b", "x"), None):
        answer = httpx.post(url, json={"battery_pct": 1}, auth=auth)
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert httpx.post(url, json={"battery_pct": 1}, headers={"Authorization": "Basic %%%"}).status_code == 401
    token = {"Authorization": f"Bearer {world.tokens['ada']}"}
    assert httpx.post(url, json={"battery_pct": 1}, headers=token).status_code == 401


def test_a_revoked_device_is_let_in_no_more_and_a_rotated_one_with_its_new_secret(world: World) -> None:
    assert world.call("sam", "DELETE", "/devices/vac-anna/credentials").status_code == 200
    url = f"{world.url}{API}/telemetry"
    assert httpx.post(url, json={}, auth=("vac-anna", world.secrets["vac-anna"])).status_code == 401
    rotated = world.call("sam", "POST", "/devices/vac-anna/credentials")
    assert rotated.status_code == 201
    assert httpx.post(url, json={}, auth=("vac-anna", rotated.json()["secret"])).status_code == 200


def test_a_replayed_letter_is_stored_once_its_cause_is_mended(world: World) -> None:
    world.publish("vac-anna", b"\xff".decode("latin1"))
    letters = world.get("ada", "/deadletters")["items"]
    ids = [letter["dead_letter_id"] for letter in letters]
    answer = world.call("ada", "POST", "/deadletters/replay", json={"ids": [*ids, 999_999]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["unknown"] == [999_999]
    assert [r["dead_letter_id"] for r in body["rejected"]] == ids
    (letter,) = world.get("ada", "/deadletters")["items"]
    assert letter["count"] == 1, "a replay is no delivery"
    assert letter["last_at"] == letters[0]["last_at"]
    assert letter["replayed_at"] is not None


def test_guessing_is_slowed_down_but_not_for_those_who_know(database: str) -> None:
    with serve(database, auth_failures=3) as world:
        url = f"{world.url}{API}/telemetry"
        assert world.publish("vac-anna", {"battery_pct": 1})["stored"] == 1
        guesses = [httpx.post(url, json={}, auth=("vac-anna", f"guess {n}")).status_code for n in range(5)]
        assert guesses == [401, 401, 401, 429, 429]
        blocked = httpx.post(url, json={}, auth=("vac-ben", world.secrets["vac-ben"]))
        assert blocked.status_code == 429
        assert int(blocked.headers["retry-after"]) >= 1
        assert world.publish("vac-anna", {"battery_pct": 2})["stored"] == 1
