"""What the demo's services are told of its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from vop.demo.programs import passed_on


def test_paths_are_absolute_because_the_services_run_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    passed = passed_on({"VOP_CATALOG_DIR": "my-products", "VOP_CURRENCY": "EUR", "VOP_DATA_DIR": "", "HOME": "x"})
    assert passed == {"VOP_CATALOG_DIR": str(tmp_path / "my-products"), "VOP_CURRENCY": "EUR", "VOP_DATA_DIR": ""}


@pytest.mark.parametrize("name", ["VOP_DATABASE_URL", "VOP_DATABASE_URL_FILE", "VOP_ANY_PASSWORD", "VOP_ANY_TOKEN"])
def test_secrets_are_not_passed_on(name: str) -> None:
    assert passed_on({name: "hidden"}) == {}
