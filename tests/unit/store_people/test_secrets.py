"""Secrets: their strength, their kept forms, and what fits them."""

import hashlib
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

from store import secrets


def test_a_secret_has_256_bits_and_is_never_the_same() -> None:
    made = {secrets.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)


def test_a_token_says_what_it_is() -> None:
    assert re.fullmatch(r"vop_[A-Za-z0-9_-]{43}", secrets.new_token())


def test_only_the_secret_itself_fits_its_hash() -> None:
    kept = secrets.sha256("s3cret")
    assert kept == hashlib.sha256(b"s3cret").digest()
    assert secrets.verify("s3cret", kept)
    assert not secrets.verify("S3cret", kept)
    assert not secrets.verify("s3cret", None)
    assert not secrets.verify("", None)
    assert not secrets.verify("\ud800", kept)


def test_the_brokers_form_is_pbkdf2_with_its_own_salt() -> None:
    line = secrets.mosquitto_line("s3cret", salt=b"twelve bytes")
    assert line == (
        "$7$101$dHdlbHZlIGJ5dGVz$v9QEgveDLuFhmKXRv30XkGKiCTfd8ym1XrEavIhWR4S9cPbAoBCLPUgd"
        "ETShf+G75Pnp0AWdUYNtGZOQxXlwvw=="
    )
    assert secrets.verify_mosquitto("s3cret", line)
    assert not secrets.verify_mosquitto("other", line)
    assert secrets.mosquitto_line("s3cret") != secrets.mosquitto_line("s3cret")


@pytest.mark.parametrize("line", ["", "plain", "$6$salt$hash", "$7$x$c2FsdA==$aGFzaA=="])
def test_any_other_form_fits_nothing(line: str) -> None:
    assert not secrets.verify_mosquitto("s3cret", line)


@pytest.mark.skipif(which("mosquitto_passwd") is None, reason="mosquitto_passwd is not installed")
def test_mosquittos_own_tool_writes_the_same_form(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(path), "device", "s3cret"], check=True)
    user, line = path.read_text().strip().split(":", 1)
    assert user == "device"
    assert secrets.verify_mosquitto("s3cret", line)
