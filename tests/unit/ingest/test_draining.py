"""When a session counts as empty."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import pytest

from ingest import draining
from ingest.draining import Drained, run_dry
from ingest.metrics import Metrics
from ingest.receiver import Received
from tests.unit.ingest.worker_surroundings import Session, message


class Broker(Session):
    """Sends what `script` says, a turn each: messages, or whether it answers, is connected, or is lost to us."""

    def __init__(self, script: Sequence[Received | str]) -> None:
        super().__init__([], lambda: None)
        self.answered = False
        self._script = list(script)

    def take(self, _timeout_s: float) -> list[Received]:
        step = self._script.pop(0)
        if isinstance(step, Received):
            return [step]
        self.answered = step == "answers"
        self.connected = step != "gone"
        self.taken_over = step == "taken over"
        return []


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRY_AFTER_S", 0.0)


def drained(broker: Broker) -> tuple[Drained, list[Received]]:
    kept: list[Received] = []
    return run_dry(broker, kept.extend, Metrics(), Event()), kept


def test_silence_is_not_enough_for_a_cut_cable_is_silent_too() -> None:
    late = message(1)
    broker = Broker(["silent", "silent", "silent", "gone", "silent", late, "silent", "answers", "silent", "silent"])
    assert drained(broker) == (Drained(1, is_dry=True), [late])
    assert broker.calls == ["unsubscribe", "ask", "ask", "ask", "stop and forget"]
    assert broker.acknowledged == [1]


def test_an_answer_from_before_a_message_says_nothing() -> None:
    broker = Broker(["silent", "answers", message(1), "silent", "taken over"])
    result, kept = drained(broker)
    assert (result, kept) == (Drained(1, is_dry=False), [message(1)])
    assert "stop and forget" not in broker.calls
