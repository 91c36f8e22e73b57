"""Every fault we mean to survive as a line of one table, with what it cost.

    python -m tests.faults.table                          the short form of each, about two minutes
    python -m tests.faults.table --long                   the long form, about half an hour
    python -m tests.faults.table --engine /path/to/bin    on another PostgreSQL; TimescaleDB is found and preloaded

Recovery is the time from the end of the fault until all that was acknowledged by then was stored.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from tests.faults import contents, databases, disks, floods, kills, links
from tests.faults.scenario import LONG, SHORT, Line, Scenario, Size, Skipped
from tests.faults.site import Grounds, grounds

log = logging.getLogger(__name__)

SCENARIOS: dict[str, Scenario] = {
    one.key: one
    for one in chain(
        kills.SCENARIOS, links.SCENARIOS, databases.SCENARIOS, disks.SCENARIOS, contents.SCENARIOS, floods.SCENARIOS
    )
}

ELSEWHERE = {
    "a packet beyond the broker's limit": "tests/acceptance/test_malformed.py",
    "migrate with data from each release": "tests/migration",
    "everything killed at once and in turn": "tests/faults/test_chaos.py",
    "soak with slope of memory and lag": "tests/faults/soak.py",
}
"""Faults that have their test in another place."""

LATER = (
    "command racing reconnect and expiry",
    "power cut at every step of a firmware update",
    "erase during ingest",
)
"""Faults of what is not built yet."""

COLUMNS = {
    "fault": "fault",
    "messages": "messages",
    "acknowledged": "acknowledged",
    "stored": "stored",
    "dead-lettered": "dead_lettered",
    "lost": "lost",
    "twice": "duplicated",
    "recovery, s": "recovery_s",
    "worker, MB": "memory_mb",
    "note": "note",
}


def run(on: Grounds, size: Size, keys: Iterable[str] = SCENARIOS) -> tuple[list[Line], dict[str, str]]:
    """The lines of these scenarios, and why the others have none: skipped or failed."""
    lines: list[Line] = []
    without: dict[str, str] = {}
    for key in keys:
        scenario = SCENARIOS[key]
        try:
            made = scenario.run(on, size)
        except Skipped as reason:
            without[key] = f"skipped: {reason}"
        except Exception as error:  # the other lines are still worth having
            log.exception("%s", key)
            without[key] = f"FAILED: {error}"
        else:
            lines.append(made)
        _tell(f"{key:22} {without.get(key) or _row(lines[-1])}")
    return lines, without


def _row(line: Line) -> str:
    return "| " + " | ".join(str(getattr(line, name)) for name in COLUMNS.values()) + " |"


def as_markdown(engine: str, lines: Sequence[Line], without: dict[str, str]) -> str:
    """The table as it stands in the documents."""
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    notes = [f"* {SCENARIOS[key].title}: {reason}" for key, reason in without.items()]
    return "\n".join([f"### {engine}", "", *head, *map(_row, lines), *([""] if notes else []), *notes, ""])


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def _choose(bin_dir: Path) -> None:
    """Have the servers of this process started from there, with TimescaleDB if it is."""
    os.environ["VOP_PG_BIN_DIR"] = str(bin_dir)
    if any(bin_dir.parent.rglob("timescaledb.so")):
        os.environ["VOP_TEST_PG_PRELOAD"] = "timescaledb"


def main() -> int:
    """Run and print the table; exit status 1 when a line failed."""
    parser = argparse.ArgumentParser(description="Run every fault and print what it cost.")
    parser.add_argument("--long", action="store_true", help="the long form of each; the default is the short one")
    parser.add_argument("--engine", type=Path, help="directory of PostgreSQL's programs")
    parser.add_argument("--only", nargs="+", choices=sorted(SCENARIOS), default=list(SCENARIOS), metavar="KEY")
    parser.add_argument("--json", type=Path, help="write the lines there, too")
    given = parser.parse_args()
    if given.engine:
        _choose(given.engine)
    with grounds(durable=given.long) as on:
        lines, without = run(on, LONG if given.long else SHORT, given.only)
    sys.stdout.write(as_markdown(on.engine, lines, without))
    if given.json:
        found = {"engine": on.engine, "long": given.long, "lines": [asdict(one) for one in lines], "without": without}
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(any(reason.startswith("FAILED") for reason in without.values()))


if __name__ == "__main__":
    sys.exit(main())
