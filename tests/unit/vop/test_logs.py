"""A record is a line, and a JSON object when that is asked for."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import datetime

import pytest
from psycopg import errors

from vop.logs import TEXT, OneLine, OneObject


def record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord("ingest.worker", logging.WARNING, "file", 1, message, arguments, info)


def test_an_object_says_when_what_and_who() -> None:
    line = OneObject().format(record("slot %d was\ntaken \u2028 «ماه»", 3))
    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert datetime.fromisoformat(said.pop("at")).tzinfo is not None
    assert said.pop("process") > 0
    assert said == {"level": "warning", "logger": "ingest.worker", "message": "slot 3 was\ntaken \u2028 «ماه»"}


def test_a_traceback_stays_in_the_object() -> None:
    line = OneObject().format(record("it failed", error=ValueError("no")))
    assert len(line.splitlines()) == 1
    assert "ValueError: no" in json.loads(line)["traceback"]


@pytest.mark.parametrize("formatter", [OneObject(), OneLine(TEXT)])
def test_a_traceback_quotes_no_row_and_no_value(formatter: logging.Formatter) -> None:
    failed = RuntimeError("a batch failed")
    failed.__cause__ = errors.CheckViolation("new row violates\nDETAIL:  Failing row contains (at home).")
    text = formatter.format(record("worker ends", error=failed))
    assert "at home" not in text
    assert "SQLSTATE 23514" in text
    assert text.index("CheckViolation") < text.index("which led to") < text.index("RuntimeError: a batch failed")


@pytest.mark.parametrize("formatter", [OneObject(), OneLine(TEXT)])
def test_what_is_wrong_with_the_sql_itself_is_told(formatter: logging.Formatter) -> None:
    error = errors.UndefinedColumn('column "x" does not exist\nLINE 1: SELECT x')
    assert "does not exist" in formatter.format(record("no", error=error))


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x1b[2Jb", "a\x00b", "a\x85b", "a\u2028b", "a\x9bb"])
def test_a_line_for_people_cannot_be_broken_by_what_is_in_it(text: str) -> None:
    line = OneLine(TEXT).format(record("topic %s", text))
    assert len(line.splitlines()) == 1
    assert all(c.isprintable() for c in line)


def test_persian_stays_readable() -> None:
    assert OneLine(TEXT).format(record("ماه پیش")).endswith("WARNING ingest.worker: ماه پیش")


def test_the_variable_chooses() -> None:
    program = (
        "import logging; from vop.logs import configure; configure('info', 'json'); logging.getLogger('x').info('y')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr)["message"] == "y"
    refused = subprocess.run(
        [sys.executable, "-m", "vop", "--log-format", "xml", "settings"], capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert (
        "VOP_LOG_FORMAT"
        in subprocess.run([sys.executable, "-m", "vop", "--help"], capture_output=True, text=True, check=True).stdout
    )
