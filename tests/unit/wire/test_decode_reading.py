from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.elements import NO_BOOT, Previous, Quality, Reading, Reason, Reject
from tests.unit.wire.conftest import ARRIVED_AT_MS, OLDEST_TS_MS, Hear
from wire.limits import MAX_EXTRA_BYTES, MAX_EXTRA_KEYS, MAX_TEXT_CHARS

TS = 1_764_000_000_123


def one(hear: Hear, sent: Any) -> Reading:
    decoded = hear("telemetry", json.dumps(sent))
    assert decoded.rejects == []
    (element,) = decoded.elements
    assert isinstance(element, Reading)
    return element


def refused(hear: Hear, sent: Any) -> Reject:
    decoded = hear("telemetry", json.dumps(sent))
    assert decoded.elements == []
    (reject,) = decoded.rejects
    return reject


def of(**values: Any) -> dict[str, Any]:
    return {"ts": TS, "boot": 3, "seq": 9, "values": values}


def test_a_native_reading(hear: Hear) -> None:
    sent = of(battery_pct=81.5, starts_count=4, docked=True, cleaning_mode="quiet", fault_code="")
    assert one(hear, sent) == Reading(0, TS, 3, 9, 0, sent["values"], None, None)


def test_an_integer_becomes_a_float_of_a_float_signal(hear: Hear) -> None:
    value = one(hear, of(battery_pct=80)).values["battery_pct"]
    assert (type(value), value) == (float, 80.0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("battery_pct", "1"),
        ("battery_pct", True),
        ("battery_pct", {}),
        ("energy_wh", False),
        ("starts_count", 1.0),
        ("starts_count", True),
        ("starts_count", "1"),
        ("starts_count", 2**63),
        ("starts_count", -(2**63) - 1),
        ("starts_count", 10**30),
        ("docked", 0),
        ("docked", "true"),
        ("cleaning_mode", "dancing"),
        ("cleaning_mode", 1),
        ("cleaning_mode", ["quiet"]),
        ("fault_code", 17),
        ("fault_code", []),
    ],
)
def test_wrong_types(hear: Hear, key: str, value: Any) -> None:
    reject = refused(hear, of(**{key: value}))
    assert reject.reason is Reason.WRONG_TYPE
    assert reject.detail.startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("key", "value", "quality"),
    [
        ("battery_pct", 0, Quality.OK),
        ("battery_pct", 100, Quality.OK),
        ("battery_pct", 100.5, Quality.RANGE),
        ("battery_pct", -0.001, Quality.RANGE),
        ("battery_pct", 3.4e38, Quality.RANGE),
        ("starts_count", 1_000_000, Quality.OK),
        ("starts_count", -1, Quality.RANGE),
        ("starts_count", 2**63 - 1, Quality.RANGE),
        ("starts_count", -(2**63), Quality.RANGE),
        ("motor_current_a", -3.4e38, Quality.OK),
        ("energy_wh", 1.7e308, Quality.OK),
    ],
)
def test_plausible_is_not_valid(hear: Hear, key: str, value: float, quality: Quality) -> None:
    element = one(hear, of(**{key: value}))
    assert (element.values, element.quality) == ({key: value}, quality)


@pytest.mark.parametrize("value", [3.5e38, -1e300, 10**39])
def test_float32_overflow_is_not_finite(hear: Hear, value: float) -> None:
    assert refused(hear, of(motor_current_a=value)).reason is Reason.NOT_FINITE
    assert refused(hear, of(battery_pct=value)).reason is Reason.NOT_FINITE


def test_what_vanishes_in_float32_is_zero(hear: Hear) -> None:
    assert one(hear, of(motor_current_a=1e-50, battery_pct=-7e-46)).values == {
        "motor_current_a": 0.0,
        "battery_pct": 0.0,
    }
    assert one(hear, of(motor_current_a=1e-45, energy_wh=1e-300)).values == {
        "motor_current_a": 1e-45,
        "energy_wh": 1e-300,
    }


def test_text_has_a_longest(hear: Hear) -> None:
    longest = "é" * MAX_TEXT_CHARS
    assert one(hear, of(fault_code=longest)).values == {"fault_code": longest}
    assert refused(hear, of(fault_code=longest + "x")).reason is Reason.TOO_LARGE


def test_null_is_not_measured_declared_or_not(hear: Hear) -> None:
    element = one(hear, {**of(battery_pct=None, docked=None, other=None), "site": None})
    assert (element.values, element.extra, element.quality) == ({}, None, 0)


def test_undeclared_keys_go_aside(hear: Hear) -> None:
    element = one(hear, {**of(battery_pct=1, imu={"x": [1]}), "site": "hall"})
    assert element.values == {"battery_pct": 1.0}
    assert element.extra == {"site": "hall", "imu": {"x": [1]}}
    assert element.quality == Quality.UNDECLARED


def test_of_one_name_inside_and_outside_the_value_is_kept(hear: Hear) -> None:
    assert one(hear, {**of(site="inside"), "site": "outside"}).extra == {"site": "inside"}


def test_undeclared_keys_are_limited(hear: Hear) -> None:
    keys = {f"k{n}": n for n in range(MAX_EXTRA_KEYS)}
    assert one(hear, of(**keys)).extra == keys
    assert refused(hear, of(**keys, more=1)).reason is Reason.TOO_LARGE
    fits = "x" * (MAX_EXTRA_BYTES - len('{"k":""}'))
    assert one(hear, of(k=fits)).extra == {"k": fits}
    assert refused(hear, of(k=fits + "x")).reason is Reason.TOO_LARGE


def test_no_values_at_all_is_a_sign_of_life(hear: Hear) -> None:
    assert one(hear, of()).values == {}


@pytest.mark.parametrize("values", [None, [], "x", 1, True])
def test_values_is_an_object(hear: Hear, values: Any) -> None:
    reject = refused(hear, {"ts": TS, "values": values})
    assert (reject.reason, reject.detail[:7]) == (Reason.WRONG_SHAPE, "values:")


@pytest.mark.parametrize("member", ["ts", "boot", "seq"])
def test_bare_keys_beside_members_of_a_reading_are_refused(hear: Hear, member: str) -> None:
    assert refused(hear, {member: 1, "battery_pct": 1}).reason is Reason.WRONG_SHAPE


@pytest.mark.parametrize(
    ("boot", "seq"),
    [
        (1, None),
        (None, 1),
        (-1, 0),
        (0, -1),
        (2**31, 0),
        (0, 2**63),
        (1.0, 1),
        (1, 1.0),
        ("1", 1),
        (True, 1),
        (1, False),
        (10**30, 1),
        ([], {}),
    ],
)
def test_boot_and_seq_are_both_whole_numbers_or_absent(hear: Hear, boot: Any, seq: Any) -> None:
    sent = {"ts": TS, "boot": boot, "seq": seq, "values": {}}
    assert refused(hear, sent).reason is Reason.WRONG_SHAPE
    present = {key: value for key, value in sent.items() if value is not None}
    assert refused(hear, present).reason is Reason.WRONG_SHAPE


@pytest.mark.parametrize(("boot", "seq"), [(0, 0), (2**31 - 1, 2**63 - 1)])
def test_boot_and_seq_reach_as_far_as_their_columns(hear: Hear, boot: int, seq: int) -> None:
    element = one(hear, {"ts": TS, "boot": boot, "seq": seq, "values": {}})
    assert (element.boot, element.seq) == (boot, seq)


def test_without_counters_identity_is_of_the_content(hear: Hear) -> None:
    sent = {"ts": TS, "values": {"battery_pct": 1, "docked": True}}
    element = one(hear, sent)
    assert element.boot == NO_BOOT
    assert 0 <= element.seq < 2**63
    reordered = {"values": {"docked": True, "battery_pct": 1}, "ts": TS}
    assert one(hear, reordered) == element
    assert hear("telemetry", json.dumps(sent, indent=4)).elements == [element]
    assert one(hear, {**sent, "ts": TS + 1}).seq != element.seq
    assert one(hear, {**sent, "values": {"battery_pct": 2, "docked": True}}).seq != element.seq


def test_the_link_to_the_boot_before(hear: Hear) -> None:
    sent = {**of(), "seq": 0, "prev": {"boot": 2, "seq": 55}}
    element = one(hear, sent)
    assert (element.previous, element.extra) == (Previous(2, 55), None)
    assert one(hear, {**sent, "prev": None}).previous is None


@pytest.mark.parametrize(
    "prev",
    [[], "x", 1, {}, {"boot": 2}, {"boot": 2, "seq": None}, {"boot": 2, "seq": "1"},
     {"boot": -1, "seq": 1}, {"boot": 3, "seq": 1}, {"boot": 4, "seq": 1}, {"boot": True, "seq": 0}],
)  # fmt: skip
def test_a_link_to_nothing_is_refused(hear: Hear, prev: Any) -> None:
    assert refused(hear, {**of(), "prev": prev}).reason is Reason.WRONG_SHAPE


def test_a_link_without_a_boot_of_ones_own_is_refused(hear: Hear) -> None:
    sent = {"ts": TS, "values": {}, "prev": {"boot": 2, "seq": 1}}
    assert refused(hear, sent).reason is Reason.WRONG_SHAPE


@pytest.mark.parametrize("ts", [OLDEST_TS_MS, ARRIVED_AT_MS + 86_400_000, float(TS)])
def test_usable_times(hear: Hear, ts: float) -> None:
    element = one(hear, {**of(), "ts": ts})
    assert (element.ts_ms, element.quality, element.extra) == (ts, 0, None)


@pytest.mark.parametrize(
    "ts",
    [0, 12_000, -1, OLDEST_TS_MS - 1, ARRIVED_AT_MS + 86_400_001, TS * 1000, 1e30, 1e300,
     "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"],
)  # fmt: skip
def test_a_clock_that_is_wrong_costs_no_reading(hear: Hear, ts: float | str) -> None:
    element = one(hear, {**of(battery_pct=5), "ts": ts})
    assert (element.ts_ms, element.quality) == (ARRIVED_AT_MS, Quality.CLOCK)
    assert element.extra == {"device_ts": ts}
    assert element.values == {"battery_pct": 5.0}


@pytest.mark.parametrize("ts", [True, [], {}, 1.5, "", "now", "1764000000123", "2025-11-24"])
def test_what_is_no_time_is_refused(hear: Hear, ts: Any) -> None:
    assert refused(hear, {**of(), "ts": ts}).reason is Reason.BAD_TS


def test_age_resolves_the_time_of_a_device_without_a_clock(hear: Hear) -> None:
    element = one(hear, {"age_ms": 60_000, "boot": 1, "seq": 2, "values": {}})
    assert (element.ts_ms, element.quality) == (ARRIVED_AT_MS - 60_000, Quality.CLOCK)
    assert element.extra is None


def test_age_helps_a_wrong_clock_and_not_a_right_one(hear: Hear) -> None:
    assert one(hear, {**of(), "ts": 5, "age_ms": 1_000}).ts_ms == ARRIVED_AT_MS - 1_000
    right = one(hear, {**of(), "age_ms": 1_000})
    assert (right.ts_ms, right.quality, right.extra) == (TS, 0, None)


@pytest.mark.parametrize("age_ms", [-1, 1.5, "1", True, [], 10**30, 401 * 86_400_000])
def test_an_unusable_age_is_refused(hear: Hear, age_ms: Any) -> None:
    assert refused(hear, {"age_ms": age_ms, "values": {}}).reason is Reason.BAD_TS


def test_device_ts_is_ours_when_the_clock_is_wrong(hear: Hear) -> None:
    element = one(hear, {**of(device_ts="mine"), "ts": 5})
    assert element.extra == {"device_ts": 5}
    assert one(hear, of(device_ts="mine")).extra == {"device_ts": "mine"}
