"""Whole messages: sizes, encodings, content types, and what becomes of neighbours."""

from __future__ import annotations

import json

import pytest

from catalog.elements import NO_BOOT, Quality, Reading, Reason
from tests.unit.wire.conftest import Hear
from wire.limits import MAX_DEPTH, MAX_ELEMENTS, MAX_MESSAGE_BYTES

GOOD = '{"ts": 1764000000123, "boot": 1, "seq": %d, "values": {"battery_pct": 81.5}}'


def reasons(hear: Hear, payload: str | bytes, channel: str = "telemetry") -> list[tuple[int, str]]:
    return [(reject.index, reject.reason.value) for reject in hear(channel, payload).rejects]


def nested(depth: int) -> str:
    """A bare reading `depth` deep, itself included."""
    return '{"x": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize("channel", ["reply", "firmware", "command", "", "telemetry/x", "Telemetry"])
def test_other_channels_are_a_bad_topic(hear: Hear, channel: str) -> None:
    assert reasons(hear, "{}", channel) == [(0, Reason.BAD_TOPIC)]


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8", ""]
)
def test_json_by_any_spelling_is_read(hear: Hear, content_type: str) -> None:
    assert len(hear("telemetry", GOOD % 0, content_type).elements) == 1


@pytest.mark.parametrize("content_type", ["application/cbor", "application/senml+json", "x"])
def test_other_content_types_are_refused(hear: Hear, content_type: str) -> None:
    (reject,) = hear("telemetry", GOOD % 0, content_type).rejects
    assert reject.reason is Reason.CONTENT_TYPE


def test_the_largest_message_is_read_and_one_byte_more_is_not(hear: Hear) -> None:
    message = (GOOD % 0).ljust(MAX_MESSAGE_BYTES)
    assert len(hear("telemetry", message).elements) == 1
    assert reasons(hear, message + " ") == [(0, Reason.TOO_LARGE)]


def test_the_longest_array_is_read_and_one_more_is_not(hear: Hear) -> None:
    assert len(hear("telemetry", json.dumps([{}] * MAX_ELEMENTS)).elements) == MAX_ELEMENTS
    assert reasons(hear, json.dumps([{}] * (MAX_ELEMENTS + 1))) == [(0, Reason.TOO_LARGE)]


@pytest.mark.parametrize(
    "payload",
    [b"", b" ", b"{", b"[{}", b"[{},]", b"{}{}", b"nul", b"'x'", b'{"a": 01}', b"\xef\xbb\xbf{}",
     b'{"a": "\x01"}', b'{"a": "\x00"}', b"\x00", b"[" * 200_000, b'{"a":' * 2_000, b'["', b"]",
     b"{]" + b"[" * 2_000 + b"]" * 2_000, b'["' + b"[" * 2_000 + b"]" * 2_000 + b"]",
     b"[" + b"[" * 2_000 + b"]" * 2_000 + b" 1"],
)  # fmt: skip
def test_what_is_no_json_is_refused_as_a_whole(hear: Hear, payload: bytes) -> None:
    assert reasons(hear, payload) == [(0, Reason.NOT_JSON)]


@pytest.mark.parametrize("payload", [b"\xff", b'{"a": "\xc3"}', b'"\xed\xa0\x80"', b"\xfe\xff\x00{"])
def test_what_is_not_utf8_is_refused_as_a_whole(hear: Hear, payload: bytes) -> None:
    assert reasons(hear, payload) == [(0, Reason.NOT_UTF8)]


@pytest.mark.parametrize("cut", range(1, len(GOOD % 0 + ", " + GOOD % 1) + 1))
def test_a_truncated_message_is_refused_as_a_whole(hear: Hear, cut: int) -> None:
    message = f"[{GOOD % 0}, {GOOD % 1}]"
    assert reasons(hear, message[:cut]) == [(0, Reason.NOT_JSON)]


def test_a_truncated_message_with_a_deep_element_is_refused_as_a_whole(hear: Hear) -> None:
    message = f"[{nested(1_500)}, {GOOD % 1}]"
    assert reasons(hear, message[:-2]) == [(0, Reason.NOT_JSON)]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('{"values": {"battery_pct": NaN}}', Reason.NOT_FINITE),
        ('{"values": {"battery_pct": -Infinity}}', Reason.NOT_FINITE),
        ('{"values": {"energy_wh": 1e400}}', Reason.NOT_FINITE),
        ('{"values": {"energy_wh": ' + "9" * 400 + "}}", Reason.NOT_FINITE),
        ('{"values": {"other": {"x": [NaN]}}}', Reason.NOT_FINITE),
        ('{"ts": NaN, "values": {}}', Reason.NOT_FINITE),
        ('{"fault_code": "a\\u0000"}', Reason.WRONG_SHAPE),
        ('{"other": "a\\u0000"}', Reason.WRONG_SHAPE),
        ('{"a\\u0000b": 1}', Reason.WRONG_SHAPE),
        ('{"fault_code": "\\udc00"}', Reason.WRONG_SHAPE),
        ('{"\\ud800": 1}', Reason.WRONG_SHAPE),
        (nested(MAX_DEPTH + 1), Reason.TOO_DEEP),
        (nested(300), Reason.TOO_DEEP),
        (nested(1_000), Reason.TOO_DEEP),
        (nested(100_000), Reason.TOO_DEEP),
        ('{"values": {"battery_pct": ' + nested(40) + "}}", Reason.TOO_DEEP),
        ("[" * 50 + "]" * 50, Reason.TOO_DEEP),
        ("17", Reason.WRONG_SHAPE),
    ],
)
def test_neighbours_of_an_unusable_element_are_kept(hear: Hear, element: str, reason: Reason) -> None:
    decoded = hear("telemetry", f"[{GOOD % 0}, {element}, {GOOD % 2}]")
    assert [(e.index, e.ts_ms) for e in decoded.elements] == [
        (0, 1764000000123),
        (2, 1764000000123),
    ]
    assert [(r.index, r.reason) for r in decoded.rejects] == [(1, reason)]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 300, 1_000, 100_000])
def test_depth_outside_an_array(hear: Hear, depth: int) -> None:
    assert reasons(hear, nested(depth)) == [(0, Reason.TOO_DEEP)]


def test_brackets_within_strings_are_no_depth(hear: Hear) -> None:
    quoted = '{"fault_code": "%s \\" ]"}' % ("[" * 500)
    decoded = hear("telemetry", f"[{quoted}, {nested(2_000)}, {quoted}]")
    assert [element.index for element in decoded.elements] == [0, 2]
    first = decoded.elements[0]
    assert isinstance(first, Reading)
    assert first.values == {"fault_code": "[" * 500 + ' " ]'}


def test_the_deepest_element_is_kept(hear: Hear) -> None:
    (element,) = hear("telemetry", nested(MAX_DEPTH)).elements
    assert isinstance(element, Reading)
    assert element.quality == Quality.CLOCK | Quality.UNDECLARED


def test_an_escaped_backslash_before_u0000_is_no_nul(hear: Hear) -> None:
    (element,) = hear("telemetry", '{"fault_code": "\\\\u0000"}').elements
    assert isinstance(element, Reading)
    assert element.values == {"fault_code": "\\u0000"}


def test_both_ways_of_reading_give_one_identity(hear: Hear) -> None:
    """The tolerant route must not make another element of what the fast route would have kept."""
    element = '{"energy_wh": 18446744073709551616, "other": [-9223372036854775809, 1.0, 1e2, "é"]}'
    (alone,) = hear("telemetry", element).elements
    beside = hear("telemetry", f"[{element}, NaN]").elements[0]
    assert beside == alone
    assert isinstance(alone, Reading)
    assert alone.boot == NO_BOOT


def test_details_never_repeat_what_was_sent(hear: Hear) -> None:
    secret = "maryam-0912"
    payloads = [
        '{"values": {"battery_pct": "%s"}}',
        '{"values": {"cleaning_mode": "%s"}}',
        '{"ts": "%s", "values": {}}',
        '{"boot": "%s", "seq": 1, "values": {}}',
        '{"%s": NaN}',
        '{"values": "%s"}',
        '"%s"',
        "%s",
    ]
    for payload in payloads:
        (reject,) = hear("telemetry", payload % secret).rejects
        assert secret not in reject.detail


@pytest.mark.parametrize(
    ("element", "number"),
    [
        ('{"boot": 3, "seq": 7, "values": {"battery_pct": "x"}}', (3, 7)),
        ('{"boot": 3, "seq": 7, "values": 1}', (3, 7)),
        ('{"boot": 3, "seq": 7, "ts": "never", "values": {}}', (3, 7)),
        ('{"boot": 3, "seq": 9223372036854775807, "values": []}', (3, 2**63 - 1)),
        ('{"boot": 3, "values": {}}', (None, None)),
        ('{"boot": -1, "seq": 7, "values": {}}', (None, None)),
        ('{"boot": true, "seq": 7, "values": {}}', (None, None)),
        ('{"boot": 3, "seq": 9223372036854775808, "values": {}}', (None, None)),
        ("7", (None, None)),
    ],
)
def test_a_refused_element_keeps_its_number_where_it_has_one(
    hear: Hear, element: str, number: tuple[int | None, int | None]
) -> None:
    _, refused = hear("telemetry", f"[{GOOD % 0}, {element}]")
    assert [(reject.index, reject.boot, reject.seq) for reject in refused] == [(1, *number)]
