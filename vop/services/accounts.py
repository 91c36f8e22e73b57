"""Under which account a service runs, and whether that account can reach a place.

PostgreSQL refuses to run as root, and nothing that listens should: an owner who is root hands its
services to an unprivileged account. Anybody else runs them as himself.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vop.errors import ServiceError, UnreachablePlace


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


def unprivileged(*preferred: str) -> Account | None:
    """The first of `preferred` (then `nobody`) this machine has; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in (*preferred, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServiceError(
        "this machine has no unprivileged account: services must not run as root; "
        f"create one of {', '.join((*preferred, 'nobody'))}, or start as another user"
    )


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether the account may read `path` and, if a directory, enter it. Asked of the kernel."""
    if account is None:
        return os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    verdict = subprocess.run(
        ["/bin/sh", "-c", 'test -r "$1" && { test ! -d "$1" || test -x "$1"; }', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return verdict.returncode == 0


def own_directory(path: Path, account: Account | None, *, mode: int = 0o700) -> Path:
    """Make `path` (its parents as ordinary directories) and give it to the account.

    Only what is new, or is `path` itself, is touched. Raises `UnreachablePlace` when a parent that
    was there before keeps the account out.
    """
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o755)
    path.mkdir(mode=mode, exist_ok=True)
    path.chmod(mode)
    if account is not None:
        os.chown(path, account.uid, account.gid)
        if not can_reach(account, path):
            raise UnreachablePlace(path, account.name)
    return path


def replace_file(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file whole or not at all, owned by whoever owns its directory.

    A service that left root behind can read only what belongs to it, so a file rendered by root
    must change hands before it takes its place.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            if os.geteuid() == 0:
                home = path.parent.stat()
                os.fchown(out.fileno(), home.st_uid, home.st_gid)
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def secret_file(path: Path) -> str:
    """The secret kept in `path` (0600), made of 32 random bytes when there is none."""
    if not path.exists():
        replace_file(path, secrets.token_urlsafe(32) + "\n")
    return path.read_text(encoding="utf-8").strip()
