"""How a batch is divided into transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

import catalog
from ingest import keeper as module
from ingest.keeper import Keeper
from ingest.metrics import Metrics
from ingest.receiver import Received
from store.database import Connection
from store.errors import Unavailable
from store.intake import Arrival, Intake, Outcome
from store.registry import Registered, Registry

CONN = cast("Connection", None)
ELEMENTS = 100


def message(number: int, *, retain: bool = False) -> Received:
    """Two hundred bytes, of which the store has to keep a hundred dead letters."""
    payload = b"[" + b",".join([b"0"] * ELEMENTS) + b"]"
    return Received("vop/v1/vac-1/up/telemetry", payload, None, retain, 1_790_000_000_000 + number, number, 1)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The messages of each transaction."""
    found: list[list[int]] = []

    def write(_self: Intake, _conn: object, arrivals: Sequence[Arrival]) -> Outcome:
        if len(found) == 3:
            raise Unavailable("away")
        found.append([a.arrived_at_ms - 1_790_000_000_000 for a in arrivals])
        return Outcome(rejects=[(n, r) for n, a in enumerate(arrivals) for r in a.rejects])

    def lookup(*_: Any) -> dict[str, Registered]:
        return {"vac-1": Registered(1, "vac-1", "robot_vacuum", "active")}

    monkeypatch.setattr(Intake, "write", write)
    monkeypatch.setattr(Registry, "lookup", lookup)
    monkeypatch.setattr(module, "MOST_ELEMENTS", 3 * ELEMENTS)
    return found


def test_many_elements_in_little_payload_become_several_transactions(written: list[list[int]]) -> None:
    metrics = Metrics()
    messages = [message(n, retain=n == 2) for n in range(8)]
    Keeper(catalog.load(), 400, metrics).keep(CONN, messages)
    assert written == [[0, 1, 3], [4, 5, 6], [7]]
    counted = metrics.registry.get_sample_value
    assert counted("vop_ingest_messages_committed_total") == 7
    assert counted("vop_ingest_batch_messages_count") == 3
    assert sum(
        sample.value
        for metric in metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "vop_ingest_elements_rejected_total"
    ) == (7 * ELEMENTS)


def test_a_batch_without_anything_to_keep_is_no_transaction(written: list[list[int]]) -> None:
    keeper = Keeper(catalog.load(), 400, Metrics())
    keeper.keep(CONN, [])
    keeper.keep(CONN, [message(1, retain=True)])
    assert written == []


def test_when_one_of_them_fails_the_whole_batch_is_not_kept(written: list[list[int]]) -> None:
    with pytest.raises(Unavailable):
        Keeper(catalog.load(), 400, Metrics()).keep(CONN, [message(n) for n in range(12)])
    assert len(written) == 3
