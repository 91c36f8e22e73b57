"""Variables, files and routes that a document names are there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from api.permissions import API, RULES
from tests.unit.repository.files import ROOMS, ROOT, name, tracked

DOCUMENTS = [path for path in tracked(".md") if path.name != "CHANGELOG.md"]
PLACES = (*ROOMS, "tests", "deploy", "bench", "docs")
MADE_LATER = ("deploy/secrets", "deploy/tls", "deploy/sim", "deploy/backups")
"""By scripts, on the machine it runs on."""


@cache
def program() -> str:
    """All that could read a variable."""
    files = (path for path in tracked(".py", ".yml", ".sh") if path != Path(__file__))
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def one_shape(path: str) -> str:
    """A route without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def unknown_names(text: str) -> list[str]:
    """What a text names and there is not."""
    variables = {word.removesuffix("_FILE") for word in re.findall(r"\bVOP_[A-Z0-9_]+[A-Z0-9]\b", text)}
    files = set(re.findall(rf"`((?:{'|'.join(PLACES)})/[\w./-]+)`", text))
    routes = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[\w{}/.-]*)", text))
    there = {(method, one_shape(path)) for method, path in RULES}
    return [
        *(word for word in variables if word not in program()),
        *(path for path in files if not path.startswith(MADE_LATER) and not (ROOT / path).exists()),
        *(
            f"{method} {path}"
            for method, path in routes
            if not {(method, one_shape(path)), (method, one_shape(API + path))} & there
        ),
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_what_a_document_names_is_there(document: Path) -> None:
    assert not unknown_names(document.read_text(encoding="utf-8"))


def test_a_name_of_nothing_is_found() -> None:
    text = "`VOP_WINGS` and `VOP_DATABASE_URL_FILE`, `store/nothing.py`, `GET /devices/{id}`, `GET /wings/{id}`"
    assert unknown_names(text) == ["VOP_WINGS", "store/nothing.py", "GET /wings/{id}"]
