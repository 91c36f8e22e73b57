"""Coverage and gaps against what the simulator knows, under everything its link and its devices do wrong."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import catalog
from device_sim import fleet, link, record
from device_sim.model import body
from store.gaps import Gaps, gaps
from store.intake import Intake
from store.usage import Window, heard_seconds
from tests.integration.store.truth import DAY_MS, Truth, batches, clipped, messages, number, truth
from tests.integration.store.world import World

PRODUCTS = catalog.load()
EPOCH = dt.date(2026, 2, 1)
DAYS = 24.0


@contextmanager
def disturbed(
    outages: float, lossy: float, lost: float, doubled: float, delayed: float, clockless: float, restarts_days: float
) -> Iterator[None]:
    """A link and devices that err this much."""
    with (
        mock.patch.multiple(
            link,
            OUTAGES_A_DAY=outages,
            LOSSY_SHARE=lossy,
            LOST_SHARE=lost,
            DOUBLED_SHARE=doubled,
            DELAYED_SHARE=delayed,
        ),
        mock.patch.multiple(record, CLOCK_LOST_SHARE=clockless),
        mock.patch.multiple(body, MEAN_DAYS_BETWEEN_RESTARTS=restarts_days),
    ):
        yield


def at(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)


def lived(
    world: World,
    product: str,
    seed: int,
    days: float,
    rng: random.Random,
    largest: int = 200,
    *,
    shuffled: bool = False,
    patience: float = 1.0,
) -> tuple[int, Truth]:  # fmt: skip
    """One device of `product`, its record, and everything the link delivered written through the intake.

    `patience` shortens the heartbeat: then little but contiguous numbers and named predecessors vouch for any time.
    """
    declared = {key: p.model_copy(update={"heartbeat_s": p.heartbeat_s * patience}) for key, p in PRODUCTS.items()}
    home = fleet(PRODUCTS, 1, 30, seed=seed, epoch=EPOCH, products={product: 1.0}, staged=False)
    told = truth(home, declared[product], home.devices[0].device, days)
    device = world.device(f"{product}-{world.one('SELECT count(*) FROM devices')}", product)
    intake = Intake(declared)
    delivered = list(messages(told, rng))
    if shuffled:
        rng.shuffle(delivered)
    again = stored = 0
    for batch in batches(told, device, delivered, rng, largest):
        outcome = intake.write(world.conn, batch)
        stored += outcome.stored
        again += outcome.duplicates
        assert (outcome.rejects, outcome.seq_reused) == ([], 0)
    assert stored == len(told.stored)
    return device, told


def check(world: World, device: int, told: Truth, rng: random.Random) -> None:
    """Everything the readers say of the device, in the whole and in windows cut anywhere."""
    heard = told.heard()
    assert rows_of_heard(world, device) == heard
    begin, end = told.epoch_ms - DAY_MS, told.epoch_ms + round((DAYS + 40) * DAY_MS)
    _check_coverage(world, device, heard, begin, end, rng)
    everything = gaps(world.conn, told.product, device, at(begin), at(end), now=at(end))
    _check_lost(told, everything)
    _check_reboots(told, everything)
    assert (everything.clock_count, everything.seq_reused) == (len(told.clocked), 0)
    assert everything.silence_s == pytest.approx((end - heard[0][0] - clipped(heard, begin, end)) / 1000)
    for _ in range(4):
        low, high = sorted(rng.sample(range(begin, end), 2))
        part = gaps(world.conn, told.product, device, at(low), at(high), now=at(end))
        silent = max(0, high - max(low, heard[0][0])) - clipped(heard, max(low, heard[0][0]), max(high, heard[0][0]))
        assert part.silence_s == pytest.approx(silent / 1000)
        assert set(part.lost) == {
            each for each in everything.lost if (each.since or each.until) < at(high) and each.until >= at(low)
        }
        assert part.clock_count == sum(low <= told.stored[n] < high for n in told.clocked)
        assert set(part.reboots) == {each for each in everything.reboots if at(low) <= each.first_ts < at(high)}


def rows_of_heard(world: World, device: int) -> list[tuple[int, int]]:
    rows = world.rows("SELECT ms_of(since), ms_of(until) FROM heard WHERE device_id = %s ORDER BY since", device)
    return [(since, until) for since, until in rows]


def _check_coverage(
    world: World, device: int, heard: list[tuple[int, int]], begin: int, end: int, rng: random.Random
) -> None:
    cuts = sorted({begin, end, *rng.sample(range(begin, end), 40)})
    parts = [Window(at(a), at(b)) for a, b in pairwise(cuts)]
    measured = heard_seconds(world.conn, device, parts)
    expected = [clipped(heard, a, b) / 1000 for a, b in pairwise(cuts)]
    assert measured == pytest.approx(expected)
    [whole] = heard_seconds(world.conn, device, [Window(at(begin), at(end))])
    assert sum(measured) == pytest.approx(whole)


def _check_lost(told: Truth, found: Gaps) -> None:
    reported: defaultdict[int, set[int]] = defaultdict(set)
    vanished: set[int] = set()
    for each in found.lost:
        if each.last_seq is None:
            vanished |= set(range(each.boot, each.last_boot + 1))
            continue
        span = set(range(each.first_seq, each.last_seq + 1))
        assert not reported[each.boot] & span
        reported[each.boot] |= span
    known = told.known_lost()
    assert reported == known
    assert vanished == told.vanished()
    assert found.lost_count == sum(map(len, known.values()))


def _check_reboots(told: Truth, found: Gaps) -> None:
    times: defaultdict[int, list[int]] = defaultdict(list)
    for (boot, _), ts in told.stored.items():
        times[boot].append(ts)
    links = {new[0]: old for new, old in told.links().items()}
    expected = {
        (boot, at(min(ts)), at(max(ts)), links.get(boot), links.get(boot) in told.stored)
        for boot, ts in times.items()
        if boot != min(times)
    }
    assert {
        (r.boot, r.first_ts, r.last_ts, None if r.prev_boot is None else (r.prev_boot, r.prev_seq), r.complete)
        for r in found.reboots
    } == expected
    assert found.reboot_count == len(expected)


@pytest.mark.parametrize(("seed", "patience"), [(1, 1.0), (2, 0.01)])
@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_coverage_and_gaps_are_those_of_the_record(world: World, product: str, seed: int, patience: float) -> None:
    rng = random.Random(seed)
    with disturbed(0.3, 0.5, 0.004, 0.02, 0.03, 0.6, 3.0):
        device, told = lived(world, product, seed, DAYS, rng, patience=patience)
    assert told.lost
    assert told.clocked
    check(world, device, told, rng)


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_silence_is_where_something_was_lost_and_nothing_lost_is_called_heard(world: World, product: str) -> None:
    """Against the record alone, without the definition: a device that loses nothing is heard all its life."""
    rng = random.Random(7)
    with disturbed(0.95, 0.9, 0.002, 0.02, 0.03, 0.5, 4.0):
        device, told = lived(world, product, 7, DAYS, rng)
    moments = {number(e): told.epoch_ms + e.day * DAY_MS for e in told.recorded}
    lost = sorted(moments[n] for n in told.lost)
    silent = gaps(
        world.conn, told.product, device, at(told.epoch_ms), at(max(told.stored.values())), now=at(2**41)
    ).silence
    assert silent or told.tail_ms > link.LONGEST_OUTAGE_MIN * 60_000
    for each in silent:
        begins, ends = (moment.timestamp() * 1000 for moment in (each.since, each.until))
        # Clocks err by seconds; an element lost vouches for three heartbeats that are missing then.
        assert any(begins - told.tail_ms - 10_000 <= moment <= ends + 10_000 for moment in lost)
    arrived = sorted(told.stored.values())
    heard = told.heard()
    for moment in lost:
        since_last = moment - max((ts for ts in arrived if ts <= moment), default=0)
        if since_last > told.tail_ms + 10_000:
            assert not any(since + 10_000 <= moment < until - 10_000 for since, until in heard)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    product=st.sampled_from(sorted(PRODUCTS)),
    seed=st.integers(0, 10_000),
    outages=st.floats(0.0, 0.9),
    lossy=st.floats(0.0, 1.0),
    lost=st.floats(0.0, 0.6),
    doubled=st.floats(0.0, 0.2),
    delayed=st.floats(0.0, 0.2),
    clockless=st.floats(0.0, 1.0),
    restarts_days=st.floats(0.3, 20.0),
    largest=st.sampled_from([1, 7, 300]),
    patience=st.sampled_from([1.0, 0.05, 0.001]),
)
def test_whatever_the_link_does(
    world: World, product: str, seed: int, outages: float, lossy: float, lost: float, doubled: float, delayed: float,
    clockless: float, restarts_days: float, largest: int, patience: float,
) -> None:  # fmt: skip
    rng = random.Random(seed)
    with disturbed(outages, lossy, min(lost, 1 - delayed - doubled), doubled, delayed, clockless, restarts_days):
        device, told = lived(
            world,
            product,
            seed,
            1.0 if largest == 1 else 3.0,
            rng,
            largest=largest,
            shuffled=seed % 3 == 0,
            patience=patience,
        )
    if told.stored:
        check(world, device, told, rng)
