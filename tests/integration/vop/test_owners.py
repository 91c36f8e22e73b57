"""Services end with whoever started them, however that came about."""

from __future__ import annotations

import json
import os
import pwd
import signal
from pathlib import Path

import psycopg
import pytest

from tests.owned_services import owner_of_services, python_for, wait_until_gone
from vop.services.accounts import Account, can_reach
from vop.services.postgres import PostgresServer
from vop.services.postgres_install import find_bin_dir

ROOT = os.geteuid() == 0


def test_killing_the_owner_ends_both_and_the_next_start_has_everything(place: Path) -> None:
    with owner_of_services(place, find_bin_dir()) as owner:
        with psycopg.connect(owner.url) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 1 AS n")
        owner.kill()
        # No wait for the old ones: a restart by hand would not wait either.
        with PostgresServer(place / "pg") as server, psycopg.connect(server.url()) as conn:
            assert conn.execute("SELECT n FROM kept").fetchone() == (1,)
        wait_until_gone(owner.postgres, owner.broker)


def test_a_fork_of_the_owner_does_not_keep_them_alive(place: Path) -> None:
    with owner_of_services(place, find_bin_dir(), fork=True) as owner:
        owner.kill()
        wait_until_gone(owner.postgres, owner.broker)


def test_interrupted_the_owner_still_has_them_and_leaves_nothing(place: Path) -> None:
    with owner_of_services(place, find_bin_dir()) as owner:
        os.killpg(owner.process.pid, signal.SIGINT)  # as a terminal's Ctrl-C: the whole group
        assert owner.process.stdout is not None
        assert owner.process.stdin is not None
        assert json.loads(owner.process.stdout.readline()) == [None, None]
        with psycopg.connect(owner.url) as conn:  # both outlive the signal, for work to be finished
            assert conn.execute("SELECT 1").fetchone() == (1,)
        owner.process.stdin.write("\n")
        owner.process.stdin.flush()
        assert owner.process.wait(timeout=60) == 0
        wait_until_gone(owner.postgres, owner.broker, timeout_s=1.0)


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_owns_them_himself(place: Path) -> None:
    entry = pwd.getpwnam("nobody")
    account = Account("nobody", entry.pw_uid, entry.pw_gid)
    if python_for(account) is None or not can_reach(account, find_bin_dir() / "postgres"):
        pytest.skip("this checkout lies where no other account can read it")
    os.chown(place, account.uid, account.gid)
    with owner_of_services(place, find_bin_dir(), account=account) as owner:
        assert uid_of(owner.postgres) == account.uid
        assert uid_of(owner.broker) == account.uid
        with psycopg.connect(owner.url) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)
        owner.kill()
        wait_until_gone(owner.postgres, owner.broker)


@pytest.mark.skipif(not ROOT, reason="not root")
def test_root_hands_them_to_unprivileged_accounts(place: Path) -> None:
    with owner_of_services(place, find_bin_dir()) as owner:
        assert uid_of(owner.postgres) != 0
        assert uid_of(owner.broker) != 0


def uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid
