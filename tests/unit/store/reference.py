"""Continuity by its definition, computed naively over all elements at once: what the incremental result is held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from hypothesis import strategies as st

from catalog.elements import NO_BOOT

TAIL_MS = 30
"""Three heartbeats."""


class Told(NamedTuple):
    """One element, as far as continuity is concerned; no two of a device share (boot, seq)."""

    boot: int
    seq: int
    ts_ms: int
    prev: tuple[int, int] | None = None


def instants(spans: Iterable[tuple[int, int]]) -> set[int]:
    """Every millisecond of half-open spans."""
    return {ms for since, until in spans for ms in range(since, until)}


def heard(told: Iterable[Told]) -> set[int]:
    """Every millisecond that (a), (b) or (c) of the definition of coverage calls heard."""
    elements = sorted(told, key=lambda e: e.ts_ms)
    times = {(e.boot, e.seq): e.ts_ms for e in elements if e.boot != NO_BOOT}
    spans: list[tuple[int, int]] = []
    for (boot, seq), ts in times.items():
        if (boot, seq + 1) in times:
            spans.append((ts, times[boot, seq + 1]))
    spans += [(times[e.prev], e.ts_ms) for e in elements if e.prev in times and e.prev is not None]
    for at, element in enumerate(elements):
        until = element.ts_ms + TAIL_MS
        if at + 1 < len(elements):
            until = min(until, elements[at + 1].ts_ms)
        spans.append((element.ts_ms, until))
    return instants(spans)


def runs(told: Iterable[Told]) -> dict[int, list[tuple[int, int, int, int]]]:
    """Boot -> contiguous numbers as (first_seq, last_seq, first_ts, last_ts)."""
    times: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for e in told:
        if e.boot != NO_BOOT:
            times[e.boot][e.seq] = e.ts_ms
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for boot, by_seq in times.items():
        firsts = sorted(seq for seq in by_seq if seq - 1 not in by_seq)
        lasts = sorted(seq for seq in by_seq if seq + 1 not in by_seq)
        found[boot] = [(f, n, by_seq[f], by_seq[n]) for f, n in zip(firsts, lasts, strict=True)]
    return found


@st.composite
def lives(draw: st.DrawFn, *, counters_kept: bool = True) -> list[Told]:
    """What arrived of a device's life over a few boots: numbers are missing, clocks may step back.

    The first element of a boot may name the last one of the boot before, whether that arrived or not.
    """
    told: list[Told] = []
    now = 1_000
    previous: tuple[int, int] | None = None
    for boot in range(draw(st.integers(1, 3))):
        length = draw(st.integers(1, 8))
        for seq in range(length):
            now += draw(st.sampled_from([-25, 1, 7, 29, 30, 31, 100]))
            if draw(st.integers(0, 3)):  # three of four arrive
                told.append(Told(boot, seq, now, previous if seq == 0 and draw(st.booleans()) else None))
        previous = (boot, length - 1)
        now += draw(st.sampled_from([5, 60, 200]))
    told = told or [Told(0, 0, 1_000)]
    if not counters_kept:
        told += [
            Told(NO_BOOT, 1_000_000 + n, now + draw(st.integers(-300, 300))) for n in range(draw(st.integers(0, 3)))
        ]
    return told


@st.composite
def deliveries(draw: st.DrawFn, told: list[Told]) -> list[list[Told]]:
    """`told` in any order, some of it more than once, cut into batches anywhere."""
    again = [e for e in told if draw(st.integers(0, 4)) == 0]
    shuffled = draw(st.permutations(told + again))
    batches: list[list[Told]] = [[]]
    for element in shuffled:
        if batches[-1] and draw(st.integers(0, 2)) == 0:
            batches.append([])
        batches[-1].append(element)
    return [batch for batch in batches if batch]
