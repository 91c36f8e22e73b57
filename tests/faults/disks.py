"""Full disks: a small tmpfs under the database, and one under the worker's spool."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from tests.faults.databases import outlast
from tests.faults.fleet import Fleet
from tests.faults.kills import RATE, sending
from tests.faults.scenario import Line, Scenario, Size, Skipped, line
from tests.faults.site import Grounds, Site, prepare, server_settings, site
from tests.platform_services import reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.postgres import PostgresServer

DATABASE_MB = 320
SPOOL_MB = 4
FULL = re.compile("No space left on device|wrote only|disk is full|DiskFull")
"""What server or worker say of it; a page that fits in part is a short write."""
SPOOL_EVERYTHING = {"VOP_INGEST_SPOOL_RESERVE_BYTES": "1"}
"""Nothing is left free, so that it is the disk that says no."""
LEFT_KB = 300
"""What the ballast leaves: less than a WAL segment, more than a page."""


@contextmanager
def tmpfs(place: Path, size_mb: int) -> Iterator[Path]:
    """A file system of that size, gone at the end even when a process still has a file open there."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise Skipped("only root can mount a small file system to fill up")
    place.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0755", "tmpfs", str(place)]
    mounted = subprocess.run(argv, capture_output=True, text=True, check=False)
    if mounted.returncode:
        raise Skipped(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _free_bytes(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def _database_full(on: Grounds, size: Size) -> Line:
    more = size.count(3_000, 15_000)
    settings = server_settings(durable=on.durable) | {"min_wal_size": "32MB", "max_wal_size": "64MB"}
    [port] = ports.choose("postgres", None)
    with (
        reachable_directory("disk") as place,
        tmpfs(place / "disk", DATABASE_MB) as disk,
        PostgresServer(disk / "pg", port=port, settings=settings) as server,
    ):
        prepare(server)
        with site(on, server=server) as here, sending(here, RATE) as fleet:
            fleet.wait_more(more)
            ballast = disk / "ballast"
            poll(partial(_is_full, here, ballast), 60, what="the disk full")
            fleet.wait_more(more)
            ballast.unlink()
            with here.recovering(fleet):
                _started_again(server)
            fleet.stop_sending()
            found = here.settle(fleet)
            return line("disk full: database", here, found, f"full while {more} messages were sent")


def _is_full(here: Site, ballast: Path) -> bool:
    """Whether the server has met the end of its disk; its log is on the same disk, so it may not be able to say so.

    A checkpoint may have made room: that is filled, too.
    """
    free = _free_bytes(ballast.parent) - LEFT_KB * 1024
    if free > 0:
        with ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), free)
    said = here.server.log_path.read_text(errors="replace") + here.said()
    return here.server.returncode is not None or FULL.search(said) is not None


def _started_again(server: PostgresServer) -> None:
    """A server that could not write its log ends itself; whoever makes room starts it."""
    if server.returncode is not None:
        server.start()

    def answers() -> bool:
        try:
            psycopg.connect(server.url()).close()
        except psycopg.OperationalError:
            if server.returncode is not None:
                server.start()
            return False
        return True

    poll(answers, 60, what="the database answering")


def _spool_full(on: Grounds, size: Size) -> Line:
    """The database is away for so long that the spool fills its disk; then nothing more may be acknowledged to it."""
    each = size.count(15_000, 60_000)
    with (
        reachable_directory("disk") as place,
        tmpfs(place / "disk", SPOOL_MB) as disk,
        site(on, environment=SPOOL_EVERYTHING | {"VOP_INGEST_SPOOL": str(disk)}) as here,
    ):
        return _spooled(here, disk, sending(here, 15_000, each), size)


def _spooled(here: Site, disk: Path, fleet: Fleet, size: Size) -> Line:
    with fleet:
        fleet.wait_acknowledged(1_000)
        here.server.stop()
        fleet.finish()
        outlast(size.of(1, 30), fleet, here)
        left = _free_bytes(disk)
        here.server.start()
        with here.recovering(fleet):
            pass
        found = here.settle(fleet)
        used = SPOOL_MB * 1024 - left // 1024
        assert used > SPOOL_MB * 1024 / 2, f"the spool has filled {used} KiB of its disk"
        return line("disk full: spool", here, found, f"{used} of {SPOOL_MB * 1024} KiB used")


SCENARIOS = [
    Scenario("disk-database", "disk full (database)", _database_full),
    Scenario("disk-spool", "disk full (spool)", _spool_full),
]
