"""What a person sees of a demo: a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from vop.demo.memory import Access
from vop.demo.proof import Proof
from vop.demo.voices import Heard

LINE_INTERVAL_S = 10.0
"""Between lines of progress where there is no terminal."""

Advance = Callable[[float, int, int], None]
"""Fraction done, elements acknowledged, elements dealt with by ingest."""


class Screen:
    """Says things, in order, from any thread."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(text, markup=False)
        self._console.file.flush()

    def step(self, text: str) -> None:
        """One line, with the seconds since the start."""
        self.say(f"[{time.monotonic() - self._began:5.1f} s] {text}")

    def ready(
        self,
        access: Access,
        path: Path,
        owner: str,
        example: str,
        environment: Path,
        metrics: Mapping[str, str],
        *,
        has_accounts: bool,
    ) -> None:
        """Where everything is and how to use it.

        `owner` is the name of the first device's customer, `example` a payload that device could send.
        """
        device = access.devices[0]
        host, port, port_v5 = (access.mqtt[key] for key in ("host", "port", "port_v5"))
        versions = f"mqtt://{host}:{port}" + ("" if port == port_v5 else f" (3.1.1), mqtt://{host}:{port_v5} (5)")
        user = f' -u {device.device} -P "{_from_file(path, "devices", 0, "password")}"' if has_accounts else ""
        lines = [
            "",
            "  Open one of these links: each signs in as another role. Support sees most.",
            *(f"    {role:<12} {access.api}/sign-in#token={token}" for role, token in access.tokens.items()),
            f"  Find a device by its customer: search for {owner}, who owns {device.device}, and see its week there.",
            "  Its history is being sent: load the page again when a line below says that it is stored.",
            "  Connect a device of your own, as support: the page Connect a device has the lines to run.",
            "",
            f"  API      {access.api}/api/v1, described at {access.api}/api/v1/openapi.json",
            f"  MQTT     {versions}"
            + ("" if has_accounts else ", without accounts and topic rights: those need mosquitto"),
            f"  metrics  {', '.join(f'{name} {url}' for name, url in metrics.items())}",
            f"  secrets  {path}: a token for each role, a password for each device",
            "",
            "  Ask, as support:",
            f'    TOKEN="{_from_file(path, "tokens", "support")}"',
            f'    curl -H "Authorization: Bearer $TOKEN" {access.api}/api/v1/devices',
            f"  Say something, as the device {device.device}:",
            f"    mosquitto_pub -h {host} -p {port} -i {device.device}{user} \\",
            f"      -q 1 -t vop/v1/{device.device}/up/telemetry -m '{example}'",
            "  See that all is well:",
            f"    . {shlex.quote(str(environment))} && {shlex.quote(sys.executable)} -m vop doctor --all",
            "",
        ]
        self.say("\n".join(lines))

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """A bar on a terminal; else a line now and then."""
        if self._console.is_terminal:
            with Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %  {task.fields[sent]:,} sent, {task.fields[kept]:,} kept"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            ) as bar:
                task = bar.add_task(title, total=1.0, sent=0, kept=0)
                yield lambda done, sent, kept: bar.update(task, completed=done, sent=sent, kept=kept)
            return
        last = time.monotonic()

        def advance(done: float, sent: int, kept: int) -> None:
            nonlocal last
            if time.monotonic() - last >= LINE_INTERVAL_S:
                last = time.monotonic()
                self.step(f"{title}: {done:.0%}, {sent:,} sent, {kept:,} kept")

        yield advance

    def proved(self, proof: Proof, seconds: float, path: Path) -> None:
        """What was sent beside what was stored."""
        took = timedelta(seconds=round(seconds))
        equal = sum(not line.missing for line in proof.lines)
        self.step(f"history sent and stored in {took}:")
        self.say(f"    acknowledged by the broker  {proof.acknowledged:>12,}  elements, each counted once")
        self.say(f"    stored                      {proof.stored:>12,}")
        self.say(f"    dead letters                {proof.dead:>12,}")
        self.say(f"    missing                     {proof.missing:>12,}")
        if proof.more:
            self.say(f"    by other publishers         {proof.more:>12,}")
        self.say(f"    second copies recognised    {proof.duplicates:>12,}")
        self.say(f"    {equal} of {len(proof.lines)} devices complete; device by device in {path}")

    def spoken(self, heard: Heard) -> None:
        """What the customers said, and what their products make of it."""
        verdicts = ", ".join(f"{count} {word}" for word, count in heard.verdicts.most_common())
        self.step(
            f"the customers said {heard.statements} things in {len(heard.cases)} cases; "
            f"{heard.claims} claims beside what the products report: {verdicts.replace('_', ' ') or 'none'}"
        )
        for device, words, because in heard.stories:
            self.say(f"    {device}: {words} {because}")


def _from_file(path: Path, *keys: str | int) -> str:
    """A shell's way to a secret, so that none stands on the screen."""
    where = "".join(f"[{key!r}]" for key in keys)
    return f"$({shlex.quote(sys.executable)} -c \"import json; print(json.load(open('{path}')){where})\")"
