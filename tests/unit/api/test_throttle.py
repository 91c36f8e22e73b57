from __future__ import annotations

import pytest

from api import throttle
from api.throttle import WINDOW_S, Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_waits_after_its_failures_until_the_window_is_over() -> None:
    clock = Clock()
    guard = Throttle(2, clock)
    for _ in range(2):
        assert guard.wait_s("192.0.2.1", b"x") == 0
        guard.failed("192.0.2.1", b"x")
    assert guard.wait_s("192.0.2.1", b"x") == WINDOW_S
    assert guard.wait_s("192.0.2.2", b"x") == 0
    clock.now = WINDOW_S
    assert guard.wait_s("192.0.2.1", b"x") == 0
    guard.failed("192.0.2.1", b"x")
    assert guard.wait_s("192.0.2.1", b"x") == 0


def test_who_was_right_lately_passes_until_it_is_wrong_once() -> None:
    guard = Throttle(1, Clock())
    guard.succeeded(b"good")
    guard.failed("192.0.2.1", b"bad")
    assert guard.wait_s("192.0.2.1", b"bad") > 0
    assert guard.wait_s("192.0.2.1", b"good") == 0
    guard.failed("192.0.2.1", b"good")
    assert guard.wait_s("192.0.2.1", b"good") > 0


def test_hosts_of_one_ipv6_network_are_one() -> None:
    guard = Throttle(1, Clock())
    guard.failed("2001:db8::1", b"x")
    assert guard.wait_s("2001:db8::ffff", b"y") > 0
    assert guard.wait_s("2001:db8:0:1::1", b"y") == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MAX_ADDRESSES", 10)
    monkeypatch.setattr(throttle, "MAX_GOOD", 10)
    guard = Throttle(1, Clock())
    for n in range(100):
        guard.failed(f"192.0.2.{n}", b"x")
        guard.succeeded(bytes([n]))
    assert len(guard._failed) == len(guard._good) == 10
    assert guard.wait_s("192.0.2.99", b"x") > 0
