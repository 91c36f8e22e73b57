"""`vop catalog`: what it prints and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.catalog.jug import changed, example
from vop.cli.catalog import command


def _run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], env=environment)


@pytest.fixture
def jug(tmp_path: Path) -> Path:
    path = tmp_path / "jug.toml"
    path.write_text(example(), encoding="utf-8")
    return path


def test_a_good_file(jug: Path) -> None:
    for path in (jug, jug.parent):
        result = _run("check", path)
        assert (result.exit_code, result.stdout, result.stderr) == (0, f"{path}: ok\n", "")


def test_a_bad_file(jug: Path) -> None:
    jug.write_text(changed(("version = 1", "version = 0"), ('"%"', '"°C"')), encoding="utf-8")
    result = _run("check", jug)
    assert result.exit_code == 1
    assert result.stdout == ""
    first, second, last = result.stderr.splitlines()
    assert first.startswith(f"{jug}: version: 0 is not allowed; allowed: ")
    assert second.startswith(f"{jug}: signal[0].unit (battery_pct): '°C' is not a UCUM code")
    assert last == "Error: 2 problems found"


def test_a_directory_without_files(tmp_path: Path) -> None:
    result = _run("check", tmp_path)
    assert result.exit_code == 1
    assert "no product files" in result.stderr


def test_bad_usage(tmp_path: Path) -> None:
    assert _run("check").exit_code == 2
    assert _run("check", tmp_path / "nowhere.toml").exit_code == 2
    assert _run("chekc").exit_code == 2


def test_the_list_holds_ones_own(jug: Path) -> None:
    result = _run("list", VOP_CATALOG_DIR=str(jug.parent))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["product", "version", "label", "signals", "events", "file"]
    assert [line.split()[0] for line in lines[1:]] == [
        "pill_dispenser", "robot_vacuum", "software", "stock_sensor", "water_jug",
    ]  # fmt: skip
    rows = json.loads(_run("list", "--json", VOP_CATALOG_DIR=str(jug.parent)).stdout)
    assert rows[-1] == {
        "product": "water_jug", "version": 1, "label": "Water filter jug", "signals": 4, "events": 3,
        "file": str(jug),
    }  # fmt: skip


def test_a_faulty_directory_stops_the_list(tmp_path: Path) -> None:
    result = _run("list", VOP_CATALOG_DIR=str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "VOP_CATALOG_DIR" in result.stderr
