"""`vop claims` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from vop.cli.claims import command


def test_a_text_as_json() -> None:
    result = CliRunner().invoke(
        command, ["Last month I ran it twice.", "--product", "robot_vacuum", "--said-at", "2026-03-18T09:00:00+00:00"]
    )
    (claim,) = json.loads(result.output)
    assert (claim["topic"], claim["low"], claim["per"]) == ("usage_frequency", 2, "month")
    assert claim["window"]["from"].startswith("2026-02-01")


def test_a_text_explained() -> None:
    result = CliRunner().invoke(command, ["It does not crash every day.", "--product", "software", "--explain"])
    assert "fault_frequency 1 count a day, denied" in result.output
    assert "negated" in result.output
    nothing = CliRunner().invoke(command, ["Hello there.", "--product", "software", "--explain"])
    assert nothing.output == "no claim\n"


def test_a_file_of_statements(tmp_path: Path) -> None:
    lines = [{"id": "a", "lang": "en", "product": "software", "text": "I log in daily."},
             {"id": "b", "product": "software", "text": "What does it cost?"}]  # fmt: skip
    path = tmp_path / "said.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["--file", str(path)])
    first, second = (json.loads(line) for line in result.output.splitlines())
    assert (first["id"], len(first["claims"])) == ("a", 1)
    assert second == {"id": "b", "claims": []}


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(command, []).exit_code == 2
    assert "robot_vacuum" in run(command, ["text"]).output
    assert "no product 'kettle'" in run(command, ["text", "--product", "kettle"]).output
    assert "no time" in run(command, ["text", "--product", "software", "--said-at", "noon"]).output
    assert "UTC offset" in run(command, ["text", "--product", "software", "--said-at", "2026-03-18T09:00:00"]).output
    path = tmp_path / "said.jsonl"
    path.write_text('{"id": 1}\n', encoding="utf-8")
    result = run(command, ["--file", str(path)])
    assert result.exit_code == 1
    assert "line 1" in result.output
