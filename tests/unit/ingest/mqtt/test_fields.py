from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import BrokerBrokeProtocol
from ingest.mqtt import fields
from ingest.mqtt.fields import Fields
from ingest.mqtt.reasons import MALFORMED_PACKET, PROTOCOL_ERROR

EVERY_PROPERTY = {
    0x01: (b"\x01", 1),
    0x02: (b"\x00\x00\x02\x58", 600),
    0x03: (b"\x00\x04json", b"json"),
    0x08: (b"\x00\x01t", b"t"),
    0x09: (b"\x00\x02\xff\x00", b"\xff\x00"),
    0x11: (b"\xff\xff\xff\xff", 2**32 - 1),
    0x12: (b"\x00\x02id", b"id"),
    0x13: (b"\x00\x1e", 30),
    0x15: (b"\x00\x01m", b"m"),
    0x16: (b"\x00\x00", b""),
    0x17: (b"\x01", 1),
    0x18: (b"\x00\x00\x00\x05", 5),
    0x19: (b"\x00", 0),
    0x1A: (b"\x00\x01r", b"r"),
    0x1C: (b"\x00\x01s", b"s"),
    0x1F: (b"\x00\x02no", b"no"),
    0x21: (b"\xff\xff", 65_535),
    0x22: (b"\x00\x0a", 10),
    0x23: (b"\x00\x01", 1),
    0x24: (b"\x01", 1),
    0x25: (b"\x01", 1),
    0x27: (b"\x00\x11\x00\x00", 1_114_112),
    0x28: (b"\x01", 1),
    0x29: (b"\x01", 1),
    0x2A: (b"\x00", 0),
}
"""Identifier: encoded and read; table 2-4 of MQTT 5, but for the two that may come more than once."""


def of(data: bytes) -> Fields:
    return Fields(data, 0, len(data))


def with_length(properties: bytes) -> Fields:
    return of(fields.varint(len(properties)) + properties)


@given(st.integers(0, 268_435_455))
def test_a_variable_byte_integer_is_read_as_written(value: int) -> None:
    assert of(fields.varint(value)).varint() == value


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (16_384, "808001"), (268_435_455, "ffffff7f")],
)
def test_a_variable_byte_integer_is_written_as_the_specification_shows(value: int, written: str) -> None:
    assert fields.varint(value).hex() == written


def test_a_variable_byte_integer_ends_with_its_fourth_byte() -> None:
    with pytest.raises(BrokerBrokeProtocol, match="more than four bytes") as caught:
        of(b"\x80\x80\x80\x80\x01").varint()
    assert caught.value.reason == MALFORMED_PACKET


@pytest.mark.parametrize("key", EVERY_PROPERTY)
def test_every_property_is_read_by_its_type(key: int) -> None:
    encoded, value = EVERY_PROPERTY[key]
    assert with_length(bytes([key]) + encoded).properties() == {key: value}


def test_all_properties_together_are_read_and_what_may_repeat_is_skipped() -> None:
    skipped = b"\x26\x00\x01k\x00\x02vv" + b"\x0b\x80\x01"
    encoded = b"".join(bytes([key]) + data for key, (data, _) in EVERY_PROPERTY.items())
    rest = with_length(skipped + encoded + skipped)
    assert rest.properties() == {key: value for key, (_, value) in EVERY_PROPERTY.items()}
    assert rest.left == 0


@pytest.mark.parametrize("key", EVERY_PROPERTY)
def test_a_property_that_comes_twice_is_an_error(key: int) -> None:
    encoded = bytes([key]) + EVERY_PROPERTY[key][0]
    with pytest.raises(BrokerBrokeProtocol, match=f"0x{key:02x} comes twice") as caught:
        with_length(encoded + encoded).properties()
    assert caught.value.reason == PROTOCOL_ERROR


@pytest.mark.parametrize("key", [*EVERY_PROPERTY, 0x26, 0x0B])
def test_a_property_cut_anywhere_is_malformed(key: int) -> None:
    encoded, _ = EVERY_PROPERTY.get(key, (b"\x00\x01k\x00\x01v" if key == 0x26 else b"\x80\x01", 0))
    for length in range(1, 1 + len(encoded)):
        cut = (bytes([key]) + encoded)[:length]
        with pytest.raises(BrokerBrokeProtocol) as caught:
            with_length(cut).properties()
        assert caught.value.reason == MALFORMED_PACKET


@pytest.mark.parametrize("key", [0x00, 0x04, 0x7F])
def test_a_property_nobody_knows_is_malformed(key: int) -> None:
    with pytest.raises(BrokerBrokeProtocol, match="does not have") as caught:
        with_length(bytes([key, 0, 0])).properties()
    assert caught.value.reason == MALFORMED_PACKET


def test_properties_longer_than_their_packet_are_malformed() -> None:
    with pytest.raises(BrokerBrokeProtocol, match="properties of 9 bytes"):
        of(b"\x09\x01\x01").properties()


def test_a_property_does_not_reach_beyond_the_length_of_the_properties() -> None:
    with pytest.raises(BrokerBrokeProtocol):
        of(b"\x02\x13\x00\x1epayload").properties()


def test_a_text_has_at_most_65535_bytes() -> None:
    assert len(fields.text("x" * 65_535)) == 65_537
    with pytest.raises(ValueError, match="65,535"):
        fields.text("x" * 65_536)
