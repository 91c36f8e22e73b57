"""Set-up from bare Python: what it decides, and what it says when it cannot."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit.repository.files import ROOT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "requirements.lock").write_text("uv==1.0 \\\n    --hash=sha256:00\n")
    (tmp_path / "requirements-dev.lock").write_text("pytest==1.0 \\\n    --hash=sha256:11\n")
    console = tmp_path / "api" / "console"
    console.mkdir(parents=True)
    (console / "fetch.py").write_text("")  # everything is there
    return tmp_path


def installed(project: Path, bootstrap: ModuleType, kind: str) -> Path:
    """An environment that a former run finished."""
    venv = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    stamp = {kind: bootstrap.fingerprint(project, kind == "dev")}
    (venv / bootstrap.STAMP_NAME).write_text(json.dumps(stamp))
    return venv


def test_a_finished_set_up_is_left_alone(bootstrap: ModuleType, project: Path) -> None:
    installed(project, bootstrap, "run")
    assert bootstrap.set_up(project, dev=False) is False


def test_the_developers_environment_serves_the_demo_too(bootstrap: ModuleType, project: Path) -> None:
    installed(project, bootstrap, "dev")
    assert bootstrap.set_up(project, dev=False) is False


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements.lock"])
def test_a_change_installs_again(
    bootstrap: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    venv = installed(project, bootstrap, "run")
    calls: list[tuple[Path, Path, bool]] = []
    monkeypatch.setattr(bootstrap, "install", lambda *arguments: calls.append(arguments))
    (project / changed).write_text((project / changed).read_text() + "# changed\n")
    assert bootstrap.set_up(project, dev=False) is True
    assert calls == [(project, venv, False)]
    assert bootstrap.set_up(project, dev=False) is False


def test_a_failed_installation_is_tried_again(
    bootstrap: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = installed(project, bootstrap, "run")
    (venv / bootstrap.STAMP_NAME).unlink()
    monkeypatch.setattr(bootstrap, "uv_command", lambda *_: None)
    monkeypatch.setattr(bootstrap, "pip_command", lambda *_: ["false"])
    for _ in range(2):
        with pytest.raises(bootstrap.SetupError, match=r"cannot install requirements\.lock"):
            bootstrap.set_up(project, dev=False)


def test_pip_installs_with_hashes_where_uv_fails(
    bootstrap: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(command: list[object]) -> bool:
        ran.append([str(word) for word in command])
        return ran[-1][0] == "pip"

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "uv_command", lambda *_: "uv")
    monkeypatch.setattr(bootstrap, "pip_command", lambda *_: ["pip"])
    bootstrap.install(project, project / ".venv", False)
    lock = str(project / "requirements.lock")
    assert [words[0] for words in ran] == ["uv", "pip", "pip"]
    assert ran[1] == ["pip", "install", "--require-hashes", "-r", lock]


def test_python_without_venv_names_the_package_to_install(
    bootstrap: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_module", lambda _: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    with pytest.raises(bootstrap.SetupError, match=f"apt-get install {package}"):
        bootstrap.make_venv(project / ".venv")


def test_a_directory_of_another_kind_is_not_deleted(bootstrap: ModuleType, project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "thesis.txt").write_text("mine")
    with pytest.raises(bootstrap.SetupError, match="move it away"):
        bootstrap.make_venv(project / ".venv")
    assert (project / ".venv" / "thesis.txt").read_text() == "mine"


def test_a_broken_environment_is_replaced(bootstrap: ModuleType, project: Path) -> None:
    venv = installed(project, bootstrap, "run")
    (venv / "bin" / "python").unlink()
    bootstrap.make_venv(venv)
    assert bootstrap.works(venv / "bin" / "python")


def test_uv_is_taken_from_the_lock_with_its_hashes(bootstrap: ModuleType) -> None:
    text = (ROOT / "requirements.lock").read_text()
    found = bootstrap.locked_requirement(text, "uv")
    assert found.startswith("uv==")
    assert "uvicorn" not in found
    assert found.count("--hash=sha256:") > 5
    assert bootstrap.locked_requirement(text, "absent") is None


def test_the_command_refuses_an_unknown_option() -> None:
    done = subprocess.run([sys.executable, ROOT / "bootstrap.py", "--developer-mode"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--developer-mode" in done.stderr


def test_the_consoles_packages_are_brought_again_when_they_are_gone(bootstrap: ModuleType, project: Path) -> None:
    installed(project, bootstrap, "dev")
    script = project / "api" / "console" / "fetch.py"
    script.write_text(
        "import sys, pathlib\n"
        "there = pathlib.Path(__file__).with_name('there')\n"
        "if '--check' in sys.argv: sys.exit(not there.exists())\n"
        "assert '--dev' in sys.argv\n"
        "there.touch()\n"
    )
    assert bootstrap.set_up(project, dev=False) is True
    assert bootstrap.set_up(project, dev=False) is False


def test_set_up_says_when_the_consoles_packages_cannot_be_had(bootstrap: ModuleType, project: Path) -> None:
    installed(project, bootstrap, "run")
    (project / "api" / "console" / "fetch.py").write_text("import sys; sys.exit(1)")
    with pytest.raises(bootstrap.SetupError, match="console's packages are not there"):
        bootstrap.set_up(project, dev=False)
