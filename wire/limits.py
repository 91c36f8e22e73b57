"""The sizes a message may have. All are part of the wire contract and listed in docs/wire.md."""

from __future__ import annotations

MAX_MESSAGE_BYTES = 256 * 1024
"""The broker's own limit is 1 MiB: what lies between reaches us, and is kept as a dead letter."""

MAX_ELEMENTS = 1_000
"""Elements of one array."""

MAX_DEPTH = 16
"""Objects and arrays inside each other within one element, which itself is the first."""

MAX_EXTRA_KEYS = 64
MAX_EXTRA_BYTES = 4 * 1024
"""Of undeclared keys, of the attributes of an undeclared event, of reported settings; as compact
JSON.
"""

MAX_TEXT_CHARS = 1_024
"""Of a value of type text. PostgreSQL could keep more; a device's text is a code or a name, not a
log.
"""

MAX_KIND_CHARS = 64
MAX_FIRMWARE_CHARS = 64

AHEAD_MS = 24 * 3_600_000
"""How far a device's clock may run ahead of arrival before its time is not used."""

MAX_BOOT = 2**31 - 1
MAX_COUNTER = 2**63 - 1
"""Of `seq`, `conn` and `desired_version`."""
