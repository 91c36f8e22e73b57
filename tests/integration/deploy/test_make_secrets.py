from __future__ import annotations

import stat
from pathlib import Path

from tests.integration.deploy.stack import make_secrets, pgpass
from tests.unit.deploy.compose_file import document


def test_it_makes_every_secret_of_the_compose_file_for_its_owner_alone(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    made = make_secrets(secrets)
    assert made.returncode == 0, made.stderr
    assert {path.name for path in secrets.iterdir()} == set(document()["secrets"])
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    texts = {path.name: path.read_text() for path in secrets.iterdir()}
    assert pgpass(secrets, "postgres") == texts["postgres_password"].strip()
    roles = ("owner", "ingest", "api", "accounts", "postgres")
    assert len({pgpass(secrets, name) for name in roles}) == len(roles)
    assert all(len(pgpass(secrets, name)) == 64 for name in roles)  # 256 bits
    said = made.stdout + made.stderr
    assert not any(pgpass(secrets, name) in said for name in roles)


def test_it_overwrites_nothing_and_fills_what_is_missing(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    again = make_secrets(tmp_path)
    assert again.returncode == 1
    assert "nothing was changed" in again.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
    (tmp_path / "api_pgpass").unlink()
    (tmp_path / "postgres_password").unlink()
    assert make_secrets(tmp_path).returncode == 0
    after = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"api_pgpass"}


def test_a_link_in_its_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "api_pgpass").symlink_to(elsewhere)
    assert make_secrets(tmp_path / "secrets").returncode == 0
    assert not elsewhere.exists()
