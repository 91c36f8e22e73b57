"""What `ingest` raises on purpose.

IngestError
 +-- NoSlot          every subscription slot is held by another worker
 +-- BrokerRefused   the broker does not let this worker in
 +-- SlotHeld        a slot to be drained still has a worker
 +-- OnlySession     the session to be ended is the one everything is queued for
 +-- BrokerBrokeProtocol   what the broker sent is not MQTT 5, or not what may come now
 +-- SpoolRefuses    the spool takes no more: full, too old, no disk left for it, or not writable
"""

from __future__ import annotations


class IngestError(Exception):
    """Root of this package's errors."""


class NoSlot(IngestError):
    """Every subscription slot is held."""


class BrokerRefused(IngestError):
    """The broker refuses this worker's credentials or subscription."""


class SlotHeld(IngestError):
    """The slot has a worker."""


class OnlySession(IngestError):
    """Without it nobody would queue what devices send."""


class SpoolRefuses(IngestError):
    """The spool takes no more; `reason` is `full`, `old`, `disk` or `unwritable`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"the spool takes no more: {detail}")
        self.reason = reason


class BrokerBrokeProtocol(IngestError):
    """The broker sent what MQTT 5 does not allow; `reason` is the code to disconnect with (MQTT 5, 2.4)."""

    def __init__(self, reason: int, what: str) -> None:
        super().__init__(what)
        self.reason = reason
