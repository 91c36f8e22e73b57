"""What holds for every input there is: `decode` is total, accounts for each element, and is a
function.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.elements import (
    NO_BOOT,
    Element,
    Event,
    Previous,
    Quality,
    Reading,
    Reason,
    State,
)
from catalog.model import Product
from tests.unit.wire.conftest import ARRIVED_AT_MS, OLDEST_TS_MS, Hear
from wire.decode import Decoded, decode
from wire.encode import encode

CHANNELS = st.sampled_from(["telemetry", "event", "state"])
SIGNALS = [
    "battery_pct", "motor_current_a", "energy_wh", "starts_count", "docked", "cleaning_mode", "fault_code",
]  # fmt: skip
NAMES = st.sampled_from(
    [*SIGNALS, "ts", "boot", "seq", "prev", "age_ms", "values", "kind", "attrs", "online", "conn",
     "firmware", "desired_version", "duration_min", "clean_finished"]
)  # fmt: skip
TEXTS = st.text(st.characters(codec=None), max_size=8)  # lone surrogates and NUL among them
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(ARRIVED_AT_MS - 10_000, ARRIVED_AT_MS + 10_000)
    | st.integers(0, 9)
    | st.floats()
    | TEXTS
    | NAMES
)
JSONS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXTS, inner, max_size=6),
    max_leaves=25,
)
ELEMENTS = st.dictionaries(NAMES, JSONS, max_size=6) | JSONS


def sound(decoded: Decoded, count: int) -> None:
    """What every answer must satisfy before the store may rely on it."""
    places = [e.index for e in decoded.elements] + [r.index for r in decoded.rejects]
    assert sorted(places) == list(range(count))
    for reject in decoded.rejects:
        assert isinstance(reject.reason, Reason)
        assert reject.detail
        assert len(reject.detail) < 200
        reject.detail.encode()
        assert "\0" not in reject.detail
    for element in decoded.elements:
        storable(element)


def storable(element: Element) -> None:
    assert NO_BOOT <= element.boot < 2**31
    if isinstance(element, State):
        assert 0 <= element.conn < 2**63
    else:
        assert 0 <= element.seq < 2**63
        assert OLDEST_TS_MS <= element.ts_ms <= ARRIVED_AT_MS + 86_400_000
        assert 0 <= element.quality < 8
    text = json.dumps(element, allow_nan=False, ensure_ascii=False)
    text.encode()
    assert "\\u0000" not in text.replace("\\\\", "")


@given(CHANNELS, st.binary())
def test_any_bytes(hear: Hear, channel: str, payload: bytes) -> None:
    decoded = hear(channel, payload)
    sound(decoded, len(decoded.elements) + len(decoded.rejects))


@settings(max_examples=300)
@given(CHANNELS, ELEMENTS)
@example("telemetry", float("nan"))
@example("telemetry", {"values": {"battery_pct": float("inf")}})
@example("event", {"kind": "\ud800"})
def test_any_json_is_one_element(hear: Hear, channel: str, sent: Any) -> None:
    if channel != "state" and isinstance(sent, list):
        sent = {"values": sent}
    sound(hear(channel, json.dumps(sent)), 1)


@settings(max_examples=300)
@given(st.sampled_from(["telemetry", "event"]), st.lists(ELEMENTS, max_size=6))
def test_every_element_of_an_array_is_accounted_for(hear: Hear, channel: str, sent: list[Any]) -> None:
    sound(hear(channel, json.dumps(sent)), len(sent))


@given(st.sampled_from(["telemetry", "event"]), st.lists(ELEMENTS, min_size=1, max_size=4))
def test_an_element_is_the_same_alone_and_in_company(hear: Hear, channel: str, sent: list[Any]) -> None:
    together = hear(channel, json.dumps(sent))
    found = {e.index: e for e in together.elements}
    for index, element in enumerate(sent):
        alone = hear(channel, json.dumps([element]))
        assert [e._replace(index=index) for e in alone.elements] == [found[i] for i in (index,) if i in found]


@given(CHANNELS, ELEMENTS)
def test_decode_is_a_function(hear: Hear, channel: str, sent: Any) -> None:
    payload = json.dumps(sent)
    assert hear(channel, payload) == hear(channel, payload)


def shuffled(value: Any, source: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        source.shuffle(keys)
        return {key: shuffled(value[key], source) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, source) for item in value]
    return value


def comparable(decoded: Decoded) -> tuple[list[Element], list[tuple[int, str]]]:
    # Of several faults the first met is named, so the detail may differ; the reason may not be
    # lost.
    return decoded.elements, [(reject.index, "refused") for reject in decoded.rejects]


@given(
    st.sampled_from(["telemetry", "event"]),
    st.lists(ELEMENTS, max_size=3),
    st.randoms(use_true_random=False),
    st.sampled_from([None, 1, "\t"]),
)
def test_neither_order_of_keys_nor_blanks_matter(
    hear: Hear, channel: str, sent: list[Any], source: random.Random, indent: Any
) -> None:
    rearranged = json.dumps(shuffled(sent, source), indent=indent)
    assert comparable(hear(channel, rearranged)) == comparable(hear(channel, json.dumps(sent)))


@given(
    st.dictionaries(st.sampled_from(SIGNALS), JSONS, max_size=7),
    st.integers(0, 3),
    st.sampled_from(["", "ts", "boot"]),
)
def test_a_mutilated_message_never_escapes(hear: Hear, values: dict[str, Any], cut: int, twice: str) -> None:
    text = json.dumps([{"ts": ARRIVED_AT_MS, "boot": 1, "seq": 1, "values": values}] * 3)
    for payload in (text[: len(text) - cut], text[cut:], text.replace("}", "]" * cut, 1), text + twice):
        decoded = hear("telemetry", payload)
        sound(decoded, len(decoded.elements) + len(decoded.rejects))


@given(
    st.fixed_dictionaries(
        {"values": st.dictionaries(st.sampled_from(SIGNALS[:3]), st.integers(0, 100))},
        optional={"ts": st.integers(0, 2**42), "age_ms": st.integers(0, 1000), "prev": st.none()},
    ),
    st.booleans(),
    st.dictionaries(st.sampled_from(["site", "room", "kind", "rssi"]), st.integers(0, 9), max_size=4),
    st.dictionaries(st.sampled_from(["a", "b", "ts", "boot"]), st.integers(0, 9), max_size=4),
)
def test_no_undeclared_key_is_lost(
    hear: Hear, sent: dict[str, Any], counted: bool, outside: dict[str, int], inside: dict[str, int]
) -> None:
    message = {**sent, **outside, "values": {**sent["values"], **inside}}
    if counted:
        message |= {"boot": 1, "seq": 2}
    (element,) = hear("telemetry", json.dumps(message)).elements
    assert isinstance(element, Reading)
    kept = dict(element.extra or {})
    kept.pop("device_ts", None)
    assert kept == outside | inside
    assert element.values == sent["values"]


TIMES = st.integers(OLDEST_TS_MS, ARRIVED_AT_MS + 86_400_000)
BOOTS = st.integers(1, 2**31 - 1)
COUNTERS = st.integers(0, 2**63 - 1)
CLEAN_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "battery_pct": st.floats(0, 100, width=32),
        "motor_current_a": st.floats(allow_nan=False, allow_infinity=False, width=32),
        "energy_wh": st.floats(allow_nan=False, allow_infinity=False),
        "starts_count": st.integers(0, 1_000_000),
        "docked": st.booleans(),
        "cleaning_mode": st.sampled_from(["docked", "quiet", "turbo"]),
        "fault_code": CLEAN_TEXTS,
    },
)
PREVIOUS = st.none() | st.builds(Previous, st.just(0), COUNTERS)
READINGS = st.builds(Reading, st.just(0), TIMES, BOOTS, COUNTERS, st.just(0), VALUES, st.none(), PREVIOUS)
EVENTS = st.builds(
    Event,
    st.just(0),
    TIMES,
    BOOTS,
    COUNTERS,
    st.just(0),
    st.just("clean_finished"),
    st.fixed_dictionaries({"duration_min": st.floats(0, 600, width=32)}),
    st.none(),
    PREVIOUS,
)
STATES = st.builds(
    State,
    st.just(0),
    st.booleans(),
    st.integers(0, 2**31 - 1),
    COUNTERS,
    st.none() | TIMES,
    st.none() | CLEAN_TEXTS,
    st.none() | COUNTERS,
    st.dictionaries(CLEAN_TEXTS, st.integers(-5, 5) | CLEAN_TEXTS | st.none(), max_size=4),
)


@pytest.mark.parametrize(("channel", "kind"), [("telemetry", READINGS), ("event", EVENTS)], ids=["telemetry", "event"])
def test_what_is_encoded_is_decoded(hear: Hear, channel: str, kind: st.SearchStrategy[Reading | Event]) -> None:
    @settings(max_examples=100)
    @given(st.lists(kind, min_size=1, max_size=4))
    def round_trip(sent: list[Reading | Event]) -> None:
        numbered = [element._replace(index=index) for index, element in enumerate(sent)]
        assert hear(channel, encode(numbered)) == Decoded(list(numbered), [])

    round_trip()


@given(STATES)
def test_encoded_state_is_decoded(hear: Hear, sent: State) -> None:
    assert hear("state", encode([sent])) == Decoded([sent], [])


@given(st.sampled_from(["telemetry", "event"]), ELEMENTS)
def test_encoding_what_was_decoded_changes_nothing(product: Product, hear: Hear, channel: str, sent: Any) -> None:
    """Undeclared keys and unusable clocks survive the way back, whatever the arrival."""
    for element in hear(channel, json.dumps([sent])).elements:
        (again,) = decode(
            channel,
            encode([element]),
            product,
            arrived_at_ms=ARRIVED_AT_MS + 5,
            oldest_ts_ms=OLDEST_TS_MS,
        ).elements
        assert isinstance(element, Reading | Event)
        assert isinstance(again, Reading | Event)
        if not element.quality & Quality.CLOCK:
            assert again.ts_ms == element.ts_ms
        assert (again.boot, again.quality, again.extra) == (
            element.boot,
            element.quality,
            element.extra,
        )
        if isinstance(element, Reading) and isinstance(again, Reading):
            assert again.values == element.values
