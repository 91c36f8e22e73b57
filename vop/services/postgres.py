"""PostgreSQL on loopback for as long as its owner lives."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from vop.errors import AlreadyRunning, DidNotStart
from vop.services import accounts, ports, postgres_install
from vop.services.child import Child, Program, lock_directory

log = logging.getLogger(__name__)

SUPERUSER = "vop"
DATABASE = "vop"
LOCK_PATIENCE_S = 30.0  # a server whose owner was killed a moment ago is still shutting down
START_TIMEOUT_S = 300.0  # crash recovery reads all WAL since the last checkpoint
POLL_S = 0.02
PORT_ATTEMPTS = 5
ORPHAN_PATIENCE_S = 20.0

# SIGINT: fast shutdown, rolls back what is open. SIGQUIT: immediate, recovers at the next start.
STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))

# A pid no kernel gives (Linux ends at 2^22, macOS at 99,999): "the postmaster you name is dead".
NOBODYS_PID = 2_147_483_647

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement or a duplicate key would put customers' data into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
} | DURABLE


class PostgresServer:
    """A server with its own data directory, superuser `vop` and database `vop`.

    It listens on 127.0.0.1 alone, asks for a password (SCRAM) made at the first start, and ends
    when its owner does, however that comes about. As root it runs as `postgres` or `nobody`.

    `data_dir` holds `pgdata/`, `password`, `postgres.log`, `lock`. `settings` go over ours;
    `port` None takes a free one at each start.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        bin_dir: Path | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir / "postgres.log"
        self._pgdata = self.data_dir / "pgdata"
        self._wanted_port = port
        self._settings = SETTINGS | dict(settings or {})
        self._bin_dir = bin_dir
        self._account: accounts.Account | None = None
        self._child: Child | None = None
        self._port: int | None = None

    @property
    def pid(self) -> int:
        """The postmaster's process id; raises `DidNotStart` before `start`."""
        return self._running().pid

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1; raises `DidNotStart` before `start`."""
        self._running()
        assert self._port is not None
        return self._port

    @property
    def returncode(self) -> int | None:
        """None while it runs; 128 + n when it died of signal n."""
        return self._running().returncode

    def url(self, dbname: str = DATABASE, user: str = SUPERUSER) -> str:
        """A libpq URL with the password in it."""
        password = accounts.secret_file(self.data_dir / "password")
        return (
            f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}"
            f"@{ports.LOOPBACK}:{self.port}/{quote(dbname, safe='')}"
        )

    def start(self) -> Self:
        """Start unless it runs, and return when it accepts connections. The first time makes the database.

        Raises `NotInstalled`, `UnreachablePlace`, `AlreadyRunning`, `DidNotStart`.
        """
        if self._child is not None:
            if self._child.returncode is None:
                return self
            self.stop()  # it ended by itself: let go of its pipes
        found = postgres_install.checked(self._bin_dir) if self._bin_dir else None
        found = found or postgres_install.find_bin_dir()
        self._account = accounts.unprivileged("postgres")
        accounts.own_directory(self.data_dir, self._account)
        lock = lock_directory(self.data_dir, patience_s=LOCK_PATIENCE_S)
        if lock is None:
            raise AlreadyRunning("PostgreSQL", self.data_dir, _postmaster_pid(self._pgdata))
        try:
            programs = postgres_install.readable(found, self._account, self.data_dir)
            if not self._pgdata.exists():
                self._create(programs)
            self._free_from_orphans()
            self._child = self._start_on_a_port(programs / "postgres", lock)
        finally:
            os.close(lock)  # the supervisor has its own
        return self

    def stop(self) -> None:
        """Fast shutdown; returns when it is gone. Safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), and wait: for tests of what survives."""
        child = self._running()
        child.signal(signal.SIGKILL)
        self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _running(self) -> Child:
        if self._child is None:
            raise DidNotStart(f"PostgreSQL on {self.data_dir} has not been started")
        return self._child

    def _create(self, programs: Path) -> None:
        """initdb and the database, beside the final place: a killed first start leaves nothing."""
        fresh = self._pgdata.with_name("pgdata.new")
        shutil.rmtree(fresh, ignore_errors=True)
        accounts.secret_file(self.data_dir / "password")
        durable = self._settings["fsync"] == "on"
        self._run(
            [
                str(programs / "initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={self.data_dir / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                *([] if durable else ["--no-sync"]),
            ]
        )
        # Single-user mode reads one statement a line and needs neither port nor password.
        self._run(
            [
                str(programs / "postgres"),
                "--single",
                "-D",
                str(fresh),
                "-c",
                f"fsync={self._settings['fsync']}",
                "postgres",
            ],
            stdin=f"CREATE DATABASE {DATABASE}\n",
        )
        fresh.replace(self._pgdata)

    def _run(self, argv: list[str], stdin: str = "") -> None:
        account = self._account
        identity = (account.uid, account.gid, ()) if account else (None, None, None)
        done = subprocess.run(
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=self.data_dir,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=identity[0],
            group=identity[1],
            extra_groups=identity[2],
            umask=0o077,
        )
        # Single-user mode ends with 0 whatever became of its statement.
        if done.returncode != 0 or " ERROR: " in done.stderr:
            raise DidNotStart(
                f"{argv[0]} could not prepare {self.data_dir} (status {done.returncode}): "
                f"{done.stderr.strip() or done.stdout.strip()}"
            )

    def _free_from_orphans(self) -> None:
        """Wait for a server that outlived its supervisor; do not be fooled by a reused pid."""
        deadline = time.monotonic() + ORPHAN_PATIENCE_S
        while (pid := _postmaster_pid(self._pgdata)) is not None and _is_alive(pid):
            if not _runs_on(pid, self._pgdata):
                # PostgreSQL would refuse to start because *some* process has this number. It goes
                # on to check the shared memory the file names, so the file itself stays.
                pid_file = self._pgdata / "postmaster.pid"
                _, _, rest = pid_file.read_text(encoding="utf-8").partition("\n")
                accounts.replace_file(pid_file, f"{NOBODYS_PID}\n{rest}")
                return
            if time.monotonic() > deadline:
                raise AlreadyRunning("PostgreSQL", self.data_dir, pid)
            time.sleep(POLL_S)

    def _start_on_a_port(self, program: Path, lock: int) -> Child:
        deadline = time.monotonic() + ORPHAN_PATIENCE_S
        attempts = 0
        while True:
            attempts += 1
            [self._port] = ports.choose("PostgreSQL", self._wanted_port)
            child = self._spawn(program, self._port, lock)
            if self._became_ready(child):
                return child
            child.stop()
            said = child.log_tail()
            # The port may have gone to somebody else since it was chosen; backends of a killed
            # postmaster take a moment to notice that it is gone.
            lost_port = "Address already in use" in said and attempts < PORT_ATTEMPTS
            orphans = "shared memory block" in said and time.monotonic() < deadline
            if not (lost_port or orphans):
                raise DidNotStart(f"PostgreSQL did not start on {self.data_dir}: {child.last_words()}")
            time.sleep(POLL_S)

    def _spawn(self, program: Path, port: int, lock: int) -> Child:
        settings = self._settings | {"port": str(port)}
        argv = [str(program), "-D", str(self._pgdata)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Child(
            Program("PostgreSQL", argv, self.log_path, self.data_dir, STOP, self._account),
            lock=lock,
        )

    def _became_ready(self, child: Child) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while child.returncode is None and time.monotonic() < deadline:
            if _status(self._pgdata, child.pid) == "ready":
                return True
            time.sleep(POLL_S)
        return False


def _pid_file_lines(pgdata: Path) -> list[str]:
    """Lines of postmaster.pid (src/include/utils/pidfile.h): pid first, status eighth."""
    with contextlib.suppress(FileNotFoundError):
        return (pgdata / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    return []


def _status(pgdata: Path, pid: int) -> str:
    lines = _pid_file_lines(pgdata)
    return lines[7].strip() if len(lines) >= 8 and lines[0] == str(pid) else ""


def _postmaster_pid(pgdata: Path) -> int | None:
    lines = _pid_file_lines(pgdata)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _runs_on(pid: int, pgdata: Path) -> bool:
    """Whether that process is a server with this data directory on its command line."""
    listing = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():  # Linux; slim images of it have no `ps`
        try:
            return os.fsencode(pgdata) in listing.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
    shown = subprocess.run(["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(pgdata) in shown.stdout
