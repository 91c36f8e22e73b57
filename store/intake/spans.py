"""Arithmetic of runs of `seq` and spans of time. Pure.

Coverage only grows: an element adds `[ts, ts + 3 * heartbeat)`, and two neighbours of one boot with contiguous
numbers add everything between them. So what a batch adds can be merged into what is stored in any order, and a
redelivery adds nothing (DESIGN decision 9). Cutting a span at the next element, as the definition says, changes
nothing in the union: the next element's own span begins there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open time span, milliseconds since the epoch."""

    since: int
    until: int


class Run(NamedTuple):
    """Contiguous numbers of one boot, with the times of the two ends in ms."""

    first_seq: int
    last_seq: int
    first_ts: int
    last_ts: int


class Merged(NamedTuple):
    """How stored runs (or spans) change: which rows go, by their key, and which are written."""

    gone: list[int]
    written: list[tuple[int, ...]]


def pieces(elements: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Cut (seq, ts) pairs into contiguous pieces in order of seq. Of a reused number the first pair counts."""
    by_seq: dict[int, int] = {}
    for seq, ts in elements:
        by_seq.setdefault(seq, ts)
    found: list[list[tuple[int, int]]] = []
    for seq in sorted(by_seq):
        if found and found[-1][-1][0] == seq - 1:
            found[-1].append((seq, by_seq[seq]))
        else:
            found.append([(seq, by_seq[seq])])
    return found


def heard_in(piece: Sequence[tuple[int, int]], tail_ms: int) -> list[Span]:
    """The time a contiguous piece vouches for. Where its times step back, each side stands for itself."""
    spans = []
    start = last = piece[0][1]
    for _, ts in piece[1:]:
        if ts < last:
            spans.append(Span(start, last + tail_ms))
            start = ts
        last = ts
    spans.append(Span(start, last + tail_ms))
    return spans


def merge_runs(stored: Sequence[Run], fresh: Sequence[Run]) -> tuple[Merged, list[Span]]:
    """Join `fresh` runs with the `stored` ones of the same boot that they touch or overlap.

    Returns the change, and the spans of time that joining closed: from one run's last element to the next one's first.
    """
    bridges: list[Span] = []
    joined: list[Run] = []
    # At the same start a stored run comes first: its times were there before.
    for run in sorted([*stored, *fresh], key=lambda r: r.first_seq):
        if joined and run.first_seq <= joined[-1].last_seq + 1:
            before = joined[-1]
            if run.first_seq == before.last_seq + 1 and before.last_ts < run.first_ts:
                bridges.append(Span(before.last_ts, run.first_ts))
            if run.last_seq > before.last_seq:
                joined[-1] = before._replace(last_seq=run.last_seq, last_ts=run.last_ts)
        else:
            joined.append(run)
    kept = set(stored)
    starts = {run.first_seq for run in joined}
    gone = [run.first_seq for run in stored if run.first_seq not in starts]
    return Merged(gone, [tuple(run) for run in joined if run not in kept]), bridges


def union(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans in order that cover the same time; spans that touch become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.until <= span.since:
            continue
        if merged and span.since <= merged[-1].until:
            if span.until > merged[-1].until:
                merged[-1] = Span(merged[-1].since, span.until)
        else:
            merged.append(span)
    return merged


def merge_spans(stored: Sequence[Span], fresh: Sequence[Span]) -> Merged:
    """How the stored, disjoint spans change when `fresh` ones are added."""
    result = union([*stored, *fresh])
    starts = {span.since for span in result}
    kept = set(stored)
    return Merged([s.since for s in stored if s.since not in starts], [tuple(s) for s in result if s not in kept])
