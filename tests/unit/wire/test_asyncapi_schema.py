"""The AsyncAPI document against AsyncAPI's own JSON Schema, fetched by npm: it is not ours to commit."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

import catalog
from wire.asyncapi import document

PACKAGE = "@asyncapi/specs@6.11.1"
MEMBER = "package/schemas/3.0.0-without-$id.json"
FETCH_LIMIT_S = 90

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Draft7Validator:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed; the document's structure is checked in test_asyncapi.py")
    place: Path = tmp_path_factory.mktemp("asyncapi")
    fetched = subprocess.run(
        [npm, "pack", "--silent", PACKAGE], cwd=place, capture_output=True, text=True, timeout=FETCH_LIMIT_S
    )
    if fetched.returncode != 0:
        pytest.skip(f"npm cannot fetch {PACKAGE}: {fetched.stderr.strip()[:200]}")
    with tarfile.open(place / fetched.stdout.strip()) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        schema = json.load(member)
    return Draft7Validator(schema)


def test_the_document_keeps_to_the_published_schema(published: Draft7Validator) -> None:
    assert [error.message for error in published.iter_errors(document(catalog.load()))] == []


@pytest.mark.parametrize("part", ["channels", "operations"])
def test_the_published_schema_would_tell(published: Draft7Validator, part: str) -> None:
    spoiled: dict[str, Any] = document(catalog.load())
    next(iter(spoiled[part].values()))["unheard_of"] = 1
    assert not published.is_valid(spoiled)
