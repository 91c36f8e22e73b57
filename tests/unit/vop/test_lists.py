"""What commands print that list something."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from store.errors import Unavailable
from vop.cli import bench, deadletters, tokens, users


@pytest.mark.parametrize("command", [tokens.command, users.command, deadletters.command])
def test_no_heading_without_a_database(command: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("VOP_DATABASE_URL", f"postgresql://127.0.0.1:{port}/vop")
    ran = CliRunner().invoke(command, ["list"])  # type: ignore[arg-type]
    assert isinstance(ran.exception, Unavailable)
    assert ran.stdout == ""


def test_a_figure_that_was_not_measured_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass
    class Figures:
        rate: float | None = None
        found: int = 3

    bench._show(Figures(), as_json=False)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [["rate", "-"], ["found", "3"]]
    bench._show(Figures(), as_json=True)
    assert '"rate": null' in capsys.readouterr().out
