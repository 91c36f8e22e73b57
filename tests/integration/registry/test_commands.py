"""`vop devices`, `vop users`, `vop tokens`, `vop broker-accounts`: what they print, keep and refuse."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from store import audit, customers, devices, ownerships, passwords, tokens, users
from store.database import Connection
from tests.integration.registry.conftest import Ran

Vop = Callable[..., Ran]


def actions(conn: Connection) -> list[tuple[str, str, str]]:
    conn.rollback()
    return [(r.actor, r.action, r.object) for r in reversed(audit.listing(conn, limit=500))]


def test_a_device_is_added_and_its_secret_printed_once(vop: Vop, conn: Connection) -> None:
    customers.create(conn, "c-1", "Anna", zone="Europe/Berlin")
    conn.commit()
    ran = vop("devices", "add", "rv-1", "--product", "robot_vacuum", "--serial", "S1", "--customer", "c-1")
    assert ran.status == 0
    secret = ran.out.strip()
    assert secret not in ran.err
    device = devices.authenticate(conn, "rv-1", secret)
    assert device is not None
    assert device.serial == "S1"
    assert [o.customer for o in ownerships.history(conn, device.device_id)] == ["c-1"]
    assert actions(conn) == [("system:vop-devices", "device.register", "rv-1")]
    assert secret not in str(audit.listing(conn))


def test_json_for_programs(vop: Vop, conn: Connection) -> None:
    made = json.loads(vop("devices", "add", "rv-1", "--product", "robot_vacuum", "--json").out)
    assert devices.authenticate(conn, made["device"], made["secret"]) is not None
    [listed] = [json.loads(line) for line in vop("devices", "list", "--json").out.splitlines()]
    assert (listed["device"], listed["owner"]) == ("rv-1", None)
    assert listed["presence"]["connected"] is False
    assert made["secret"] not in str(listed)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["devices", "add", "rv-1", "--product", "robot_vacuum"], 1, "rv-1 exists"),
        (["devices", "add", "rv-2", "--product", "toaster"], 1, "toaster"),
        (["devices", "add", "a/b", "--product", "software"], 1, "a/b"),
        (["devices", "add", "rv-2", "--product", "software", "--customer", "c-none"], 1, "c-none"),
        (["devices", "add", "rv-2"], 2, "--product"),
        (["devices", "revoke", "rv-9"], 1, "rv-9"),
        (["devices", "rotate", "rv-9"], 1, "rv-9"),
        (["devices", "status", "rv-1", "asleep"], 2, "asleep"),
        (["users", "add", "Sara", "--role", "support"], 1, "Sara"),
        (["users", "add", "sara", "--role", "king"], 2, "king"),
        (["users", "grant", "nobody", "--role", "support"], 1, "nobody"),
        (["tokens", "add", "--user", "nobody"], 2, "nobody"),
        (["tokens", "revoke", "7"], 1, "7"),
        (["broker-accounts", "--password-file", "p", "--acl-file", "a"], 2, "--pid"),
    ],
)
def test_an_error_is_one_line_and_changes_nothing(
    vop: Vop, conn: Connection, arguments: list[str], status: int, words: str
) -> None:
    devices.register(conn, "rv-1", "robot_vacuum")
    conn.commit()
    ran = vop(*arguments)
    assert ran.status == status
    assert words in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err
    assert ran.out == ""
    if status == 1:
        assert len(ran.err.splitlines()) == 1
    assert actions(conn) == []


def test_a_database_that_is_away_is_one_line(vop: Vop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOP_DATABASE_URL", "postgresql://127.0.0.1:1/vop")
    ran = vop("devices", "list")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert "port 1" in ran.err
    assert "refused" in ran.err


def test_the_database_by_file(vop: Vop, database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text(f"{database}\n")
    monkeypatch.setenv("VOP_DATABASE_URL_FILE", str(path))
    assert vop("users", "list").status == 2
    monkeypatch.delenv("VOP_DATABASE_URL")
    assert vop("users", "list").status == 0
    monkeypatch.setenv("VOP_DATABASE_URL_FILE", str(tmp_path / "none"))
    assert vop("users", "list").status == 2


def test_revoking_rotating_and_status(vop: Vop, conn: Connection) -> None:
    first = vop("devices", "add", "rv-1", "--product", "robot_vacuum").out.strip()
    second = vop("devices", "rotate", "rv-1").out.strip()
    assert devices.authenticate(conn, "rv-1", first) is None
    assert devices.authenticate(conn, "rv-1", second) is not None
    conn.rollback()
    assert vop("devices", "status", "rv-1", "suspended").status == 0
    assert devices.get(conn, "rv-1").status == "suspended"
    conn.rollback()
    assert vop("devices", "status", "rv-1", "active").status == 0
    assert vop("devices", "revoke", "rv-1").status == 0
    assert devices.authenticate(conn, "rv-1", second) is None
    assert "\trevoked\t" in vop("devices", "list").out
    assert [action for _, action, _ in actions(conn)] == [
        "device.register", "device.rotate", "device.status", "device.status", "device.revoke",
    ]  # fmt: skip


def test_revoking_several_is_all_or_nothing(vop: Vop, conn: Connection) -> None:
    devices.register(conn, "rv-1", "robot_vacuum")
    conn.commit()
    assert vop("devices", "revoke", "rv-1", "rv-9").status == 1
    assert devices.get(conn, "rv-1").has_credentials


def test_a_list_is_shown_by_filter_and_limit(vop: Vop, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vop.cli.devices.PAGE", 2)
    for number in range(5):
        devices.register(conn, f"rv-{number}", "robot_vacuum", serial=f"S{number}")
    conn.commit()

    def shown(*arguments: object) -> list[str]:
        header, *lines = vop("devices", "list", *arguments).out.splitlines()
        assert header.startswith("DEVICE\t")
        return [line.split("\t")[0] for line in lines]

    assert shown() == [f"rv-{number}" for number in range(5)]
    assert shown("--limit", 3) == ["rv-0", "rv-1", "rv-2"]
    assert shown("--q", "s4") == ["rv-4"]
    assert shown("--product", "software") == []


CSV = """\ufeffDevice, product ,serial,customer
rv-1,robot_vacuum,S1,c-1

rv-2,toaster,,
rv 3,robot_vacuum,,
rv-4,software,"S,4",
rv-5,software
rv-1,robot_vacuum,OTHER,
"""


def test_a_list_is_imported_and_a_second_run_changes_nothing(vop: Vop, conn: Connection, tmp_path: Path) -> None:
    customers.create(conn, "c-1", "Anna", zone="Europe/Berlin")
    conn.commit()
    path = tmp_path / "devices.csv"
    path.write_text(CSV, encoding="utf-8")
    ran = vop("devices", "import", path)
    assert ran.status == 1
    issued = dict(line.split(",") for line in ran.out.splitlines())
    assert list(issued) == ["rv-1", "rv-4"]
    assert all(devices.authenticate(conn, device, secret) for device, secret in issued.items())
    assert devices.get(conn, "rv-4").serial == "S,4"
    *problems, summary = ran.err.splitlines()
    assert [problem.split(":")[0] for problem in problems] == ["line 4", "line 5", "line 7", "line 8"]
    assert "toaster" in problems[0]
    assert "columns" in problems[2]
    assert "S1, not OTHER" in problems[3]
    assert summary.endswith("2 registered, 0 unchanged, 4 refused")
    logged = [("system:vop-devices", "device.register", device) for device in issued]
    assert actions(conn) == logged

    again = vop("devices", "import", path)
    assert again.out == ""
    assert again.err.splitlines()[-1].endswith("0 registered, 2 unchanged, 4 refused")
    assert all(devices.authenticate(conn, device, secret) for device, secret in issued.items())
    assert actions(conn) == logged


def test_imported_secrets_go_to_a_new_file_of_their_own(vop: Vop, conn: Connection, tmp_path: Path) -> None:
    path, secrets = tmp_path / "devices.csv", tmp_path / "secrets.csv"
    lines = [f"rv-{number},robot_vacuum" for number in range(1_200)]
    path.write_text("\n".join(["device,product", *lines]), encoding="utf-8")
    ran = vop("devices", "import", path, "--secrets", secrets)
    assert (ran.status, ran.out) == (0, "")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    issued = dict(line.split(",") for line in secrets.read_text().splitlines())
    assert len(issued) == 1_200
    assert devices.authenticate(conn, "rv-1199", issued["rv-1199"]) is not None
    conn.rollback()
    again = vop("devices", "import", path, "--secrets", secrets)
    assert again.status == 1
    assert "exists already" in again.err
    assert len(secrets.read_text().splitlines()) == 1_200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks column device, product"),
        (b"device\nrv-1\n", "lacks column product"),
        (b"device,product,colour\n", "unknown column colour"),
        (b"device,product,device\n", "repeats the column device"),
        (b"device,product\nrv-1,\xff\n", "UTF-8"),
        (b'device,product\n"rv-1,software\n', "line 2"),
    ],
)
def test_what_is_no_list_is_refused_whole(
    vop: Vop, conn: Connection, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "devices.csv"
    path.write_bytes(content)
    ran = vop("devices", "import", path)
    assert ran.status == 1
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1
    assert actions(conn) == []


def test_users_are_added_listed_and_given_roles(vop: Vop, conn: Connection) -> None:
    assert vop("users", "add", "sara", "--name", "Sara S.", "--role", "support").status == 0
    assert vop("users", "grant", "sara", "--role", "quality").status == 0
    assert users.get(conn, "sara").roles == ["support", "quality"]
    conn.rollback()
    assert vop("users", "grant", "sara", "--role", "stock", "--only").status == 0
    assert users.get(conn, "sara").roles == ["stock"]
    conn.rollback()
    assert vop("users", "deactivate", "sara").status == 0
    header, line = vop("users", "list").out.splitlines()
    assert header.split("\t")[:4] == ["USER", "NAME", "ROLES", "ACTIVE"]
    assert line.split("\t")[:4] == ["sara", "Sara S.", "stock", "no"]
    assert vop("users", "activate", "sara").status == 0
    assert users.get(conn, "sara").active
    assert [action for _, action, _ in actions(conn)] == [
        "user.create", "user.grant", "user.grant", "user.deactivate", "user.activate",
    ]  # fmt: skip


def test_a_password_comes_from_standard_input_and_is_shown_nowhere(
    vop: Vop, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vop("users", "add", "sara", "--role", "support").status == 0
    monkeypatch.setattr("sys.stdin", StringIO("four quiet words here\nnot this line\n"))
    ran = vop("users", "password", "sara", "--stdin")
    assert (ran.status, ran.out) == (0, "")
    kept = passwords.kept(conn, "sara")
    assert kept is not None
    assert passwords.verify(kept.password_hash, "four quiet words here")
    assert "quiet" not in ran.err + str(audit.listing(conn))
    assert actions(conn)[-1] == ("system:vop-users", "user.password", "sara")


@pytest.mark.parametrize(
    ("arguments", "given", "status", "words"),
    [
        (["sara", "--stdin"], "short\n", 1, "fewer than 12"),
        (["sara", "--stdin"], "Sara Susanne S.\n", 1, "name of the user"),
        (["sara", "--stdin"], "passwordpassword\n", 1, "tried first"),
        (["nobody", "--stdin"], "four quiet words here\n", 1, "nobody"),
        (["sara"], "four quiet words here\n", 2, "--stdin"),
        (["sara", "four quiet words here"], "", 2, "unexpected"),
    ],
)
def test_a_password_that_is_not_taken(
    vop: Vop,
    conn: Connection,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    given: str,
    status: int,
    words: str,
) -> None:
    users.create(conn, "sara", "Sara Susanne S.", ["support"])
    conn.commit()
    monkeypatch.setattr("sys.stdin", StringIO(given))
    ran = vop("users", "password", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert words in ran.err
    kept = passwords.kept(conn, "sara")
    assert kept is not None
    assert kept.password_hash is None


def test_a_token_is_issued_listed_and_revoked(vop: Vop, conn: Connection) -> None:
    ran = vop("tokens", "add", "--user", "sara", "--role", "support", "--label", "script", "--days", 1)
    assert ran.status == 0
    secret = ran.out.strip()
    principal = tokens.principal_of(conn, secret)
    assert principal is not None
    assert (principal.user, principal.roles) == ("sara", ["support"])
    assert principal.expires_at is not None
    conn.rollback()
    second = vop("tokens", "add", "--user", "sara", "--days", 0)
    assert tokens.principal_of(conn, second.out.strip()) is not None
    conn.rollback()
    refused = vop("tokens", "add", "--user", "sara", "--role", "admin")
    assert refused.status == 2
    assert "support" in refused.err
    assert users.get(conn, "sara").roles == ["support"]
    conn.rollback()

    listed = vop("tokens", "list").out
    assert secret not in listed
    number, user, label, _, _, state = listed.splitlines()[1].split("\t")
    assert (user, label, state) == ("sara", "script", "valid")
    assert vop("tokens", "revoke", number).status == 0
    assert tokens.principal_of(conn, secret) is None
    assert vop("tokens", "list", "--user", "sara").out.splitlines()[1].endswith("revoked")
    assert [action for _, action, _ in actions(conn)] == [
        "user.create", "token.issue", "token.issue", "token.revoke",
    ]  # fmt: skip


def test_broker_accounts_once(vop: Vop, conn: Connection, tmp_path: Path) -> None:
    devices.register(conn, "rv-1", "robot_vacuum")
    conn.commit()
    password_file, acl = tmp_path / "passwords", tmp_path / "acl"
    ran = vop("broker-accounts", "--once", "--password-file", password_file, "--acl-file", acl)
    assert ran.status == 0
    assert password_file.read_text().startswith("rv-1:$7$101$")
    assert "pattern write vop/v1/%u/up/#" in acl.read_text()
    nowhere = tmp_path / "none" / "passwords"
    ran = vop("broker-accounts", "--once", "--password-file", nowhere, "--acl-file", acl)
    assert ran.status == 1
    assert "none" in ran.err
