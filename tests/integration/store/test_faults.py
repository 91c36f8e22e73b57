"""The table of open faults is what the events say, in whatever order and by whomever they are added."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from threading import Barrier, Thread

import pytest

import catalog
from catalog.model import Product
from store import devices, faults
from store.database import Connection, connect
from store.devices import Wanted
from store.devices.presence import open_faults
from store.faults import closable
from store.intake import Arrival, Intake
from store.migrate import migrate
from tests.integration.store.world import PRODUCT, T0, World, arrival, event, reading

CATALOG = catalog.load()
VACUUM = CATALOG[PRODUCT]
KINDS = [kind for fault in closable(VACUUM) for kind in (fault.opened_by, fault.closed_by)]
FILLED = "UPDATE fault_kinds SET filled_at = {} WHERE product = '" + PRODUCT + "'"


@pytest.fixture
def vacuums(world: World) -> list[int]:
    return [world.device(f"vac-{n}") for n in range(5)]


def of_events(conn: Connection, products: Mapping[str, Product], numbers: list[int]) -> dict[int, list[str]]:
    """The slow truth: from the newest events of each kind."""
    found = open_faults(conn, products[PRODUCT], numbers)
    return {device: [fault.kind for fault in open_now] for device, open_now in found.items()}


def of_table(conn: Connection) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for device, fault in conn.execute("SELECT device_id, fault FROM faults WHERE is_open ORDER BY device_id, fault"):
        found.setdefault(device, []).append(fault)
    return found


def check(conn: Connection, products: Mapping[str, Product], numbers: list[int]) -> None:
    assert faults.followed(conn, products.values())
    wanted = of_events(conn, products, numbers)
    assert of_table(conn) == wanted
    found = devices.search(conn, products, limit=500)
    ids = {row.device.device_id for row in devices.look(conn, products, Wanted(standing="faulty")).rows}
    assert ids == set(wanted)
    healthy = {row.device.device_id for row in devices.look(conn, products, Wanted(standing="healthy")).rows}
    assert healthy == {row.device.device_id for row in found if row.presence.healthy}


def told(numbers: list[int], noise: random.Random) -> list[Arrival]:
    """What they say of faults, some of it at one time and some twice, among other things."""
    said = []
    for device in numbers:
        for seq in range(noise.randrange(1, 25)):
            at = T0 + noise.randrange(12) * 1000
            one = event(seq, at, boot=noise.randrange(2), kind=noise.choice([*KINDS, "cleaning_started"]))
            said.append(arrival(device, one if noise.random() < 0.9 else reading(seq, at)))
    noise.shuffle(said)
    return [*said, *noise.sample(said, len(said) // 4)]


def batches(said: list[Arrival], noise: random.Random) -> Iterator[list[Arrival]]:
    while said:
        size = noise.randrange(1, 15)
        yield said[:size]
        said = said[size:]


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_it_is_what_the_events_say(world: World, vacuums: list[int], seed: int) -> None:
    noise = random.Random(seed)
    for batch in batches(told(vacuums, noise), noise):
        world.write(*batch)
        check(world.conn, CATALOG, vacuums)


def test_writers_at_one_time_make_what_one_would(database: str, world: World, vacuums: list[int]) -> None:
    noise = random.Random(7)
    said = told(vacuums, noise) + told(vacuums, noise)
    begin = Barrier(2)

    def write(part: list[Arrival], own: random.Random) -> None:
        with connect(database, autocommit=True) as conn:
            begin.wait(10)
            for batch in batches(part, own):
                Intake(CATALOG).write(conn, batch)

    threads = [Thread(target=write, args=(said[n::2], random.Random(n))) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    check(world.conn, CATALOG, vacuums)


def test_what_is_rolled_back_or_refused_opens_nothing(world: World, vacuums: list[int]) -> None:
    first = vacuums[0]
    world.say(first, event(1, kind="stuck"), event(2, kind="freed"))
    outcome = world.say(first, event(2, kind="stuck"))  # a conflict: the stored one stays
    assert len(outcome.rejects) == 1
    with world.conn.transaction(force_rollback=True):
        world.rows(
            """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
               VALUES (%s, now(), 1, 9, 0, 0, 'stuck', '{}') RETURNING 1""",
            first,
        )
    assert of_table(world.conn) == {}
    check(world.conn, CATALOG, vacuums)


def test_another_declaration_is_followed_from_the_oldest_event_on(
    database: str, world: World, vacuums: list[int]
) -> None:
    noise = random.Random(11)
    world.write(*told(vacuums, noise))
    before = of_table(world.conn)
    assert before
    one, *others = [fault for fault in VACUUM.fault if fault.closed_by is not None]
    other = one.model_copy(update={"closed_by": "cleaning_started"})
    for declared in ([other, *others], others, VACUUM.fault):
        changed = {**CATALOG, PRODUCT: VACUUM.model_copy(update={"fault": tuple(declared)})}
        assert not faults.followed(world.conn, changed.values())
        # A program that knows another catalogue goes by the events.
        faulty = {row.device.device_id for row in devices.look(world.conn, changed, Wanted(standing="faulty")).rows}
        assert faulty == set(of_events(world.conn, changed, vacuums))
        migrate(database, changed)
        check(world.conn, changed, vacuums)
        world.write(*told(vacuums, noise))
        check(world.conn, changed, vacuums)


def test_a_migration_that_was_killed_goes_through_the_events_again(
    database: str, world: World, vacuums: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "CHUNK_DEVICES", 2)
    noise = random.Random(5)
    world.write(*told(vacuums, noise))
    world.conn.execute(b"DELETE FROM faults")
    world.conn.execute(FILLED.format("NULL").encode())
    # Not gone through yet, and searched: by the events, and what comes now is noted beside.
    world.write(*told(vacuums, noise))
    faulty = {row.device.device_id for row in devices.look(world.conn, CATALOG, Wanted(standing="faulty")).rows}
    assert faulty == set(of_events(world.conn, CATALOG, vacuums))
    migrate(database, CATALOG)
    check(world.conn, CATALOG, vacuums)
