"""How the pages' packages are brought: what is copied, when again, and what is said when it cannot be."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from api.console import fetch

CONSOLE = Path(fetch.__file__).parent


@pytest.fixture
def console(tmp_path: Path) -> Path:
    """A console whose one package has two files."""
    place = tmp_path / "console"
    (place / "static").mkdir(parents=True)
    (place / fetch.MANIFEST).write_text(json.dumps({"vendor": {"p/a.js": "a.js"}, "vendorDev": {"q/b.js": "b.js"}}))
    (place / fetch.LOCK).write_text("{}")
    (place / fetch.NPM_SETTINGS).write_text("")
    (place / "requirements-npm.lock").write_text("")
    return place


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose npm, a script, installs both packages; `calls` beside it has its arguments."""
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "npm"
    script.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {tools}/calls\n'
        '[ "$1" = ci ] || exit 0\n'
        f"if [ -e {tools}/broken ]; then echo 'npm error code ENOTFOUND' >&2; exit 1; fi\n"
        "mkdir -p node_modules/p node_modules/q\n"
        "echo a > node_modules/p/a.js\n"
        "echo b > node_modules/q/b.js\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return tools


def test_only_the_named_files_are_copied(console: Path, npm: Path) -> None:
    assert fetch.fetch(console, dev=False) is True
    assert {p.name for p in (console / "static" / "vendor").iterdir()} == {"a.js", fetch.STAMP_NAME}
    assert not (console / "vendor-dev").exists()
    assert "ci --ignore-scripts" in (npm / "calls").read_text()


def test_a_second_run_does_nothing(console: Path, npm: Path) -> None:
    fetch.fetch(console, dev=True)
    asked = (npm / "calls").read_text()
    assert fetch.fetch(console, dev=True) is False
    assert fetch.fetch(console, dev=False) is False
    assert (npm / "calls").read_text() == asked


@pytest.mark.parametrize("gone", ["static/vendor/a.js", "static/vendor/fetched.json"])
def test_what_is_gone_is_brought_again(console: Path, npm: Path, gone: str) -> None:
    fetch.fetch(console, dev=False)
    (console / gone).unlink()
    assert fetch.fetch(console, dev=False) is True
    assert (console / gone).exists()


def test_another_lock_brings_them_again(console: Path, npm: Path) -> None:
    fetch.fetch(console, dev=False)
    (console / fetch.LOCK).write_text('{"changed": true}')
    assert fetch.fetch(console, dev=False) is True


def test_development_brings_its_own_beside(console: Path, npm: Path) -> None:
    fetch.fetch(console, dev=False)
    assert fetch.fetch(console, dev=True) is True
    assert (console / "vendor-dev" / "b.js").exists()


def test_a_failure_says_what_npm_said_and_what_to_do(console: Path, npm: Path) -> None:
    (npm / "broken").touch()
    with pytest.raises(fetch.FetchError, match=r"ENOTFOUND.*name a mirror in npm's settings") as caught:
        fetch.fetch(console, dev=False)
    assert "\n" not in str(caught.value)
    assert not (console / "static" / "vendor").exists()


def test_without_npm_the_one_in_a_python_package_is_taken(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    asked: list[list[str]] = []

    def succeeds(command: list[str], env: object, *, say: bool = False) -> bool:
        asked.append(command)
        return False

    monkeypatch.setattr(fetch, "_succeeds", succeeds)
    with pytest.raises(fetch.FetchError, match="this machine has no npm, and neither uv nor pip could install"):
        fetch.fetch(console, dev=False)
    assert any("--require-hashes" in command for command in asked)
    assert "taking the one in a Python package" in capfd.readouterr().err


def test_the_lock_names_no_host_and_pins_what_the_manifest_asks_for() -> None:
    lock = json.loads((CONSOLE / fetch.LOCK).read_text())
    manifest = json.loads((CONSOLE / fetch.MANIFEST).read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")
    for name, version in (manifest["dependencies"] | manifest["devDependencies"]).items():
        assert re.fullmatch(r"[0-9.]+", version)
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_every_package_comes_with_its_licence() -> None:
    manifest = json.loads((CONSOLE / fetch.MANIFEST).read_text())
    for group in ("vendor", "vendorDev"):
        packages = {source.partition("/")[0] for source in manifest[group]}
        licensed = {s.partition("/")[0] for s, name in manifest[group].items() if re.search(r"LICENSE|OFL", name)}
        assert packages == licensed


def test_the_script_needs_nothing_of_ours() -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-I", "-S", fetch.__file__, "--check", "--dev"], capture_output=True, text=True
    )
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
