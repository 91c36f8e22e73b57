"""A process that owns services, to be killed, interrupted or run as somebody else."""

from __future__ import annotations

import json
import operator
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.waiting import poll
from vop.services.accounts import Account, can_reach

REPOSITORY = Path(__file__).parent.parent

# Starts both, says who they are, and waits. Standard library alone: any Python 3.11 can run it.
OWNER = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
from vop.services.broker import Iotcore, Mosquitto, find_mosquitto
from vop.services.postgres import PostgresServer

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it
place, bin_dir, fork = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fork"
with PostgresServer(place / "pg", bin_dir=bin_dir) as server:
    broker = Mosquitto(place / "mq") if find_mosquitto() else Iotcore(place / "io")
    with broker:
        heir = 0
        if fork:  # keeps the owner's pipes open after its death
            heir = os.fork()
            if not heir:
                signal.pause()
        said = {
            "owner": os.getpid(), "postgres": server.pid, "broker": broker.pid,
            "url": server.url(), "device_port": broker.port, "heir": heir,
        }
        try:
            print(json.dumps(said), flush=True)
            while True:  # not signal.pause(): it does not notice what came just before it
                time.sleep(0.05)
        except KeyboardInterrupt:
            print(json.dumps([server.returncode, broker.returncode]), flush=True)
            sys.stdin.readline()
"""


@dataclass
class Owner:
    """The process, and the pids of what it owns."""

    process: subprocess.Popen[str]
    postgres: int
    broker: int
    url: str
    device_port: int

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        self.process.kill()
        self.process.wait()


def alive(pid: int) -> bool:
    """Whether the process exists and is not merely waiting to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    try:
        return not status.parent.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(*pids: int, timeout_s: float = 60.0) -> None:
    """Fail when one of them is still there after that."""
    for pid in pids:
        poll(partial(alive, pid), timeout_s, until=operator.not_, what=f"the end of process {pid}")


def python_for(account: Account | None) -> str | None:
    """A Python this account can run; None if the machine has none."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"):
        if not Path(candidate).exists() or not can_reach(account, Path(candidate)):
            continue
        found = subprocess.run([candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False)
        if found.returncode == 0:
            return candidate
    return None


@contextmanager
def owner_of_services(
    place: Path, bin_dir: Path, *, account: Account | None = None, fork: bool = False
) -> Iterator[Owner]:
    """Start the owner (in a session of its own, as from another terminal) and wait until both run."""
    python = python_for(account)
    assert python is not None
    process = subprocess.Popen(
        [python, "-c", OWNER, str(place), str(bin_dir), "fork" if fork else "alone"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    owned: list[int] = []
    heir = 0
    try:
        line = process.stdout.readline()
        assert line, f"the owner ended with status {process.wait()}"
        said = json.loads(line)
        owned, heir = [said["postgres"], said["broker"]], said["heir"]
        yield Owner(process, owned[0], owned[1], said["url"], said["device_port"])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        wait_until_gone(*owned)
        if heir:
            os.kill(heir, signal.SIGKILL)
        process.stdin.close()
        process.stdout.close()
