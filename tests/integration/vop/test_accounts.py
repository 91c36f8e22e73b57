"""Where services keep their files, and whose those are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from vop.services.accounts import can_reach, own_directory, replace_file, secret_file, unprivileged

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root hands its services to another account")


@needs_root
def test_a_file_rendered_by_root_belongs_to_the_service(place: Path) -> None:
    account = unprivileged("postgres")
    assert account is not None
    home = own_directory(place / "service", account)
    replace_file(home / "accounts", "one\n")
    replace_file(home / "accounts", "two\n")
    assert can_reach(account, home / "accounts")
    assert [entry.name for entry in home.iterdir()] == ["accounts"]
    assert (home / "accounts").read_text() == "two\n"


def test_a_failed_replacement_leaves_the_old_file_and_no_other(place: Path) -> None:
    replace_file(place / "accounts", "kept\n")
    with pytest.raises(UnicodeEncodeError):
        replace_file(place / "accounts", "\ud800")
    assert (place / "accounts").read_text() == "kept\n"
    assert len(list(place.iterdir())) == 1


def test_a_secret_is_made_once_and_private(place: Path) -> None:
    first = secret_file(place / "secret")
    assert len(first) >= 43  # 32 bytes in base64
    assert secret_file(place / "secret") == first
    assert stat.S_IMODE((place / "secret").stat().st_mode) == 0o600
