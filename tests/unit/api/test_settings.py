from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from settings import BadSetting


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, "")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://db/vop\n")
    settings = Settings.from_environment({"VOP_DATABASE_URL_FILE": str(tmp_path / "url"), "VOP_API_PORT": "80"})
    assert (settings.database_url, settings.port) == ("postgresql://db/vop", 80)


@pytest.mark.parametrize(
    "env",
    [
        {"VOP_API_PORT": "http"},
        {"VOP_API_PORT": "-1"},
        {"VOP_API_PORT": "٨٠"},
        {"VOP_DATABASE_URL_FILE": "/nowhere/at/all"},
        {"VOP_DATABASE_URL": "a", "VOP_DATABASE_URL_FILE": "b"},
    ],
)
def test_nonsense_is_refused_with_the_name_of_the_variable(env: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=next(iter(env))):
        Settings.from_environment(env)
