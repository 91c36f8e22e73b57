"""A terminal into which a test types what a document shows."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ANSWERED_WITHIN_S = 120.0
_MARK = "----done----"


class Shell:
    """bash in a directory, with variables that stay from one block to the next."""

    def __init__(self, where: Path, environment: Mapping[str, str]) -> None:
        keep = {name: value for name, value in os.environ.items() if not name.startswith("VOP_")}
        self._process = subprocess.Popen(
            ["bash", "-u"],
            cwd=where,
            env=keep | dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line)
        self._said.put(None)

    def enter(self, block: str, status: int = 0) -> str:
        """What a block prints. Its lines are run as one script that stops at the first line that fails."""
        assert self._process.stdin is not None
        # Not in a subshell: variables and functions are for the blocks that follow.
        self._process.stdin.write(f"set -e; trap 'echo {_MARK} $?' EXIT\n{block}\nset +e; echo {_MARK} 0\n")
        self._process.stdin.flush()
        said: list[str] = []
        while True:
            line = self._said.get(timeout=ANSWERED_WITHIN_S)
            if line is None:
                raise AssertionError(f"the shell ended: {''.join(said)}")
            # A program that prints no line's end has the mark behind its last words.
            words, mark, code = line.partition(_MARK)
            said.append(words)
            if mark:
                assert int(code) == status, f"{block}\nended with {code.strip()} after: {''.join(said)}"
                return "".join(said)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
