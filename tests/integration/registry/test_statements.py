"""`vop statements import`: rows kept, known or refused, each by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from store import audit, customers, statements
from store.database import Connection
from tests.integration.registry.conftest import Ran

Vop = Callable[..., Ran]
SAID = {"customer": "c-1", "channel": "email", "text": "twice a week", "said_at": "2026-05-01T08:00:00+02:00"}


@pytest.fixture(autouse=True)
def anna(conn: Connection) -> None:
    customers.create(conn, "c-1", "Anna", zone="Europe/Berlin")
    conn.commit()


def test_a_file_is_kept_once_and_wrong_lines_are_named(vop: Vop, conn: Connection, tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    rows = [SAID | {"ref": f"r{n}"} for n in range(120)] + [SAID | {"customer": "c-2"}, SAID | {"device": "vac-9"}]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    first = vop("statements", "import", str(file))
    assert (first.status, first.out) == (1, "")
    lines = first.err.splitlines()
    assert lines[0] == "line 121: there is no customer c-2"
    assert lines[1].startswith("line 122: ")
    assert "vac-9" in lines[1]
    assert lines[2] == f"{file}: 120 kept, 0 unchanged, 2 refused"
    assert "0 kept, 120 unchanged, 2 refused" in vop("statements", "import", str(file)).err
    conn.rollback()
    kept = statements.listing(conn, limit=500)
    assert len(kept) == 120
    assert {(one.author, one.case_id) for one in kept} == {("system:vop-statements", kept[0].case_id)}
    entries = audit.listing(conn, action="statement.import", customer="c-1", limit=500)
    assert {entry.object for entry in entries} == {str(one.statement_id) for one in kept}
    assert all("twice" not in str(entry) for entry in entries)


def test_a_table_is_read_by_its_header(vop: Vop, tmp_path: Path) -> None:
    file = tmp_path / "said.csv"
    file.write_text("Customer,channel,text,said_at\nc-1,phone,hello,2026-05-01T08:00:00Z\n", encoding="utf-8-sig")
    assert vop("statements", "import", str(file)).status == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("said.csv", b"customer,text\n", "lacks column channel, said_at"),
        ("said.csv", b"customer,channel,text,said_at,mood\n", "unknown column mood"),
        ("said.csv", b'customer,channel,text,said_at\n"a', "line 2"),
        ("said.csv", b"\xff\xfe", "not UTF-8"),
        ("said.xlsx", b"", "ends in none of .csv, .jsonl"),
    ],
)
def test_what_is_no_list_of_statements_is_said(vop: Vop, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    ran = vop("statements", "import", str(file))
    assert (ran.status, words in ran.err) == (1, True), ran.err
