"""`vop api` where it cannot listen."""

from __future__ import annotations

import socket

import pytest

import vop.__main__


def test_a_taken_port_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("VOP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        monkeypatch.setenv("VOP_API_HOST", "127.0.0.1")
        monkeypatch.setenv("VOP_API_PORT", str(port))
        assert vop.__main__.run(["api"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"port {port} of 127.0.0.1" in said
    assert "VOP_API_PORT" in said
