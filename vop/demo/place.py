"""The data directory of a demo: where it is, that one demo at a time uses it, and how it is wiped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vop.demo.errors import DemoError
from vop.errors import AlreadyRunning
from vop.services.accounts import replace_file
from vop.services.child import lock_directory

SETTING = "VOP_DATA_DIR"
SERVICES = ("postgres", "mosquitto", "iotcore", "run")
"""Sub-directories, each with a lock its services hold until they are gone."""
FILES = ("demo.json", "demo-state.json", "backfill.json")
LEAVING_PATIENCE_S = 45.0
"""Longest that services of a demo killed a moment ago take to end."""


def default_directory(env: Mapping[str, str]) -> Path:
    """Where this platform keeps a program's data; for root, where every account can reach it."""
    mac = sys.platform == "darwin"
    if os.geteuid() == 0:
        return Path("/usr/local/var/vop" if mac else "/var/lib/vop")
    if mac:
        return Path.home() / "Library" / "Application Support" / "vop"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vop"


def open_directory(env: Mapping[str, str]) -> Path:
    """`VOP_DATA_DIR` or the default, made if need be. Raises `DemoError`."""
    named = env.get(SETTING)
    try:
        directory = Path(named).expanduser().absolute() if named else default_directory(env)
        missing = [path for path in (directory, *directory.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            # Whatever the umask: services under accounts of their own must get through.
            path.chmod(0o755)
    except (OSError, RuntimeError) as error:  # RuntimeError: no home directory
        reason = error.strerror if isinstance(error, OSError) else error
        raise DemoError(
            f"the data directory {named or '(default)'} cannot be made ({reason}): "
            f"set {SETTING} to a directory you may write to"
        ) from error
    if not directory.is_dir() or not os.access(directory, os.W_OK | os.X_OK):
        raise DemoError(f"{directory} is no directory you may write to: set {SETTING} to another one")
    return directory


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Have the directory for ourselves. Raises `AlreadyRunning`, naming the process that has it."""
    pid_file = directory / "demo.pid"
    descriptor = lock_directory(directory, patience_s=0.0)
    if descriptor is None:
        said = pid_file.read_text(encoding="ascii").strip() if pid_file.exists() else ""
        raise AlreadyRunning("vop demo", directory, int(said) if said.isdigit() else None)
    try:
        replace_file(pid_file, f"{os.getpid()}\n")
        yield
        pid_file.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def wipe(directory: Path) -> None:
    """Delete what a demo made, and nothing else that may lie there. Waits for services that are still ending."""
    for name in SERVICES:
        home = directory / name
        if not home.is_dir():
            continue
        descriptor = lock_directory(home, patience_s=LEAVING_PATIENCE_S)
        if descriptor is None:
            raise AlreadyRunning(name, home, None)
        try:
            shutil.rmtree(home)
        finally:
            os.close(descriptor)
    for name in FILES:
        (directory / name).unlink(missing_ok=True)
