from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from api.problems import KINDS
from api.settings import Settings

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_problem_is_documented_with_its_status() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", TEXT, re.MULTILINE))
    assert rows == {slug: str(kind.status) for slug, kind in KINDS.items()}


def test_every_setting_is_documented_with_unit_and_default() -> None:
    rows = {
        name: (unit.strip(), default.strip())
        for name, unit, default in re.findall(r"^\| `(VOP_\w+)` \|([^|]*)\|([^|]*)\|", TEXT, re.MULTILINE)
    }
    declared = {f.metadata["env"]: (f.metadata["unit"], str(f.default)) for f in fields(Settings)}
    declared["VOP_DATABASE_URL"] = ("", "`PG*`")
    assert rows == declared


def test_every_setting_has_help() -> None:
    assert all(f.metadata["help"] for f in fields(Settings))
