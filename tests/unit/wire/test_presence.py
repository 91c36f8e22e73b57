from __future__ import annotations

from itertools import pairwise, permutations

from catalog.elements import State
from wire.presence import order, supersedes


def said(boot: int, conn: int, online: bool) -> State:
    return State(0, online, boot, conn, None, None, None, {})


AS_IT_HAPPENED = [
    said(1, 0, True),
    said(1, 0, False),
    said(1, 1, True),
    said(1, 1, False),
    said(2, 0, True),
    said(10, 0, True),
]


def test_presence_sorts_as_it_happened() -> None:
    for arrival in permutations(AS_IT_HAPPENED, 4):
        kept = sorted(arrival, key=lambda s: order(s.boot, s.conn, s.online))
        assert kept == [s for s in AS_IT_HAPPENED if s in arrival]


def test_later_supersedes_earlier_and_never_the_other_way() -> None:
    for earlier, later in pairwise(AS_IT_HAPPENED):
        assert supersedes(later, earlier)
        assert not supersedes(earlier, later)


def test_a_report_within_the_same_connection_supersedes() -> None:
    assert supersedes(said(1, 0, True), said(1, 0, True))
