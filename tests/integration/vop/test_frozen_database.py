"""Commands and the follower of broker accounts, when the database freezes under them: told, not kept waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import accounts
from store.database import Connection
from store.errors import Unavailable
from tests.freezing import frozen
from tests.platform_services import Server
from vop import broker_accounts
from vop.cli import _registry


def test_a_command_ends_with_the_reason(database: str, pg_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", database)
    monkeypatch.setattr(_registry, "ANSWER_WITHIN_S", 0.3)
    with pytest.raises(Unavailable, match=r"not answered for 0\.3 s"), _registry.opened() as conn, frozen(pg_server):
        conn.execute("SELECT 1")


def test_accounts_are_left_as_they_were(
    database: str, pg_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(broker_accounts, "ANSWER_WITHIN_S", 0.3)
    asked = accounts.password_text

    def freeze_first(conn: Connection) -> str:
        with frozen(pg_server):
            return asked(conn)

    monkeypatch.setattr(accounts, "password_text", freeze_first)
    passwords = tmp_path / "passwords"
    follower = broker_accounts.BrokerAccounts(database, passwords, tmp_path / "acl", reload=lambda: None)
    with pytest.raises(Unavailable, match=r"not answered for 0\.3 s"):
        follower.render()
    assert not passwords.exists()
