"""Whatever a broker sends and however it is cut: the same messages, bounded memory, at worst the connection's end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mqtt.protocol import MAX_PACKET_BYTES, Protocol
from tests.unit.ingest.mqtt.mqtt_bytes import CONNACK, NOW_MS, connected, fed, packet, publish, received

properties = st.sampled_from([b"", b"", b"\x01\x01", b"\x26\x00\x01k\x00\x01v", b"\x02\x00\x00\x00\x09\x0b\x01"])
publishes = st.builds(
    publish,
    st.binary(max_size=300),
    topic=st.sampled_from([b"a/1", b"a/2", b"vop/v1/vac-1/up/telemetry", b"\xff"]),
    packet_id=st.integers(1, 65_535),
    qos=st.sampled_from([0, 1, 1, 1]),
    retain=st.booleans(),
    duplicate=st.booleans(),
    properties=properties,
)
answers = st.sampled_from([b"\xd0\x00", bytes.fromhex("900400020001"), bytes.fromhex("b0050003000011")])
noise = st.one_of(st.binary(max_size=40), st.builds(packet, st.integers(0, 255), st.binary(max_size=40)))
cuts = st.lists(st.integers(1, 60), min_size=1, max_size=30)


def pieces_of(data: bytes, sizes: list[int]) -> list[bytes]:
    """`data` in pieces of these sizes, again and again."""
    pieces, at, turn = [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        pieces.append(data[at : at + size])
        at, turn = at + size, turn + 1
    return pieces


@given(st.lists(st.one_of(publishes, answers), max_size=12), cuts)
def test_good_packets_are_the_same_however_they_are_cut(sent: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(sent)
    at_once = fed([whole], connected())
    assert at_once.end is None
    assert len(at_once.messages) + len(at_once.events) + sent.count(b"\xd0\x00") == len(sent)
    assert fed(pieces_of(whole, sizes), connected()) == at_once


@given(st.lists(st.one_of(publishes, noise), max_size=10), cuts, st.booleans())
def test_noise_gives_the_same_however_it_is_cut(sent: list[bytes], sizes: list[int], is_let_in: bool) -> None:
    whole = (CONNACK if is_let_in else b"") + b"".join(sent)
    assert fed(pieces_of(whole, sizes)) == fed([whole])


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_bytes_of_any_kind_end_the_connection_at_worst(pieces: list[bytes]) -> None:
    protocol = connected()
    for piece in pieces:
        output = protocol.feed(piece, NOW_MS)
        if output.end is not None:
            assert output.end.farewell[:2] in (b"", b"\xe0\x01")
            assert output.end.text


@given(publishes, st.data())
def test_a_message_with_a_byte_changed_is_read_or_waited_for_or_ends_it(sent: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sent) - 1))
    changed = sent[:at] + bytes([data.draw(st.integers(0, 255))]) + sent[at + 1 :]
    known = fed([publish(topic=b"a/1"), changed], protocol := connected())
    assert len(known.messages) <= 1 + len(sent) // 5
    assert protocol._held_bytes <= len(sent) + 1


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4 * MAX_PACKET_BYTES), st.integers(10_000, 400_000))
def test_what_is_held_is_bounded_by_one_packet_and_one_piece(size: int, piece: int) -> None:
    data = publish(bytes(size)) + publish(packet_id=2)
    protocol = connected()
    messages = []
    for at in range(0, len(data), piece):
        messages += protocol.feed(data[at : at + piece], NOW_MS).messages
        assert sum(map(len, protocol._parts)) <= MAX_PACKET_BYTES + 100 + piece
    assert [m.packet_id for m in messages] == [1, 2]
    assert messages[1] == received(packet_id=2)


def test_a_large_packet_in_small_pieces_is_not_copied_at_each() -> None:
    """A thousand pieces joined at every one would be half a gigabyte of copying."""
    data = publish(bytes(1_000_000))
    protocol = Protocol(1)
    protocol.feed(CONNACK, NOW_MS)
    for at in range(0, len(data) - 1_000, 1_000):
        protocol.feed(data[at : at + 1_000], NOW_MS)
    assert len(protocol._parts) > 900
