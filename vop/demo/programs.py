"""The platform's services as subprocesses of the demo: account, environment, log."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import vop
from vop.errors import DidNotStart
from vop.keeper import Process
from vop.services import accounts
from vop.services.child import Child, Program
from vop.services.ports import LOOPBACK

log = logging.getLogger(__name__)

READY_TIMEOUT_S = 60.0
POLL_S = 0.05
STOP = {
    "api": ((signal.SIGTERM, 15.0),),  # running requests have 10 s to end
    "ingest": ((signal.SIGTERM, 20.0),),  # it stores and acknowledges what it holds
    "relay": ((signal.SIGTERM, 15.0),),  # a job in hand has 7 s to end
}
SECRET_WORDS = ("URL", "PASSWORD", "SECRET", "TOKEN", "KEY")
"""A variable with one of these in its name is never passed on: a supervisor's environment stands on a command line."""
PATH_ENDINGS = ("_DIR", "_FILE")
"""How the name of a setting ends whose value is a path."""
NEEDED = ("vop", "psycopg", "fastapi", "uvicorn", "paho", "orjson")


def account() -> accounts.Account | None:
    """Under whom they run: nobody in particular when we are root and this program is readable to all, else us."""
    other = accounts.unprivileged()
    if other is None:
        return None
    unreadable = [place for place in _places() if not accounts.can_reach(other, place)]
    if unreadable:
        log.warning("api, ingest and relay run as root: the account %s cannot read %s", other.name, unreadable[0])
        return None
    return other


def _places() -> Iterator[Path]:
    """What a service must be able to read to start at all."""
    yield Path(sys.executable)
    yield Path(sys.prefix)
    for name in NEEDED:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin)
    own = os.environ.get("VOP_CATALOG_DIR")
    if own:
        yield Path(own)


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of our settings that the services get too; paths absolute, for they run in a directory of their own."""
    return {
        name: str(Path(value).absolute()) if value and name.endswith(PATH_ENDINGS) else value
        for name, value in environment.items()
        if name.startswith("VOP_") and not any(word in name for word in SECRET_WORDS)
    }


class Programs:
    """Starts `vop api`, `vop ingest` and `vop relay` with their secrets in files only they can read.

    `directory` belongs to the account they run under.
    """

    def __init__(self, directory: Path, runs_as: accounts.Account | None, lock: int) -> None:
        """`lock`: a locked descriptor that is free again only when the last of them is gone."""
        self.directory = directory
        self._account = runs_as
        self._lock = lock

    def secret(self, name: str, value: str) -> str:
        """Put a secret into a file of theirs; returns its path, for a `*_FILE` variable."""
        path = self.directory / name
        accounts.replace_file(path, value + "\n")
        return str(path)

    def spawn(self, service: str, settings: Mapping[str, str]) -> Child:
        """Start `vop SERVICE`. Raises `DidNotStart`."""
        program = Program(
            service,
            [sys.executable, "-m", "vop", service],
            self.directory / f"{service}.log",
            self.directory,
            STOP[service],
            self._account,
            self._environment() | dict(settings),
        )
        return Child(program, lock=self._lock)

    def _environment(self) -> dict[str, str]:
        # This very program, whether it is installed or run from its checkout.
        path = [str(Path(vop.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        return passed_on(os.environ) | {
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
        }


def wait_until_ready(service: str, port: int, process: Process, log_path: Path) -> None:
    """Wait for 200 from its /readyz. Raises `DidNotStart` when it ends, or stays silent for a minute."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while process.returncode is None and time.monotonic() < deadline:
        if answers(f"http://{LOOPBACK}:{port}/readyz"):
            return
        time.sleep(POLL_S)
    what = "ended" if process.returncode is not None else f"was not ready within {READY_TIMEOUT_S:.0f} s"
    said = process.last_words() if isinstance(process, Child) else f"see {log_path}"
    raise DidNotStart(f"{service} {what}: {said}")


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    return read(url) is not None


def read(url: str) -> bytes | None:
    """The body of a GET on loopback; None unless it is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5.0) as answer:  # noqa: S310 - http on loopback, the URL is ours
            body: bytes = answer.read()
            return body
    except OSError:  # refused, reset, timed out, or an HTTP status that says no
        return None
