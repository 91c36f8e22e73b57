from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.elements import Json, Reason, State
from tests.unit.wire.conftest import Hear
from wire.limits import MAX_EXTRA_BYTES, MAX_EXTRA_KEYS, MAX_FIRMWARE_CHARS

TS = 1_764_000_000_123
ONLINE = {"online": True, "boot": 12, "conn": 3}


def one(hear: Hear, sent: Any) -> State:
    decoded = hear("state", json.dumps(sent))
    assert decoded.rejects == []
    (element,) = decoded.elements
    assert isinstance(element, State)
    return element


def reason(hear: Hear, sent: Any) -> Reason:
    decoded = hear("state", json.dumps(sent))
    assert decoded.elements == []
    (reject,) = decoded.rejects
    return reject.reason


def test_reported_state(hear: Hear) -> None:
    values: dict[str, Json] = {"volume_pct": 40, "room": None, "map": {"rooms": [1, 2]}}
    sent = {**ONLINE, "ts": TS, "firmware": "1.4.2", "desired_version": 7, "values": values}
    assert one(hear, sent) == State(0, True, 12, 3, TS, "1.4.2", 7, values)


def test_a_last_will(hear: Hear) -> None:
    sent = {"online": False, "boot": 12, "conn": 3}
    assert one(hear, sent) == State(0, False, 12, 3, None, None, None, {})


def test_unusable_time_is_left_out_and_unknown_members_too(hear: Hear) -> None:
    assert one(hear, {**ONLINE, "ts": 5, "colour": "red"}).ts_ms is None


def test_what_is_no_time_is_refused(hear: Hear) -> None:
    assert reason(hear, {**ONLINE, "ts": "now"}) is Reason.BAD_TS


@pytest.mark.parametrize(
    "wrong",
    [{"online": None}, {"online": 1}, {"online": "true"}, {"boot": None}, {"boot": -1},
     {"boot": 2**31}, {"conn": None}, {"conn": 1.0}, {"conn": 2**63}, {"conn": True},
     {"firmware": 1}, {"desired_version": "7"}, {"desired_version": -1}, {"values": []}],
)  # fmt: skip
def test_wrong_shapes(hear: Hear, wrong: dict[str, Any]) -> None:
    assert reason(hear, ONLINE | wrong) is Reason.WRONG_SHAPE


@pytest.mark.parametrize("key", ["online", "boot", "conn"])
def test_what_presence_is_ordered_by_must_be_there(hear: Hear, key: str) -> None:
    assert reason(hear, {k: v for k, v in ONLINE.items() if k != key}) is Reason.WRONG_SHAPE


@pytest.mark.parametrize("sent", [[ONLINE], [], 1, "online", None])
def test_state_is_one_object(hear: Hear, sent: Any) -> None:
    assert reason(hear, sent) is Reason.WRONG_SHAPE


def test_limits(hear: Hear) -> None:
    keys = {f"k{n}": n for n in range(MAX_EXTRA_KEYS)}
    assert one(hear, {**ONLINE, "values": keys}).values == keys
    assert reason(hear, {**ONLINE, "values": {**keys, "more": 1}}) is Reason.TOO_LARGE
    assert reason(hear, {**ONLINE, "values": {"k": "x" * MAX_EXTRA_BYTES}}) is Reason.TOO_LARGE
    assert reason(hear, {**ONLINE, "firmware": "1" * (MAX_FIRMWARE_CHARS + 1)}) is Reason.TOO_LARGE
    assert reason(hear, {**ONLINE, "values": json.loads("[" * 20 + "]" * 20)}) is Reason.TOO_DEEP
