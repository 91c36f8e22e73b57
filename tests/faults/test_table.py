"""The table itself: every fault has its place, and the instruments that hurt and count do what they say."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import packets
from tests.faults import listed, table
from tests.faults.proxy import Phase, Proxy
from tests.faults.ranges import Ranges
from tests.faults.scenario import Line, Scenario, Skipped
from tests.faults.site import Grounds
from tests.faults.table import SCENARIOS, Table, as_markdown
from tests.faults.taps import MqttTap, PostgresTap
from tests.waiting import poll

REPOSITORY = Path(__file__).parents[2]
NUMBERS = st.lists(st.integers(0, 40))


PROOFS = {proof for proofs in listed.LIST.values() for proof in proofs}
A_LINE = Line("a fault", "PostgreSQL 18.1", 10, 10, 9, 1, 0, 0, 0.5, 60.0, "a note", holds=True)


def test_every_scenario_tries_a_line_of_the_list() -> None:
    assert set(SCENARIOS) == {proof for proof in PROOFS if "::" not in proof}
    assert all(listed.LIST.values())


@pytest.mark.parametrize("proof", sorted(proof for proof in PROOFS if "::" in proof))
def test_what_is_tested_elsewhere_is_there(proof: str) -> None:
    path, name = proof.split("::")
    assert f"\ndef {name}(" in (REPOSITORY / path).read_text(encoding="utf-8")


def test_the_document_has_the_list() -> None:
    said = (REPOSITORY / "docs" / "faults.md").read_text(encoding="utf-8")
    assert listed.as_markdown() in said, f"in docs/faults.md should stand:\n{listed.as_markdown()}"
    words = " ".join(said.split())
    assert all(fault in words for fault in listed.LATER)


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Scenarios that fail, are skipped, and hold; nothing is started for them."""

    def fails(_on: Grounds, _size: object) -> Line:
        raise ZeroDivisionError

    def is_skipped(_on: Grounds, _size: object) -> Line:
        raise Skipped("no disk to fill")

    runs = {"fails": fails, "skipped": is_skipped, "holds": lambda _on, _size: A_LINE}
    monkeypatch.setattr(table, "SCENARIOS", {key: Scenario(key, key, run) for key, run in runs.items()})

    @contextmanager
    def nowhere(*, durable: bool) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(engine="PostgreSQL 18.1", durable=durable)

    monkeypatch.setattr(table, "grounds", nowhere)
    return list(runs)


def test_a_line_that_fails_takes_no_other_with_it(
    three: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "table.json"
    assert table.main(["--only", *three, "--json", str(kept)]) == 1
    found = json.loads(kept.read_text())
    assert [line["fault"] for line in found["lines"]] == ["a fault"]
    assert found["without"] == {"fails": "FAILED: ZeroDivisionError", "skipped": "skipped: no disk to fill"}
    said = capsys.readouterr()
    assert "| a fault | 10 | 10 | 9 |" in said.out
    assert "3 of 3: holds" in said.err


def test_a_run_cut_short_keeps_what_it_has(
    three: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_on: Grounds, _size: object) -> Line:
        raise KeyboardInterrupt

    monkeypatch.setitem(table.SCENARIOS, "long", Scenario("long", "long", interrupted))
    kept = tmp_path / "table.json"
    with pytest.raises(KeyboardInterrupt):
        table.main(["--long", "--only", "holds", "long", "skipped", "--json", str(kept)])
    assert (len(json.loads(kept.read_text())["lines"]), json.loads(kept.read_text())["long"]) == (1, True)
    assert "| a fault |" in capsys.readouterr().out


def test_what_did_not_fail_is_no_failure() -> None:
    found = Table("PostgreSQL 18.1", long=False)
    found.take("kill-begun", "skipped: no reason")
    found.take("kill-copied", A_LINE)
    assert found.failed == []
    found.take("kill-inserted", "FAILED: for a reason")
    assert found.failed == ["kill-inserted"]


def test_a_line_of_the_table_reads_as_markdown() -> None:
    key = next(iter(SCENARIOS))
    text = as_markdown("PostgreSQL 18.1", [A_LINE], {key: "skipped: no reason"})
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
