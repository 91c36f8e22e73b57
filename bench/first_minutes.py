"""From `git clone` to a week of a device drawn in Chromium, as somebody goes who knows only what is printed and shown.

    python -m bench.first_minutes --rounds 3 --json figures.json

Clones this repository's last commit, runs `make demo` in the clone with nothing installed but what the machine has
(packages may come out of the machine's caches; say so beside the figures), opens the link for support that it prints,
searches for the customer that it names, opens the device and, when it says that the history is stored, loads the page
again. Exits 1 when the slowest round misses the limit.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import click
from playwright.sync_api import Browser, Page
from rich.console import Console

from bench import console_page
from bench.console_page import Range, ranged

LIMIT_S = 120.0
WAIT_S = 600.0
"""For one step, on a machine that fetches everything."""
REPOSITORY = Path(__file__).parents[1]
DAY_S = 86_400
_ALL_DRAWN = """() => {
  const charts = [...document.querySelectorAll("[data-chart]")];
  return charts.length && charts.every((e) => "drawn" in e.dataset) && charts.some((e) => Number(e.dataset.drawn) > 24);
}"""


@dataclass(frozen=True)
class Round:
    """Seconds each step took, in their order."""

    clone: float
    set_up: float
    start: float
    sign_in: float
    find: float
    back_fill: float
    week: float

    @property
    def whole(self) -> float:
        """All of it."""
        return float(sum(getattr(self, each.name) for each in fields(self)))


class Printed:
    """What `make demo` says, line by line. Raises RuntimeError when it ends, or says nothing more, without a word."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self._said: list[str] = []

    def until(self, pattern: str) -> re.Match[str]:
        """The first line from here on that has `pattern` in it."""
        for line in self._lines:
            self._said.append(line.rstrip("\n"))
            if found := re.search(pattern, self._said[-1]):
                return found
        raise RuntimeError(f"`make demo` ended without {pattern!r}; it said: {self._said[-20:]}")


@contextmanager
def make_demo(clone: Path) -> Iterator[Printed]:
    """`make demo`, ended with everything it started."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith("VOP_") and k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    process = subprocess.Popen(
        ["make", "demo", "ARGS=--port 0"],
        cwd=clone,
        env=keep | {"PYTHONUNBUFFERED": "1", "VOP_DATA_DIR": str(clone / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watch = Printed(process)
    try:
        yield watch
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(WAIT_S)
        process.stdout.close()  # type: ignore[union-attr]  # piped above


def walk(browser: Browser, directory: Path) -> Round:
    """One round in an empty `directory`."""
    clone = directory / "clone"
    moments = [time.monotonic()]

    def done() -> None:
        moments.append(time.monotonic())

    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    done()
    with make_demo(clone) as printed:
        printed.until(r"\] starting \d+ devices")
        done()
        printed.until(r"\] ready$")
        done()
        page = browser.new_context(viewport=console_page.WINDOW).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(1000 * WAIT_S)
        page.goto(printed.until(r"^ +support +(http\S+)$")[1])
        page.wait_for_url(re.compile(r"/$"))
        done()
        find(page, *printed.until(r"[Ss]earch for (.+), who owns ([\w-]+),").groups())
        done()
        printed.until(r"history sent and stored")
        done()
        page.reload()
        page.wait_for_function(_ALL_DRAWN)
        done()
        page.context.close()
    steps = [round(later - before, 2) for before, later in itertools.pairwise(moments)]
    return Round(*steps)


def find(page: Page, customer: str, device: str) -> None:
    """From the start page to the device's, by its customer's name."""
    page.get_by_role("searchbox").fill(customer)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=device, exact=True).click()
    page.get_by_role("heading", level=1, name=device).wait_for()


@click.command()
@click.option("--json", "where", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
def main(where: Path | None, rounds: int) -> None:
    """Measure the first minutes."""
    found = []
    with Console(stderr=True).status("starting") as status:
        for number in range(rounds):
            status.update(f"round {number + 1} of {rounds}")
            # A browser of its own each, and started within its time, as nobody has one open that knows the page.
            with tempfile.TemporaryDirectory(prefix="vop-first-") as directory, console_page.chromium() as browser:
                Path(directory).chmod(0o755)
                found.append(walk(browser, Path(directory)))
    whole = ranged([each.whole for each in found], LIMIT_S, 1)
    figures: dict[str, Range] = {
        field.name: ranged([getattr(each, field.name) for each in found], LIMIT_S, 1) for field in fields(Round)
    }
    body = json.dumps({name: asdict(each) for name, each in (figures | {"whole": whole}).items()}, indent=1)
    if where is not None:
        where.write_text(body + "\n", encoding="utf-8")
    click.echo(body)
    if not whole.within:
        raise click.ClickException(f"the slowest round took {whole.most:.0f} s, more than {LIMIT_S:.0f}")


if __name__ == "__main__":
    main()
