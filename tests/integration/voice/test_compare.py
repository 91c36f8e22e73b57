"""Claims beside what devices sent through the intake: gaps, counters, two units, owners that change, calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import comparing
from store.customers import Customer
from store.devices import Device
from store.usage import Window
from tests.integration.voice.lives import CATALOG, SAID_AT, Happening, Lives, ago, clean, in_window
from tests.unit.voice.compare.saying import claim
from voice.compare import Thresholds, Verdict
from voice.usage import usage_of_customer, usage_of_device

FEW = claim("usage_frequency", 2, 3, "month")
MONTHS = ((2026, 3), (2026, 4), (2026, 5))


def _monthly(*counts: int, hour: int = 9) -> list[Happening]:
    """So many cleanings in March, April and May."""
    return [
        happening
        for (year, month), count in zip(MONTHS, counts, strict=True)
        for n in range(count)
        for happening in clean(datetime(year, month, 2 + 4 * n, hour, tzinfo=UTC))
    ]


def _vacuum(lives: Lives, *counts: int) -> tuple[Customer, Device]:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    lives.live(device, ago(200), SAID_AT, _monthly(*counts))
    return owner, device


def test_the_first_story(lives: Lives) -> None:
    owner, device = _vacuum(lives, 6, 5, 7)
    found = lives.verdict(owner, device, "robot_vacuum", FEW)
    assert (found.verdict, found.reported.value, found.reported.coverage) == ("understates", 6, 1)
    assert [(p.label, p.count) for p in found.reported.periods] == [("2026-03", 6), ("2026-04", 5), ("2026-05", 7)]
    assert (found.reported.window.since, found.reported.window.until) == (
        datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    assert (len(found.evidence), found.evidence_total) == (18, 18)
    first = found.evidence[0]
    assert (first.device, first.kind) == ("v-1", "clean_finished")
    stored = lives.conn.execute(
        "SELECT kind FROM events WHERE ts = %s AND boot = %s AND seq = %s", (first.ts, first.boot, first.seq)
    ).fetchall()
    assert stored == [("clean_finished",)]
    assert Verdict.from_json(found.as_json()) == found


def test_nothing_after_it_was_said_counts_and_late_events_make_another_record(lives: Lives) -> None:
    owner, device = _vacuum(lives, 3, 3, 3)
    said_at = datetime(2026, 6, 1, tzinfo=UTC)
    before = lives.verdict(owner, device, "robot_vacuum", FEW, said_at=said_at)
    assert (before.verdict, before.reported.value) == ("agrees", 3)
    assert lives.verdict(owner, device, "robot_vacuum", FEW, said_at=said_at - timedelta(hours=1)).reported.value == 2
    lives.conn.execute(
        """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
           SELECT %s, timestamptz '2026-05-28 00:00Z' + n * interval '1 h', 0, n, 0, 0, 'clean_finished',
                  '{"duration_min": 30}' FROM generate_series(1, 9) n""",
        (device.device_id,),
    )
    after = lives.verdict(owner, device, "robot_vacuum", FEW, said_at=said_at)
    assert (after.verdict, after.reported.value) == ("understates", 6)
    assert before.reported.value == 3


def test_gaps_leave_the_answer_open(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    lost = [(datetime(y, m, 16, tzinfo=UTC), datetime(y, m, 27, tzinfo=UTC)) for y, m in MONTHS]
    lives.live(device, ago(200), SAID_AT, _monthly(1, 1, 1), lost=lost)
    found = lives.verdict(owner, device, "robot_vacuum", FEW)
    assert found.reported.coverage is not None
    assert 0.55 < found.reported.coverage < 0.7
    assert (found.verdict, found.why) == ("cannot_tell", "bounds_straddle")
    strict = lives.verdict(owner, device, "robot_vacuum", FEW, thresholds=Thresholds(coverage_pct=80))
    assert (strict.verdict, strict.why) == ("cannot_tell", "few_heard")
    assert "too little to tell" in strict.because.en


def _taken(lives: Lives, uses: int, *, silent: bool) -> Verdict:
    """A shelf whose counter knows of what was taken while nothing was heard."""
    owner = lives.customer()
    device = lives.device("s-1", "stock_sensor", (owner, ago(200), None))
    start, total = ago(120), 0
    happenings: list[Happening] = []
    for day in range(120):
        at = start + timedelta(days=day, hours=3)
        for n in range(uses):
            total += 1
            moment = at + timedelta(hours=n)
            happenings.append((moment, "items_taken", {"items": 1}))
            happenings.append((moment + timedelta(minutes=1), "", {"items_taken_total": total}))
    happenings.append((ago(0.1), "", {"items_taken_total": total}))
    lost = [(ago(40), ago(6))] if silent else []
    lives.live(device, start, SAID_AT, happenings, lost=lost, beat={"weight_g": 1.0}, every=timedelta(hours=12))
    return lives.verdict(owner, device, "stock_sensor", claim("stock_consumption", 14, 14, "week"))


@pytest.mark.parametrize("lost", [False, True])
def test_a_counter_tells_what_a_silence_hid(lives: Lives, lost: bool) -> None:
    found = _taken(lives, 2, silent=lost)
    assert found.verdict == "agrees"
    assert found.reported.low == pytest.approx(14, abs=0.2)
    assert found.reported.high == pytest.approx(14, abs=0.2)
    if lost:
        assert found.reported.value is not None
        assert found.reported.value < 10
        assert (found.reported.coverage or 0) < 0.7


def test_a_customers_units_add_up_and_each_counts_while_it_was_theirs(lives: Lives) -> None:
    owner, other = lives.customer(), lives.customer("c-2")
    handed = datetime(2026, 5, 1, tzinfo=UTC)
    one = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    two = lives.device("v-2", "robot_vacuum", (other, ago(200), handed), (owner, handed, None))
    lives.live(one, ago(200), SAID_AT, _monthly(3, 3, 3))
    lives.live(two, ago(200), SAID_AT, _monthly(7, 7, 4, hour=15))
    both = lives.verdict(owner, None, "robot_vacuum", FEW)
    assert [p.count for p in both.reported.periods] == [3, 3, 7]
    alone = lives.verdict(owner, one, "robot_vacuum", claim("usage_frequency", 9, 9, "month"))
    assert [p.count for p in alone.reported.periods] == [3, 3, 3]
    assert alone.explanations[0].code == "second_unit"
    # Of the unit they had but since May, May alone is a full month; of the one they gave away, March and April.
    new = lives.verdict(owner, two, "robot_vacuum", FEW)
    assert [p.count for p in new.reported.periods] == [4]
    past = lives.verdict(other, two, "robot_vacuum", FEW)
    assert [p.count for p in past.reported.periods] == [7, 7]
    assert {each.device for each in past.evidence} == {"v-2"}
    assert max(each.ts for each in past.evidence) < handed


def test_who_never_owned_it_is_told_so(lives: Lives) -> None:
    _, device = _vacuum(lives, 6, 5, 7)
    stranger = lives.customer("c-9")
    found = lives.verdict(stranger, device, "robot_vacuum", FEW)
    assert (found.verdict, found.why, found.evidence) == ("cannot_tell", "unowned", ())


def test_less_than_a_period_is_nothing_to_go_by(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(20), None))
    lives.live(device, ago(20), SAID_AT, clean(ago(3)))
    found = lives.verdict(owner, device, "robot_vacuum", FEW)
    assert (found.verdict, found.why) == ("cannot_tell", "too_short")
    weekly = lives.verdict(owner, device, "robot_vacuum", claim("usage_frequency", 2, 2, "week"))
    assert [p.count for p in weekly.reported.periods] == [0, 1]


def test_months_are_those_of_the_customers_calendar(lives: Lives) -> None:
    owner = lives.customer("c-fa", "Asia/Tehran", "persian")
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    # 20:45 UTC of 20 April is the first hour of Ordibehesht in Tehran.
    lives.live(device, ago(200), SAID_AT, clean(datetime(2026, 4, 20, 20, 45, tzinfo=UTC)))
    found = lives.verdict(owner, device, "robot_vacuum", FEW)
    assert [(p.label, p.count) for p in found.reported.periods] == [("1404-12", 0), ("1405-01", 0), ("1405-02", 1)]


def test_the_claims_own_window_is_the_whole_of_what_it_speaks(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    lives.live(device, ago(200), SAID_AT, [*clean(ago(0.3)), *clean(ago(5)), *clean(ago(6))])
    monday = datetime(2026, 6, 15, tzinfo=UTC)
    once = in_window(claim("usage_frequency", 1, 1, "week"), monday, monday + timedelta(days=7))
    found = lives.verdict(owner, device, "robot_vacuum", once)
    assert (found.verdict, found.reported.value, found.reported.window.until) == ("agrees", 1, SAID_AT)
    rolling = in_window(claim("usage_frequency", 0.3, 0.3, "day"), ago(10), SAID_AT)
    assert lives.verdict(owner, device, "robot_vacuum", rolling).verdict == "agrees"
    to_come = in_window(once, SAID_AT + timedelta(days=1), SAID_AT + timedelta(days=2))
    assert lives.verdict(owner, device, "robot_vacuum", to_come).why == "too_short"


def test_of_a_window_counts_what_was_theirs(lives: Lives) -> None:
    before, owner = lives.customer("c-0"), lives.customer()
    device = lives.device("v-1", "robot_vacuum", (before, ago(2_000), ago(20)), (owner, ago(20), None))
    lives.live(device, ago(90), SAID_AT, [h for n in range(80) for h in clean(ago(n + 0.4))])
    may = in_window(
        claim("usage_frequency", 5, 5, "month"), datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    )
    found = lives.verdict(owner, device, "robot_vacuum", may)
    assert (found.verdict, found.reported.window.since, found.reported.coverage) == ("agrees", ago(20), 1)
    years = in_window(claim("usage_frequency", 1, 1, "day", quote="every day"), ago(3_000), SAID_AT)
    old = lives.verdict(before, device, "robot_vacuum", years)
    assert (old.verdict, old.why) == ("cannot_tell", "few_heard")
    assert len(old.reported.periods) < 60


def test_runtimes_are_told_by_the_event_that_empties(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    runs = [70.0, 75.0, 78.0, 80.0, 85.0]
    told: list[Happening] = [(ago(3 + n), "battery_depleted", {"runtime_min": run}) for n, run in enumerate(runs)]
    lives.live(device, ago(200), SAID_AT, told)
    found = lives.verdict(owner, device, "robot_vacuum", claim("battery_runtime", 20, 20))
    assert (found.verdict, found.reported.value, found.reported.n) == ("contradicts", 78, 5)
    assert "0 of 5 as said" in found.because.en


def test_a_battery_lasts_from_new_to_low(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("s-1", "stock_sensor", (owner, ago(300), None))
    told: list[Happening] = [
        (ago(290), "battery_replaced", {}), (ago(200), "battery_low", {}), (ago(198), "battery_replaced", {}),
        (ago(100), "battery_low", {}), (ago(99), "battery_replaced", {}),
    ]  # fmt: skip
    lives.live(device, ago(300), SAID_AT, told)
    found = lives.verdict(owner, device, "stock_sensor", claim("battery_runtime", 90, 90, unit="day"))
    assert (found.verdict, found.reported.value, found.reported.n) == ("agrees", 94, 2)


def test_faults_are_those_that_are_spoken_of(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    told: list[Happening] = [
        event
        for n in range(100)
        for event in (
            (ago(1 + n), "stuck", {}),
            (ago(0.9 + n), "freed", {}),
            *clean(ago(1.1 + n)),
            *clean(ago(1.5 + n)),
        )
    ]
    told.append((ago(3.2), "brush_jammed", {}))
    lives.live(device, ago(200), SAID_AT, told)
    weekly = claim("fault_frequency", 7, 7, "week", quote="gets stuck seven times a week")
    found = lives.verdict(owner, device, "robot_vacuum", weekly)
    assert (found.verdict, {each.kind for each in found.evidence}) == ("agrees", {"stuck"})
    assert "Gets stuck" in found.because.en
    assert "گیر می‌کند" in found.because.fa
    by_text = claim("fault_frequency", 7, 7, "week", quote="seven times a week", span=(20, 38))
    text = "The brush jams about seven times a week, it also is slow"
    assert lives.verdict(owner, device, "robot_vacuum", by_text, text=text).verdict == "overstates"
    squeaks = claim("fault_frequency", 7, 7, "week", quote="squeaks seven times a week")
    unnamed = lives.verdict(owner, device, "robot_vacuum", squeaks, text="It squeaks seven times a week")
    assert (unnamed.verdict, len({each.kind for each in unnamed.evidence})) == ("agrees", 2)
    rattles = claim("fault_frequency", 2, 2, "week", quote="rattles twice a week")
    assert lives.verdict(owner, device, "robot_vacuum", rattles).why == "unknown_fault"
    share = claim("fault_frequency", 50, 50, unit="percent", quote="stuck every other time")
    assert lives.verdict(owner, device, "robot_vacuum", share).verdict == "agrees"


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ([(ago(7), "stuck", {})], "agrees"),
        ([(ago(2), "stuck", {}), *clean(ago(4)), *clean(ago(3))], "contradicts"),
        ([(ago(2), "stuck", {})], "overstates"),
        ([(ago(7), "stuck", {}), (ago(6.9), "freed", {}), *clean(ago(5)), *clean(ago(2))], "contradicts"),
        ([h for n in range(7) for h in ((ago(1 + n), "stuck", {}), (ago(0.9 + n), "freed", {}), *clean(ago(0.5 + n)))],
         "agrees"),
        ([(ago(30), "stuck", {})], "understates"),
        ([], "contradicts"),
    ],
)  # fmt: skip
def test_stuck_for_a_week(lives: Lives, told: list[Happening], verdict: str) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(100), None))
    lives.live(device, ago(100), SAID_AT, told)
    said = claim("fault_since", 7, 7, quote="stuck for a week")
    assert lives.verdict(owner, device, "robot_vacuum", said).verdict == verdict


def test_the_last_use(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("v-1", "robot_vacuum", (owner, ago(200), None))
    lives.live(device, ago(200), SAID_AT, [*clean(ago(40)), *clean(ago(15))])
    for days, verdict in ((14, "agrees"), (30, "overstates"), (3, "understates")):
        said = claim("last_used", days, days)
        assert lives.verdict(owner, device, "robot_vacuum", said).verdict == verdict
    silent = lives.device("v-2", "robot_vacuum", (owner, ago(200), None))
    lives.live(silent, ago(200), SAID_AT, clean(ago(15)), lost=[(ago(12), ago(1))])
    found = lives.verdict(owner, silent, "robot_vacuum", claim("last_used", 14, 14))
    assert (found.verdict, found.why) == ("cannot_tell", "few_heard")


def test_what_is_on_the_shelf(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("s-1", "stock_sensor", (owner, ago(100), None))
    full: Happening = (ago(50), "", {"stock_items": 100})
    looks: list[Happening] = [(ago(1 - n / 24), "", {"stock_items": 12 if n < 20 else 4}) for n in range(24)]
    lives.live(device, ago(100), SAID_AT, [full, *looks], beat={"weight_g": 1.0})
    cases = (
        (claim("stock_level", 4, 4), "agrees"), (claim("stock_level", 12, 12), "agrees"),
        (claim("stock_level", 0, 0), "contradicts"), (claim("stock_level", 50, 50), "overstates"),
        (claim("stock_level", 5, 5, unit="percent"), "agrees"),
        (claim("stock_level", 50, 50, unit="percent"), "overstates"),
    )  # fmt: skip
    for said, verdict in cases:
        assert lives.verdict(owner, device, "stock_sensor", said).verdict == verdict, said


def test_doses(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("p-1", "pill_dispenser", (owner, ago(100), None))
    told: list[Happening] = [
        (ago(n + 0.5), "dose_missed" if n % 10 < 3 else "dose_taken", {"doses": 1}) for n in range(90)
    ]
    lives.live(device, ago(100), SAID_AT, told)
    every = lives.verdict(owner, device, "pill_dispenser", claim("adherence", 100, 100, quote="every pill"))
    assert (every.verdict, every.reported.n, every.reported.of) == ("overstates", 63, 90)
    assert every.reported.value == pytest.approx(70)
    never = lives.verdict(owner, device, "pill_dispenser", claim("missed_doses", 0, 0, quote="never miss one"))
    assert (never.verdict, never.reported.n) == ("contradicts", 27)
    weekly = lives.verdict(owner, device, "pill_dispenser", claim("missed_doses", 2, 3, "week"))
    assert weekly.verdict == "agrees"


def test_sessions_of_software(lives: Lives) -> None:
    """Abandoned ones and those a crash cut off are sessions, a glance is none; the counter tells of both."""
    owner = lives.customer()
    device = lives.device("sw-1", "software", (owner, ago(100), None))
    told: list[Happening] = []
    for n in range(98):
        begin = ago(n + 1)
        told += [
            (begin, "session_started", {}),
            (begin + timedelta(minutes=30), "session_ended", {"duration_min": 30.0, "abandoned": n % 2 == 0}),
            (begin + timedelta(minutes=40), "session_started", {}),
            (begin + timedelta(minutes=40, seconds=5), "session_ended", {"duration_min": 0.1}),
            (begin + timedelta(minutes=50), "session_started", {}),  # cut off: the next start ends it
            (begin + timedelta(minutes=60), "", {"sessions_total": 3 * (98 - n)}),
        ]
    told.append((ago(0.1), "", {"sessions_total": 3 * 98}))
    lives.live(device, ago(100), SAID_AT, told, lost=[(ago(40.5), ago(20.5))])
    weekly = lives.verdict(owner, device, "software", claim("usage_frequency", 14, 14, "week"))
    assert weekly.reported.value == pytest.approx(14 * 71 / 91, abs=0.2)
    assert weekly.reported.value is not None
    assert weekly.reported.coverage is not None
    # The counter takes glances for sessions: 21 a week is a bound; that the silence was like the rest is a guess.
    # Of the silence, three heartbeats are vouched for.
    assert weekly.reported.coverage == pytest.approx(74 / 91, abs=0.02)
    assert weekly.reported.high == pytest.approx(21, abs=0.4)
    assert weekly.verdict == "cannot_tell"
    each = lives.verdict(owner, device, "software", claim("usage_duration", 30, 30))
    assert (each.verdict, each.reported.value) == ("agrees", 30)
    daily = lives.verdict(owner, device, "software", claim("usage_duration", 30, 30, "day"))
    assert daily.reported.low == pytest.approx(30 * 71 / 91, abs=0.5)


def test_a_counter_that_was_not_read_at_the_edges_still_tells_of_the_silence_between(lives: Lives) -> None:
    """Nobody read it before the window, nor after: the last word of the counter is hours before it was said."""
    owner = lives.customer()
    device = lives.device("sw-1", "software", (owner, ago(31), None))
    told: list[Happening] = []
    for n in range(30):
        begin = ago(n + 0.6)
        told += [
            (begin, "session_started", {}),
            (begin + timedelta(minutes=30), "session_ended", {"duration_min": 30.0}),
            (begin + timedelta(minutes=31), "", {"sessions_total": 30 - n}),
        ]
    # Most of what was used was used in a silence.
    quiet = [ago(20.3 - n / 10) for n in range(60)]
    told += [(at, "session_ended", {"duration_min": 5.0}) for at in quiet]
    told = [
        (at, kind, {"sessions_total": attrs["sessions_total"] + 60 * (at > quiet[-1])} if not kind else attrs)
        for at, kind, attrs in told
    ]
    lives.live(device, ago(30), SAID_AT, told, lost=[(ago(22), ago(12))], beat={}, every=timedelta(days=1))
    found = lives.verdict(owner, device, "software", claim("usage_frequency", 3, 3, "day"))
    assert found.reported.value == pytest.approx(20 / 30, abs=0.1)
    assert found.reported.high == pytest.approx(90 / 30, abs=0.3)
    assert found.verdict == "cannot_tell"


def test_what_was_there_as_the_day_began_may_have_been_seen(lives: Lives) -> None:
    owner = lives.customer()
    device = lives.device("s-1", "stock_sensor", (owner, ago(40), None))
    levels: list[Happening] = [
        (ago(1) - timedelta(minutes=5), "", {"stock_items": 60}),
        (ago(1) + timedelta(minutes=5), "", {"stock_items": 40}),
    ]
    lives.live(device, ago(3), SAID_AT, levels, beat={"weight_g": 1.0}, every=timedelta(hours=12))
    found = lives.verdict(owner, device, "stock_sensor", claim("stock_level", 61, 61))
    assert (found.verdict, found.reported.value, found.reported.high) == ("agrees", 40, 60)


def test_rarely_and_often_are_ranked_in_the_fleet(lives: Lives) -> None:
    owner, other = lives.customer(), lives.customer("c-2")
    device = lives.device("v-1", "robot_vacuum", (owner, ago(100), None))
    lives.live(device, ago(100), SAID_AT, [h for n in range(30) for h in clean(ago(3 * n + 1))])
    rarely = claim("usage_frequency", None, None, hedged=True, quote="به ندرت")
    alone = lives.verdict(owner, device, "robot_vacuum", rarely)
    assert (alone.verdict, alone.why) == ("cannot_tell", "no_rank")
    for n in range(8):
        peer = lives.device(f"f-{n}", "robot_vacuum", (other, ago(100), None))
        lives.live(peer, ago(100), SAID_AT, [h for m in range(n) for h in clean(ago(9 * m + 1))])
    found = lives.verdict(owner, device, "robot_vacuum", rarely)
    assert (found.verdict, found.reported.rank) == ("contradicts", 1)
    often = claim("usage_frequency", None, None, hedged=True, quote="often")
    assert lives.verdict(owner, device, "robot_vacuum", often).verdict == "agrees"


def test_peers_are_of_the_product_and_at_most_so_many(lives: Lives) -> None:
    owner = lives.customer()
    made = [lives.device(f"v-{n}", "robot_vacuum" if n % 2 else "software", (owner, ago(9), None)) for n in range(60)]
    own, window = made[1].device_id, Window(ago(9), SAID_AT)
    vacuum = CATALOG["robot_vacuum"]
    for peers, expected in ((5, 5), (200, 29)):
        found = comparing.standings(lives.conn, vacuum, [own], ["clean_finished"], window, peers=peers)
        assert sum(each.device_id == own for each in found) == 1
        others = {each.device_id for each in found} - {own}
        assert len(others) == expected
        assert others <= {device.device_id for device in made[1::2]}
        assert found == comparing.standings(lives.conn, vacuum, [own], ["clean_finished"], window, peers=peers)


def test_what_the_catalogue_does_not_tell_is_not_guessed(lives: Lives) -> None:
    owner, device = _vacuum(lives, 1, 1, 1)
    found = lives.verdict(owner, device, "robot_vacuum", claim("adherence", 50, 50))
    assert (found.verdict, found.why) == ("cannot_tell", "undeclared")


def test_the_devices_own_counter_stands_beside_its_use(lives: Lives) -> None:
    """Of ten sessions four were never heard; the counter went on."""
    owner = lives.customer()
    device = lives.device("s-1", "software", (owner, ago(40), None))
    sold = [(ago(30 - n), "session_ended", {"duration_min": 20}) for n in range(10)]
    lives.live(device, ago(33), SAID_AT, sold, lost=[(ago(24.5), ago(20.5))], beat={"active_total_min": 0.0})
    taken = lives.device("q-1", "stock_sensor", (owner, ago(40), None))
    items = [(ago(30 - n), "items_taken", {"items": 2}) for n in range(10)]
    counted = [(at - timedelta(minutes=1), "", {"items_taken_total": 2 * n}) for n, (at, *_) in enumerate(items)]
    counted.append((ago(20), "", {"items_taken_total": 20}))
    lives.live(taken, ago(31), SAID_AT, [*items, *counted], lost=[(ago(24.5), ago(20.5))])
    found = usage_of_device(lives.conn, CATALOG, "q-1", ago(31), ago(19), "day", now=SAID_AT)
    [check] = found.counters
    assert (check.signal, check.counts, check.finding) == ("items_taken_total", "uses", "hidden")
    assert (found.total.uses, check.low, check.high) == (12, 20, None)
    both = usage_of_customer(
        lives.conn, CATALOG, "c-1", ago(31), ago(19), "day", product="stock_sensor", counters=True, now=SAID_AT
    )
    assert both.products[0].counters == found.counters
    # A use too short to be one is counted on the device as well: the counter bounds from above alone.
    minutes = usage_of_device(lives.conn, CATALOG, "s-1", ago(31), ago(19), "day", now=SAID_AT).counters
    assert [(each.counts, each.exact, each.finding) for each in minutes] == [("minutes", False, "disagrees")]
