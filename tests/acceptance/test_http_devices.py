"""Devices that speak HTTP: the same messages, the same answers, the same identity as over MQTT."""

from __future__ import annotations

import json

from tests.acceptance.stage import Platform, now_ms
from tests.waiting import poll


def reading(seq: int, value: object = 50) -> dict[str, object]:
    return {"ts": now_ms() - 60_000, "boot": 1, "seq": seq, "values": {"battery_pct": value}}


def test_what_came_one_way_is_recognised_the_other(platform: Platform) -> None:
    platform.device("both")
    topic = "vop/v1/both/up/telemetry"
    first, second = reading(0), reading(1)
    assert platform.pub("both", topic, "-m", json.dumps(first)).returncode == 0
    poll(lambda: platform.count("both") == 1, what="the one over MQTT")
    assert platform.post("both", [first, second]).json() == {"stored": 1, "duplicates": 1, "rejected": []}
    duplicates = platform.counted("vop_ingest_elements_duplicate_total")
    assert platform.pub("both", topic, "-m", json.dumps([second, first])).returncode == 0
    poll(
        lambda: platform.counted("vop_ingest_elements_duplicate_total") - duplicates == 2,
        what="both recognised over MQTT",
    )
    assert platform.count("both") == 2
    # Without ts, boot and seq of its own an element is stored at each arrival; with a ts it is known by its content.
    bare = {"ts": now_ms() - 30_000, "values": {"battery_pct": 12}}
    assert platform.post("both", bare).json()["stored"] == 1
    assert platform.post("both", bare).json()["duplicates"] == 1


def test_the_answer_says_what_was_refused_and_why(platform: Platform) -> None:
    platform.device("strict")
    said = platform.post("strict", [reading(0), reading(1, "full"), reading(2)])
    assert said.status_code == 200
    assert said.json()["stored"] == 2
    assert [(r["index"], r["reason"]) for r in said.json()["rejected"]] == [(1, "wrong_type")]
    other = reading(0, 51) | {"ts": 0}
    assert platform.post("strict", other).json()["stored"] == 1
    conflicting = {**reading(3), "values": {"battery_pct": 1}}
    assert platform.post("strict", conflicting).json()["stored"] == 1
    conflicting["values"] = {"battery_pct": 2}
    assert [r["reason"] for r in platform.post("strict", conflicting).json()["rejected"]] == ["conflict"]
    assert platform.letters("strict") == [("conflict", 0), ("wrong_type", 1)]
    assert platform.get("sam", "/devices/strict/gaps")["seq_reused"] == 1


def test_only_its_own_secret_opens_it(platform: Platform) -> None:
    platform.devices(["door-1", "door-2"])
    right = platform.secrets["door-1"]
    try:
        platform.secrets["door-1"] = platform.secrets["door-2"]
        assert platform.post("door-1", reading(0)).status_code == 401
    finally:
        platform.secrets["door-1"] = right
    assert platform.post("door-1", reading(0)).json()["stored"] == 1


def test_without_a_database_it_is_told_to_come_again_and_nothing_is_lost(platform: Platform) -> None:
    platform.device("patient")
    assert platform.post("patient", reading(0)).json()["stored"] == 1
    waiting = reading(1)
    with platform.database_stopped():
        answer = platform.post("patient", waiting)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].endswith("database-away")
        # The broker takes it all the same.
        assert platform.pub("patient", "vop/v1/patient/up/telemetry", "-m", json.dumps(reading(2))).returncode == 0
        assert platform.ingest.alive
    assert platform.post("patient", waiting).json() == {"stored": 1, "duplicates": 0, "rejected": []}
    poll(lambda: platform.count("patient") == 3, what="what the broker kept meanwhile")
    assert platform.get("sam", "/devices/patient/gaps")["lost_count"] == 0
