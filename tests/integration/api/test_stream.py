from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.integration.api.world import PEOPLE, World, now_ms, serve
from tests.waiting import poll


def _events(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    """(event, data); a comment is ("", text)."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith(":"):
            yield "", line[1:].strip()
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def _streams(world: World) -> float:
    text = httpx.get(f"{world.url}/metrics").text
    return float(next(line.split()[-1] for line in text.splitlines() if line.startswith("vop_api_streams ")))


def test_a_value_arrives_while_it_is_watched_and_the_stream_ends_with_its_client(world: World) -> None:
    with world.client("sam") as client, client.stream("GET", "/stream", params={"device": "vac-anna"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer)
        assert next(events) == ("watching", {"devices": ["vac-anna"]})
        assert _streams(world) == 1
        world.publish("vac-ben", {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 1}})
        world.publish("vac-anna", {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 64.5}})
        name, data = next(events)
        assert (name, data["device"], data["latest"]["battery_pct"]["value"]) == ("latest", "vac-anna", 64.5)
        world.publish("vac-anna", {"ts": now_ms(), "boot": 1, "seq": 1, "values": {"battery_pct": 64}})
        assert next(events)[1]["latest"]["battery_pct"]["value"] == 64
    world.publish("vac-anna", {"ts": now_ms(), "boot": 1, "seq": 2, "values": {"battery_pct": 63}})
    poll(lambda: _streams(world) == 0, what="the stream to end")


@pytest.mark.parametrize(("name", "sees"), [("clara", True), ("stranger", False), ("max", False)])
def test_sensitive_values_reach_the_care_team_alone(world: World, name: str, sees: bool) -> None:
    with world.client(name) as client, client.stream("GET", "/stream", params={"device": "pill-anna"}) as answer:
        events = _events(answer)
        next(events)
        values = {"rssi_dbm": -60, "doses_remaining": 3}
        world.publish("pill-anna", {"ts": now_ms(), "boot": 1, "seq": 0, "values": values})
        latest = next(events)[1]["latest"]
        assert set(latest) == ({"rssi_dbm", "doses_remaining"} if sees else {"rssi_dbm"})


def test_every_role_may_watch_and_is_on_record(world: World) -> None:
    for name in PEOPLE:
        with world.client(name) as client, client.stream("GET", "/stream") as answer:
            assert next(_events(answer))[1]["devices"] == sorted(
                ["pill-anna", "pill-ben", "spare", "vac-anna", "vac-ben"]
            )
        assert world.call(name, "GET", "/stream", params={"device": "nothing"}).status_code == 404
    outcomes = [(e["actor"], e["outcome"]) for e in world.audited(action="device.stream")]
    assert set(outcomes) == {(f"user:{name}", outcome) for name in PEOPLE for outcome in ("allowed", "denied")}


def test_a_silent_stream_is_kept_alive_and_ends_when_its_token_does(database: str) -> None:
    with serve(database, keepalive_s=1) as world:
        issued = world.call("ada", "POST", "/tokens", json={"user": "sam", "label": "short"}).json()
        with world.client() as client:
            client.headers["Authorization"] = f"Bearer {issued['secret']}"
            with client.stream("GET", "/stream", params={"device": "spare"}) as answer:
                events = _events(answer)
                next(events)
                assert next(events) == ("", "still here")
                world.call("ada", "DELETE", f"/tokens/{issued['token']['token_id']}")
                assert all(name == "" for name, _ in events)


def test_streams_are_bounded_and_their_places_given_back(database: str) -> None:
    with serve(database, max_streams=1, keepalive_s=1) as world:
        with world.client("sam") as client, client.stream("GET", "/stream") as answer:
            assert answer.status_code == 200
            refused = world.call("max", "GET", "/stream")
            assert refused.status_code == 503
            assert refused.json()["type"] == "urn:vop:problem:overloaded"
            assert refused.headers["retry-after"]

        def answered() -> int:
            with world.client("max") as client, client.stream("GET", "/stream") as answer:
                return answer.status_code

        poll(lambda: answered() == 200, what="a place to be given back")


def test_a_stop_ends_streams_instead_of_waiting_for_them(database: str) -> None:
    with serve(database) as world, world.client("sam") as client, client.stream("GET", "/stream") as answer:
        events = _events(answer)
        next(events)
        world.server.stop()
        assert all(name == "" for name, _ in events)


def test_one_user_cannot_take_every_stream(database: str) -> None:
    with serve(database, max_streams=8) as world, ExitStack() as streams:
        for _ in range(2):
            client = streams.enter_context(world.client("tom"))
            answer = streams.enter_context(client.stream("GET", "/stream", params={"device": "spare"}))
            assert answer.status_code == 200
        refused = world.call("tom", "GET", "/stream")
        assert refused.status_code == 503
        assert "tom" in refused.json()["detail"]
        with world.client("sam") as client, client.stream("GET", "/stream") as answer:
            assert answer.status_code == 200
