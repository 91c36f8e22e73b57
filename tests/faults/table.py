"""Every fault we mean to survive as a line of one table, with what it cost.

    python -m tests.faults.table                          the short form of each, about three minutes
    python -m tests.faults.table --long                   the long form, about three quarters of an hour
    python -m tests.faults.table --engine /path/to/bin    on another PostgreSQL; TimescaleDB is found and preloaded

Recovery is the time from the end of the fault until all that was acknowledged by then was stored. A line that fails
takes none of the others with it, and `--json` has after each line what there is by then.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.faults import contents, databases, deaf, disks, extremes, floods, kills, links, still
from tests.faults.scenario import LONG, SHORT, Line, Scenario, Size, Skipped
from tests.faults.site import Grounds, grounds

log = logging.getLogger(__name__)

SCENARIOS: dict[str, Scenario] = {
    one.key: one
    for one in chain.from_iterable(
        part.SCENARIOS for part in (kills, links, deaf, databases, still, disks, contents, floods, extremes)
    )
}

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
FAILED = "FAILED: "


@dataclass
class Table:
    """What there is so far."""

    engine: str
    long: bool
    lines: list[Line] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)
    """Why a scenario has no line: skipped or failed."""

    def take(self, key: str, came_to: Line | str) -> str:
        """Add what a scenario came to; as it is told."""
        if isinstance(came_to, str):
            self.without[key] = came_to
            return f"{key:22} {came_to}"
        self.lines.append(came_to)
        return f"{key:22} {_row(came_to)}"

    @property
    def failed(self) -> list[str]:
        """Keys of the scenarios that did."""
        return [key for key, reason in self.without.items() if reason.startswith(FAILED)]

    def as_json(self) -> str:
        """One object; `without` by key of the scenario."""
        return json.dumps(asdict(self), indent=2) + "\n"


def run(on: Grounds, size: Size, keys: Iterable[str] = SCENARIOS) -> Iterator[tuple[str, Line | str]]:
    """What each of these scenarios came to, as soon as it is known: its line, or why there is none."""
    for key in keys:
        try:
            yield key, SCENARIOS[key].run(on, size)
        except Skipped as reason:
            yield key, f"skipped: {reason}"
        except Exception as error:  # the other lines are still worth having
            log.exception("%s", key)
            yield key, f"{FAILED}{str(error) or type(error).__name__}"


def _row(line: Line) -> str:
    return "| " + " | ".join(str(getattr(line, name)) for name in COLUMNS.values()) + " |"


def as_markdown(engine: str, lines: Sequence[Line], without: dict[str, str]) -> str:
    """The table as it stands in the documents."""
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    notes = [f"* {SCENARIOS[key].title}: {reason}" for key, reason in without.items()]
    return "\n".join([f"### {engine}", "", *head, *map(_row, lines), *([""] if notes else []), *notes, ""])


def _choose(bin_dir: Path) -> None:
    """Have the servers of this process started from there, with TimescaleDB if it is."""
    os.environ["VOP_PG_BIN_DIR"] = str(bin_dir)
    if any(bin_dir.parent.rglob("timescaledb.so")):
        os.environ["VOP_TEST_PG_PRELOAD"] = "timescaledb"


def _write(place: Path, text: str) -> None:
    """As a whole or not at all."""
    part = place.with_name(place.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(place)


def _filled(table: Table, on: Grounds, keys: Sequence[str], place: Path | None) -> None:
    """Run the scenarios, show how far it is, and keep what there is after each."""
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(keys))
        results = run(on, LONG if table.long else SHORT, keys)
        for number, key in enumerate(keys, 1):
            progress.update(task, description=key)
            if not console.is_terminal:
                console.print(f"{time.strftime('%H:%M:%S')} {number} of {len(keys)}: {key}")
            _, came_to = next(results)
            console.print(table.take(key, came_to))
            progress.advance(task)
            if place is not None:
                _write(place, table.as_json())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the table; exit status 1 when a line failed."""
    parser = argparse.ArgumentParser(description="Run every fault and print what it cost.")
    parser.add_argument("--long", action="store_true", help="the long form of each; the default is the short one")
    parser.add_argument("--engine", type=Path, help="directory of PostgreSQL's programs")
    parser.add_argument("--only", nargs="+", choices=sorted(SCENARIOS), default=list(SCENARIOS), metavar="KEY")
    parser.add_argument("--json", type=Path, help="write the lines there, too, after each one")
    given = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    if given.engine:
        _choose(given.engine)
    with grounds(durable=given.long) as on:
        table = Table(on.engine, given.long)
        try:
            _filled(table, on, given.only, given.json)
        finally:  # also of a run that is interrupted
            sys.stdout.write(as_markdown(on.engine, table.lines, table.without))
    return int(bool(table.failed))


if __name__ == "__main__":
    sys.exit(main())
