from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from store import registry
from store.database import Connection
from store.registry import KNOWN_FOR_S, UNKNOWN_FOR_S, Registered, Registry


class Devices:
    """Stands for a connection whose only table is `devices`; every question is kept."""

    def __init__(self, *known: str) -> None:
        self.rows = {name: (number, name, "robot_vacuum", "active") for number, name in enumerate(known)}
        self.asked: list[set[str]] = []
        self._found: list[tuple[Any, ...]] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def execute(self, _query: str, parameters: tuple[list[str]]) -> Devices:
        self.asked.append(set(parameters[0]))
        self._found = [self.rows[name] for name in parameters[0] if name in self.rows]
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._found


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def names(cache: Registry, devices: Devices, *wanted: str) -> set[str]:
    return set(cache.lookup(cast("Connection", devices), wanted))


def test_one_question_a_batch_for_the_names_not_known() -> None:
    devices, cache = Devices("a", "b"), Registry(Clock())
    assert names(cache, devices, "a", "b", "x", "a") == {"a", "b"}
    assert names(cache, devices, "a", "x") == {"a"}
    assert devices.asked == [{"a", "b", "x"}]


def test_an_unknown_device_is_asked_for_again_soon_and_a_known_one_later() -> None:
    devices, clock = Devices("a"), Clock()
    cache = Registry(clock)
    assert names(cache, devices, "a", "new") == {"a"}
    devices.rows["new"] = (9, "new", "software", "active")
    clock.now = UNKNOWN_FOR_S - 0.1
    assert names(cache, devices, "a", "new") == {"a"}
    clock.now = UNKNOWN_FOR_S
    assert names(cache, devices, "a", "new") == {"a", "new"}
    clock.now = KNOWN_FOR_S
    names(cache, devices, "a", "new")
    assert devices.asked == [{"a", "new"}, {"new"}, {"a"}]


def test_a_device_that_is_gone_is_forgotten() -> None:
    devices, clock = Devices("a"), Clock()
    cache = Registry(clock)
    names(cache, devices, "a")
    del devices.rows["a"]
    clock.now = KNOWN_FOR_S
    assert names(cache, devices, "a") == set()


def test_its_status_is_read_again() -> None:
    devices, clock = Devices("a"), Clock()
    cache = Registry(clock)
    names(cache, devices, "a")
    devices.rows["a"] = (0, "a", "robot_vacuum", "retired")
    clock.now = KNOWN_FOR_S
    assert cache.lookup(cast("Connection", devices), ["a"])["a"] == Registered(0, "a", "robot_vacuum", "retired")


def test_a_name_with_nul_is_unknown_without_being_asked_for() -> None:
    devices, cache = Devices("a"), Registry(Clock())
    assert names(cache, devices, "a", "a\0b") == {"a"}
    assert devices.asked == [{"a"}]


def test_a_full_cache_is_filled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_KNOWN", 3)
    devices, cache = Devices("a", "b", "c", "d"), Registry(Clock())
    names(cache, devices, "a", "b", "c")
    assert names(cache, devices, "a", "d") == {"a", "d"}
    assert names(cache, devices, "a", "d") == {"a", "d"}
    assert devices.asked == [{"a", "b", "c"}, {"d"}, {"a"}]


def test_made_up_names_push_out_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_UNKNOWN", 3)
    monkeypatch.setattr(registry, "MAX_KNOWN", 3)
    devices, cache = Devices("a", "b"), Registry(Clock())
    names(cache, devices, "a", "b")
    for number in range(20):
        assert names(cache, devices, "a", f"x{number}", f"y{number}", "b") == {"a", "b"}
        assert devices.asked[-1] == {f"x{number}", f"y{number}"}
    assert len(cache._unknown) <= 3
    assert len(devices.asked) == 21


def test_nothing_is_asked_for_nobody() -> None:
    devices = Devices()
    assert names(Registry(Clock()), devices) == set()
    assert devices.asked == []
