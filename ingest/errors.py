"""What `ingest` raises on purpose.

IngestError
 +-- NoSlot          every subscription slot is held by another worker
 +-- BrokerRefused   the broker does not let this worker in
 +-- SlotHeld        a slot to be drained still has a worker
 +-- OnlySession     the session to be ended is the one everything is queued for
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
