"""The data directory of a demo: where it is, that one demo at a time uses it, and how it is wiped."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vop.demo.errors import DemoError
from vop.errors import AlreadyRunning
from vop.services.accounts import can_reach, replace_file, unprivileged
from vop.services.child import lock_directory

SETTING = "VOP_DATA_DIR"
SERVICES = ("postgres", "mosquitto", "iotcore", "run")
"""Directories of the services, each with a lock they hold until they are gone."""
ACCOUNTS = ("postgres", "mosquitto")
"""Whose services must reach theirs when root starts them."""
SHARED = Path("/var/lib/vop")
FILES = ("demo.json", "demo-state.json", "backfill.json")
LEAVING_PATIENCE_S = 45.0
"""Longest that services of a demo killed a moment ago take to end."""


def default_directory(env: Mapping[str, str]) -> Path:
    """Where this platform keeps a program's data; for root, where every account can reach it."""
    mac = sys.platform == "darwin"
    if os.geteuid() == 0:
        return Path("/usr/local/var/vop") if mac else SHARED
    if mac:
        return Path.home() / "Library" / "Application Support" / "vop"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vop"


def open_directory(env: Mapping[str, str]) -> Path:
    """`VOP_DATA_DIR` or the default, made if need be. Raises `DemoError`."""
    named = env.get(SETTING)
    try:
        directory = Path(named).expanduser().absolute() if named else default_directory(env)
        make(directory)
    except (OSError, RuntimeError) as error:  # RuntimeError: no home directory
        reason = error.strerror if isinstance(error, OSError) else error
        raise DemoError(
            f"the data directory {named or '(default)'} cannot be made ({reason}): "
            f"set {SETTING} to a directory you may write to"
        ) from error
    if not directory.is_dir() or not os.access(directory, os.W_OK | os.X_OK):
        raise DemoError(f"{directory} is no directory you may write to: set {SETTING} to another one")
    return directory


def make(directory: Path) -> None:
    """Make the directory and its parents, open to all: services under accounts of their own must get through."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        path.chmod(0o755)  # whatever the umask


def services_directory(directory: Path) -> Path:
    """Where the services of the demo in `directory` keep their files.

    There, unless root has it where no other account may go (below its own home, or in a temporary directory of a
    test): then in a directory of `SHARED` that belongs to this `directory` alone.
    """
    if os.geteuid() != 0 or all(can_reach(unprivileged(name), directory) for name in ACCOUNTS):
        return directory
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()
    return SHARED / f"{directory.name}-{digest[:12]}"


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
    services = services_directory(directory)
    for name in SERVICES:
        home = services / name
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
