"""Keeps the broker's account files as the device registry has them.

A change in the registry is announced on `store.notify.ACCOUNTS`; the files are then written anew, each whole or not
at all, and the broker is told to read them. That happens at most once a second, however many changes there are:
100,000 accounts take it 0.2 s to load.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from store import accounts
from store.database import connect
from store.errors import Retry, Unavailable
from store.notify import ACCOUNTS, listen
from vop.errors import VopError
from vop.services.accounts import replace_file

RELOAD_INTERVAL_S = 1.0
LOOK_INTERVAL_S = 60.0
"""The registry is compared with the files this often even without a notice."""
RETRY_S = (1.0, 2.0, 5.0)
"""Waits after one, two, ... failures in a row."""
SAY_AGAIN_S = 60.0
"""From one word about an outage to the next, at first; then as long as it has lasted."""
ANSWER_WITHIN_S = 10.0
"""A database that is silent for longer is frozen, and taken for away."""
FILE_MODE = 0o640
"""Readable to the group, for a broker that runs under another account of ours."""

log = logging.getLogger(__name__)


class ReloadFailed(VopError):
    """The broker could not be told to read its accounts again: it goes on with the old ones."""


class BrokerProcess:
    """The broker as a process: called, it sends SIGHUP.

    `pid` is its process id, or the file that holds it (Mosquitto's `pid_file`), read at every call: a restarted
    broker has another. Raises `ReloadFailed`. Where /proc tells names, a process that is not mosquitto gets no
    signal: SIGHUP would end it.
    """

    def __init__(self, pid: int | Path) -> None:
        self._pid = pid

    def __call__(self) -> None:
        """Have the broker read its account files."""
        pid = self._pid if isinstance(self._pid, int) else self._read(self._pid)
        comm = Path(f"/proc/{pid}/comm")
        try:
            name = comm.read_text(encoding="utf-8").strip() if comm.exists() else "mosquitto"
            if not name.startswith("mosquitto"):
                raise ReloadFailed(f"process {pid} is {name}, not mosquitto: give the broker's own process id")
            os.kill(pid, signal.SIGHUP)
        except (ProcessLookupError, FileNotFoundError) as error:
            raise ReloadFailed(f"there is no process {pid}: is the broker running?") from error
        except PermissionError as error:
            raise ReloadFailed(
                f"process {pid} belongs to another account: run this under the broker's account or as root"
            ) from error

    @staticmethod
    def _read(path: Path) -> int:
        try:
            return int(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReloadFailed(f"{path} holds no process id of a broker ({error}): is it running?") from error


class Trouble:
    """What is said of one outage: what is wrong, at once; that it lasts, ever less often; and that it is over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._said = ""
        self._since = self._say_at = 0.0

    def met(self, error: Exception) -> float:
        """It failed, once more or for the first time; returns how many seconds to wait before the next attempt."""
        now = self._clock()
        if not self._failures:
            self._since = now
        self._failures += 1
        if type(error).__name__ != self._said or now >= self._say_at:
            self._said = type(error).__name__
            self._say_at = now + max(SAY_AGAIN_S, now - self._since)
            lasting = f", for {now - self._since:.0f} s now" if now - self._since >= SAY_AGAIN_S else ""
            log.warning("broker accounts are not up to date%s: %s; trying again every few seconds", lasting, error)
        return RETRY_S[min(self._failures, len(RETRY_S)) - 1]

    def over(self) -> None:
        """The files are as the registry is, and the broker knows."""
        if self._failures:
            log.warning("broker accounts are up to date again, after %.0f s", self._clock() - self._since)
        self._failures, self._said = 0, ""


class BrokerAccounts:
    """Renders the registry into `password_path` and `acl_path` and calls `reload` when they have changed.

    `reload` raises a `VopError` or `OSError` when the broker cannot be told; it is then tried again.
    """

    def __init__(self, database_url: str, password_path: Path, acl_path: Path, reload: Callable[[], None]) -> None:
        self._url = database_url
        self._password_path = password_path
        self._acl_path = acl_path
        self._reload = reload
        self._trouble = Trouble()

    def render(self) -> bool:
        """Write the files that differ from the registry; return whether any did.

        Raises `StoreError` and `OSError`; a file is then as it was.
        """
        with connect(self._url, application="vop broker-accounts", answer_within_s=ANSWER_WITHIN_S) as conn:
            passwords = accounts.password_text(conn)
        changed = False
        # The rights first: an account must not be usable a moment before its limits are.
        for path, text in ((self._acl_path, accounts.acl_text()), (self._password_path, passwords)):
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                replace_file(path, text, mode=FILE_MODE)
                changed = True
        return changed

    def apply(self) -> None:
        """Render, and have the broker read the files even if they are as they were."""
        self.render()
        self._reload()

    def run(self, stop: Event) -> None:
        """Follow the registry until `stop` is set. A database or broker that is away is waited for, and logged."""
        while not stop.is_set():
            try:
                self._follow(stop)
            except (Unavailable, Retry, VopError, OSError) as error:
                stop.wait(self._trouble.met(error))

    def _follow(self, stop: Event) -> None:
        # A predecessor may have ended between writing and telling the broker: so tell it once in any case.
        due, told = True, False
        reloaded_at = looked_at = float("-inf")
        # Notices that arrive within the second are taken in without a wait, and answered by one rendering.
        for notice in listen(self._url, [ACCOUNTS], stop):
            now = time.monotonic()
            due = due or notice is not None or now - looked_at >= LOOK_INTERVAL_S
            if not due or now - reloaded_at < RELOAD_INTERVAL_S:
                continue
            due, looked_at = False, now
            if self.render() or not told:
                reloaded_at = now
                self._reload()
                told = True
                log.info("broker accounts rendered and loaded")
            self._trouble.over()
