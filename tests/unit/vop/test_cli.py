"""The frame of the command line: names, laziness, exit status, one line on stderr."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import click
import pytest
from click.testing import CliRunner

import vop.__main__
from vop.cli import Nouns
from vop.errors import AlreadyRunning, VopError

PLAIN = '''"""`vop plain-noun`: says hello."""
import click

@click.command()
def command() -> None:
    """Greet."""
    click.echo("hello")
'''

# Fails at import: whatever works in its presence did not import it.
EXPLOSIVE = '"""`vop explosive`: imports a whole web server."""\nraise SystemExit("imported")\n'


@pytest.fixture
def nouns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nouns:
    package_dir = tmp_path / "nouns_of_a_test"
    package_dir.mkdir()
    for name, source in (("plain_noun", PLAIN), ("explosive", EXPLOSIVE), ("_private", EXPLOSIVE)):
        (package_dir / f"{name}.py").write_text(source)
    (package_dir / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    class Found(Nouns):
        package: ClassVar[str] = package_dir.name
        place: ClassVar[Path] = package_dir

    return Found("found")


def test_a_module_becomes_a_command_by_its_name(nouns: Nouns) -> None:
    answer = CliRunner().invoke(nouns, ["plain-noun"])
    assert (answer.exit_code, answer.output) == (0, "hello\n")


def test_help_lists_every_noun_and_imports_none(nouns: Nouns) -> None:
    answer = CliRunner().invoke(nouns, ["--help"])
    assert answer.exit_code == 0
    assert "plain-noun" in answer.output
    assert "imports a whole web server" in answer.output
    assert "private" not in answer.output


def test_an_unknown_noun_is_bad_usage_and_names_the_known(nouns: Nouns) -> None:
    answer = CliRunner().invoke(nouns, ["plainnoun"])
    assert answer.exit_code == 2
    assert "'plainnoun'" in answer.output
    assert "explosive, plain-noun" in answer.output


def test_every_noun_has_a_command_and_says_what_it_is_for() -> None:
    group = vop.__main__.cli
    assert isinstance(group, Nouns)
    context = click.Context(group)
    for name in group.list_commands(context):
        assert group.get_command(context, name) is not None
        assert group._first_line(name), f"vop {name}: its module has no docstring"


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(vop.__main__, "cli", command)


def test_an_error_of_ours_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, VopError("the broker did not start:\n  port 1883 is taken"))
    assert vop.__main__.run([]) == 1
    assert capsys.readouterr().err == "vop: the broker did not start: port 1883 is taken\n"


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError("a defect"))
    with pytest.raises(ZeroDivisionError):
        vop.__main__.run([])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("no such option"), 2),
        (click.ClickException("no"), 1),
    ],
)
def test_exit_status(monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int) -> None:
    failing(monkeypatch, error)
    assert vop.__main__.run([]) == status


def test_every_package_of_ours_has_its_error_root_listed() -> None:
    import importlib

    for module, name in vop.__main__.ERROR_ROOTS.items():
        root = getattr(importlib.import_module(module), name)
        assert root in vop.__main__.expected_errors()


def test_help_and_version_load_no_service() -> None:
    heavy = ["uvicorn", "fastapi", "psycopg", "paho", "numpy", "pydantic", "store", "ingest", "api"]
    script = (
        "import sys, vop.__main__ as m\n"
        "for words in (['--help'], ['--version']):\n"
        "    try: assert m.run(words) == 0\n"
        "    except SystemExit as end: assert not end.code\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_reader_who_leaves_early_sees_no_traceback() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m vop --help | true"],
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


def test_already_running_says_who_and_what_to_do() -> None:
    said = str(AlreadyRunning("PostgreSQL", Path("/srv/vop"), 4711))
    assert "4711" in said
    assert "/srv/vop" in said
    assert "kill -INT 4711" in said
