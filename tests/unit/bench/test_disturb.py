"""What befalls messages is what its name says, and how much was heard is reckoned from what is left."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

import catalog
from bench import disturb
from bench.heard import Heard, heard
from device_sim.fleet import fleet
from device_sim.link import Sending

DAYS = 28
PRODUCT = catalog.load()["pill_dispenser"]


@cache
def sent(kind: str) -> list[Sending]:
    one = fleet(catalog.load(), 1, DAYS, 3, epoch=date(2026, 1, 1), products={"pill_dispenser": 1.0}, staged=False)
    return disturb.sendings(one, PRODUCT, one.devices[0].device, kind, DAYS)


def numbers(kind: str) -> set[tuple[int, int]]:
    return {(s.element.body["boot"], s.element.body["seq"]) for s in sent(kind)}


def share(kind: str) -> float:
    return heard(sent(kind), PRODUCT).share(0.0, DAYS)


@pytest.mark.parametrize("kind", disturb.KINDS)
def test_messages_come_in_order_of_arrival_and_are_the_same_every_time(kind: str) -> None:
    due = [sending.due for sending in sent(kind)]
    assert due == sorted(due)
    assert due[-1] <= DAYS
    if kind == "everything":  # with all that is drawn
        sent.cache_clear()
        assert [sending.due for sending in sent(kind)] == due


def test_the_link_alone_loses_little() -> None:
    assert len(sent("link")) > 100 * DAYS
    assert share("link") > 0.97


def test_lost_doubled_late_and_out_of_order() -> None:
    whole = numbers("link")
    assert 0.92 < len(numbers("lost")) / len(whole) < 0.98
    for kind in ("doubled", "out of order", "late"):
        assert numbers(kind) == whole
    assert len(sent("doubled")) > 1.2 * len(sent("link"))
    assert len({sending.due for sending in sent("late")}) == 2
    moments = [sending.element.day for sending in sent("out of order")]
    assert np.mean(np.diff(moments) < 0) > 0.2


def test_restarts_are_counted_and_linked() -> None:
    boots: dict[int, set[int]] = {}
    links = {}
    for sending in sent("restarts"):
        body = sending.element.body
        boots.setdefault(body["boot"], set()).add(body["seq"])
        if "prev" in body:
            links[body["boot"]] = body["prev"]["boot"]
    assert len(boots) > DAYS / disturb.RESTARTS_APART_DAYS / 2
    assert all(before < boot for boot, before in links.items())
    assert share("restarts") > 0.97


def test_a_clock_that_is_lost_tells_the_time_since_the_restart() -> None:
    lost = [sending for sending in sent("clock") if sending.element.unclocked]
    assert 0.1 < len(lost) / len(sent("clock")) < 0.5
    assert all(sending.element.body["ts"] <= DAYS * 86_400_000 for sending in lost)


@pytest.mark.parametrize("kind", ["gaps", "offline", "everything"])
def test_silences_are_silent(kind: str) -> None:
    assert 0.1 < share(kind) < 0.97


def test_share_of_a_window() -> None:
    spans = Heard(np.array([0.0, 4.0]), np.array([2.0, 6.0]))
    assert [spans.share(*window) for window in ((0.0, 2.0), (1.0, 5.0), (2.0, 4.0), (0.0, 8.0), (3.0, 3.0))] == [
        1.0, 0.5, 0.0, 0.5, 0.0,
    ]  # fmt: skip
