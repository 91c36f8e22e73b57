"""docs/settings.md is what the program says of itself."""

from __future__ import annotations

from pathlib import Path

from vop.cli.settings import page

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_page_is_what_vop_settings_prints() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: vop settings > docs/settings.md"
