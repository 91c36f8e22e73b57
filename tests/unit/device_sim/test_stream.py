"""A device's stream: the same however often the program stops in between, and disturbed as a real one is."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest

import catalog
from device_sim.fleet import fleet
from device_sim.link import LONGEST_DELAY_DAYS, Sending
from device_sim.mqtt.live import ModelClock
from device_sim.mqtt.packing import pack
from device_sim.mqtt.replay import Stream, streams

PRODUCTS = catalog.load()
HOME = fleet(PRODUCTS, 8, 60, seed=3, epoch=dt.date(2026, 3, 2))
DEVICE = HOME.devices[0].device


def stream(start: float) -> Stream:
    return streams(HOME, dict(PRODUCTS), start)[DEVICE]


def key(sending: Sending) -> tuple[float, int, int, bool]:
    return sending.due, sending.element.body["boot"], sending.element.body["seq"], sending.again


@pytest.mark.parametrize("pause", [6.9, 7.0, 9.31, 20.5])
def test_a_stop_in_between_loses_and_doubles_nothing(pause: float) -> None:
    whole = [key(sending) for sending in stream(0.0).until(40.0)]
    before, after = stream(0.0).until(pause), stream(pause).until(40.0)
    assert [key(sending) for sending in (*before, *after)] == whole


def test_what_is_due_is_in_order_and_never_before_it_was_measured() -> None:
    sendings = stream(0.0).until(59.0)
    assert [s.due for s in sendings] == sorted(s.due for s in sendings)
    assert all(0 < s.due - s.element.day < LONGEST_DELAY_DAYS for s in sendings)
    identities = [key(s)[1:3] for s in sendings if not s.again]
    assert len(set(identities)) == len(identities)
    doubled = [key(s)[1:3] for s in sendings if s.again]
    assert doubled
    assert set(doubled) <= set(identities)


def test_next_due_is_what_until_gives_next() -> None:
    one = stream(3.3)
    due = one.next_due
    assert one.until(due) == []
    assert one.until(due + 1e-9)[0].due == due


@pytest.mark.parametrize("max_bytes", [2_000, 20_000, 256 * 1024])
def test_messages_hold_everything_once_within_their_size(max_bytes: int) -> None:
    sendings = stream(0.0).until(30.0)
    messages = list(pack(sendings, epoch_ms=HOME.epoch_ms, now_ms=HOME.epoch_ms, max_bytes=max_bytes))
    assert all(len(message.payload) <= max_bytes for message in messages)
    assert sum(message.fresh + message.again for message in messages) == len(sendings)
    elements = []
    for message in messages:
        document = orjson.loads(message.payload)
        parts = document if isinstance(document, list) else [document]
        assert len(parts) <= 1000
        assert all(("kind" in part) == (message.channel == "event") for part in parts)
        elements += parts
    assert {(e["boot"], e["seq"]) for e in elements} == {key(s)[1:3] for s in sendings}


def test_model_time_catches_up_and_then_keeps_to_the_clock() -> None:
    now = [1000.0 + 86_400.0]
    clock = ModelClock(1_000_000, day=0.5, speed=100.0, wall=lambda: now[0])
    assert clock.day() == 0.5
    now[0] += 86.4
    assert clock.day() == pytest.approx(0.6)
    now[0] += 864.0
    assert clock.day() == pytest.approx((now[0] - 1000.0) / 86_400.0)
