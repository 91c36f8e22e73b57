"""docs/store.md lists every table."""

from __future__ import annotations

import re
from pathlib import Path

import catalog

ROOT = Path(__file__).parents[3]
SCHEMA = (ROOT / "tests" / "golden" / "schema.txt").read_text(encoding="utf-8")
TEXT = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")


def test_every_table_is_listed() -> None:
    tables = set(re.findall(r"^(\w+)\.\w+ ", SCHEMA, re.MULTILINE))
    products = {product.table for product in catalog.load().values()}
    assert products <= tables
    rows = re.findall(r"^\| (`[^|]*) \|", TEXT.partition("## Tables")[2].partition("\n## ")[0], re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([\w<>]+)`", row)}
    assert listed == (tables - products) | {"telemetry_<product>"}
