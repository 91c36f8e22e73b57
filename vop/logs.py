"""What the log looks like: a line a record, for people or for a machine."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

FORMATS = ("text", "json")
TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ESCAPED = {code: repr(chr(code))[1:-1] for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)}
"""What breaks a line or moves a terminal's cursor."""


class OneLine(logging.Formatter):
    """For people: a message is one line whatever is in it; a traceback follows as it is."""

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
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure(level: str, form: str) -> None:
    """Send records of `level` and above to stderr, as one of `FORMATS`. Done once, when the program starts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneObject() if form == "json" else OneLine(TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
