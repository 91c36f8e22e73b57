from __future__ import annotations

import re
from pathlib import Path

from api.problems import KINDS

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_problem_is_documented_with_its_status() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", TEXT, re.MULTILINE))
    assert rows == {slug: str(kind.status) for slug, kind in KINDS.items()}
