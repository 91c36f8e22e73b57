from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.model import Use
from store import usage
from store.database import Connection
from store.errors import InvalidValue
from store.usage import Counts, OneUse, Window
from tests.integration.store_reads.conftest import Past, at

CLEAN = Use(event="finished", start="started", duration="duration_min", minimum_s=60)
TIMED = Use(event="finished", start="started")
DOSE = Use(event="taken", count="doses")
SESSION = Use(event="ended", duration="duration_min")

EVER = Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def _one(conn: Connection, use: Use, device: int, window: Window = EVER) -> Counts:
    [found] = usage.counts(conn, use, device, [window])
    return found


def test_a_start_and_its_finish_are_one_use(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 10, "started")
    past.event(device, 11, "stuck")
    past.event(device, 52, "finished", {"duration_min": 40.5})
    assert _one(conn, CLEAN, device) == Counts(1, 40.5, 0, 0)
    assert _one(conn, TIMED, device) == Counts(1, 42.0, 0, 0)
    assert usage.listing(conn, CLEAN, device, EVER) == [OneUse(at(10), at(52), 40.5, 1, True)]


def test_a_start_closed_by_the_next_one_is_marked(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 0, "started")
    past.event(device, 100, "started")
    past.event(device, 130, "finished", {"duration_min": 30})
    assert _one(conn, CLEAN, device) == Counts(2, 30.0, 1, 0)
    assert usage.listing(conn, CLEAN, device, EVER)[0] == OneUse(at(0), at(100), None, 1, False)


def test_a_start_closed_by_a_restart_is_marked(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 0, "started")
    assert _one(conn, CLEAN, device) == Counts(0, 0.0, 0, 1)
    past.boot(device, 1, -5, 1)
    past.boot(device, 2, 7, 9)
    assert _one(conn, CLEAN, device) == Counts(1, 0.0, 1, 0)
    assert usage.listing(conn, CLEAN, device, EVER) == [OneUse(at(0), at(7), None, 1, False)]


def test_a_finish_of_another_boot_closes_nothing(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 0, "started", boot=1)
    past.event(device, 90, "finished", {"duration_min": 20}, boot=2)
    assert _one(conn, CLEAN, device) == Counts(2, 20.0, 1, 0)
    assert [u.start for u in usage.listing(conn, CLEAN, device, EVER)] == [at(0), at(70)]


def test_a_finish_without_start_begins_its_duration_before(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 30, "finished", {"duration_min": 45})
    assert _one(conn, CLEAN, device, Window(at(-60), at(0))) == Counts(1, 45.0, 0, 0)
    assert _one(conn, CLEAN, device, Window(at(0), at(60))) == Counts(0, 0.0, 0, 0)
    assert _one(conn, TIMED, device, Window(at(0), at(60))) == Counts(1, 0.0, 0, 0)


def test_a_use_belongs_to_where_it_began(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 0, "started")
    past.event(device, 60 * 24 * 20, "finished", {"duration_min": 33})
    windows = [Window(at(-1), at(0)), Window(at(0), at(1)), Window(at(1), at(10**6))]
    assert [c.uses for c in usage.counts(conn, CLEAN, device, windows)] == [0, 1, 0]


@pytest.mark.parametrize(("length_min", "uses"), [(0.98, 0), (1.0, 1)])
def test_short_ones_are_no_uses(conn: Connection, past: Past, length_min: float, uses: int) -> None:
    device = past.device()
    past.event(device, 0, "started")
    past.event(device, 5, "finished", {"duration_min": length_min})
    past.event(device, 500, "started")
    past.event(device, 500 + length_min, "started")
    past.event(device, 510, "finished", {"duration_min": 0.5})
    found = _one(conn, CLEAN, device)
    assert (found.uses, found.unfinished) == (2 * uses, uses)


def test_an_attribute_counts(conn: Connection, past: Past) -> None:
    device = past.device(product="pill_dispenser")
    past.event(device, 0, "taken", {"doses": 2})
    past.event(device, 1, "taken", {"doses": 0})
    past.event(device, 2, "taken", {"doses": -4})
    past.event(device, 3, "taken", {"doses": "many"})
    past.event(device, 4, "taken", {})
    past.event(device, 5, "taken", {"doses": 10**30})
    assert _one(conn, DOSE, device) == Counts(4 + usage.LARGEST_COUNT, 0.0, 0, 0)


def test_absurd_durations_are_a_week_at_most(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 0, "ended", {"duration_min": 10**300})
    past.event(device, 1, "ended", {"duration_min": -5})
    assert [u.minutes for u in usage.listing(conn, SESSION, device, EVER)] == [usage.LONGEST_MIN, 0]


def test_other_devices_do_not_count(conn: Connection, past: Past) -> None:
    mine, other = past.device("a"), past.device("b")
    past.event(mine, 0, "started")
    past.event(other, 1, "started")
    past.event(mine, 5, "finished", {"duration_min": 5})
    past.boot(other, 2, 3, 4)
    assert _one(conn, CLEAN, mine) == Counts(1, 5.0, 0, 0)


@pytest.mark.parametrize(
    "windows",
    [
        [Window(at(5), at(5))],
        [Window(at(0), at(10)), Window(at(9), at(20))],
        [Window(at(10), at(20)), Window(at(0), at(5))],
        [Window(at(0).replace(tzinfo=None), at(5).replace(tzinfo=None))],
    ],
)
def test_windows_must_rise(conn: Connection, windows: list[Window]) -> None:
    with pytest.raises(InvalidValue):
        usage.counts(conn, CLEAN, 1, windows)
    with pytest.raises(InvalidValue):
        usage.heard_seconds(conn, 1, windows)


def test_no_windows_no_figures(conn: Connection) -> None:
    assert usage.counts(conn, CLEAN, 1, []) == []
    assert usage.heard_seconds(conn, 1, []) == []


def test_heard_spans_that_touch_or_overlap_count_once(conn: Connection, past: Past) -> None:
    device = past.device()
    past.heard(device, (0, 10), (5, 20), (6, 8), (20, 30), (40, 50))
    windows = [Window(at(-10), at(7)), Window(at(7), at(25)), Window(at(28), at(100))]
    assert usage.heard_seconds(conn, device, windows) == [7 * 60, 18 * 60, 12 * 60]


class Said(NamedTuple):
    """One event of a generated history; minutes after T0."""

    minute: int
    boot: int
    kind: str
    duration: int | None


def reference(use: Use, said: Sequence[Said], restarts: dict[int, int]) -> list[OneUse]:
    """The rules of docs/usage.md, read aloud."""
    ordered = sorted(enumerate(said), key=lambda e: (e[1].minute, e[1].boot, e[0]))
    events = [event for _, event in ordered]
    found = []
    for n, event in enumerate(events):
        before = events[n - 1] if n else None
        after = events[n + 1] if n + 1 < len(events) else None
        if event.kind == use.event:
            duration = event.duration if use.duration else None
            if use.start and before and (before.kind, before.boot) == (use.start, event.boot):
                length = event.minute - before.minute if duration is None else duration
                found.append(OneUse(at(before.minute), at(event.minute), length, 1, True))
            else:
                start = at(event.minute - (duration or 0))
                found.append(OneUse(start, at(event.minute), duration, 1, True))
        elif not (after and (after.kind, after.boot) == (use.event, event.boot)):
            closing = [m for boot, m in restarts.items() if boot > event.boot and m >= event.minute]
            closing += [after.minute] if after else []
            end = at(min(closing)) if closing else None
            found.append(OneUse(at(event.minute), end, None, 1, False))
    return sorted((u for u in found if not _is_short(use, u)), key=lambda u: (u.start, u.end or EVER.until))


def _is_short(use: Use, one: OneUse) -> bool:
    if one.minutes is not None:
        return one.minutes * 60 < use.minimum_s
    if one.finished or one.end is None:
        return False
    return (one.end - one.start).total_seconds() < use.minimum_s


HISTORY = st.lists(
    st.builds(
        Said,
        minute=st.integers(0, 400),
        boot=st.integers(-1, 3),
        kind=st.sampled_from(["started", "finished"]),
        duration=st.none() | st.integers(0, 200),
    ),
    max_size=14,
)
USES = st.builds(
    Use,
    event=st.just("finished"),
    start=st.sampled_from(["started", None]),
    duration=st.sampled_from(["duration_min", None]),
    minimum_s=st.sampled_from([0.0, 60.0, 1_800.0]),
)
CUTS = st.lists(st.integers(-250, 450), min_size=1, max_size=6, unique=True).map(sorted)
ON_REAL_TABLES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_device = iter(range(100, 10**9))


def _whole(use: Use, found: Sequence[OneUse], window: Window) -> Counts:
    inside = [u for u in found if window.since <= u.start < window.until]
    closed = [u for u in inside if u.end is not None]
    return Counts(
        len(closed),
        sum(u.minutes or 0 for u in inside),
        sum(not u.finished for u in closed),
        len(inside) - len(closed),
    )


@ON_REAL_TABLES
@given(use=USES, said=HISTORY, restarts=st.dictionaries(st.integers(1, 4), st.integers(0, 400)), cuts=CUTS)
def test_figures_are_the_references_and_add_up_however_time_is_cut(
    conn: Connection,
    past: Past,
    use: Use,
    said: list[Said],
    restarts: dict[int, int],
    cuts: list[int],
) -> None:
    device = next(_device)
    said = [s for s in said if use.start or s.kind == use.event]
    for n, s in enumerate(said):
        attrs: dict[str, object] = {} if s.duration is None else {"duration_min": s.duration}
        past.event(device, s.minute, s.kind, attrs, boot=s.boot, seq=n)
    for boot, minute in restarts.items():
        past.boot(device, boot, minute, minute)
    expected = reference(use, said, restarts)

    edges = [at(-300), *map(at, cuts), at(500)]
    windows = [Window(a, b) for a, b in pairwise(edges)]
    figures = usage.counts(conn, use, device, windows)
    assert figures == [_whole(use, expected, window) for window in windows]

    alone = [usage.counts(conn, use, device, [window])[0] for window in windows]
    assert alone == figures
    [whole] = usage.counts(conn, use, device, [Window(edges[0], edges[-1])])
    assert whole == tuple(sum(column) for column in zip(*figures, strict=True))
    listed = usage.listing(conn, use, device, Window(edges[0], edges[-1]))
    assert sorted(listed, key=repr) == sorted(expected, key=repr)


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=12, unique_by=lambda s: s[0])


@ON_REAL_TABLES
@given(spans=SPANS, cuts=CUTS)
def test_heard_time_is_a_union_and_adds_up(
    conn: Connection, past: Past, spans: list[tuple[int, int]], cuts: list[int]
) -> None:
    device = next(_device)
    past.heard(device, *((since, since + length) for since, length in spans))
    minutes = {m for since, length in spans for m in range(since, since + length)}
    edges = [-300, *cuts, 500]
    windows = [Window(at(a), at(b)) for a, b in pairwise(edges)]
    assert usage.heard_seconds(conn, device, windows) == [
        60.0 * sum(a <= m < b for m in minutes) for a, b in pairwise(edges)
    ]


def test_a_use_may_begin_long_before_a_window_that_it_does_not_belong_to(conn: Connection, past: Past) -> None:
    device = past.device()
    week = timedelta(minutes=usage.LONGEST_MIN)
    past.event(device, usage.LONGEST_MIN, "ended", {"duration_min": 10**9})
    assert _one(conn, SESSION, device, Window(at(0), at(1))).uses == 1
    assert _one(conn, SESSION, device, Window(at(0) - week, at(0))).uses == 0


@pytest.mark.parametrize(
    "question",
    [
        lambda conn, device: usage.counts(conn, CLEAN, device, [EVER]),
        lambda conn, device: usage.listing(conn, CLEAN, device, EVER),
        lambda conn, device: usage.heard_seconds(conn, device, [EVER]),
    ],
)
def test_windows_are_read_once_and_not_at_every_row(past: Past, question: Callable[[Connection, int], object]) -> None:
    class Explaining:
        plan = ""

        def execute(self, query: bytes, parameters: dict[str, object]) -> list[tuple[object, ...]]:
            self.plan = "\n".join(line for (line,) in past.conn.execute(b"EXPLAIN VERBOSE " + query, parameters))
            return []

    explaining = Explaining()
    question(cast("Connection", explaining), past.device())
    assert explaining.plan.count("::timestamp with time zone[]") == 2
