"""deploy/backup.sh and restore.sh, as docker-compose.yml runs them: what comes back is what was there, row by row.

On TimescaleDB by VOP_PG_BIN_DIR and VOP_TEST_PG_PRELOAD=timescaledb.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import catalog
from store.database import connect
from store.intake import Arrival, Intake, Outcome
from store.registry import Registry
from tests.integration.deploy.contents import contents
from tests.integration.deploy.stack import LOOPBACK, Stack, database_and_secrets, pgpass
from tests.platform_services import reachable_directory
from tests.unit.repository.files import ROOT
from wire.decode import decode

PRODUCTS = catalog.load()
DAY_MS = 86_400_000
NAME = re.compile(r"vop-\d{8}T\d{6}Z")


def url(stack: Stack, role: str, database: str = "vop") -> str:
    user = role if role == "postgres" else f"vop_{role}"
    password = pgpass(stack.secrets, role)
    return make_conninfo("", host=LOOPBACK, port=stack.ports.database, dbname=database, user=user, password=password)


def store(stack: Stack, device: str, first: int, until: int, now_ms: int) -> Outcome:
    """Readings, one an hour backwards, an event, a state, one that is refused: as ingest does."""
    product = PRODUCTS["robot_vacuum"]
    with connect(url(stack, "ingest"), autocommit=True) as conn:
        (known,) = Registry().lookup(conn, [device]).values()

        def arrival(channel: str, payload: bytes) -> Arrival:
            decoded = decode(channel, payload, product, arrived_at_ms=now_ms, oldest_ts_ms=now_ms - 400 * DAY_MS)
            topic = f"vop/v1/{device}/up/{channel}"
            return Arrival(topic, payload, now_ms, known.device_id, known.product, *decoded)

        readings = [
            b'{"ts":%d,"boot":1,"seq":%d,"values":{"battery_pct":%d,"area_total_m2":%d.5}}'
            % (now_ms - (until - seq) * 3_600_000, seq, seq % 100, seq)
            for seq in range(first, until)
        ]
        said = [arrival("telemetry", reading) for reading in readings]
        said.append(
            arrival("event", b'{"ts":%d,"boot":2,"seq":%d,"kind":"clean_started","attrs":{}}' % (now_ms, first))
        )
        said.append(arrival("state", b'{"online":true,"boot":1,"conn":1}'))
        said.append(arrival("telemetry", b"not \xf0\x9f json %d" % first))
        return Intake(PRODUCTS).write(conn, said)


@pytest.fixture(scope="module")
def lived() -> Iterator[Stack]:
    """A platform that has a past: half of it compressed, where TimescaleDB is; and something waiting."""
    with reachable_directory("backup") as place, database_and_secrets(place) as stack:
        for step in ("roles", "migrate"):
            stack.start(step)
        now_ms = time.time_ns() // 1_000_000
        stack.run("api", "tokens", "add", "--user", "ada", "--role", "admin")
        with psycopg.connect(url(stack, "owner")) as conn:
            conn.execute(
                """INSERT INTO customers (customer, name, language, zone, calendar, week_start, weekend)
                   VALUES ('c-1', E'Zoë "O''Hara" \\\\ مریم', 'fa', 'Asia/Tehran', 'persian', 6, '{4,5}')"""
            )
        for device in ("rv-1", "rv-2"):
            stack.run("api", "devices", "add", device, "--product", "robot_vacuum", "--customer", "c-1")
            assert store(stack, device, 0, 2000, now_ms).stored == 2001
        with psycopg.connect(url(stack, "postgres"), autocommit=True) as admin:
            if admin.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone():
                admin.execute(
                    """SELECT compress_chunk(c, true) FROM show_chunks('telemetry_robot_vacuum',
                       older_than => interval '8 days') AS c"""
                )
        (place / "broker/data/mosquitto.db").write_bytes(b"what waits in the queues")
        (place / "broker/accounts/passwords").write_text("rv-1:$7$x\n")
        (place / "ingest/spool/0").mkdir(parents=True)
        (place / "ingest/spool/0/1.segment").write_bytes(b"what the database did not take")
        shutil.copy(ROOT / "tests/golden/product.toml", place / "catalog/ours.toml")
        yield stack


def backups(stack: Stack) -> list[str]:
    return sorted(path.name for path in (stack.place / "backups").iterdir() if NAME.fullmatch(path.name))


def backed_up(stack: Stack) -> str:
    """The name of one more backup."""
    before = backups(stack)
    stack.start("backup")
    (name,) = set(backups(stack)) - set(before)
    return name


def test_what_comes_back_is_what_was_there(lived: Stack) -> None:
    before = contents(url(lived, "postgres"))
    assert before["rows of public.telemetry_robot_vacuum"][0] == 4000
    assert {before[f"rows of public.{table}"][0] for table in ("devices", "events", "dead_letters")} == {2}
    if "chunks" in before:
        assert {True, False} <= {chunk[4] for chunk in before["chunks"]}
    name = backed_up(lived)

    # Nothing of it is left but the secrets, as on a new machine.
    with psycopg.connect(url(lived, "postgres", "postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE vop WITH (FORCE)")
        for role in ("owner", "ingest", "relay", "api", "accounts", "grafana"):
            admin.execute(f"DROP ROLE vop_{role}".encode())
    files = [
        lived.place / path
        for path in ("broker/data/mosquitto.db", "broker/accounts/passwords", "ingest/spool/0/1.segment")
    ]
    held = [path.read_bytes() for path in files]
    for path in files:
        path.unlink()
    lived.start("restore", name)

    after = contents(url(lived, "postgres"))
    assert sorted(after) == sorted(before)
    for what, was in before.items():
        assert after[what] == was, what
    assert [path.read_bytes() for path in files] == held

    # It goes on where it was: what came before is known, numbers go on, services may do what they could.
    lived.run("api", "migrate", "--check")
    now_ms = time.time_ns() // 1_000_000
    assert store(lived, "rv-1", 2000, 2010, now_ms).stored == 11
    lived.run("api", "devices", "add", "rv-3", "--product", "robot_vacuum")
    lived.start("roles")
    lived.start("migrate")
    with psycopg.connect(url(lived, "owner")) as conn:
        conn.execute("DELETE FROM events WHERE device_id = (SELECT device_id FROM devices WHERE device = 'rv-3')")
        row = conn.execute("SELECT count(DISTINCT device_id), count(*) FROM devices").fetchone()
        assert row == (3, 3)


def test_what_a_backup_consists_of(lived: Stack) -> None:
    name = backed_up(lived)
    place = lived.place / "backups" / name
    assert {path.name for path in place.iterdir()} == {
        "MANIFEST", "SHA256SUMS", "database.dump", "broker.tar", "accounts.tar", "spool.tar", "catalog.tar",
    }  # fmt: skip
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.iterdir())
    for line in (place / "SHA256SUMS").read_text().splitlines():
        digest, file = line.split()
        assert hashlib.sha256((place / file).read_bytes()).hexdigest() == digest
    members = {}
    for archive in ("broker", "accounts", "spool", "catalog"):
        with tarfile.open(place / f"{archive}.tar") as tar:
            members[archive] = [member.name for member in tar if member.isfile()]
    assert members == {
        "broker": ["./mosquitto.db"],
        "accounts": ["./passwords"],
        "spool": ["./0/1.segment"],
        "catalog": ["./ours.toml"],
    }
    manifest = (place / "MANIFEST").read_text()
    assert "deploy/secrets" in manifest
    everything = b"".join(path.read_bytes() for path in place.iterdir())
    for secret in lived.secrets.iterdir():
        assert secret.read_text().strip().rpartition(":")[2].encode() not in everything, secret.name
    metrics = (lived.place / "backups/metrics/backup.prom").read_text()
    written = re.search(r"^vop_backup_last_success_timestamp_seconds (\d+)$", metrics, re.MULTILINE)
    assert written is not None
    assert abs(int(written[1]) - time.time()) < 600


def test_old_ones_go_only_when_a_new_one_is_whole(lived: Stack) -> None:
    directory = lived.place / "backups"
    for day in range(1, 20):
        (directory / f"vop-202001{day:02}T000000Z").mkdir()
    (directory / "vop-20200120T000000Z.part").mkdir()
    (directory / "vop-notes").mkdir()
    password = lived.secrets / "postgres_pgpass"
    right = password.read_text()
    password.write_text("*:*:*:postgres:wrong\n")
    before = backups(lived)
    with pytest.raises(AssertionError, match="password authentication failed"):
        lived.start("backup")
    assert backups(lived) == before
    password.write_text(right)
    newest = backed_up(lived)
    left = backups(lived)
    assert len(left) == 14
    assert left[-1] == newest
    assert (directory / "vop-notes").is_dir()
    assert list(directory.glob("*.part")) == []


def test_a_database_with_something_in_it_is_left_alone(lived: Stack) -> None:
    name = backed_up(lived)
    before = contents(url(lived, "postgres"))
    with pytest.raises(AssertionError, match="is left as it is"):
        lived.start("restore", name)
    with psycopg.connect(url(lived, "owner")), pytest.raises(AssertionError, match="stop the services first"):
        lived.start("restore", name, "--replace")
    assert contents(url(lived, "postgres")) == before
    lived.start("restore", name, "--replace")
    assert contents(url(lived, "postgres")) == before
    assert "there are files in" in lived.log("restore").read_text()


def test_a_damaged_backup_is_not_begun_with(lived: Stack) -> None:
    name = backed_up(lived)
    dump: Path = lived.place / "backups" / name / "database.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-100] + bytes(100))
    with pytest.raises(AssertionError, match="is damaged"):
        lived.start("restore", name, "--replace")
    with pytest.raises(AssertionError, match="no whole backup"):
        lived.start("restore", "vop-20010101T000000Z", "--replace")
    assert contents(url(lived, "postgres"))["rows of public.devices"][0] >= 2
