"""The embedded PostgreSQL: what it survives, what it refuses, what it keeps to itself."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.owned_services import wait_until_gone
from vop.errors import AlreadyRunning, DidNotStart, NotInstalled, PortTaken, UnreachablePlace
from vop.services import postgres
from vop.services.accounts import can_reach, unprivileged
from vop.services.postgres import PostgresServer
from vop.services.postgres_install import find_bin_dir

ROOT = os.geteuid() == 0


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def supervisor_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_what_was_committed_survives_kill_9_and_what_was_not_does_not(place: Path) -> None:
    server = PostgresServer(place / "pg").start()
    try:
        with psycopg.connect(server.url()) as conn:
            conn.execute("CREATE TABLE said (n int)")
            conn.execute("INSERT INTO said SELECT generate_series(1, 1000)")
            conn.commit()
            conn.execute("INSERT INTO said VALUES (1001)")
            server.kill()
            server.start()  # at once: the backend of this connection may still be leaving
            conn.close()
        assert value(server.url(), "SELECT count(*) FROM said") == 1000
    finally:
        server.stop()


def test_its_end_is_noticed(place: Path) -> None:
    with PostgresServer(place / "pg") as server:
        os.kill(server.pid, signal.SIGKILL)
        wait_until_gone(server.pid)
        wait_until_gone(supervisor_of_child(server))
        assert server.returncode == 128 + signal.SIGKILL


def supervisor_of_child(server: PostgresServer) -> int:
    return server._running()._supervisor.pid


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_killing_the_supervisor_ends_it_as_well(place: Path) -> None:
    with PostgresServer(place / "pg") as server:
        pid = server.pid
        os.kill(supervisor_of(pid), signal.SIGKILL)
        with PostgresServer(place / "pg") as next_one:
            assert value(next_one.url(), "SELECT 1") == 1
        wait_until_gone(pid)


def test_a_reused_pid_in_the_pid_file_does_not_stop_a_start(place: Path) -> None:
    server = PostgresServer(place / "pg").start()
    server.kill()
    account = unprivileged("postgres")
    bystander = subprocess.Popen(["sleep", "600"], user=account.uid if account else None)
    try:
        pid_file = place / "pg" / "pgdata" / "postmaster.pid"
        _, _, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{bystander.pid}\n{rest}")
        with server:
            assert value(server.url(), "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_second_one_on_the_same_directory_is_told_who_holds_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_PATIENCE_S", 0.0)
    with PostgresServer(place / "pg") as server:
        with pytest.raises(AlreadyRunning, match=str(server.pid)):
            PostgresServer(place / "pg").start()
        assert value(server.url(), "SELECT 1") == 1


def test_one_started_by_hand_on_its_data_is_not_disturbed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ORPHAN_PATIENCE_S", 0.0)
    with PostgresServer(place / "pg") as server:
        pass
    account = unprivileged("postgres")
    by_hand = subprocess.Popen(
        [str(find_bin_dir() / "postgres"), "-D", str(place / "pg" / "pgdata"), "-c", "unix_socket_directories="],
        user=account.uid if account else None,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert by_hand.stderr is not None
    try:
        for line in by_hand.stderr:
            if "ready to accept connections" in line:
                break
        with pytest.raises(AlreadyRunning, match=str(by_hand.pid)):
            server.start()
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGINT)
        by_hand.stderr.read()
        by_hand.stderr.close()
        by_hand.wait()


def test_a_first_start_that_was_cut_short_leaves_nothing_in_the_way(place: Path) -> None:
    half = place / "pg" / "pgdata.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with PostgresServer(place / "pg") as server:
        assert value(server.url(), "SELECT current_database()") == "vop"


def test_a_port_somebody_has_is_named(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            PostgresServer(place / "pg", port=port).start()


def test_a_setting_it_refuses_is_in_the_error(place: Path) -> None:
    with pytest.raises(DidNotStart, match="no_such_setting"):
        PostgresServer(place / "pg", settings={"no_such_setting": "1"}).start()


def test_it_is_durable_unless_told_otherwise_and_on_loopback_alone(place: Path) -> None:
    with PostgresServer(place / "pg") as server:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert value(server.url(), f"SHOW {setting}") == "on"
        assert value(server.url(), "SHOW listen_addresses") == "127.0.0.1"
        assert value(server.url(), "SHOW unix_socket_directories") == ""
        assert value(server.url(), "SHOW server_encoding") == "UTF8"
        assert value(server.url(), "SELECT datcollate FROM pg_database WHERE datname = 'vop'") == "C.UTF-8"


def test_it_asks_for_a_password_that_only_its_owner_can_read(place: Path) -> None:
    with PostgresServer(place / "pg") as server:
        secret = place / "pg" / "password"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert len(secret.read_text().strip()) >= 43  # 32 bytes in base64
        rules = (place / "pg" / "pgdata" / "pg_hba.conf").read_text()
        methods = {line.split()[-1] for line in rules.splitlines() if re.match(r"(local|host)", line)}
        assert methods == {"scram-sha-256"}
        wrong = re.sub(r"://vop:[^@]+@", "://vop:guess@", server.url())
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_its_log_holds_no_values_of_rows(place: Path) -> None:
    with PostgresServer(place / "pg") as server:
        with psycopg.connect(server.url(), autocommit=True) as conn:
            conn.execute("CREATE TABLE people (name text UNIQUE)")
            conn.execute("INSERT INTO people VALUES ('Maryam Secret')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                conn.execute("INSERT INTO people VALUES ('Maryam Secret')")
        said = server.log_path.read_text()
    assert "duplicate key" in said
    assert "Maryam" not in said


@pytest.mark.skipif(not ROOT, reason="only root hands its services to another account")
def test_a_directory_the_account_cannot_enter_is_refused_and_not_opened_up(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(UnreachablePlace, match="VOP_DATA_DIR"):
        PostgresServer(closed / "pg").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not ROOT, reason="only root hands its services to another account")
def test_programs_below_a_closed_home_are_copied_to_where_they_can_be_read(place: Path, tmp_path: Path) -> None:
    if find_bin_dir().parent.name != "pginstall":
        pytest.skip("only the wheel's installation can be moved; this run uses another")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    package = find_bin_dir().parent.parent
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.*libs"):
        shutil.copytree(libraries, home / libraries.name)
    closed = home / package.name / "pginstall" / "bin"
    assert not can_reach(unprivileged("postgres"), closed / "postgres")
    server = PostgresServer(place / "pg", bin_dir=closed)
    for _ in range(2):  # the second start finds the copy
        with server:
            assert value(server.url(), "SELECT 1") == 1
    assert len(list((place / "pg").glob("postgres-install-*"))) == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_directory_without_the_programs_is_named(place: Path) -> None:
    with pytest.raises(NotInstalled, match=re.escape(str(place))):
        PostgresServer(place / "pg", bin_dir=place).start()
