"""Broker and the way to it: restarted, cut off, half-open, slow; and devices that come back all at once or fight."""

from __future__ import annotations

import random

from tests.faults.fleet import Fleet, Plan, reading
from tests.faults.kills import HISTORY_MS, RATE, now_ms, plans, sending
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, Site, site
from tests.waiting import poll

NOTICED_WITHIN_S = 120.0
"""A worker asks the broker for a sign of life every 30 s and gives up after half as long again."""


def _restarted(on: Grounds, size: Size) -> Line:
    rounds, more = size.count(2, 6), size.count(1_000, 20_000)
    with site(on) as here, sending(here, RATE) as fleet:
        for _ in range(rounds):
            fleet.wait_more(more)
            here.broker.server.stop()
            with here.recovering(fleet):
                here.broker.server.start()
        fleet.stop_sending()
        return line("broker restarted, persistent sessions", here, here.settle(fleet), f"{rounds} restarts")


def _restarted_without_worker(on: Grounds, size: Size) -> Line:
    more = size.count(1_000, 20_000)
    with site(on) as here, sending(here, RATE) as fleet:
        fleet.wait_more(more)
        assert here.worker.stop() == 0
        fleet.wait_more(more)
        here.broker.server.stop()
        here.broker.server.start()
        fleet.wait_more(more)
        with here.recovering(fleet):
            here.replace_worker()
        fleet.stop_sending()
        found = here.settle(fleet)
        return line("broker restarted while no worker runs", here, found, "a third of it waits in the session")


def _cut(on: Grounds, size: Size) -> Line:
    rounds, more = size.count(3, 20), size.count(700, 5_000)
    with site(on) as here, sending(here, RATE) as fleet:
        for _ in range(rounds):
            fleet.wait_more(more)
            here.to_broker.refusing = True
            assert here.to_broker.cut(), "there was a connection to cut"
            fleet.wait_more(100)
            with here.recovering(fleet):
                here.to_broker.refusing = False
        fleet.stop_sending()
        return line("broker cut off from ingest", here, here.settle(fleet), f"{rounds} times reset and refused")


def _half_open(on: Grounds, size: Size) -> Line:
    """Long: the dead connection never speaks again, and the worker must find out. Short: it breaks after a while."""
    more = size.count(1_500, 30_000)
    with site(on) as here, sending(here, RATE) as fleet:
        fleet.wait_more(more)
        here.to_broker.hold(new=False)
        before = here.to_broker.accepted
        fleet.wait_more(more)
        with here.recovering(fleet, NOTICED_WITHIN_S):
            if not size.long:
                here.to_broker.cut()
            poll(lambda: here.to_broker.accepted > before, NOTICED_WITHIN_S, what="a new connection to the broker")
        fleet.stop_sending()
        note = "found out by the worker itself" if size.long else "silent, then reset"
        return line("broker half-open", here, here.settle(fleet, within_s=NOTICED_WITHIN_S), note)


def _slow(on: Grounds, size: Size) -> Line:
    each = size.count(2_000, 40_000)
    with site(on) as here, sending(here, RATE, each) as fleet:
        fleet.wait_acknowledged(each)
        here.to_broker.bytes_per_s, here.to_broker.delay_s = 40_000, 0.1
        fleet.finish()
        behind = fleet.sent - here.kept()
        assert behind > 0, "the link was slow"
        with here.recovering(fleet):
            here.to_broker.bytes_per_s, here.to_broker.delay_s = 0, 0.0
        return line("broker slow: 40 kB/s, 100 ms", here, here.settle(fleet), f"{behind} behind at the end of it")


def _all_at_once(on: Grounds, size: Size) -> Line:
    count, each = 1_000, size.count(4, 100)
    names = [f"herd-{n}" for n in range(count)]
    with site(on, names) as here:
        herd = Fleet(
            here.broker.host, here.broker.port, here.passwords, plans(here, each), rate=size.of(2_000, 5_000),
            reconnect_s=(0.0, 0.05),
            stays=True,
        )  # fmt: skip
        with herd as fleet:
            poll(lambda: fleet.connected, 60, until=lambda n: n == count, what="all devices connected")
            fleet.wait_acknowledged(count * each // 3)
            here.broker.server.stop()
            with here.recovering(fleet):
                here.broker.server.start()
                poll(lambda: fleet.connected, 60, until=lambda n: n == count, what="all devices back")
            return line("1,000 devices reconnect at once", here, here.settle(fleet), f"{fleet.connects} connections")


def _rivals(here: Site, each: int) -> list[Fleet]:
    """Two publishers with one device's account and client id; each has a boot counter of its own."""
    start = now_ms() - HISTORY_MS
    return [
        Fleet(
            here.broker.host, here.broker.port, here.passwords,
            [Plan("twin", each, reading(start + boot, boot), boot=boot)], rate=1_000, seed=boot,
        )
        for boot in (1, 2)
    ]  # fmt: skip


def _one_id(on: Grounds, size: Size) -> Line:
    each = size.count(1_000, 20_000)
    with site(on, ["twin"]) as here:
        first, second = _rivals(here, each)
        with first, second:
            found = here.settle(first, second, within_s=size.of(60, 300))
        fights = first.connects + second.connects - 2
        assert fights > 1, "they did get in each other's way"
        return line("two clients with one id", here, found, f"{fights} takeovers")


def _thrice(on: Grounds, size: Size) -> Line:

    each = size.count(800, 20_000)
    with site(on) as here:
        source = random.Random(3)
        made = []
        for plan in plans(here, each):
            order = [n for n in range(each) for _ in range(3)]
            source.shuffle(order)
            made.append(Plan(plan.device, each, plan.payload, order=order))
        with Fleet(here.broker.host, here.broker.port, here.passwords, made, rate=size.of(6_000, 0)) as fleet:
            found = here.settle(fleet)
        assert found.published >= 3 * found.sent
        return line("every message three times, shuffled", here, found, f"{found.published} published")


SCENARIOS = [
    Scenario("broker-restart", "broker restart with persistent sessions", _restarted),
    Scenario("broker-restart-alone", "broker restart with persistent sessions", _restarted_without_worker),
    Scenario("broker-cut", "broker cut off", _cut),
    Scenario("broker-half-open", "broker half-open", _half_open),
    Scenario("broker-slow", "broker slow", _slow),
    Scenario("reconnects", "1,000 simultaneous reconnects", _all_at_once),
    Scenario("one-id", "two clients with one id", _one_id),
    Scenario("thrice", "every message three times, shuffled", _thrice),
]
