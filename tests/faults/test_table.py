"""The table itself: every fault has its place, and the instruments that hurt and count do what they say."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import packets
from tests.faults.proxy import Phase, Proxy
from tests.faults.ranges import Ranges
from tests.faults.scenario import Line
from tests.faults.table import ELSEWHERE, SCENARIOS, as_markdown
from tests.faults.taps import MqttTap, PostgresTap
from tests.waiting import poll

REPOSITORY = Path(__file__).parents[2]
NUMBERS = st.lists(st.integers(0, 40))


@pytest.mark.parametrize("path", ELSEWHERE.values())
def test_what_is_tested_elsewhere_is_there(path: str) -> None:
    assert (REPOSITORY / path).exists()


def test_a_line_of_the_table_reads_as_markdown() -> None:
    line = Line("a fault", "PostgreSQL 18.1", 10, 10, 9, 1, 0, 0, 0.5, 60.0, "a note", holds=True)
    key = next(iter(SCENARIOS))
    text = as_markdown("PostgreSQL 18.1", [line], {key: "skipped: no reason"})
    assert "| a fault | 10 | 10 | 9 | 1 | 0 | 0 | 0.5 | 60.0 | a note |" in text
    assert f"* {SCENARIOS[key].title}: skipped: no reason" in text


@given(NUMBERS, NUMBERS)
def test_ranges_are_sets(left: list[int], right: list[int]) -> None:
    one, other = Ranges(), Ranges((n, n + 1) for n in right)
    for number in left:
        one.add(number)
    assert one == Ranges((n, n + 1) for n in left)
    assert (list(one), len(one)) == (sorted(set(left)), len(set(left)))
    assert set(one - other) == set(left) - set(right)
    assert set(one | other) == set(left) | set(right)
    assert all((number in one) == (number in left) for number in range(-1, 43))


def _frame(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


@given(st.integers(1, 40))
def test_a_tap_names_the_steps_of_a_workers_connection_however_it_is_cut(size: int) -> None:
    startup = struct.pack(">I", 196_608) + b"user\0u\0application_name\0vop ingest\0\0"
    said = struct.pack(">II", 8, 80_877_103) + struct.pack(">I", len(startup) + 4) + startup
    said += _frame(b"Q", b"BEGIN\0") + _frame(b"Q", b"COPY stage FROM STDIN\0") + _frame(b"d", b"x" * 90)
    said += _frame(b"c", b"") + _frame(b"P", b"named\0WITH new AS (...)\0") + _frame(b"B", b"\0named\0")
    said += _frame(b"B", b"\0named\0") + _frame(b"Q", b"COMMIT\0")
    heard = b"N" + _frame(b"R", struct.pack(">I", 0)) + _frame(b"C", b"INSERT 0 1\0") + _frame(b"C", b"COMMIT\0")
    tap = PostgresTap()
    steps = [step for at in range(0, len(said), size) for step in tap.read("up", said[at : at + size])]
    assert steps == ["begin", "copy", "copied", "insert", "insert", "commit"]
    answers = [heard[:1], *(heard[at : at + size] for at in range(1, len(heard), size))]
    assert [step for part in answers for step in tap.read("down", part)] == ["committed"]


def test_a_tap_says_nothing_of_other_connections() -> None:
    startup = struct.pack(">I", 196_608) + b"user\0u\0application_name\0vop ingest retained\0\0"
    tap = PostgresTap()
    said = struct.pack(">I", len(startup) + 4) + startup + _frame(b"Q", b"COMMIT\0")
    assert list(tap.read("up", said)) == []


@given(st.integers(1, 30))
def test_a_tap_names_the_packets_of_mqtt(size: int) -> None:
    said = packets.publish("a/topic", 7, b"x" * 300)
    tap = MqttTap()
    assert [s for at in range(0, len(said), size) for s in tap.read("down", said[at : at + size])] == ["publish"]
    assert list(tap.read("up", b"\x40\x02\0\x01\xc0\0")) == ["puback", "ping"]


@pytest.fixture
def echo() -> Iterator[Proxy]:
    """A proxy before a server that says everything back."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    link, _ = listener.accept()
                except OSError:
                    return
                with link:
                    try:
                        while data := link.recv(1024):
                            link.sendall(data)
                    except ConnectionError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        with Proxy("127.0.0.1", listener.getsockname()[1]) as proxy:
            yield proxy
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_proxy_passes_holds_and_releases(echo: Proxy) -> None:
    with socket.create_connection((echo.host, echo.port)) as link:
        link.sendall(b"one")
        assert link.recv(10) == b"one"
        echo.hold()
        link.sendall(b"two")
        link.settimeout(0.2)
        with pytest.raises(TimeoutError):
            link.recv(10)
        echo.release()
        link.settimeout(10)
        assert link.recv(10) == b"two"


def test_a_proxy_resets_and_refuses(echo: Proxy) -> None:
    with socket.create_connection((echo.host, echo.port)) as link:
        link.sendall(b"one")
        assert link.recv(10) == b"one"
        echo.refusing = True
        assert echo.cut() == 1
        with pytest.raises(ConnectionResetError):
            poll(lambda: link.recv(10), what="the reset")
    with socket.create_connection((echo.host, echo.port)) as link, pytest.raises(ConnectionResetError):
        poll(lambda: link.recv(10), what="the refusal")


class _Lines:
    def read(self, direction: str, chunk: bytes) -> list[str]:
        return [f"{direction} {chunk.decode()}"]


def test_a_step_that_is_stopped_never_arrives(echo: Proxy) -> None:
    seen: list[tuple[str, Phase]] = []

    def watch(step: str, phase: Phase) -> bool:
        seen.append((step, phase))
        return step == "up stop"

    echo.tap, echo.watch = _Lines, watch
    with socket.create_connection((echo.host, echo.port)) as link:
        link.sendall(b"go")
        assert link.recv(10) == b"go"
        link.sendall(b"stop")
        with pytest.raises(ConnectionResetError):
            poll(lambda: link.recv(10), what="the reset")
    assert [one for one in seen if one[0].startswith("up")] == [
        ("up go", "before"),
        ("up go", "after"),
        ("up stop", "before"),
    ]
    assert ("down go", "before") in seen
