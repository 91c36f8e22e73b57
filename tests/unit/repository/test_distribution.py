"""What is installed is what the project file asks for, the same everywhere, from no named place."""

import importlib.metadata
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.unit.repository.files import ROOMS, ROOT, name, pyproject, tracked_files

# In pieces, so that this file does not name them either.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("registry", "yarnpkg", "com"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(root|work|home/\w+|Users/\w+)/")
LARGEST_FILE_BYTES = 400_000

LOCKS = ("requirements.lock", "requirements-dev.lock")


def wanted(lock: str) -> list[Requirement]:
    """What the project file asks for, in this kind of installation."""
    project, groups = pyproject()["project"], pyproject()["dependency-groups"]
    lines = project["dependencies"] + project["optional-dependencies"]["demo"] + groups["backend"]
    if lock == "requirements-dev.lock":
        lines = lines + groups["dev"]
    return [Requirement(line) for line in lines]


def pins(lock: str) -> list[tuple[str, Version, Marker | None]]:
    """Every pinned package of a lock: name, version, and for which Python or platform."""
    found = re.findall(
        r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?",
        (ROOT / lock).read_text(),
        re.MULTILINE,
    )
    return [
        (canonicalize_name(package), Version(version), Marker(marker) if marker else None)
        for package, version, marker in found
    ]


def locked_here(lock: str) -> dict[str, Version]:
    """Package to version, of those pins that hold for the running Python."""
    here = [(p, v) for p, v, marker in pins(lock) if marker is None or marker.evaluate()]
    assert len(here) == len(dict(here)), "two pins hold at once"
    return dict(here)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_satisfies_the_project_file(lock: str) -> None:
    locked = pins(lock)
    unmet = [
        str(need)
        for need in wanted(lock)
        if not (versions := [v for p, v, _ in locked if p == canonicalize_name(need.name)])
        or not all(version in need.specifier for version in versions)
    ]
    assert not unmet, "run `make lock`"


def test_both_locks_name_the_same_versions() -> None:
    runtime, development = ({(p, v) for p, v, _ in pins(lock)} for lock in LOCKS)
    assert runtime <= development, "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(lock))
    assert not [b.partition("\n")[0] for b in blocks if "--hash=sha256:" not in b]
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)


def test_this_environment_has_the_locked_versions() -> None:
    locked = locked_here("requirements-dev.lock")
    for need in wanted("requirements-dev.lock"):
        installed = Version(importlib.metadata.version(need.name))
        assert installed == locked[canonicalize_name(need.name)], f"{need.name}: run `make setup-dev`"


def test_no_file_names_a_registry_or_somebody_s_machine() -> None:
    found = []
    for path in tracked_files():
        text = path.read_text(errors="replace")
        found += [f"{name(path)}: {host}" for host in REGISTRY_HOSTS if host in text]
        if path.suffix != ".lock":
            found += [f"{name(path)}: {m.group(0)}" for m in MACHINE_PATH.finditer(text)]
    assert not found


def test_no_file_is_large_or_built() -> None:
    files = tracked_files()
    assert not [name(p) for p in files if p.stat().st_size > LARGEST_FILE_BYTES]
    assert not [name(p) for p in files if p.name in {"uv.lock", ".venv"} or p.suffix == ".pyc"]


def test_the_wheel_ships_the_rooms_with_their_data_and_nothing_else(tmp_path: Path) -> None:
    # Files that git ignores are left out by the backend too, so git's list is the expectation.
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {n for n in archive.namelist() if ".dist-info/" not in n}
        entry_points = archive.read(f"vop-{version()}.dist-info/entry_points.txt").decode()
        assert f"vop-{version()}.dist-info/licenses/LICENSE" in archive.namelist()
    expected = {name(p) for p in tracked_files() if p.relative_to(ROOT).parts[0] in ROOMS}
    assert shipped == expected
    assert "vop = vop.__main__:main" in entry_points
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive_:
        assert f"vop-{version()}/pyproject.toml" in archive_.getnames()


def version() -> str:
    return str(pyproject()["project"]["version"])
