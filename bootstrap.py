#!/usr/bin/env python3
"""Makes `.venv` beside this file and installs the platform into it, from bare Python 3.11 or later.

    python3 bootstrap.py          what `vop` needs to run, the demo's PostgreSQL and broker included
    python3 bootstrap.py --dev    the tests, linters and type checker as well

Standard library only. Everything installed is named with its hash in `requirements.lock` (or
`requirements-dev.lock`); uv installs it, or pip where uv cannot run. A second run that finds
nothing changed returns at once; two runs at the same time wait for each other. A package that
somebody added to `.venv` by hand stays there.

Exit codes: 0 ready, 1 failed with one clear line on stderr, 2 bad usage.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")
ROOT = Path(__file__).resolve().parent
STAMP_NAME = "vop-setup.json"


class SetupError(Exception):
    """Set-up cannot go on; the message says what happened, to what, and what to do."""


def lock_file(root: Path, dev: bool) -> Path:
    """The hash-locked requirements of one kind of installation."""
    return root / ("requirements-dev.lock" if dev else "requirements.lock")


def fingerprint(root: Path, dev: bool) -> str:
    """SHA-256 over all that an installation depends on: lock, project file, place and Python."""
    digest = hashlib.sha256()
    for part in (
        lock_file(root, dev).read_bytes(),
        (root / "pyproject.toml").read_bytes(),
        str(root).encode(),
        sys.version.encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def locked_requirement(lock_text: str, name: str) -> str | None:
    """The lines of one package in a lock, hashes included; None when the lock has no such one."""
    found = re.search(rf"^{re.escape(name)}==.*(?:\n[ \t]+--hash=.*)+", lock_text, re.MULTILINE)
    return found.group(0) if found else None


def read_stamp(venv: Path) -> dict[str, str]:
    """What was installed last: kind ("run" or "dev") to fingerprint; empty when unknown."""
    try:
        stamp = json.loads((venv / STAMP_NAME).read_text())
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in stamp.items()} if isinstance(stamp, dict) else {}


def run(command: Sequence[str | Path]) -> bool:
    """Runs a command, its output on our stderr; True when it started and succeeded."""
    try:
        # uv brings authorities of its own; behind a company's proxy the machine's are the ones that count.
        env = {"UV_SYSTEM_CERTS": "true", **os.environ}
        done = subprocess.run([str(c) for c in command], check=False, stdout=sys.stderr, env=env)
    except OSError as error:
        say(f"{command[0]} cannot run: {error}")
        return False
    return done.returncode == 0


def say(line: str) -> None:
    """One line for the person who waits."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Holds the set-up's lock file: `make demo` and `make test` in two windows do not collide."""
    try:
        import fcntl  # absent on Windows
    except ImportError:
        raise SetupError("this platform runs on Linux and macOS: on Windows, use WSL") from None
    try:
        handle = (root / ".venv.lock").open("w")
    except OSError as error:
        raise SetupError(
            f"cannot write in {root} ({error.strerror}): give this user the directory, or clone into another one"
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def works(python: Path) -> bool:
    """Whether an environment's interpreter starts and is the same version as this one."""
    probe = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", probe], check=False, capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.split() == [str(n) for n in sys.version_info[:2]]


def make_venv(venv: Path) -> None:
    """Makes the environment, with pip where Python brings it.

    Raises SetupError when this Python can neither make one nor have it filled from outside.
    """
    python = venv / "bin" / "python"
    if works(python):
        return
    if venv.exists():
        if not (venv / "pyvenv.cfg").exists():
            raise SetupError(f"{venv} is no Python environment: move it away and try again")
        say(f"Replacing {venv}: its Python does not run, or is another version")
        shutil.rmtree(venv)
    if has_module("venv") and has_module("ensurepip"):
        if run([sys.executable, "-m", "venv", venv]) and works(python):
            return
    elif has_module("venv") and (has_module("pip") or shutil.which("uv")):
        # Debian without python3-venv: an empty environment, filled from outside.
        if run([sys.executable, "-m", "venv", "--without-pip", venv]) and works(python):
            return
    elif (uv := shutil.which("uv")) and run([uv, "venv", "--quiet", "--python", sys.executable, venv]):
        return
    shutil.rmtree(venv, ignore_errors=True)
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    raise SetupError(
        f"{sys.executable} cannot make a virtual environment (no venv, ensurepip, pip or uv): "
        f"on Debian and Ubuntu run `apt-get install {package}`, elsewhere install a complete "
        "Python, then try again"
    )


def has_module(name: str) -> bool:
    """Whether this interpreter could import a module."""
    return importlib.util.find_spec(name) is not None


def pip_command(venv: Path) -> list[str | Path] | None:
    """pip of the environment, or this interpreter's pip pointed at it; None without either."""
    python = venv / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if any(venv.glob("lib/python*/site-packages/pip/__init__.py")):
        return [python, "-m", "pip", *quiet]
    if has_module("pip"):
        return [sys.executable, "-m", "pip", "--python", python, *quiet]
    return None


def uv_command(venv: Path, lock: Path) -> Path | None:
    """The locked uv, put into the environment by pip; else one on PATH; None when none runs."""
    inside = venv / "bin" / "uv"
    wanted = locked_requirement(lock.read_text(), "uv")
    pip = pip_command(venv)
    if wanted and pip and not inside.exists():
        with tempfile.TemporaryDirectory() as scratch:
            only_uv = Path(scratch) / "uv.lock"
            only_uv.write_text(wanted + "\n")
            run([*pip, "install", "--require-hashes", "--only-binary", ":all:", "-r", only_uv])
    on_path = shutil.which("uv")
    for candidate in (inside, Path(on_path) if on_path else None):
        if candidate and candidate.exists() and run([candidate, "--quiet", "self", "version"]):
            return candidate
    return None


def install(root: Path, venv: Path, dev: bool) -> None:
    """Installs the lock with its hashes checked, then the project itself, editable.

    Raises SetupError when neither uv nor pip succeeds.
    """
    lock = lock_file(root, dev)
    python = venv / "bin" / "python"
    routes: list[list[str | Path]] = []
    if uv := uv_command(venv, lock):
        routes.append([uv, "pip", "install", "--quiet", "--python", python])
    if pip := pip_command(venv):
        routes.append([*pip, "install"])
    for number, route in enumerate(routes):
        if number:
            say("uv could not install: trying pip")
        if run([*route, "--require-hashes", "-r", lock]) and run(
            [*route, "--no-deps", "--no-build-isolation", "--editable", root]
        ):
            return
    raise SetupError(
        f"cannot install {lock.name} into {venv}: the lines above say why. After a broken download "
        "try again; without a network, name a mirror or a directory of wheels in pip's settings"
    )


def fetch_console(root: Path, venv: Path, dev: bool) -> None:
    """Brings the packages the console's pages load; at once when they are there. Raises SetupError."""
    script = root / "api" / "console" / "fetch.py"
    if not run([venv / "bin" / "python", script, *(["--dev"] if dev else [])]):
        raise SetupError("the console's packages are not there: the line above says why")


def console_is_ready(root: Path, dev: bool) -> bool:
    """Whether the packages the console's pages load are there, as its own script sees it."""
    script = root / "api" / "console" / "fetch.py"
    return run([sys.executable, script, "--check", *(["--dev"] if dev else [])])


def set_up(root: Path, dev: bool) -> bool:
    """Brings `.venv` up to date; True when anything had to be done. Raises SetupError."""
    venv = root / ".venv"
    with one_at_a_time(root):
        stamp = read_stamp(venv)
        # The developers' lock contains the other one: whoever once asked for it keeps it.
        dev = dev or "dev" in stamp
        kind, wanted = ("dev" if dev else "run"), fingerprint(root, dev)
        if stamp.get(kind) == wanted and works(venv / "bin" / "python"):
            if console_is_ready(root, dev):
                return False
            fetch_console(root, venv, dev)
            return True
        say(f"Setting up {venv} ({lock_file(root, dev).name})")
        make_venv(venv)
        install(root, venv, dev)
        (venv / STAMP_NAME).write_text(json.dumps({kind: wanted}) + "\n")
        fetch_console(root, venv, dev)
        return True


def newer_python() -> str | None:
    """A Python on PATH that is new enough, for a caller that is not."""
    return next((path for name in NEWER_PYTHONS if (path := shutil.which(name))), None)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Make .venv and install the platform into it.")
    parser.add_argument("--dev", action="store_true", help="also what tests and linters need")
    options = parser.parse_args(argv)
    try:
        set_up(ROOT, options.dev)
    except SetupError as error:
        say(f"Set-up failed: {error}")
        return 1
    except KeyboardInterrupt:
        say("Set-up stopped; run it again to go on")
        return 1
    return 0


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        better = newer_python()
        if better:
            os.execv(better, [better, *sys.argv])
        sys.exit("Set-up failed: Python 3.11 or later is needed, not " + sys.version.split()[0])
    sys.exit(main())
