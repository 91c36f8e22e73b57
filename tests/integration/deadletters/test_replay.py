"""What was refused is tried again: `store.deadletters`, `api.deadletters.replay` and `vop deadletters`."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

import catalog
from catalog.elements import Reason, Reject
from store import audit, deadletters, devices
from store.database import connect
from store.deadletters import DeadLetter, Refused
from store.intake import Arrival, Intake
from tests.waiting import poll
from vop.__main__ import run

TOPIC = "vop/v1/vac-1/up/telemetry"
HOUR_MS = 3_600_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Ran:
    """What a command line did."""

    status: int
    out: str
    err: str


@pytest.fixture
def vop(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    monkeypatch.setenv("VOP_DATABASE_URL", database)

    def vop(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            status = run(["deadletters", *map(str, arguments)])
        except SystemExit as ended:
            status = int(str(ended.code))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return vop


def refuse(database: str, payload: bytes, *rejects: Reject, topic: str = TOPIC, hours_ago: float = 0) -> list[int]:
    """Keep a message as refused, some time ago; ids of its letters."""
    with connect(database) as conn:
        deadletters.write(conn, [Refused(topic, payload, reject) for reject in rejects])
        first = datetime.now(UTC) - timedelta(hours=hours_ago)
        rows = conn.execute(
            """UPDATE dead_letters SET first_at = %s, last_at = %s
               WHERE message_id = (SELECT max(message_id) FROM dead_messages) RETURNING dead_letter_id""",
            (first, first),
        )
        return sorted(row[0] for row in rows)


def letters(database: str) -> list[DeadLetter]:
    with connect(database) as conn:
        return sorted(deadletters.listing(conn), key=lambda letter: letter.dead_letter_id)


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    with connect(database) as conn:
        return conn.execute(query.encode()).fetchall()


def register(database: str, device: str = "vac-1", product: str = "robot_vacuum") -> int:
    with connect(database) as conn:
        return devices.register(conn, device, product)[0].device_id


def test_a_message_of_a_device_registered_later_is_stored_as_of_when_it_came(
    database: str, vop: Callable[..., Ran]
) -> None:
    at = now_ms() - 3 * HOUR_MS
    timed = {"ts": at, "boot": 1, "seq": 0, "values": {"battery_pct": 7}}
    payload = orjson.dumps([timed, {"values": {"battery_pct": 8}}, {"values": {"battery_pct": "full"}}])
    (letter,) = refuse(database, payload, Reject(0, Reason.UNKNOWN_DEVICE, "nobody"), hours_ago=2)
    (before,) = letters(database)

    ran = vop("replay", "--id", letter)
    assert (ran.status, ran.out.strip()) == (1, f"letter {letter}: refused, unknown_device")
    (still,) = letters(database)
    assert (still.count, still.first_at, still.last_at) == (1, before.first_at, before.last_at)
    assert still.replayed_at is not None

    register(database)
    ran = vop("replay", "--reason", "unknown_device")
    assert "2 stored" in ran.err
    stored = rows(database, "SELECT ts, battery_pct FROM telemetry_robot_vacuum ORDER BY battery_pct")
    assert [value for _, value in stored] == [7, 8]
    assert abs(stored[1][0] - before.first_at) < timedelta(milliseconds=2), "no clock: when its message came"
    (left,) = letters(database)
    assert (left.reason, left.element_index, left.count) == ("wrong_type", 2, 1)
    assert left.first_at == before.first_at, "it came with the message it stood in"


def test_a_neighbour_without_clock_and_number_is_not_stored_again(database: str, vop: Callable[..., Ran]) -> None:
    device = register(database)
    payload = orjson.dumps([{"battery_pct": 50}, {"boot": 1, "seq": 4, "values": {"battery_pct": 51}}])
    # Its neighbour was stored at its arrival, which the letter knows to the second at best.
    refuse(database, payload, Reject(1, Reason.DATABASE, "was refused"), hours_ago=1)
    assert vop("replay", "--reason", "database").status == 0
    assert rows(database, "SELECT device_id, seq FROM telemetry_robot_vacuum") == [(device, 4)]
    assert letters(database) == []
    assert rows(database, "SELECT count(*) FROM dead_messages") == [(0,)]


def test_what_is_refused_for_the_same_reason_stays_and_is_not_counted(database: str, vop: Callable[..., Ran]) -> None:
    register(database)
    payload = orjson.dumps([{"battery_pct": "full"}, {"battery_pct": "empty"}])
    first, second = refuse(
        database, payload, Reject(0, Reason.WRONG_TYPE, "x"), Reject(1, Reason.WRONG_TYPE, "x"), hours_ago=1
    )
    before = letters(database)
    for _ in range(2):
        assert vop("replay", "--reason", "wrong_type").status == 1
    after = letters(database)
    assert [(a.dead_letter_id, a.count, a.last_at) for a in after] == [
        (first, 1, before[0].last_at),
        (second, 1, before[1].last_at),
    ]
    assert all(letter.replayed_at for letter in after)


def test_an_element_whose_message_cannot_be_read_any_more_keeps_its_letter(
    database: str, vop: Callable[..., Ran]
) -> None:
    payload = orjson.dumps([{"battery_pct": 1}, {"battery_pct": "full"}])
    (letter,) = refuse(database, payload, Reject(1, Reason.WRONG_TYPE, "x"))
    ran = vop("replay", "--id", letter)
    assert ran.out.strip() == f"letter {letter}: refused, unknown_device"
    assert [(x.dead_letter_id, x.reason) for x in letters(database)] == [(letter, "wrong_type")]


def test_another_content_type_stays_what_it_was_unless_it_was_json_after_all(
    database: str, vop: Callable[..., Ran]
) -> None:
    register(database)
    (binary,) = refuse(database, b"\xa1\x61\x61\x01", Reject(0, Reason.CONTENT_TYPE, "x"))
    refuse(database, b'{"battery_pct": 3}', Reject(0, Reason.CONTENT_TYPE, "x"))
    assert vop("replay", "--reason", "content_type").status == 1
    assert [(x.dead_letter_id, x.reason) for x in letters(database)] == [(binary, "content_type")]
    assert rows(database, "SELECT battery_pct FROM telemetry_robot_vacuum") == [(3,)]


def test_what_the_database_refuses_again_is_not_counted_either(
    database: str, vop: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    register(database)
    element = {"ts": now_ms(), "boot": 1, "seq": 0, "values": {"battery_pct": 5}}
    (letter,) = refuse(database, orjson.dumps(element), Reject(0, Reason.DATABASE, "x"), hours_ago=1)
    (before,) = letters(database)
    with connect(database) as conn:
        conn.execute("ALTER TABLE telemetry_robot_vacuum ADD CONSTRAINT none CHECK (battery_pct > 5)")
    assert vop("replay", "--id", letter).status == 1
    (after,) = letters(database)
    assert (after.dead_letter_id, after.count, after.last_at) == (letter, 1, before.last_at)


def test_a_conflict_is_never_replayed(database: str, vop: Callable[..., Ran]) -> None:
    register(database)
    (letter,) = refuse(database, b'{"battery_pct": 3}', Reject(0, Reason.CONFLICT, "x"))
    assert vop("replay", "--reason", "conflict").status == 2
    ran = vop("replay", "--id", letter)
    assert (ran.status, f"letter {letter}" in ran.err) == (1, True)
    assert len(letters(database)) == 1
    assert rows(database, "SELECT count(*) FROM telemetry_robot_vacuum") == [(0,)]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(database: str, vop: Callable[..., Ran]) -> None:
    register(database)
    (good,) = refuse(database, b'[{"battery_pct": 3}, {"battery_pct": 4}]', Reject(0, Reason.UNKNOWN_DEVICE, "x"))
    (bad,) = refuse(database, b'{"battery_pct": "3"}', Reject(0, Reason.WRONG_TYPE, "x"))
    before = letters(database)
    ran = vop("replay", "--id", good, "--id", bad, "--dry-run")
    assert ran.status == 1
    assert ran.out.splitlines() == [f"letter {good}: 2 elements accepted", f"letter {bad}: refused, wrong_type"]
    assert letters(database) == before
    assert rows(database, "SELECT count(*) FROM telemetry_robot_vacuum") == [(0,)]
    assert rows(database, "SELECT count(*) FROM audit") == [(0,)]


def test_a_replay_is_audited_and_more_than_a_page_of_letters_is_replayed(
    database: str, vop: Callable[..., Ran]
) -> None:
    register(database)
    for seq in range(130):
        reading = {"ts": now_ms(), "boot": 1, "seq": seq, "values": {"battery_pct": 5}}
        refuse(database, orjson.dumps(reading), Reject(0, Reason.UNKNOWN_DEVICE, "x"))
    ran = vop("replay", "--reason", "unknown_device")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.strip().endswith("130 stored, 0 were there already, 0 letters refused")
    assert letters(database) == []
    with connect(database) as conn:
        entries = audit.listing(conn, action="deadletter.replay")
    assert [(e.actor, e.object, len(e.detail["ids"])) for e in entries] == [  # type: ignore[arg-type]
        ("system:vop-deadletters", "*", 30),
        ("system:vop-deadletters", "*", 100),
    ]
    # Killed between storing and dropping, it would come to this: nothing is stored twice.
    (again,) = refuse(database, orjson.dumps(reading), Reject(0, Reason.UNKNOWN_DEVICE, "x"))
    assert "0 stored, 1 were there already" in vop("replay", "--id", again).err
    assert letters(database) == []


def test_the_list_shows_what_and_why_and_nothing_of_the_message(database: str, vop: Callable[..., Ran]) -> None:
    hostile = "vop/v1/vac-1/up/\x1b[2Jx"
    refuse(database, b'{"battery_pct": "secret"}', Reject(0, Reason.WRONG_TYPE, "battery_pct: expected a number"))
    refuse(database, b"{}", Reject(0, Reason.BAD_TOPIC, "no such channel"), topic=hostile)
    refuse(database, b"{}", Reject(0, Reason.UNKNOWN_DEVICE, "x"), topic="vop/v1/vac-11/up/telemetry")
    head, *lines = vop("list").out.splitlines()
    assert head.startswith("ID\tREASON\tCOUNT\tTOPIC")
    assert [line.split("\t")[1] for line in lines] == ["unknown_device", "bad_topic", "wrong_type"]
    assert "secret" not in "".join(lines)
    assert "\x1b" not in "".join(lines)
    assert [line.split("\t")[1] for line in vop("list", "--device", "vac-1").out.splitlines()[1:]] == [
        "bad_topic",
        "wrong_type",
    ]
    (only,) = [orjson.loads(line) for line in vop("list", "--reason", "wrong_type", "--json").out.splitlines()]
    assert (only["topic"], only["element_index"], only["count"]) == (TOPIC, 0, 1)
    assert "payload" not in only
    assert len(vop("list", "--limit", 2, "--json").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["list", "--reason", "ugly"], "wrong_type"),
        (["list", "--limit", "0"], "limit"),
        (["replay"], "--reason or --id"),
        (["replay", "--reason", "database", "--id", "1"], "--reason or --id"),
        (["replay", "--id", "0"], "--id"),
    ],
)
def test_bad_usage_is_told(vop: Callable[..., Ran], arguments: list[str], word: str) -> None:
    ran = vop(*arguments)
    assert ran.status == 2
    assert word in ran.err


def test_a_letter_written_while_its_message_is_being_dropped_is_not_lost(database: str) -> None:
    payload = b'{"battery_pct": "full"}'
    (letter,) = refuse(database, payload, Reject(0, Reason.DATABASE, "x"))
    fresh = Arrival(TOPIC, payload, now_ms(), None, None, (), (Reject(0, Reason.WRONG_TYPE, "x"),))

    def receive() -> None:
        with connect(database, autocommit=True) as conn:
            Intake(catalog.load()).write(conn, [fresh])

    with connect(database) as conn:
        deadletters.mark_stored(conn, [letter])
        thread = threading.Thread(target=receive)
        thread.start()
        poll(lambda: _waiting(database), what="intake waiting for the message's row")
        conn.commit()
        thread.join(20)
    assert [x.reason for x in letters(database)] == ["wrong_type"]


def test_a_message_is_kept_when_it_is_refused_anew_while_its_letter_expires(database: str) -> None:
    payload = b'{"battery_pct": "full"}'
    refuse(database, payload, Reject(0, Reason.DATABASE, "x"), hours_ago=48)
    expired: list[int] = []

    def expire() -> None:
        with connect(database) as conn:
            expired.append(deadletters.expire(conn, datetime.now(UTC) - timedelta(hours=1)))

    with connect(database) as conn:
        deadletters.write(conn, [Refused(TOPIC, payload, Reject(0, Reason.WRONG_TYPE, "x"))])
        thread = threading.Thread(target=expire)
        thread.start()
        poll(lambda: _waiting(database), what="the clean-up waiting for the message's row")
        conn.commit()
        thread.join(20)
    assert expired == [1]
    assert [x.reason for x in letters(database)] == ["wrong_type"]


def test_a_message_met_again_is_not_dropped_before_its_new_letter_is_written(database: str) -> None:
    payload = b'{"battery_pct": "full"}'
    (letter,) = refuse(database, payload, Reject(0, Reason.DATABASE, "x"))

    def write() -> None:
        with connect(database) as conn:
            deadletters.write(conn, [Refused(TOPIC, payload, Reject(0, Reason.WRONG_TYPE, "x"))])

    def drop() -> None:
        with connect(database) as conn:
            deadletters.mark_stored(conn, [letter])

    with connect(database, autocommit=True) as held:
        # Holds `write` up between the message and its letter.
        held.execute(
            """CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
               CREATE TRIGGER wait AFTER INSERT ON dead_messages FOR EACH STATEMENT EXECUTE FUNCTION wait()"""
        )
        held.execute("SELECT pg_advisory_lock(1)")
        writing, dropping = threading.Thread(target=write), threading.Thread(target=drop)
        writing.start()
        poll(lambda: _waiting(database) == 1, what="the message written, its letter not yet")
        dropping.start()
        poll(lambda: _waiting(database) == 2 or not dropping.is_alive(), what="who drops it waiting")
        held.execute("SELECT pg_advisory_unlock(1)")
        writing.join(20)
        dropping.join(20)
    assert [x.reason for x in letters(database)] == ["wrong_type"]


def _waiting(database: str) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return int(rows(database, query)[0][0])


def test_replaying_from_the_command_line_loads_no_web_server() -> None:
    code = (
        "import sys, api.deadletters.replay, api.settings; print(sorted({'fastapi', 'starlette'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
