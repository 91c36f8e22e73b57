"""The fenced blocks of the documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.unit.repository.files import ROOT, name, tracked

FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One of them, and where it stands."""

    document: str
    line: int
    language: str
    text: str

    @property
    def head(self) -> str:
        """Its first line without its comment, by which a table names it."""
        return self.text.partition("\n")[0].partition(" #")[0].strip()

    def __str__(self) -> str:
        return f"{self.document}:{self.line} {self.head}"


def blocks_of(document: Path) -> list[Block]:
    """In the order of the page."""
    text = document.read_text(encoding="utf-8")
    return [
        Block(name(document), text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in FENCE.finditer(text)
    ]


def all_blocks() -> list[Block]:
    """Of every document of the repository."""
    return [block for document in tracked(".md") for block in blocks_of(document)]


def blocks(document: str, language: str = "") -> list[Block]:
    """Of one document, in one language if that is named."""
    return [block for block in blocks_of(ROOT / document) if language in ("", block.language)]


TYPED = {
    "docs/own-product.md": ("export PATH", "vop catalog check", "export VOP_CATALOG_DIR", "export PATH",
                            "export SECRET", "mosquitto_pub", "python my-products/coffee.py", "echo", "curl"),
    "docs/catalog.md": ("$ vop catalog check", "TOKEN="),
    "docs/demo.md": ("cd ", "PASSWORD=", ". "),
    "docs/api.md": ("curl -u vac-1",),
    "docs/registry.md": ("vop devices add", "vop users add"),
    "docs/sign-in.md": ("vop users password",),
    "docs/deadletters.md": ("vop deadletters list", "vop deadletters replay"),
}  # fmt: skip
"""What `tests/acceptance/test_document_commands.py` types into a running demo: how the blocks begin, in order."""


def typed(document: str) -> list[Block]:
    """The blocks of a document that are typed."""
    candidates = [block for block in blocks(document) if block.language in ("sh", "console")]
    found: list[Block] = []
    for start in TYPED[document]:
        found.append(next(b for b in candidates if b not in found and b.text.startswith(start)))
    return found
