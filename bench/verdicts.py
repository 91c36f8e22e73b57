"""Are the verdicts right? Simulated customers speak, the platform has only what came through, an oracle knows all.

    python -m bench.verdicts --statements 2000 --json figures.json
    python -m bench.verdicts --statements 100 --devices 20 --mqtt

Every device's messages are disturbed in one of ten ways (`bench.disturb`). The platform reads each statement, compares
what it reads with what it stored, and its verdict is held against the oracle's (`tests/oracle/verdicts.py`), which
shares no code with it and has every event. A verdict is right when it is the oracle's. `cannot_tell` instead is right

* where the device was heard for less than the limit of the time compared with,
* where what came through would have the oracle say something else than what was, or
* where it leaves it open: the edge of what would agree lies between the count that was heard and that count over the
  share heard (for lengths, levels and times gone by: where it was not heard throughout).

How much was heard is reckoned here from what was handed over, not taken from the platform. A customer is accused when
the oracle says `agrees` and the platform says anything but that or `cannot_tell`. Exits 1 when a limit is missed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import psycopg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import catalog
from bench import taking_in
from bench.place import MEMORY
from bench.verdict_world import Case, World
from device_sim.fleet import fleet as drawn
from device_sim.speech import statements
from store.database import connect
from store.migrate import migrate
from vop.services.postgres import PostgresServer

RIGHT_SHARE: Final = 0.95
ACCUSED_SHARE: Final = 0.01
DEVICES, DAYS = 60, 180
EPOCH: Final = date(2026, 1, 1)
"""A fixed one: the same fleets at every run."""
Advance = Callable[[str, float], None]


@dataclass
class Heap:
    """What was judged so far."""

    statements: int = 0
    elements: int = 0
    invented: int = 0
    """Claims that were read and nobody made."""
    cases: list[Case] = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    """All fleets together; shares are of claims."""

    way: str
    fleets: int
    elements: int
    statements: int
    claims: int
    right: float
    truthful: int
    """Claims that the oracle finds true."""
    accused: float
    """Of those."""
    accused_by_their_months: float
    """Of those who told what was true of their last 91 days, which are not quite the periods compared with."""
    cannot_tell: Mapping[str, int]
    """By why that is right; `nothing`: it is not."""
    told_unheard: int
    """Told although it was heard for less than the limit."""
    unread: int
    invented: int
    by_disturbance: Mapping[str, Mapping[str, int]]
    by_topic: Mapping[str, Mapping[str, int]]
    confusion: Mapping[str, Mapping[str, int]]
    """Oracle, then platform."""
    confusion_by_disturbance: Mapping[str, Mapping[str, Mapping[str, int]]]
    wrong: Sequence[Mapping[str, Any]]

    @property
    def missed(self) -> list[str]:
        """Limits that were not kept."""
        found = [f"{self.right:.1%} right, less than {RIGHT_SHARE:.0%}"] * (self.right < RIGHT_SHARE)
        found += [f"{self.accused:.1%} accused, more than {ACCUSED_SHARE:.0%}"] * (self.accused > ACCUSED_SHARE)
        return found + [f"{self.told_unheard} told without hearing"] * (self.told_unheard > 0)


def judged(
    url: str, world: World, heap: Heap, advance: Advance, *, mqtt: Path | None = None, most: int = 10**9
) -> None:
    """Have the world's messages taken into the empty, migrated database, and its statements judged, `most` at most.

    `mqtt` is a directory for broker and ingest; without it they go straight through the intake.
    """
    with connect(url, application="vop bench", autocommit=True) as conn:
        passwords = taking_in.register(conn, world)
        title = f"fleet {world.fleet.seed}: messages"
        if mqtt is None:
            heap.elements += taking_in.through_intake(conn, world, lambda done: advance(title, done))
        else:
            heap.elements += taking_in.through_mqtt(url, world, passwords, mqtt, lambda done: advance(title, done))
        conn.execute("ANALYZE")
        said = statements(world.fleet)[:most]
        for number, (cases, invented) in enumerate(world.cases(conn, said)):
            heap.cases += cases
            heap.invented += invented
            heap.statements += 1
            advance(f"fleet {world.fleet.seed}: statements", (number + 1) / len(said))


def figures(heap: Heap, way: str, fleets: int) -> Figures:
    """What came of it. Raises `ValueError` without a claim."""
    cases = heap.cases
    if not cases:
        raise ValueError("nobody claimed anything: more devices, or more days")
    truthful = [case for case in cases if case.truth == "agrees"]
    candid = [case for case in cases if case.spoke_truly]
    return Figures(
        way=way, fleets=fleets, elements=heap.elements, statements=heap.statements, claims=len(cases),
        right=sum(case.right for case in cases) / len(cases),
        truthful=len(truthful), accused=sum(case.accused for case in truthful) / max(1, len(truthful)),
        accused_by_their_months=sum(_differs(case) for case in candid) / max(1, len(candid)),
        cannot_tell=dict(Counter(case.excuse or "nothing" for case in cases if case.verdict == "cannot_tell")),
        told_unheard=sum(case.told_unheard for case in cases),
        unread=sum(case.verdict == "unread" for case in cases), invented=heap.invented,
        by_disturbance=_rows(cases, lambda case: case.disturbance),
        by_topic=_rows(cases, lambda case: case.topic),
        confusion=_confusion(cases),
        confusion_by_disturbance={
            kind: _confusion(case for case in cases if case.disturbance == kind)
            for kind in sorted({case.disturbance for case in cases})
        },
        wrong=[asdict(case) for case in cases if not case.right],
    )  # fmt: skip


def _differs(case: Case) -> bool:
    return case.verdict in ("understates", "overstates", "contradicts")


def _rows(cases: Iterable[Case], of: Callable[[Case], str]) -> dict[str, dict[str, int]]:
    """Of each group: claims, right, how they were wrong, and how often it could not be told."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        row = found.setdefault(of(case), Counter(dict.fromkeys(COLUMNS, 0)))
        row["claims"] += 1
        row["right"] += case.right
        row["accused"] += case.accused
        row["acquitted"] += case.verdict == "agrees" and case.truth not in ("agrees", "cannot_tell")
        row["other"] += (
            not case.right and case.verdict != "cannot_tell" and not case.accused and case.verdict != "agrees"
        )
        row["shrugged"] += case.verdict == "cannot_tell" and not case.right
        row["cannot_tell"] += case.verdict == "cannot_tell"
    return {name: dict(row) for name, row in sorted(found.items())}


COLUMNS: Final = ("claims", "right", "accused", "acquitted", "other", "shrugged", "cannot_tell")
"""`acquitted`: what differs was found to agree. `other`: it differs in another way. `shrugged`: `cannot_tell` although
enough was heard."""


def _confusion(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for case in cases:
        found.setdefault(case.truth, Counter())[case.verdict] += 1
    return {truth: dict(sorted(row.items())) for truth, row in sorted(found.items())}


def run(wanted: int, devices: int, days: int, *, mqtt: bool, advance: Advance) -> Figures:
    """Fleet after fleet, each with a seed and a database of its own, until `wanted` statements were judged."""
    products, heap, fleets = dict(catalog.load()), Heap(), 0
    # What comes by MQTT arrives now, whatever it speaks of; only its own age tells a device without a clock the time.
    epoch = (datetime.now(UTC) - timedelta(days=days)).date() if mqtt else EPOCH
    with TemporaryDirectory(prefix="vop-bench-") as directory:
        place = Path(directory)
        place.chmod(0o755)
        with PostgresServer(place / "pg", settings=MEMORY) as server:
            while heap.statements < wanted:
                fleets += 1
                name = f"fleet_{fleets}"
                with psycopg.connect(server.url(), autocommit=True) as admin:
                    admin.execute(f"CREATE DATABASE {name}".encode())
                url = server.url(name)
                migrate(url, products)
                world = World(drawn(products, devices, days, fleets, epoch=epoch), products)
                services = place / name if mqtt else None
                if services is not None:
                    services.mkdir(mode=0o755)
                before = heap.statements
                judged(url, world, heap, advance, mqtt=services, most=wanted - heap.statements)
                if heap.statements == before:
                    raise ValueError("nobody said anything: more devices, or more days")
                with psycopg.connect(server.url(), autocommit=True) as admin:
                    admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    return figures(heap, "mqtt" if mqtt else "intake", fleets)


def table(title: str, rows: Mapping[str, Mapping[str, int]], columns: Sequence[str]) -> Table:
    """Counts by group."""
    made = Table(title=title)
    made.add_column("")
    for column in columns:
        made.add_column(column, justify="right")
    for name, row in rows.items():
        made.add_row(name, *(str(row.get(column, 0)) for column in columns))
    return made


@click.command()
@click.option("--statements", "wanted", type=click.IntRange(min=1), default=2_000, show_default=True)
@click.option("--devices", type=click.IntRange(min=12), default=DEVICES, show_default=True, help="Of each fleet.")
@click.option("--days", type=click.IntRange(min=60, max=395), default=DAYS, show_default=True)
@click.option("--mqtt", is_flag=True, help="Through a broker and ingest; else straight through the intake.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here, wrong ones in full.")
def main(wanted: int, devices: int, days: int, mqtt: bool, path: Path | None) -> None:
    """Share of right verdicts, truthful customers accused, and where it went wrong. Exits 1 when a limit is missed."""
    console = Console(width=140)
    with Progress(console=console) as bar:
        tasks: dict[str, Any] = {}

        def advance(step: str, done: float) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=1.0)
            bar.update(tasks[step], completed=done)

        found = run(wanted, devices, days, mqtt=mqtt, advance=advance)
    answers = ("agrees", "understates", "overstates", "contradicts", "cannot_tell", "unread")
    console.print(table("by disturbance", found.by_disturbance, COLUMNS))
    console.print(table("by topic", found.by_topic, COLUMNS))
    by_both = {f"{kind}: {truth}": row for kind, rows in found.confusion_by_disturbance.items()
               for truth, row in rows.items()}  # fmt: skip
    console.print(table("oracle (rows) and platform, by disturbance", by_both, answers))
    console.print(table("oracle (rows) and platform", found.confusion, answers))
    told = ", ".join(f"{count} {why}" for why, count in sorted(found.cannot_tell.items()))
    console.print(
        f"{found.statements:,} statements, {found.claims:,} claims, {found.elements:,} elements by {found.way}: "
        f"{found.right:.1%} right; of {found.truthful:,} true claims {found.accused:.2%} accused "
        f"({found.accused_by_their_months:.2%} of those true of their own 91 days); "
        f"{sum(found.cannot_tell.values())} cannot be told ({told}), {found.told_unheard} told unheard, "
        f"{found.unread} unread, {found.invented} invented"
    )
    if path is not None:
        path.write_text(json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if found.missed:
        raise click.ClickException("; ".join(found.missed))


if __name__ == "__main__":
    main()
