"""The command line: one module a noun in this package, each exposing `command`.

`broker_accounts.py` becomes `vop broker-accounts`. A module is imported when its command runs, not
before: `vop catalog check` loads no web server, and `vop --help` imports none of them (the line
beside each command is the first line of its module's docstring, read from the source).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import ClassVar

import click


class Nouns(click.Group):
    """A group whose commands are the modules of a package, found by name and loaded when used."""

    package: ClassVar[str] = __name__
    place: ClassVar[Path] = Path(__file__).parent

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names as they are typed, sorted."""
        found = pkgutil.iter_modules([str(self.place)])
        return sorted(module.name.replace("_", "-") for module in found if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command; None if there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
        command: object = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.command is {command!r}, not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, but an unknown name is answered without importing any command."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            known = ", ".join(self.list_commands(ctx))
            ctx.fail(f"no such command: {name!r}; there are: {known}")
        return name if command is not None else None, command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing any of them."""
        rows = [(name, self._first_line(name)) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def _first_line(self, name: str) -> str:
        stem = self.place / name.replace("-", "_")
        source = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
        said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
        return said.splitlines()[0] if said else ""
