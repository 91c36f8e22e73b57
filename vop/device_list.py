"""A list of devices as a factory or warehouse hands it over: a CSV file, registered in pieces with progress."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import Progress

from store import audit, devices
from store.audit import Entry
from store.database import Connection
from store.devices import NewDevice
from vop.errors import VopError

REQUIRED = ("device", "product")
OPTIONAL = ("serial", "batch", "hardware", "customer")
CHUNK = 500
"""Lines a transaction."""


class BadList(VopError):
    """The file is no list of devices."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file; `device` is None where it has not the columns its header promises."""

    number: int
    device: NewDevice | None


def read(path: Path) -> list[Line]:
    """The lines of a CSV file (UTF-8, with a header); blank lines are left out.

    Raises `BadList` for a file that is not UTF-8 or not CSV, or a missing or unknown column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip().lower() for name in next(reader, [])]
            _check_header(path, header)
            return [
                Line(reader.line_num, _device(header, cells)) for cells in reader if any(cell.strip() for cell in cells)
            ]
    except UnicodeDecodeError as error:
        raise BadList(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise BadList(f"{path}, line {reader.line_num}: {error}") from error
    except OSError as error:
        raise BadList(f"{path} cannot be read ({error.strerror})") from error


def _check_header(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = sorted(set(header) - {*REQUIRED, *OPTIONAL})
    twice = sorted(name for name, count in Counter(header).items() if count > 1)
    for names, what in ((missing, "lacks"), (unknown, "has the unknown"), (twice, "repeats the")):
        if names:
            raise BadList(
                f"{path}: its first line {what} column {', '.join(names) or '(blank)'}; "
                f"columns are {', '.join(REQUIRED)} and, as you like, {', '.join(OPTIONAL)}"
            )


def _device(header: Sequence[str], cells: Sequence[str]) -> NewDevice | None:
    if len(cells) != len(header):
        return None
    values = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
    return NewDevice(values.pop("device") or "", values.pop("product") or "", **values)


def register(
    conn: Connection, lines: Sequence[Line], secrets: Path | None, entry: Callable[[str], Entry]
) -> Counter[str]:
    """Register `lines`; return how many were registered, unchanged and refused.

    Secrets go to the new file `secrets` (0600) or to stdout, always before the transaction that makes them valid is
    committed: a run that dies loses none. Refused lines are named on stderr with their number. Raises `BadList` when
    `secrets` exists already.
    """
    counts: Counter[str] = Counter()
    console = Console(stderr=True)
    with (
        _output(secrets) as out,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("registering", total=len(lines))
        for start in range(0, len(lines), CHUNK):
            chunk = lines[start : start + CHUNK]
            whole = [(line.number, line.device) for line in chunk if line.device is not None]
            problems = [
                (line.number, "it has more or fewer columns than the first line") for line in chunk if not line.device
            ]
            results = devices.register_many(conn, [device for _, device in whole])
            audit.write_all(conn, [entry(result.device) for result in results if result.secret])
            out.writelines(f"{result.device},{result.secret}\n" for result in results if result.secret)
            out.flush()
            if secrets is not None:
                os.fsync(out.fileno())
            conn.commit()
            problems += [
                (number, f"device {device.device!r}: {result.problem}")
                for (number, device), result in zip(whole, results, strict=True)
                if result.problem
            ]
            for number, problem in sorted(problems):
                console.print(f"line {number}: {problem}", markup=False, highlight=False, soft_wrap=True)
            counts.update(result.outcome for result in results)
            counts["refused"] += len(chunk) - len(whole)
            progress.advance(task, len(chunk))
    return counts


class _Stdout:
    """stdout as something to leave open at the end."""

    def __enter__(self) -> TextIO:
        return sys.stdout

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()


def _output(path: Path | None) -> TextIO | _Stdout:
    if path is None:
        return _Stdout()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadList(f"{path} exists already and may hold secrets: name another file, or move it away") from error
    except OSError as error:
        raise BadList(f"{path} cannot be written ({error.strerror})") from error
    return os.fdopen(descriptor, "w", encoding="utf-8")
