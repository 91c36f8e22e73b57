"""A process that ends by itself is started again, a hopeless one is given up, and all are stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.waiting import poll
from vop import keeper
from vop.errors import DidNotStart, DidNotStop
from vop.keeper import Keeper, ending


@dataclass
class Fake:
    pid: int
    stopped: list[int] = field(default_factory=list)
    returncode: int | None = None
    stubborn: bool = False

    def stop(self) -> None:
        self.stopped.append(self.pid)
        if self.stubborn:
            raise DidNotStop("still there")


class House:
    """A keeper, what it said, and the processes it began."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.gave_up: list[str] = []
        self.order: list[int] = []
        self.begun: list[Fake] = []
        self.refusals = 0
        self.keeper = Keeper(self.said.append, self.gave_up.append)

    def has_begun(self, count: int) -> bool:
        return len(self.begun) >= count

    def begin(self) -> Fake:
        if self.refusals:
            self.refusals -= 1
            raise DidNotStart("port taken")
        self.begun.append(Fake(100 + len(self.begun), self.order))
        return self.begun[-1]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(keeper, "LOOK_INTERVAL_S", 0.005)
    monkeypatch.setattr(keeper, "PAUSES_S", (0.0, 0.01, 0.02))
    made = House()
    yield made
    made.keeper.stop()


def test_an_ended_process_is_begun_again_and_both_lines_name_it(house: House) -> None:
    house.keeper.start("api", house.begin)
    house.begun[0].returncode = 137
    poll(lambda: len(house.said) == 2)
    assert house.said == [
        "api (process 100) ended by signal 9 (SIGKILL); starting it again",
        "api runs again (process 101)",
    ]
    assert house.keeper.process("api").pid == 101
    assert house.order == [100]  # its pipes were let go of


def test_one_that_keeps_ending_is_given_up(house: House) -> None:
    house.keeper.start("api", house.begin)
    for number in range(4):
        poll(partial(house.has_begun, number + 1))
        house.begun[number].returncode = 1
    poll(lambda: house.gave_up)
    assert house.gave_up == ["api ended 4 times in a row, the last time with status 1"]


def test_a_long_life_is_forgiven(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "STEADY_S", 0.0)
    house.keeper.start("api", house.begin)
    for number in range(8):
        poll(partial(house.has_begun, number + 1))
        house.begun[number].returncode = 1
    poll(lambda: len(house.begun) == 9)
    assert not house.gave_up


def test_one_that_cannot_be_begun_again_is_tried_again(house: House) -> None:
    house.keeper.start("api", house.begin)
    house.refusals = 1
    house.begun[0].returncode = 0
    poll(lambda: len(house.begun) == 2)
    poll(lambda: len(house.said) == 3)
    assert house.said == [
        "api (process 100) ended with status 0; starting it again",
        "the new api ended before it was ready: port taken; starting it again in 0.01 s",
        "api runs again (process 101)",
    ]


def test_what_cannot_begin_at_all_is_the_callers_to_know(house: House) -> None:
    house.refusals = 1
    with pytest.raises(DidNotStart):
        house.keeper.start("api", house.begin)
    house.keeper.stop()
    assert not house.order


def test_all_are_stopped_the_latest_first_even_if_one_will_not(house: House) -> None:
    for name in ("database", "broker", "api"):
        house.keeper.start(name, house.begin)
    house.begun[1].stubborn = True
    with pytest.raises(DidNotStop):
        house.keeper.stop()
    assert house.order == [102, 101, 100]
    house.keeper.stop()


@pytest.mark.parametrize(
    ("status", "words"), [(0, "with status 0"), (143, "by signal 15 (SIGTERM)"), (255, "by signal 127 (unknown)")]
)
def test_endings_in_words(status: int, words: str) -> None:
    assert ending(status) == words
