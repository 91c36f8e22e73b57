"""The worked example of docs/catalog.md, as text and with changes."""

from __future__ import annotations

import re
from pathlib import Path

from catalog import InvalidCatalog, Problem, Product, parse

DOCUMENT = Path(__file__).parents[3] / "docs" / "catalog.md"
FILE = Path("jug.toml")


def example() -> str:
    """The TOML of the worked example."""
    blocks = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def changed(*changes: tuple[str, str]) -> str:
    """The example with the first occurrence of each text replaced."""
    text = example()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def product(*changes: tuple[str, str]) -> Product:
    return parse(changed(*changes), FILE)


def problems(text: str) -> list[Problem]:
    """What `parse` says against the text; empty when it accepts it."""
    try:
        parse(text, FILE)
    except InvalidCatalog as error:
        return list(error.problems)
    return []
