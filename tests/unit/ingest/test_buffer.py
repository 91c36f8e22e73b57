from __future__ import annotations

from collections.abc import Callable
from sys import getsizeof
from threading import Thread
from typing import TypeVar

import pytest

from ingest import buffer as module
from ingest.buffer import OVERHEAD_BYTES, Buffer
from ingest.receiver import Received
from tests.waiting import poll

T = TypeVar("T")

LONG_S = 60.0
"""Longer than a test may last: who waits so long has not been woken."""


def message(number: int, payload: bytes = b"", *, packet_id: int | None = None, connection: int = 1) -> Received:
    return Received(f"t/{number}", payload, None, False, 0, number if packet_id is None else packet_id, connection)


def a_buffer(
    *, max_bytes: int = 1_000_000, messages: int = 100, batch_bytes: int = 1_000_000, linger_s: float = 0.0
) -> Buffer:
    return Buffer(max_bytes=max_bytes, batch_messages=messages, batch_bytes=batch_bytes, linger_s=linger_s)


class Aside(Thread):
    """A call that may wait, on a thread of its own."""

    def __init__(self, call: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self.result: T | None = None
        self._call = call
        self.start()

    def run(self) -> None:
        self.result = self._call()

    def waits(self) -> bool:
        """Whether it still has not returned, after every chance to."""
        self.join(0.05)
        return self.is_alive()

    def returns(self) -> object:
        self.join(30)
        assert not self.is_alive()
        return self.result


def test_what_is_put_comes_out_in_order() -> None:
    buffer = a_buffer()
    sent = [message(n) for n in range(5)]
    buffer.put_all(sent[:2])
    buffer.put_all([])
    buffer.put_all(sent[2:])
    assert buffer.take(0) == sent
    assert buffer.take(0) == []


def test_a_batch_ends_at_its_count() -> None:
    buffer = a_buffer(messages=3, linger_s=LONG_S)
    for n in range(7):
        buffer.put_all([message(n)])
    # The third batch is not full: it would linger, so close ends the waiting.
    assert [len(buffer.take(LONG_S)) for _ in range(2)] == [3, 3]
    buffer.close()
    assert len(buffer.take(LONG_S)) == 1


def test_a_batch_ends_at_its_bytes_and_may_exceed_them_by_one_message() -> None:
    buffer = a_buffer(batch_bytes=2 * OVERHEAD_BYTES + 150, linger_s=LONG_S)
    for n in range(4):
        buffer.put_all([message(n, b"x" * 100)])
    assert [m.topic for m in buffer.take(LONG_S)] == ["t/0", "t/1"]


def test_a_batch_ends_with_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first message has lingered long enough: what is there goes, however little."""
    now = 0.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    buffer = a_buffer(linger_s=0.02)
    buffer.put_all([message(0)])
    taking = Aside(lambda: buffer.take(LONG_S))
    now = 1.0
    assert taking.returns() == [message(0)]


def test_taking_from_an_empty_buffer_ends_in_time() -> None:
    assert Aside(lambda: a_buffer().take(0.01)).returns() == []


def test_it_holds_a_batch_back_until_it_is_full() -> None:
    buffer = a_buffer(messages=2, linger_s=LONG_S)
    taking = Aside(lambda: buffer.take(LONG_S))
    buffer.put_all([message(0)])
    assert taking.waits()
    buffer.put_all([message(1)])
    assert taking.returns() == [message(0), message(1)]


def test_a_full_buffer_has_no_room_until_some_is_taken() -> None:
    size = OVERHEAD_BYTES + 100
    buffer = a_buffer(max_bytes=3 * size, messages=2)
    assert buffer.wait_for_room(0)
    buffer.put_all([message(n, b"x" * 100) for n in range(4)])
    assert buffer.held_bytes == 4 * size
    assert not buffer.wait_for_room(0)
    waiting = Aside(lambda: buffer.wait_for_room(LONG_S))
    assert waiting.waits()
    assert len(buffer.take(0)) == 2
    assert waiting.returns() is True
    assert buffer.held_bytes == 2 * size
    assert [m.topic for m in buffer.take(0)] == ["t/2", "t/3"]
    assert buffer.held_bytes == 0


def test_a_batch_larger_than_the_buffer_does_not_stop_the_flow() -> None:
    buffer = a_buffer(max_bytes=OVERHEAD_BYTES, messages=100, linger_s=0.0)
    received: list[Received] = []
    sent = [message(n) for n in range(20)]

    def put_each() -> None:
        for one in sent:
            assert buffer.wait_for_room(LONG_S)
            buffer.put_all([one])

    putting = Aside(put_each)

    def take_on() -> int:
        received.extend(buffer.take(0.01))
        return len(received)

    poll(take_on, until=lambda n: n == len(sent), what="every message")
    putting.returns()
    assert received == sent


@pytest.mark.parametrize("text", ["t" * 60_000, "t" * 59_996 + "\U0001f600"])
def test_long_topics_and_content_types_count_as_much_as_they_take(text: str) -> None:
    """A device may publish nothing, a thousand times, under topics of 64 KiB."""
    for long in (message(1)._replace(topic=text), message(1)._replace(content_type=text)):
        buffer = a_buffer(max_bytes=getsizeof(text))
        buffer.put_all([long])
        assert buffer.held_bytes >= getsizeof(text)
        assert not buffer.wait_for_room(0)
        assert buffer.take(0) == [long]
        assert buffer.held_bytes == 0


def test_a_lost_connection_takes_what_will_come_again_and_leaves_qos_0() -> None:
    buffer = a_buffer()
    kept = [message(1, b"a", packet_id=0), message(3, b"bc", packet_id=0)]
    for one in (kept[0], message(2, b"x" * 50), kept[1], message(4)):
        buffer.put_all([one])
    buffer.forget_connection()
    assert buffer.held_bytes == 2 * OVERHEAD_BYTES + 3
    assert buffer.take(0) == kept


def test_a_lost_connection_makes_room_for_a_waiting_reader() -> None:
    buffer = a_buffer(max_bytes=1)
    buffer.put_all([message(1)])
    waiting = Aside(lambda: buffer.wait_for_room(LONG_S))
    assert waiting.waits()
    buffer.forget_connection()
    assert waiting.returns() is True
    buffer.put_all([message(2)])
    assert buffer.take(0) == [message(2)]


def test_close_wakes_a_waiting_reader_whose_messages_are_dropped() -> None:
    buffer = a_buffer(max_bytes=1)
    buffer.put_all([message(0)])
    waiting = Aside(lambda: buffer.wait_for_room(LONG_S))
    assert waiting.waits()
    buffer.close()
    assert waiting.returns() is True
    buffer.put_all([message(1)])
    assert buffer.take(0) == [message(0)]


def test_close_wakes_a_waiting_worker_and_what_is_held_can_still_be_taken() -> None:
    buffer = a_buffer()
    taking = Aside(lambda: buffer.take(LONG_S))
    assert taking.waits()
    buffer.close()
    assert taking.returns() == []

    lingering = a_buffer(messages=5, linger_s=LONG_S)
    lingering.put_all([message(0)])
    batch = Aside(lambda: lingering.take(LONG_S))
    lingering.close()
    assert batch.returns() == [message(0)]
    lingering.put_all([message(1)])
    assert lingering.take(0) == []


def test_it_knows_how_long_its_first_message_waits() -> None:
    buffer = Buffer(max_bytes=10_000, batch_messages=1, batch_bytes=10_000, linger_s=0)
    seen = [buffer.oldest_ms]
    buffer.put_all([Received("t", b"", None, False, at_ms, 1, 1) for at_ms in (5, 6)])
    seen.append(buffer.oldest_ms)
    buffer.take(0)
    seen.append(buffer.oldest_ms)
    assert seen == [None, 5, 6]
