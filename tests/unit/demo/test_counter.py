"""What ingest has dealt with is followed over its restarts, and never makes a publisher wait for nothing."""

from __future__ import annotations

import sys

import pytest
from prometheus_client import generate_latest

from ingest.metrics import Metrics
from vop.demo import counter
from vop.demo.counter import Counter, Dealt, parse


def page(stored: int, duplicates: int = 0, **rejected: int) -> bytes:
    metrics = Metrics()
    metrics.stored.inc(stored)
    metrics.duplicates.inc(duplicates)
    for reason, count in rejected.items():
        metrics.rejected.labels(reason).inc(count)
    return generate_latest(metrics.registry)


def test_reads_what_ingest_really_serves() -> None:
    assert parse(page(1_234_567, 5, bad_ts=2, conflict=1).decode()) == Dealt(1_234_567, 5, 3)


def test_a_restarted_ingest_counts_on() -> None:
    pages = iter([page(10), page(20, 1), None, page(3)])
    follower = Counter("", lambda _: next(pages))
    for _ in range(4):
        follower.look()
    assert follower.dealt == Dealt(23, 1, 0)
    assert follower.restarts == 1


def test_an_idle_ingest_holds_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bytes | None] = [page(10)]
    follower = Counter("", lambda _: answers[0])
    follower.look()
    assert follower.keeping_up() == 10
    monkeypatch.setattr(counter, "IDLE_S", -1.0)
    assert follower.keeping_up() == sys.maxsize
    answers[0] = None  # gone: what waits for it is not nothing
    follower.look()
    assert follower.keeping_up() == 10
