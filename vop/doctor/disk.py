"""Room on a disk of this machine, and what waits in the spool."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from ingest.spool.segment import DAMAGED_SUFFIX, SUFFIX
from store.diagnosis.finding import Finding, fail, ok, unknown, warn
from vop.doctor.surroundings import Surroundings

GB: Final = 1_000_000_000
WARN_SHARE: Final = 0.10
WARN_BYTES: Final = 5 * GB
"""Below the share and below this: a disk of many terabytes may be nine tenths full."""
FAIL_BYTES: Final = GB // 2
SPOOL_OLD_S: Final = 900.0
"""Older than that, what is spooled is not just an outage being made up for."""


def disk(name: str, place: Path, what: str) -> Finding:
    """Is there room where `place` is, or would be?"""
    there = place
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        found = shutil.disk_usage(there)
    except OSError as error:
        return unknown(name, f"{what} ({place}) cannot be looked at: {error.strerror}", "run `df` there")
    words = f"{found.free / GB:,.1f} of {found.total / GB:,.1f} GB are free on {what} ({place})"
    do = "make room or a larger disk: a full one stops everything that writes there"
    if found.free < FAIL_BYTES:
        return fail(name, words, do)
    if found.free < WARN_BYTES and found.free < WARN_SHARE * found.total:
        return warn(name, words, do)
    return ok(name, words)


def local_disk(around: Surroundings) -> Finding:
    """Room in VOP_DATA_DIR."""
    name = "disk.data"
    if around.data_dir is None:
        return ok(name, "VOP_DATA_DIR is not set: nothing is kept on this machine's disk")
    return disk(name, around.data_dir, "the disk of VOP_DATA_DIR")


def spool(around: Surroundings) -> Finding:
    """Does something wait in ingest's spool, and is all of it sound?"""
    name, root = "ingest.spool", around.spool
    if root is None:
        return ok(name, "no spool is set: while the database is away the broker queues")
    try:
        if not root.is_dir():
            return ok(name, f"no spool has been needed yet ({root})")
        damaged = sum(1 for _ in root.glob(f"*/*{DAMAGED_SUFFIX}"))
        segments = [path.stat() for path in root.glob(f"*/*{SUFFIX}")]
        writable = os.access(root, os.W_OK | os.X_OK)
    except OSError as error:
        return unknown(name, f"the spool {root} cannot be looked at: {error.strerror}", "run this as ingest's account")
    if damaged:
        return fail(
            name,
            f"{damaged} files of the spool {root} were set aside as damaged: messages in them are lost",
            "check the disk (smartctl, dmesg); keep the *.damaged files until you know what they held, then remove "
            "them",
        )
    waiting = [one for one in segments if one.st_size]
    if waiting:
        size = sum(one.st_size for one in waiting)
        oldest = time.time() - min(one.st_mtime for one in waiting)
        words = f"{size / 1_000_000:,.1f} MB of messages wait in the spool {root}, the oldest file for {oldest:,.0f} s"
        do = "see that the database is up and a worker runs on this machine: it replays them by itself, in order"
        return (warn if oldest > SPOOL_OLD_S else ok)(name, words, *([do] if oldest > SPOOL_OLD_S else []))
    if not writable:
        return warn(
            name,
            f"this account may not write to the spool {root}",
            "give the directory to the account that ingest runs under, or run this as that account",
        )
    return ok(name, f"the spool {root} is empty")
