from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from store.intake.spans import Run, Span, heard_in, merge_runs, merge_spans, pieces, union
from tests.unit.store import reference
from tests.unit.store.reference import TAIL_MS, Told, deliveries, instants, lives

SPANS = st.lists(st.builds(Span, st.integers(0, 40), st.integers(0, 40)), max_size=12)


class Kept:
    """Runs and spans in memory, merged as the tables are."""

    def __init__(self) -> None:
        self.runs: defaultdict[int, dict[int, Run]] = defaultdict(dict)
        self.spans: dict[int, Span] = {}

    def hear(self, spans: Iterable[Span]) -> None:
        change = merge_spans(list(self.spans.values()), list(spans))
        for since in change.gone:
            del self.spans[since]
        self.spans |= {since: Span(since, until) for since, until in change.written}

    def tell(self, batch: list[Told]) -> None:
        heard: list[Span] = []
        for boot in {e.boot for e in batch}:
            cut = pieces((e.seq, e.ts_ms) for e in batch if e.boot == boot)
            for piece in cut:
                heard += heard_in(piece, TAIL_MS)
            fresh = [Run(p[0][0], p[-1][0], p[0][1], p[-1][1]) for p in cut]
            change, bridges = merge_runs(list(self.runs[boot].values()), fresh)
            for first in change.gone:
                del self.runs[boot][first]
            self.runs[boot] |= {row[0]: Run(*row) for row in change.written}
            heard += bridges
        self.hear(heard)

    def found(self) -> dict[int, list[tuple[int, ...]]]:
        return {boot: [tuple(run) for _, run in sorted(runs.items())] for boot, runs in self.runs.items()}


@given(st.data())
def test_any_order_and_batching_gives_what_the_definition_says(data: st.DataObject) -> None:
    told = [e._replace(prev=None) for e in data.draw(lives())]
    kept = Kept()
    for batch in data.draw(deliveries(told)):
        kept.tell(batch)
    assert kept.found() == reference.runs(told)
    assert instants(kept.spans.values()) == reference.heard(told)


@given(st.data())
def test_a_redelivery_changes_nothing(data: st.DataObject) -> None:
    told = data.draw(lives())
    kept = Kept()
    kept.tell(told)
    runs, spans = kept.found(), dict(kept.spans)
    for batch in data.draw(deliveries(told)):
        kept.tell(batch)
    assert (kept.found(), kept.spans) == (runs, spans)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 200)), min_size=1), st.data())
def test_reused_numbers_lose_no_time_that_an_element_vouches_for(
    elements: list[tuple[int, int]], data: st.DataObject
) -> None:
    kept = Kept()
    for batch in data.draw(deliveries([Told(0, seq, ts) for seq, ts in elements])):
        kept.tell(batch)
    runs = kept.found()[0]
    assert {seq for run in runs for seq in range(run[0], run[1] + 1)} == {seq for seq, _ in elements}
    assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))


@given(SPANS)
def test_a_union_is_disjoint_ordered_and_covers_the_same(spans: list[Span]) -> None:
    merged = union(spans)
    assert instants(merged) == instants(spans)
    assert all(span.since < span.until for span in merged)
    assert all(a.until < b.since for a, b in pairwise(merged))
    assert union(merged) == merged


@given(SPANS, SPANS)
def test_a_change_of_spans_names_exactly_the_rows_that_differ(stored: list[Span], fresh: list[Span]) -> None:
    before = union(stored)
    change = merge_spans(before, fresh)
    after = {s.since: s for s in before if s.since not in change.gone}
    assert len(after) == len(before) - len(change.gone)
    after |= {since: Span(since, until) for since, until in change.written}
    assert sorted(after.values()) == union([*before, *fresh])
    assert not {Span(*row) for row in change.written} & set(before)


def test_neighbours_are_joined_and_what_lies_between_them_is_heard() -> None:
    change, bridges = merge_runs([Run(0, 4, 0, 400), Run(6, 9, 600, 900)], [Run(5, 5, 500, 500)])
    assert change.gone == [6]
    assert change.written == [(0, 9, 0, 900)]
    assert bridges == [Span(400, 500), Span(500, 600)]


def test_a_run_inside_another_changes_nothing() -> None:
    change, bridges = merge_runs([Run(0, 9, 0, 900)], [Run(3, 5, 300, 500)])
    assert (change.gone, change.written, bridges) == ([], [], [])


def test_time_between_neighbours_whose_clock_stepped_back_is_not_heard() -> None:
    assert heard_in([(0, 500), (1, 700), (2, 100)], 30) == [Span(500, 730), Span(100, 130)]
    _, bridges = merge_runs([Run(0, 1, 500, 700)], [Run(2, 2, 100, 100)])
    assert bridges == []


def test_the_first_of_a_reused_number_counts() -> None:
    assert pieces([(3, 30), (1, 10), (3, 99), (2, 20), (7, 70)]) == [[(1, 10), (2, 20), (3, 30)], [(7, 70)]]


def test_the_largest_number_has_no_successor_to_overflow_into() -> None:
    largest = 2**63 - 1
    change, _ = merge_runs([Run(largest - 1, largest - 1, 0, 0)], [Run(largest, largest, 5, 5)])
    assert change.written == [(largest - 1, largest, 0, 5)]
