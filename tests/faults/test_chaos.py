"""Nothing acknowledged is lost and nothing is there twice, whatever dies on the way."""

from __future__ import annotations

import pytest

from tests.faults import chaos
from vop.services.mosquitto import find_mosquitto

needs_mosquitto = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")


@needs_mosquitto
def test_every_message_is_kept_once_through_one_fault_of_each_kind() -> None:
    report = chaos.run(6_000, devices=4, kills=2, database_kills=1, broker_restarts=1, rate=2_000)
    assert report.holds, report
    assert report.acknowledged == report.sent == report.stored + report.dead_lettered


@needs_mosquitto
@pytest.mark.slow
def test_workers_that_share_come_and_go_and_every_message_is_kept_once() -> None:
    # No restart of the broker: Mosquitto keeps no shared subscription over it (see test_broker_restart).
    report = chaos.run(
        6_000, devices=4, kills=2, database_kills=1, broker_restarts=0, rate=2_000, share="ingest", seed=2
    )
    assert report.holds, report
    assert report.acknowledged == report.sent == report.stored + report.dead_lettered


@pytest.mark.faults
@pytest.mark.timeout(900)
@needs_mosquitto
@pytest.mark.parametrize(("share", "broker_restarts"), [("", 2), ("ingest", 0)], ids=["standby", "share"])
def test_a_hundred_thousand_messages_through_every_fault(share: str, broker_restarts: int) -> None:
    report = chaos.run(100_000, share=share, broker_restarts=broker_restarts)
    assert report.holds, report
    assert report.acknowledged == report.sent == report.stored + report.dead_lettered
