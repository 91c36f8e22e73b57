from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalog
from catalog.elements import Quality, Reason, Reject
from store import deadletters
from store.database import Connection
from store.deadletters import Refused
from store.errors import InvalidValue
from store.gaps import QUERIES, Gaps, Lost, Reboot, Silence, gaps, without
from tests.integration.store_reads.conftest import T0, Past, at

VACUUM = catalog.load()["robot_vacuum"]
HOUR = 60


END = at(100 * HOUR)


def _gaps(
    conn: Connection,
    device: int,
    *,
    start: datetime = T0,
    end: datetime = END,
    now: datetime | None = None,
) -> Gaps:
    return gaps(conn, VACUUM, device, start, end, now=now or end)


def test_what_lies_between_runs_is_lost(conn: Connection, past: Past) -> None:
    device = past.device()
    past.boot(device, 1, 0, 500)
    past.run(device, 1, 0, 9, 0, 100)
    past.run(device, 1, 15, 20, 200, 300)
    past.run(device, 1, 22, 30, 400, 500)
    found = _gaps(conn, device)
    assert found.lost == [
        Lost("middle", 1, 1, 21, 21, at(300), at(400)),
        Lost("middle", 1, 1, 10, 14, at(100), at(200)),
    ]
    assert found.lost_count == 6
    early = _gaps(conn, device, end=at(250))
    assert [each.first_seq for each in early.lost] == [10]
    assert _gaps(conn, device, start=at(401)).lost == []


def test_the_head_and_the_tail_of_a_boot(conn: Connection, past: Past) -> None:
    device = past.device()
    past.boot(device, 4, 0, 100)
    past.run(device, 4, 3, 9, 0, 100)
    past.boot(device, 5, 120, 200, prev=(4, 12))
    past.run(device, 5, 0, 5, 120, 200)
    found = _gaps(conn, device)
    assert found.lost == [
        Lost("tail", 4, 4, 10, 12, at(100), at(120)),
        Lost("head", 4, 4, 0, 2, None, at(0)),
    ]
    assert found.lost_count == 6
    assert found.reboots == [Reboot(5, at(120), at(200), 4, 12, complete=False, seq_reused=0)]


def test_a_boot_that_vanished_whole(conn: Connection, past: Past) -> None:
    device = past.device()
    past.boot(device, 1, 0, 50)
    past.run(device, 1, 0, 5, 0, 50)
    past.boot(device, 5, 100, 200, prev=(4, 7))
    past.run(device, 5, 0, 5, 100, 200)
    past.boot(device, 7, 300, 300)
    past.run(device, 7, 0, 0, 300, 300)
    found = _gaps(conn, device)
    assert found.lost == [
        Lost("boots", 6, 6, 0, None, at(200), at(300)),
        Lost("tail", 4, 4, 0, 7, at(50), at(100)),
        Lost("boots", 2, 3, 0, None, at(50), at(100)),
    ]
    assert (found.lost_count, found.lost_ranges, found.lost_boots) == (8, 3, 3)


def test_a_restart_that_lost_nothing(conn: Connection, past: Past) -> None:
    device = past.device()
    past.boot(device, 1, 0, 50)
    past.run(device, 1, 0, 5, 0, 50)
    past.boot(device, 2, 60, 70, prev=(1, 5), seq_reused=3)
    past.run(device, 2, 0, 5, 60, 70)
    found = _gaps(conn, device)
    assert (found.lost, found.lost_count) == ([], 0)
    assert found.reboots == [Reboot(2, at(60), at(70), 1, 5, complete=True, seq_reused=3)]
    assert (found.reboot_count, found.seq_reused) == (1, 3)
    assert _gaps(conn, device, start=at(71)).seq_reused == 0


def test_silence_is_what_was_not_heard_in_the_window(conn: Connection, past: Past) -> None:
    device = past.device()
    past.heard(device, (0, 10), (5, 30), (30, 40), (100, 120), (110, 115), (200, 210))
    found = _gaps(conn, device, start=at(-500), end=at(180))
    assert found.silence == [
        Silence(at(120), at(180), ongoing=True),
        Silence(at(40), at(100), ongoing=False),
    ]
    assert (found.silence_s, found.silence_count) == (120 * 60, 2)
    assert (found.heard_s, found.watched_s, found.coverage) == (60 * 60, 180 * 60, 1 / 3)
    assert _gaps(conn, device, start=at(50), end=at(60)).silence == [Silence(at(50), at(60), ongoing=True)]
    assert _gaps(conn, device, end=at(500), now=at(250)).silence[0] == Silence(at(210), at(250), ongoing=True)
    assert _gaps(conn, device, end=at(500), now=at(205)).silence[0] == Silence(at(120), at(200), ongoing=False)


def test_a_device_never_heard_is_silent_since_it_was_registered(conn: Connection, past: Past) -> None:
    device = past.device()
    found = _gaps(conn, device, start=at(-HOUR), end=at(HOUR))
    assert found.silence == [Silence(T0, at(HOUR), ongoing=True)]
    assert (found.heard_s, found.watched_s, found.coverage) == (0, HOUR * 60, 0)


def test_before_a_device_was_known_nothing_is_watched(conn: Connection, past: Past) -> None:
    found = _gaps(conn, past.device(), start=at(-2 * HOUR), end=at(-HOUR))
    assert (found.silence, found.silence_s, found.watched_s, found.coverage) == ([], 0, 0, None)


def test_elements_whose_clock_was_no_use_are_counted(conn: Connection, past: Past) -> None:
    device = past.device()
    past.event(device, 10, "stuck", quality=Quality.CLOCK)
    past.event(device, 11, "freed", quality=Quality.CLOCK | Quality.UNDECLARED)
    past.event(device, 12, "freed", quality=Quality.UNDECLARED)
    for minute, quality in ((5, Quality.CLOCK | Quality.RANGE), (6, Quality.RANGE), (999_999, 2)):
        conn.execute(
            """INSERT INTO telemetry_robot_vacuum (device_id, ts, boot, seq, lag_ms, quality)
               SELECT %s, now() - interval '1 day' + %s * interval '1 ms', 1, %s, 0, %s""",
            (device, minute, minute, int(quality)),
        )
    row = conn.execute("SELECT now()").fetchone()
    assert row is not None
    assert _gaps(conn, device, start=T0, end=max(row[0], at(HOUR))).clock_count == 4
    assert _gaps(conn, device, end=at(11)).clock_count == (1 if row[0] > at(HOUR) else 3)


def test_a_quiet_device_has_no_gaps(conn: Connection, past: Past) -> None:
    device = past.device()
    past.heard(device, (0, 100 * HOUR))
    whole = 100.0 * HOUR * 60
    assert _gaps(conn, device) == Gaps([], 0, 0, 0, [], 0, [], 0.0, 0, whole, whole, [], 0, 0, 0)


def test_lists_end_where_the_figures_go_on(conn: Connection, past: Past) -> None:
    device = past.device()
    for n in range(6):
        past.run(device, 1, 4 * n, 4 * n, 100 * n, 100 * n)
        past.heard(device, (100 * n, 100 * n + 45))
        past.boot(device, n + 1, 100 * n, 100 * n)
    found = gaps(conn, VACUUM, device, T0, at(545), now=END, limit=2)
    assert [(lost.first_seq, lost.last_seq) for lost in found.lost] == [(17, 19), (13, 15)]
    assert (found.lost_ranges, found.lost_count) == (5, 15)
    assert ([s.since for s in found.silence], found.silence_count, found.silence_s) == (
        [at(445), at(345)],
        5,
        5 * 55 * 60,
    )
    assert ([r.boot for r in found.reboots], found.reboot_count) == ([6, 5], 5)


def test_numbers_that_were_refused_are_not_lost(conn: Connection, past: Past) -> None:
    device, other = past.device(), past.device("d-10")
    past.run(device, 1, 3, 3, 30, 30)
    past.run(device, 1, 10, 10, 100, 100)
    past.boot(device, 2, 120, 120, prev=(1, 12))
    past.run(device, 2, 0, 0, 120, 120)
    past.run(other, 1, 3, 3, 30, 30)
    before = datetime.now(UTC) - timedelta(minutes=5)  # now() is when the transaction began
    refused = [(1, 0), (1, 5), (1, 6), (1, 9), (1, 11), (1, 12), (2, 7)]
    for boot, seq in refused:
        _refuse(conn, "d-1", b"%d %d" % (boot, seq), Reject(0, Reason.WRONG_TYPE, "x", boot, seq))
    _refuse(conn, "d-1", b"{", Reject(0, Reason.NOT_JSON, "x"), channel="event")
    found = _gaps(conn, device, end=max(END, datetime.now(UTC) + timedelta(seconds=1)))
    assert [(lost.where, lost.first_seq, lost.last_seq) for lost in found.lost] == [
        ("middle", 7, 8), ("middle", 4, 4), ("head", 1, 2)
    ]  # fmt: skip
    assert {(lost.since, lost.until) for lost in found.lost if lost.where == "middle"} == {(at(30), at(100))}
    assert (found.lost_count, found.lost_ranges) == (5, 3)
    assert [(each.reason, each.boot, each.seq) for each in reversed(found.refused)] == [
        *(("wrong_type", boot, seq) for boot, seq in refused), ("not_json", None, None)
    ]  # fmt: skip
    assert found.refused_count == 8
    assert all(before <= each.at <= datetime.now(UTC) for each in found.refused)
    assert _gaps(conn, device, start=at(-2), end=at(-1)).refused_count == 0
    neighbour = _gaps(conn, other, end=max(END, datetime.now(UTC)))
    assert ([lost.first_seq for lost in neighbour.lost], neighbour.refused_count) == ([0], 0)


def _refuse(conn: Connection, device: str, payload: bytes, reject: Reject, channel: str = "telemetry") -> None:
    with conn.transaction():
        deadletters.write(conn, [Refused(f"vop/v1/{device}/up/{channel}", payload, reject)])


@given(st.integers(0, 12), st.integers(0, 12), st.sets(st.integers(0, 14)))
def test_a_range_without_numbers_is_what_is_left_of_it(first: int, length: int, refused: set[int]) -> None:
    whole = Lost("middle", 1, 1, first, first + length, T0, T0)
    left = [set(range(part.first_seq, (part.last_seq or 0) + 1)) for part in without(whole, sorted(refused))]
    assert set().union(*left) == set(range(first, first + length + 1)) - refused
    assert sum(map(len, left)) == len(set().union(*left))
    assert all(max(later) - min(later) + 1 == len(later) and min(later) > max(sooner) + 1
               for later, sooner in pairwise(left))  # fmt: skip


def test_numbers_as_large_as_they_can_be(conn: Connection, past: Past) -> None:
    device, largest = past.device(), 2**63 - 1
    past.boot(device, 1, 0, 10)
    past.run(device, 1, largest, largest, 0, 10)
    past.boot(device, 2**31 - 1, 20, 20, prev=(7, largest))
    past.run(device, 2**31 - 1, 0, 0, 20, 20)
    found = _gaps(conn, device)
    assert [(lost.where, lost.boot) for lost in found.lost] == [("tail", 7), ("boots", 2), ("head", 1)]
    assert (found.lost_count, found.lost_boots) == (2 * largest + 1, 5)


def test_the_answer_reads_one_devices_rows_alone(conn: Connection, past: Past) -> None:
    past.device()
    fleet = "generate_series(1, 60) d CROSS JOIN generate_series(0, 299) n"
    begins = "%(t)s + n * interval '10 min'"
    conn.execute(
        f"INSERT INTO runs SELECT d, 1, n * 10, n * 10 + 8, {begins}, {begins} FROM {fleet}".encode(), {"t": T0}
    )
    conn.execute(f"INSERT INTO boots SELECT d, n, {begins}, {begins} FROM {fleet}".encode(), {"t": T0})
    conn.execute(f"INSERT INTO heard SELECT d, {begins}, {begins} + interval '8 min' FROM {fleet}".encode(), {"t": T0})
    conn.execute("ANALYZE runs, boots, heard")
    window = {"device": 1, "start": T0, "end": END, "now": END, "limit": 500, "no_boot": -1, "most": 500}
    for query in QUERIES:
        plan = "\n".join(row[0] for row in conn.execute(b"EXPLAIN " + query.encode(), window))
        assert not re.search("Seq Scan on (runs|boots|heard)", plan), plan
    assert (_gaps(conn, 1).lost_ranges, _gaps(conn, 1).silence_count) == (299, 300)


def test_a_window_without_time_is_refused(conn: Connection) -> None:
    with pytest.raises(InvalidValue):
        _gaps(conn, 1, start=T0, end=T0)
