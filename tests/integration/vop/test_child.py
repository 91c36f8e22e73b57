"""A service process under its supervisor."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.owned_services import alive, wait_until_gone
from tests.waiting import poll
from vop.errors import DidNotStart
from vop.services import child
from vop.services.child import Child, Program, lock_directory
from vop.services.mosquitto import Mosquitto

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
TELLS = (
    "import signal, time\n"
    "signal.signal(signal.SIGHUP, lambda *_: print('heard', flush=True))\n"
    "print('ready', flush=True)\n"
    "while True: time.sleep(0.05)\n"
)


def program(place: Path, argv: Sequence[str], grace_s: float = 10.0) -> Program:
    return Program("the service", argv, place / "log", place, [(signal.SIGTERM, grace_s)])


def until_it_said(service: Child, words: str) -> None:
    poll(lambda: words in service.log_tail(), what=f"{words!r} in its log")


def test_one_that_does_not_listen_is_killed_after_its_grace(place: Path) -> None:
    service = Child(program(place, [sys.executable, "-c", DEAF], grace_s=0.1))
    until_it_said(service, "deaf")
    service.stop()
    assert service.returncode == 128 + signal.SIGKILL
    wait_until_gone(service.pid, timeout_s=1.0)


def test_a_signal_reaches_the_service_and_does_not_end_it(place: Path) -> None:
    service = Child(program(place, [sys.executable, "-c", TELLS]))
    try:
        until_it_said(service, "ready")
        service.signal(signal.SIGHUP)
        until_it_said(service, "heard")
        assert alive(service.pid)
    finally:
        service.stop()
    assert service.returncode == 128 + signal.SIGTERM
    service.stop()  # safe to call twice


def test_its_own_end_is_its_status(place: Path) -> None:
    service = Child(program(place, [sys.executable, "-c", "raise SystemExit(7)"]))
    assert poll(lambda: service.returncode, what="its status", until=lambda status: status is not None) == 7
    service.signal(signal.SIGHUP)  # too late, and no error
    service.stop()


def test_ending_the_supervisor_ends_the_service_in_order(place: Path) -> None:
    service = Child(program(place, [sys.executable, "-c", TELLS]))
    os.kill(service._supervisor.pid, signal.SIGTERM)
    wait_until_gone(service.pid)
    service.stop()


def test_a_program_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(DidNotStart, match="no/such/mosquitto"):
        Mosquitto(place / "mq", executable=Path("/no/such/mosquitto")).start()


def test_a_long_log_is_turned_over_at_the_next_start(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "LOG_KEPT_BYTES", 10)
    (place / "log").write_text("a line of an earlier run\n")
    service = Child(program(place, [sys.executable, "-c", TELLS]))
    until_it_said(service, "ready")
    service.stop()
    assert (place / "log.1").read_text() == "a line of an earlier run\n"
    assert "earlier" not in (place / "log").read_text()


def test_the_lock_is_held_until_the_service_is_gone(place: Path) -> None:
    lock = lock_directory(place, patience_s=0.0)
    assert lock is not None
    service = Child(program(place, [sys.executable, "-c", TELLS]), lock=lock)
    os.close(lock)
    assert lock_directory(place, patience_s=0.0) is None
    service.stop()
    again = lock_directory(place, patience_s=0.0)
    assert again is not None
    os.close(again)
