"""An outage is said once, then ever less often, and at its end."""

from __future__ import annotations

import logging

import pytest

from store.errors import Unavailable
from vop.broker_accounts import RETRY_S, ReloadFailed, Trouble


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_an_outage_of_hours_takes_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    trouble = Trouble(clock)
    waits = []
    with caplog.at_level(logging.WARNING):
        for attempt in range(1_200):  # two hours
            clock.now += 6
            # libpq's words differ from one attempt to the next.
            waits.append(trouble.met(Unavailable(f"connection refused at port {attempt}")))
        assert 5 <= len(caplog.messages) <= 10
        assert caplog.messages[0].endswith("connection refused at port 0; trying again every few seconds")
        assert "for 60 s now" in caplog.messages[1]
        assert waits[:4] == [*RETRY_S, RETRY_S[-1]]
        caplog.clear()
        trouble.over()
        trouble.over()
    assert caplog.messages == ["broker accounts are up to date again, after 7194 s"]


def test_another_trouble_and_the_next_one_are_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble(Clock())
    trouble.met(Unavailable("away"))
    trouble.met(ReloadFailed("no broker"))
    trouble.over()
    trouble.met(Unavailable("away again"))
    told = [message.split(": ")[1].split(";")[0] for message in caplog.messages if ": " in message]
    assert told == ["away", "no broker", "away again"]
