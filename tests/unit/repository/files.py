"""The repository's own files, as git sees them."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]

# The rooms of the house: every package that is shipped.
ROOMS = ("api", "catalog", "device_sim", "ingest", "probes", "relay", "settings", "store", "vop", "voice", "wire")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is, or with the next `git add` would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(p for p in paths if p.is_file()))


def tracked(*suffixes: str) -> list[Path]:
    """The tracked files with one of these suffixes."""
    return [p for p in tracked_files() if p.suffix in suffixes]


def name(path: Path) -> str:
    """A path as a person writes it."""
    return path.relative_to(ROOT).as_posix()


@cache
def pyproject() -> dict[str, Any]:
    """The project file."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
