"""What the log looks like: a line a record, for people or for a machine."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

FORMATS = ("text", "json")
TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ESCAPED = {code: repr(chr(code))[1:-1] for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)}
"""What breaks a line or moves a terminal's cursor."""


ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def traced(error: BaseException) -> str:
    """Tracebacks of an error and its causes, the first cause first.

    The words of a database's error are left out, but for what concerns the SQL itself (SQLSTATE class 42): they quote
    values, and its DETAIL whole rows.
    """
    found: list[str] = []
    cause: BaseException | None = error
    met: set[int] = set()
    while cause is not None and id(cause) not in met:
        met.add(id(cause))
        state = getattr(cause, "sqlstate", None)
        quotes = hasattr(cause, "diag") and not str(state).startswith("42")
        words = f"SQLSTATE {state}" if quotes else str(cause).partition("\n")[0]
        lines = "".join(traceback.format_tb(cause.__traceback__))
        found.append(f"Traceback (most recent call last):\n{lines}{type(cause).__qualname__}: {words}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n\nwhich led to\n\n".join(reversed(found))


class OneLine(logging.Formatter):
    """For people: a message is one line whatever is in it; a traceback follows."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the base class's name
        """The traceback without what is personal."""
        return traced(ei[1]) if ei[1] else ""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """The line of `record`."""
        record.message = record.message.translate(_ESCAPED)
        return super().formatMessage(record)


class OneObject(logging.Formatter):
    """For a machine: JSON, a record a line, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """`at level logger process message`, and `traceback` where there is one."""
        line: dict[str, str | int] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process or 0,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = traced(record.exc_info[1]) if record.exc_info[1] else ""
        return json.dumps(line)


def configure(level: str, form: str) -> None:
    """Send records of `level` and above to stderr, as one of `FORMATS`. Done once, when the program starts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneObject() if form == "json" else OneLine(TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
