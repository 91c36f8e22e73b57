"""The roller: right whatever the order of deliveries and rolls, and wherever it was ended."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalog.model import Product
from store import migrate, product_tables, rollups
from store.database import connect
from store.errors import InvalidValue, NotFound, Retry, StoreError
from store.intake import Arrival, Intake
from store.product_tables import TableOptions
from store.rollups import marks, products, read, rebuild, roller, verify
from store.rollups.hours import hour_of
from tests.integration.rollups.world import (
    CATALOG,
    DAY_MS,
    HOUR_MS,
    LABEL,
    NOW,
    PROBE,
    T0,
    World,
    at,
    differences,
    folded,
    reading,
)
from tests.waiting import poll

TOLD = st.tuples(
    st.integers(0, 60),  # seq
    st.sampled_from([0, 1, HOUR_MS - 1, HOUR_MS, 5 * HOUR_MS, 23 * HOUR_MS, DAY_MS, DAY_MS + 7 * HOUR_MS]),
    st.integers(1, 2),  # boot
    st.sampled_from(["low", "high", None]),
    st.sampled_from([-(2**63), 0, 1, 2**63 - 1, None]),
)
STEP = st.one_of(
    st.tuples(st.just("say"), st.lists(TOLD, min_size=1, max_size=8)),
    st.tuples(st.just("roll"), st.integers(0, 3 * DAY_MS)),
    st.tuples(st.just("killed"), st.integers(0, 3 * DAY_MS)),
    st.tuples(st.just("again"), st.just(None)),
)


def told(row: tuple[Any, ...]) -> Any:
    """Values depend on the identity alone, so that the same one never comes with others."""
    seq, ms, boot, mode, _ = row
    noise = hash((seq, ms, boot))
    return reading(
        seq * 4 + {"low": 0, "high": 1, None: 2}[mode], ms, boot=boot,
        **{"level": noise % 1000 / 7, "count": noise % 50} | ({"mode": mode, "total": noise % 9} if mode else {}),
    )  # fmt: skip


def killed(world: World, now_ms: int) -> None:
    """A roller that ends between its two transactions."""
    roller._pick(world.conn, CATALOG, hour_of(at(now_ms)), 0)


def finish(world: World) -> None:
    while world.roll().more:
        pass


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
@example(  # an hour that a killed roller left behind and that is marked anew
    steps=[("say", [(0, 0, 1, "low", None)]), ("killed", HOUR_MS), ("say", [(0, 0, 1, "high", None)])]
)
def test_rollups_are_the_aggregates_of_the_raw_rows(world: World, steps: list[tuple[str, Any]]) -> None:
    device = world.device(f"p-{world.one('SELECT count(*) FROM devices')}")
    last: list[Any] = []
    for step, given_ in steps:
        if step == "say":
            last = [told(row) for row in given_]
            world.say(device, *last)
        elif step == "again" and last:
            world.say(device, *last)
        elif step == "roll":
            world.roll(at(given_))
        elif step == "killed":
            killed(world, given_)
        rows = world.raw_rows(device)
        chart = world.charts(device, at(0), at(3 * DAY_MS), 7_200)
        assert not differences(chart, folded(rows, at(0), at(3 * DAY_MS), 7_200))
    finish(world)
    if last or any(step == "say" for step, _ in steps):
        assert world.marks(device) == "{}"
    world.conn.execute("UPDATE telemetry_probe SET level = 0, count = 0 WHERE device_id = %s", [device])
    for width_s in (3_600, 86_400):  # of rollups alone: whoever still looked at raw rows would find zeros
        chart = world.charts(device, at(0), at(3 * DAY_MS), width_s)
        assert not differences(chart, folded(rows, at(0), at(3 * DAY_MS), width_s))


def test_the_intake_marks_the_hours_it_stores_and_a_redelivery_none(world: World) -> None:
    device = world.device()
    first = hour_of(at(0))
    world.say(device, reading(0, 0, level=1.0), reading(1, 3 * HOUR_MS, level=1.0))
    assert world.marks(device) == f"{{[{first},{first + 1}),[{first + 3},{first + 4})}}"
    finish(world)
    world.say(device, reading(0, 0, level=1.0))
    assert world.marks(device) == "{}"


def test_an_hour_is_rolled_up_once_it_is_closed(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, level=1.0))
    assert world.roll(at(HOUR_MS)).hours == 0
    assert world.rollups() == []
    assert world.roll(at(HOUR_MS) + roller.GRACE).hours == 1
    assert len(world.rollups()) == 1


def test_what_arrives_between_the_two_transactions_is_marked_again(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    picked, _ = roller._pick(world.conn, CATALOG, hour_of(NOW), 0)
    world.say(device, reading(1, 1, count=3))
    roller._step(world.conn, picked)
    assert world.marks(device) != "{}"
    for _ in range(2):
        [bucket] = world.charts(device, at(0), at(DAY_MS), 3_600)["count"]
        assert bucket[1:5] == (2, 1, 3, 2.0)
        finish(world)
    assert world.marks(device) == "{}"


def test_a_roller_that_failed_midway_is_finished_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    with monkeypatch.context() as broken:
        broken.setattr(rebuild, "fold", lambda *_: world.conn.execute("SELECT 1/0"))
        with pytest.raises(StoreError):
            world.roll()
    assert world.rollups() == []
    assert world.roll().hours == 1
    assert len(world.rollups()) == 1


def test_two_rollers_do_not_meet(world: World, database: str) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    with connect(database) as other, roller.alone(other) as mine:
        assert mine
        assert world.roll() == rollups.Rolled(busy=True)
    assert world.roll().hours == 1


def test_many_rollers_writers_and_readers_at_once(world: World, database: str) -> None:
    """No reader ever misses a row committed before it asked, nor counts one twice."""
    device = world.device()
    stop, errors = Event(), list[BaseException]()

    def rolls() -> None:
        try:
            with connect(database, autocommit=True) as conn:
                while not stop.is_set():
                    rollups.roll(conn, CATALOG, NOW)
        except BaseException as error:  # noqa: BLE001 - the test's own thread shall see it
            errors.append(error)

    stored, began = [0], [0]

    def reads() -> None:
        try:
            with connect(database, autocommit=True) as conn:
                while not stop.is_set():
                    before = stored[0]
                    found = read.buckets(conn, PROBE, device, [PROBE.signal[4]], at(0), at(2 * DAY_MS), 86_400)
                    n = sum(bucket.n for bucket in found["count"])
                    assert before <= n <= began[0], (before, n, began[0])
        except BaseException as error:  # noqa: BLE001 - the test's own thread shall see it
            errors.append(error)

    threads = [Thread(target=work) for work in (rolls, rolls, reads)]
    for thread in threads:
        thread.start()
    try:
        for seq in range(150):
            began[0] = seq + 1
            world.say(device, reading(seq, seq * 7_919_000 % (2 * DAY_MS), count=1))
            stored[0] = seq + 1
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert not errors
    finish(world)
    assert world.one("SELECT sum(n)::int FROM rollups") == 150


def test_hours_marked_faster_than_they_are_read_do_not_stop_a_reader(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    finish(world)
    asked = 0
    statement = read._statement

    def after_another_mark(*question: Any) -> Any:
        nonlocal asked
        asked += 1
        world.say(device, reading(asked, asked * HOUR_MS, count=1))
        return statement(*question)

    monkeypatch.setattr(read, "_statement", after_another_mark)
    with connect(database, autocommit=True) as conn:
        found = read.buckets(conn, PROBE, device, [PROBE.signal[4]], at(0), at(2 * DAY_MS), 86_400)
    assert asked == read.ASK_RAW_AT + 1
    assert sum(bucket.n for bucket in found["count"]) == asked + 1


def test_erasing_wins_against_a_roller(world: World, database: str) -> None:
    device, other = world.device(), world.device("p-2")
    for one in (device, other):
        world.say(one, reading(0, 0, count=1))
    picked, _ = roller._pick(world.conn, CATALOG, hour_of(NOW), 0)
    with connect(database) as conn:
        conn.execute("DELETE FROM telemetry_probe WHERE device_id = %s", [device])
        assert rollups.erase(conn, [device]) == 0
    with pytest.raises(Retry):
        roller._step(world.conn, picked)
    assert world.rollups() == []
    finish(world)
    assert [row[0] for row in world.rollups()] == [other]
    assert rollups.erase(world.conn, [other]) == 1
    assert world.rollups() == []


def test_erasing_survives_a_deadlock_with_a_roller(world: World, database: str) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    world.roll()
    erased: list[int] = []

    def erase() -> None:
        with connect(database) as conn:
            # Whoever waits so long looks whether it is a deadlock, and is the one to give way.
            conn.execute("SET deadlock_timeout = '3s'")
            waiter.append(conn.info.backend_pid)
            conn.execute("DELETE FROM telemetry_probe WHERE device_id = %s", [device])
            erased.append(rollups.erase(conn, [device]))

    waiter: list[int] = []
    thread = Thread(target=erase)
    with connect(database) as roller_like:
        roller_like.execute("SET deadlock_timeout = '60s'")
        roller_like.execute("UPDATE rollups SET n = n WHERE device_id = %s", [device])
        thread.start()
        poll(lambda: waiter and world.one("SELECT cardinality(pg_blocking_pids(%s))", waiter[0]), what="a wait for us")
        roller_like.execute("SELECT 1 FROM latest WHERE device_id = %s FOR UPDATE", [device])
    thread.join()
    assert erased == [1]
    assert (world.rollups(), world.raw_rows(device), world.marks(device)) == ([], [], "{}")


def test_corrections_are_marked_by_who_makes_them(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1), reading(1, HOUR_MS, count=2, level=1.0))
    finish(world)
    with world.conn.transaction():
        world.conn.execute("DELETE FROM telemetry_probe WHERE seq = 1")
        rollups.mark(world.conn, device, at(HOUR_MS + 1), at(HOUR_MS + 2))
    for _ in range(2):
        chart = world.charts(device, at(0), at(DAY_MS), 3_600)
        assert ([b[1] for b in chart["count"]], chart["level"]) == ([1], [])
        finish(world)
    assert len(world.rollups()) == 1
    with pytest.raises(NotFound, match="never heard"):
        rollups.mark(world.conn, device + 1, at(0), at(1))


def test_marks_are_bounded(world: World) -> None:
    device = world.device()
    for seq in range(0, 600, 2):
        world.say(device, reading(seq, seq * HOUR_MS - 30 * DAY_MS, count=1))
    assert world.one("SELECT pg_column_size(dirty) FROM latest") < 2 * marks.MAX_MARK_BYTES
    finish(world)
    assert world.marks(device) == "{}"
    assert world.one("SELECT sum(n)::int FROM rollups") == 300


def test_a_long_backlog_is_rolled_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roller, "STEP_HOURS", 50)
    devices = [world.device(f"p-{n}") for n in range(3)]
    for device in devices:
        world.say(device, *(reading(seq, seq * HOUR_MS, count=1) for seq in range(48)))
    done = world.roll(steps=2)
    assert done.more
    assert 50 <= done.hours <= 100
    finish(world)
    assert world.one("SELECT sum(n)::int FROM rollups") == 144
    assert {world.marks(device) for device in devices} == {"{}"}


def test_products_with_many_signals(world: World) -> None:
    keys = [f"s{n}" for n in range(130)]
    wide = Product.model_validate(
        {
            "key": "wide", "version": 1, "label": LABEL, "heartbeat_s": 60,
            "signal": [{"key": key, "label": LABEL, "type": "int64"} for key in keys],
        }
    )  # fmt: skip
    with world.conn.transaction():
        product_tables.apply(world.conn, wide, TableOptions())
    world.conn.execute("INSERT INTO devices (device, product) VALUES ('w', 'wide')")
    device = world.one("SELECT device_id FROM devices WHERE device = 'w'")
    known = {**CATALOG, "wide": wide}
    element = reading(0, 0, **{key: n for n, key in enumerate(keys)})
    Intake(known).write(world.conn, [Arrival("t", b"", T0, device, "wide", [element], ())])
    # Told to leave the others, it does.
    assert world.roll().hours == 0
    assert rollups.roll(world.conn, known, NOW).hours == 1
    found = read.buckets(world.conn, wide, device, wide.signal, at(0), at(DAY_MS), 86_400)
    assert [bucket.lo for key in keys for bucket in found[key]] == list(range(130))


def test_the_migration_marks_what_was_there_before_rollups(world: World) -> None:
    device, silent = world.device(), world.device("p-2")
    world.say(device, reading(0, HOUR_MS + 1, count=1), reading(1, 40 * HOUR_MS, count=2))
    world.conn.execute("INSERT INTO latest (device_id, updated_at) VALUES (%s, now())", [silent])
    world.conn.execute("UPDATE latest SET dirty = '{}'")
    [migration] = [m for m in migrate.files() if m.name == "rollups"]
    [step] = [step for step in migration.steps if step.kind == "repeated"]
    assert world.conn.execute(step.sql.encode()).rowcount == 1
    assert world.conn.execute(step.sql.encode()).rowcount == 0  # which ends it
    first = hour_of(at(HOUR_MS))
    assert world.marks(device) == f"{{[{first},{first + 40})}}"
    assert world.marks(silent) == "{}"
    finish(world)
    assert [b[1:4] for b in world.charts(device, at(0), at(3 * DAY_MS), 3_600)["count"]] == [(1, 1, 1), (1, 2, 2)]
    assert world.one("SELECT sum(n)::int FROM rollups") == 2


def test_an_older_relay_rolls_up_what_a_newer_ingest_stores(world: World) -> None:
    """Products are rolled up as the database was last told of them, and at once."""
    device = world.device()
    note = PROBE.signal[-1]
    newer = PROBE.model_copy(update={"signal": (*PROBE.signal, note.model_copy(update={"key": "remark"}))})
    with world.conn.transaction():
        product_tables.apply(world.conn, newer, TableOptions())
    Intake({newer.key: newer}).write(
        world.conn, [Arrival("t", b"", T0, device, newer.key, [reading(0, 0, remark="r")], ())]
    )
    assert world.roll().hours == 1
    found = read.buckets(world.conn, newer, device, newer.signal[-1:], at(0), at(DAY_MS), 3_600)
    assert [bucket.last for bucket in found["remark"]] == ["r"]


def declared(**kinds: Any) -> Product:
    """PROBE with other kinds of some signals, and without those whose kind is None."""
    signals = [
        signal.model_copy(update={"kind": kinds.get(signal.key, signal.kind)})
        for signal in PROBE.signal
        if kinds.get(signal.key, signal.kind) is not None
    ]
    return PROBE.model_copy(update={"version": 2, "signal": tuple(signals)})


def declare(world: World, product: Product) -> None:
    """As `vop migrate` does."""
    with world.conn.transaction():
        migrate._product(world.conn, product, TableOptions())()


@pytest.mark.parametrize(
    ("before", "after"),
    [("gauge", "counter"), ("counter", "gauge"), (None, "gauge")],
)
def test_a_signal_declared_otherwise_is_rolled_up_anew(world: World, before: str | None, after: str) -> None:
    declare(world, declared(count="gauge"))  # rolled up with it, or without
    if before != "gauge":
        declare(world, declared(count=before))
    device, silent = world.device(), world.device("p-2")
    world.conn.execute("INSERT INTO latest (device_id, updated_at) VALUES (%s, now())", [silent])
    world.say(device, reading(0, 0, count=5), reading(1, 1, count=3), reading(2, DAY_MS, count=9))
    finish(world)
    assert world.marks(device) == "{}"
    now = declared(count=after)
    declare(world, now)
    first = hour_of(at(0))
    assert (world.marks(device), world.marks(silent)) == (f"{{[{first},{first + 25})}}", "{}")
    for _ in range(2):  # at once, and when it is rolled up
        found = read.buckets(world.conn, now, device, [now.signal[4]], at(0), at(2 * DAY_MS), 86_400)["count"]
        wanted = [(2, 3), (1, 9)] if after == "counter" else [(2, None), (1, None)]
        assert [(bucket.n, bucket.last) for bucket in found] == wanted
        finish(world)
    assert verify.different(world.conn, now, first, first + 48) == []
    declare(world, now)
    assert world.marks(device) == "{}"


def test_a_signal_declared_otherwise_leaves_hours_alone_whose_raw_rows_are_gone(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=5), reading(1, 2 * DAY_MS, count=9))
    finish(world)
    world.conn.execute("UPDATE products SET raw_since = %s", [at(DAY_MS)])
    declare(world, declared(count="counter"))
    first = hour_of(at(DAY_MS))
    assert world.marks(device) == f"{{[{first},{first + 25})}}"


def test_a_signal_declared_otherwise_while_a_roller_works_is_not_missed(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=5))
    finish(world)
    now = declared(count="counter")
    old = products.declared(world.conn)
    declare(world, now)
    # What it knew of the product when it began is not what it makes rollups by.
    picked, _ = roller._pick(world.conn, old, hour_of(NOW), 0)
    roller._step(world.conn, picked)
    assert world.marks(device) == "{}"
    [bucket] = read.buckets(world.conn, now, device, [now.signal[4]], at(0), at(DAY_MS), 86_400)["count"]
    assert bucket.last == 5


def test_products_in_a_form_of_another_release_are_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    world.conn.execute("""UPDATE products SET definition = definition || '{"invented": 1}'""")
    assert world.roll() == rollups.Rolled()
    assert "product probe is left alone" in caplog.text
    assert world.marks(device) != "{}"


def test_a_device_that_cannot_be_rolled_up_keeps_no_other_from_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    devices = [world.device(f"p-{n}") for n in range(5)]
    for device in devices:
        world.say(device, reading(0, 0, count=1))
    world.conn.execute(
        f"ALTER TABLE rollups ADD CONSTRAINT broken CHECK (device_id <> {devices[1]}) NOT VALID".encode()
    )
    with pytest.raises(InvalidValue):
        world.roll()
    assert f"device_id {devices[1]} cannot be rolled up" in caplog.text
    assert [world.marks(device) != "{}" for device in devices] == [False, True, False, False, False]
    world.conn.execute("ALTER TABLE rollups DROP CONSTRAINT broken")
    assert world.roll().hours == 1


def test_a_step_reads_only_the_devices_from_where_it_goes_on(world: World) -> None:
    conn = world.conn
    conn.execute("INSERT INTO devices (device, product) SELECT 'p-' || n, 'probe' FROM generate_series(1, 5000) n")
    conn.execute(
        "INSERT INTO latest (device_id, updated_at, dirty) SELECT device_id, now(), '{[1,2)}' FROM devices ORDER BY 1"
    )
    conn.execute("ANALYZE devices, latest")
    after = world.one("SELECT max(device_id) - 300 FROM devices")
    parameters = {"after": after, "products": ["probe"], "closed": 10, "most": roller.STEP_DEVICES}
    [[plan]] = conn.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + roller._CANDIDATES, parameters).fetchall()
    assert max(rows_of(plan[0]["Plan"])) <= 300


def rows_of(node: dict[str, Any]) -> Iterator[float]:
    """Rows that each node of a plan gave on, and left out."""
    yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for child in node.get("Plans", ()):
        yield from rows_of(child)
