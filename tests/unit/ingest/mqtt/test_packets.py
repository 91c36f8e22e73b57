"""Bytes beside what the specification says they are, and what Mosquitto 2.0.11 answered to the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt import packets
from wire.broker import BrokerAddress, Session


def test_connect_carries_account_session_and_limits() -> None:
    address = BrokerAddress("host", 1883, "ingest", "pass")
    assert packets.connect(address, Session("ingest-0", 3600, receive_maximum=500, keepalive_s=30)) == (
        b"\x10\x2b\x00\x04MQTT\x05\xc0\x00\x1e"  # user and password, no clean start, 30 s
        b"\x08\x11\x00\x00\x0e\x10\x21\x01\xf4"  # session expiry 3,600 s, receive maximum 500
        b"\x00\x08ingest-0\x00\x06ingest\x00\x04pass"
    )


@pytest.mark.parametrize(
    ("address", "clean_start", "flags", "rest"),
    [
        (BrokerAddress("h", 1), False, 0x00, b"\x00\x01c"),
        (BrokerAddress("h", 1), True, 0x02, b"\x00\x01c"),
        (BrokerAddress("h", 1, "u"), False, 0x80, b"\x00\x01c\x00\x01u"),
        (BrokerAddress("h", 1, "u", ""), True, 0xC2, b"\x00\x01c\x00\x01u\x00\x00"),
    ],
    ids=["nobody", "clean start", "user alone", "empty password"],
)
def test_connect_says_by_its_flags_what_it_carries(
    address: BrokerAddress, clean_start: bool, flags: int, rest: bytes
) -> None:
    made = packets.connect(address, Session("c", clean_start=clean_start))
    assert made[9] == flags
    assert made.endswith(rest)


def test_no_maximum_packet_size_and_no_topic_aliases_are_offered() -> None:
    made = packets.connect(BrokerAddress("h", 1), Session("c", 1))
    assert made[12:21] == b"\x08\x11\x00\x00\x00\x01\x21\xff\xff"


@pytest.mark.parametrize(
    ("qos", "retained", "options"),
    [(1, packets.DO_NOT_SEND_RETAINED, 0x21), (1, packets.SEND_RETAINED, 0x01), (0, packets.SEND_RETAINED, 0x00)],
)
def test_subscribe_names_its_filter_and_options(qos: int, retained: int, options: int) -> None:
    made = packets.subscribe(2, "vop/#", qos=qos, retained=retained)
    assert made == b"\x82\x0b\x00\x02\x00\x00\x05vop/#" + bytes([options])


def test_unsubscribe_names_every_filter() -> None:
    assert packets.unsubscribe(258, ["a/#", "b"]) == b"\xa2\x0b\x01\x02\x00\x00\x03a/#\x00\x01b"


@given(st.lists(st.integers(1, 65_535), max_size=50))
def test_acknowledgements_are_joined_in_their_order(packet_ids: list[int]) -> None:
    assert packets.pubacks(packet_ids) == b"".join(b"\x40\x02" + n.to_bytes(2, "big") for n in packet_ids)


def test_disconnect_may_end_the_session() -> None:
    assert packets.disconnect(0) == b"\xe0\x01\x00"
    assert packets.disconnect(0x81) == b"\xe0\x01\x81"
    assert packets.disconnect(0, expiry_s=0) == b"\xe0\x07\x00\x05\x11\x00\x00\x00\x00"


def test_a_long_filter_makes_a_long_packet() -> None:
    made = packets.subscribe(1, "x" * 1000, qos=1, retained=packets.SEND_RETAINED)
    assert made[:3] == b"\x82\xee\x07"
    assert len(made) == 3 + 1006
