"""What the broker's bytes become; those in hexadecimal were recorded from Mosquitto 2.0.11."""

from __future__ import annotations

import pytest

from ingest.mqtt import fields
from ingest.mqtt.protocol import MAX_PACKET_BYTES, BrokerSays, Connected, End, Granted, Output, Protocol
from ingest.mqtt.publish import LONGEST_TOPIC_KNOWN_BYTES, TOPICS_KNOWN
from ingest.mqtt.reasons import MALFORMED_PACKET, PACKET_TOO_LARGE, PROTOCOL_ERROR, TOPIC_ALIAS_INVALID
from tests.unit.ingest.mqtt.mqtt_bytes import (
    CONNACK,
    CONNECTION,
    NOW_MS,
    TOPIC,
    connected,
    fed,
    packet,
    publish,
    received,
)
from wire.limits import MAX_MESSAGE_BYTES

STATE_WITH_PROPERTIES = bytes.fromhex(
    "32480015766f702f76312f7661632d312f75702f737461746500041f0300106170706c69636174696f6e2f6a736f6e"
    "2600016b00017602000002587b226f6e6c696e65223a747275657d"
)


def end_of(*pieces: bytes, protocol: Protocol | None = None) -> End:
    """How a connection ended, which it must have."""
    end = fed(pieces, protocol or connected()).end
    assert end is not None
    return end


@pytest.mark.parametrize(
    ("recorded", "event"),
    [
        ("200b00000822000a2700110000", Connected(False, None, None)),
        ("200b01000822000a2700110000", Connected(True, None, None)),
        ("2006000003221000", Connected(False, None, None)),  # rumqttd
        ("20020000", Connected(False, None, None)),  # MQTT 3.1.1
        ("200b000008" + "13000f" + "1100000e10", Connected(False, 15, 3600)),
    ],
)
def test_connack_tells_of_the_session_and_what_the_broker_changed(recorded: str, event: Connected) -> None:
    assert fed([bytes.fromhex(recorded)]) == Output(events=[event])


@pytest.mark.parametrize(
    ("recorded", "end"),
    [
        ("2003008700", End(0x87, "not authorized", True, b"")),
        ("2003008600", End(0x86, "bad user name or password", True, b"")),
        ("2008008805" + "1f00026e6f", End(0x88, "server unavailable (no)", True, b"")),
        ("200200f0", End(0xF0, "reason 0xf0", True, b"")),
    ],
)
def test_connack_tells_why_not(recorded: str, end: End) -> None:
    assert fed([bytes.fromhex(recorded)]) == Output(end=end)


@pytest.mark.parametrize(
    ("recorded", "event"),
    [
        ("900400020001", Granted(2, b"\x01")),
        ("900400020087", Granted(2, b"\x87")),
        ("b0050003000011", Granted(3, b"\x00\x11")),
        (
            "312d0024245359532f62726f6b65722f7075626c6973682f6d657373616765732f64726f7070656405020000003630",
            BrokerSays("$SYS/broker/publish/messages/dropped", b"0"),
        ),
    ],
)
def test_answers_become_events(recorded: str, event: Granted | BrokerSays) -> None:
    assert fed([bytes.fromhex(recorded)], connected()) == Output(events=[event])


def test_answers_to_pings_are_counted() -> None:
    assert fed([b"\xd0\x00", b"\xd0\x00\xd0", b"\x00"], connected()) == Output(pongs=3)


@pytest.mark.parametrize(
    ("recorded", "message"),
    [
        (
            "32250019766f702f76312f7661632d312f75702f74656c656d657472790001007b2261223a317d",
            received(b'{"a":1}'),
        ),
        (
            "301a0015766f702f76312f7661632d312f75702f6576656e74007b7d",
            received(topic="vop/v1/vac-1/up/event", packet_id=0),
        ),
        (
            STATE_WITH_PROPERTIES.hex(),
            received(b'{"online":true}', topic="vop/v1/vac-1/up/state", packet_id=4, content_type="application/json"),
        ),
        (
            "33" + STATE_WITH_PROPERTIES.hex()[2:],
            received(
                b'{"online":true}',
                topic="vop/v1/vac-1/up/state",
                packet_id=4,
                content_type="application/json",
                retain=True,
            ),
        ),
        (
            "3a1c0015766f702f76312f7661632d312f75702f6576656e740003007b7d",
            received(topic="vop/v1/vac-1/up/event", packet_id=3),
        ),
    ],
    ids=["QoS 1", "QoS 0", "properties", "retained", "redelivered"],
)
def test_a_publish_becomes_a_message_the_first_time_and_the_next(recorded: str, message: object) -> None:
    """The next time its topic is known, and another piece of code reads it."""
    data = bytes.fromhex(recorded)
    output = fed([data * 3], connected())
    assert (output.messages, output.events, output.end) == ([message] * 3, [], None)


@pytest.mark.parametrize("size", [0, 1, 90, 91, 92, 93, 94, 95, 96, 97, 98, 16_000, 16_351, 16_352, 300_000])
@pytest.mark.parametrize("retain", [False, True])
def test_payloads_of_every_size_are_whole(size: int, retain: bool) -> None:
    """Around one, two and three bytes of length."""
    payload = bytes(n % 251 for n in range(size))
    sent = [publish(payload, packet_id=n, retain=retain) for n in (1, 255, 256, 65_535)]
    output = fed([b"".join(sent)], connected())
    assert output.messages == [received(payload, packet_id=n, retain=retain) for n in (1, 255, 256, 65_535)]


def test_every_cut_of_a_conversation_gives_the_same() -> None:
    whole = (
        CONNACK
        + bytes.fromhex("900400020001")
        + publish(b"1")
        + publish(b"2", packet_id=2)
        + STATE_WITH_PROPERTIES
        + publish(b"x" * 200, packet_id=5)
        + b"\xd0\x00"
        + publish(b"0", qos=0)
        + publish(b"x" * 20, packet_id=65_535)
        + b"\xe0\x01\x8e"
    )
    at_once = fed([whole])
    assert len(at_once.messages) == 6
    assert at_once.end == End(0x8E, "session taken over", False, b"")
    assert fed([whole[n : n + 1] for n in range(len(whole))]) == at_once
    for cut in range(1, len(whole)):
        assert fed([whole[:cut], whole[cut:]]) == at_once


def test_a_packet_cut_off_anywhere_is_waited_for() -> None:
    for whole in (STATE_WITH_PROPERTIES, publish(b"x" * 200), bytes.fromhex("900400020001"), b"\xe0\x01\x8e"):
        for length in range(len(whole)):
            assert fed([whole[:length]], connected()) == Output()


@pytest.mark.parametrize(
    "whole",
    [
        STATE_WITH_PROPERTIES,
        bytes.fromhex("200b00000822000a2700110000"),
        bytes.fromhex("b0050003000011"),
        packet(0xE0, b"\x8e\x05\x1f\x00\x02no"),
    ],
)
def test_a_packet_that_is_shorter_than_its_fields_is_malformed(whole: bytes) -> None:
    """Every length but those that make a whole packet of another form: without payload, properties or reason."""
    is_connack = whole[0] == 0x20
    forms = {2} if is_connack else {0, 1, len(whole) - 2} if whole[0] == 0xE0 else {len(whole) - 3, len(whole) - 2}
    forms = set(range(54, len(whole))) if whole == STATE_WITH_PROPERTIES else forms
    for length in set(range(len(whole) - 2)) - forms:
        cut = packet(whole[0], whole[2 : 2 + length])
        end = end_of(cut, protocol=Protocol(1) if is_connack else connected())
        assert (end.reason, end.farewell) == (MALFORMED_PACKET, b"\xe0\x01\x81"), length


@pytest.mark.parametrize(
    ("data", "reason", "text"),
    [
        (publish(qos=2), PROTOCOL_ERROR, "QoS 2"),
        (publish(qos=3), MALFORMED_PACKET, "QoS 3"),
        (publish(packet_id=0), PROTOCOL_ERROR, "packet identifier 0"),
        (publish(topic=b""), PROTOCOL_ERROR, "without a topic"),
        (publish(properties=b"\x23\x00\x01"), TOPIC_ALIAS_INVALID, "none were offered"),
        (publish(topic=b"", properties=b"\x23\x00\x01"), TOPIC_ALIAS_INVALID, "topic alias 1"),
        (publish(properties=b"\x01\x00\x01\x00"), PROTOCOL_ERROR, "comes twice"),
        (CONNACK, PROTOCOL_ERROR, "second CONNACK"),
        (packet(0x40, b"\x00\x01"), PROTOCOL_ERROR, "nobody asked for"),
        (packet(0xC0, b""), PROTOCOL_ERROR, "nobody asked for"),
        (packet(0xF0, b""), PROTOCOL_ERROR, "nobody asked for"),
        (packet(0x00, b""), MALFORMED_PACKET, "type 0"),
        (packet(0x92, b"\x00\x01\x00\x01"), MALFORMED_PACKET, "flags 2"),
        (packet(0x90, b"\x00\x01\x00"), MALFORMED_PACKET, "without a reason code"),
        (packet(0xD0, b"\x00"), MALFORMED_PACKET, "PINGRESP"),
        (b"\x32\xff\xff\xff\xff\x01", MALFORMED_PACKET, "more than four bytes"),
        (b"\x90\xff\xff\xff\x7f", PACKET_TOO_LARGE, "268435455 bytes"),
    ],
)
def test_what_is_wrong_ends_the_connection_and_says_so(data: bytes, reason: int, text: str) -> None:
    before = publish(b"before")
    output = fed([before + data + publish(b"after")], connected())
    assert output.messages == [received(b"before")]
    assert output.end is not None
    assert (output.end.reason, output.end.refused) == (reason, False)
    assert output.end.farewell == b"\xe0\x01" + bytes([reason])
    assert text in output.end.text


@pytest.mark.parametrize("length", [1, 2, 20, 27, 28, 29])
def test_a_known_topic_does_not_reach_into_the_next_packet(length: int) -> None:
    body = publish()[2:]
    cut = packet(0x32, body[:length]) + body[length:] + publish()
    assert end_of(publish() + cut).reason == MALFORMED_PACKET


@pytest.mark.parametrize("first", [publish(), b"\x90\x04\x00\x02\x00\x01", b"\xd0\x00", b"\xe0\x00", b"HTTP/1.1 400"])
def test_nothing_comes_before_connack(first: bytes) -> None:
    end = end_of(first + bytes(200), protocol=Protocol(1))
    assert end.reason in (PROTOCOL_ERROR, MALFORMED_PACKET)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"\x02\x00\x00", MALFORMED_PACKET), (b"\x00", MALFORMED_PACKET), (b"\x00\x00\x05", MALFORMED_PACKET)],
)
def test_a_connack_that_is_none_ends_it(body: bytes, reason: int) -> None:
    assert end_of(packet(0x20, body), protocol=Protocol(1)).reason == reason


def test_nothing_is_read_after_the_end() -> None:
    protocol = connected()
    assert protocol.feed(b"\xe0\x00", NOW_MS).end == End(0, "success", False, b"")
    assert protocol.feed(publish(), NOW_MS) == Output()


@pytest.mark.parametrize("topic", [b"\xff\xfe/up", b"a\x00b", b"\xed\xa0\x80"])
def test_a_topic_that_is_no_text_does_not_stop_the_others(topic: bytes) -> None:
    """Ending the connection would have the same message sent again on the next one, for ever."""
    data = publish(topic=topic, packet_id=1) + publish(packet_id=2)
    assert fed([data + data], connected()).messages == [received(topic="(not UTF-8)"), received(packet_id=2)] * 2


def test_a_content_type_that_is_no_text_does_not_stop_the_others() -> None:
    data = publish(properties=b"\x03\x00\x01\xff")
    assert fed([data], connected()).messages == [received(content_type="(not UTF-8)")]


@pytest.mark.parametrize("piece", [1_000_000, 4_096, 65_536])
def test_a_message_that_is_too_large_is_cut_and_its_neighbours_are_whole(piece: int) -> None:
    large = publish(b"x" * (3 * MAX_PACKET_BYTES), packet_id=2)
    whole = publish(packet_id=1) + large + publish(packet_id=3) + publish(b"y" * 200, packet_id=4)
    pieces = [whole[at : at + piece] for at in range(0, len(whole), piece)]
    output = fed(pieces, connected())
    assert output.end is None
    first, cut, third, fourth = output.messages
    assert (first, third, fourth) == (received(), received(packet_id=3), received(b"y" * 200, packet_id=4))
    assert cut.packet_id == 2
    assert MAX_PACKET_BYTES - 100 < len(cut.payload) < MAX_PACKET_BYTES


def test_a_message_whose_properties_alone_are_too_large_is_kept_and_refused_later() -> None:
    """Its connection must not end: the broker would send it again on the next one, for ever."""
    user_property = b"\x26" + 2 * fields.text("x" * 60_000)
    properties = user_property * (MAX_PACKET_BYTES // len(user_property) + 1)
    output = fed([publish(properties=properties, packet_id=2), publish(packet_id=3)], connected())
    assert output.end is None
    cut, following = output.messages
    assert (cut.topic, cut.packet_id, following) == (TOPIC, 2, received(packet_id=3))
    assert len(cut.payload) > MAX_MESSAGE_BYTES


def test_the_largest_message_that_is_kept_is_whole() -> None:
    overhead = len(publish(b"")) - 2
    payload = b"z" * (MAX_PACKET_BYTES - overhead)
    assert fed([publish(payload)], connected()).messages == [received(payload)]


def test_topics_are_remembered_within_bounds() -> None:
    protocol = connected()
    long = publish(topic=b"t" * (LONGEST_TOPIC_KNOWN_BYTES + 1))
    many = (publish(topic=f"t/{n}".encode()) for n in range(TOPICS_KNOWN + 10))
    output = fed([long, *many, publish(), publish()], protocol)
    assert len(output.messages) == TOPICS_KNOWN + 13
    assert output.messages[-1].topic == received().topic
    assert 0 < len(protocol._publishes.topics) < 20


def test_messages_carry_the_number_of_their_connection() -> None:
    assert {m.connection for m in fed([publish() * 2], connected()).messages} == {CONNECTION}


def test_what_is_sent_again_is_counted() -> None:
    data = publish(packet_id=1) + publish(packet_id=2, duplicate=True) + publish(packet_id=3, duplicate=True)
    output = fed([data], connected())
    assert output.messages == [received(packet_id=n) for n in (1, 2, 3)]
    assert output.redelivered == 2
