"""Records in a stretch of bytes: nothing is lost by cutting them anywhere, and no damage goes unnoticed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.receiver import Received
from ingest.spool.format import Unpacked, pack, unpack

MARKER = bytes(range(0xA0, 0xA8))

texts = st.text(max_size=20)
messages = st.builds(
    Received,
    topic=texts,
    payload=st.binary(max_size=60),
    content_type=st.none() | texts,
    retain=st.booleans(),
    arrived_at_ms=st.integers(-(2**63), 2**63 - 1),
    packet_id=st.just(0),
    connection=st.just(0),
)
batches = st.lists(messages, min_size=1, max_size=6)


def found(data: bytes, *, last: bool = True, most_messages: int = 1_000, most_bytes: int = 10**6) -> Unpacked:
    return unpack(data, MARKER, last=last, most_messages=most_messages, most_bytes=most_bytes)


def ends(batch: list[Received]) -> list[int]:
    sizes = [len(pack([m], MARKER)) for m in batch]
    return [sum(sizes[: n + 1]) for n in range(len(sizes))]


@given(batches)
def test_what_goes_in_comes_out(batch: list[Received]) -> None:
    data = pack(batch, MARKER)
    assert found(data) == Unpacked(batch, len(data), 0, 0)


def test_a_topic_that_is_no_text_comes_back_as_it_was() -> None:
    odd = Received("\udcff/x", b"", "\ud800", False, 0, 0, 0)
    assert found(pack([odd], MARKER)).messages == [odd]


@given(batches)
def test_cut_at_any_byte_it_holds_the_whole_records_before_and_no_damage(batch: list[Received]) -> None:
    data, borders = pack(batch, MARKER), ends(batch)
    for cut in range(len(data)):
        whole = sum(1 for end in borders if end <= cut)
        kept = borders[whole - 1] if whole else 0
        assert found(data[:cut]) == Unpacked(batch[:whole], cut, 0, cut - kept)
        # The same bytes as the beginning of more: the rest is left for the next look.
        assert found(data[:cut], last=False) == Unpacked(batch[:whole], kept, 0, 0)


@given(batches, st.integers(1, 200))
def test_space_reserved_and_never_written_is_the_end(batch: list[Received], zeros: int) -> None:
    data = pack(batch, MARKER)
    assert found(data + bytes(zeros)) == Unpacked(batch, len(data) + zeros, 0, zeros)


@given(batches)
def test_any_flipped_byte_costs_one_record_and_is_noticed(batch: list[Received]) -> None:
    data, borders = pack(batch, MARKER), ends(batch)
    for place in range(len(data)):
        hurt = bytearray(data)
        hurt[place] ^= 0x40
        which = sum(1 for end in borders if end <= place)
        seen = found(bytes(hurt))
        assert seen.messages == batch[:which] + batch[which + 1 :]
        assert (seen.consumed, seen.torn) == (len(data), 0)
        assert seen.damaged == len(pack([batch[which]], MARKER))


@given(batches, st.binary(max_size=300), st.booleans())
def test_whatever_the_bytes_are_reading_ends_and_accounts_for_them(
    batch: list[Received], noise: bytes, last: bool
) -> None:
    data = noise + pack(batch, MARKER) + noise
    seen = found(data, last=last)
    assert 0 <= seen.consumed <= len(data)
    assert last is False or seen.consumed == len(data)
    if MARKER[0] not in noise:
        assert seen.messages == batch


def test_a_payload_cannot_pass_for_a_record() -> None:
    """A device does not know the marker; with another one its forgery is only payload."""
    forged = pack([Received("vop/v1/victim/up/telemetry", b"{}", None, False, 0, 0, 0)], bytes(8))
    data = bytearray(pack([Received("vop/v1/mallory/up/telemetry", forged, None, False, 0, 0, 0)], MARKER))
    data[9] ^= 1  # its header is damaged, so the next marker is looked for
    seen = found(bytes(data))
    assert (seen.messages, seen.damaged) == ([], len(data))


@given(batches, st.integers(1, 5), st.integers(1, 100))
def test_bounds_hold_and_the_rest_is_left(batch: list[Received], most: int, size: int) -> None:
    data = pack(batch, MARKER)
    seen = found(data, most_messages=most, most_bytes=size)
    assert 1 <= len(seen.messages) <= most
    assert sum(len(m.payload) for m in seen.messages[:-1]) < size
    assert seen.messages + found(data[seen.consumed :]).messages == batch
