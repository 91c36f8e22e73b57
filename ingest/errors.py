"""What `ingest` raises on purpose.

IngestError
 +-- BadSetting      a setting is missing or cannot be read
 +-- NoSlot          every subscription slot is held by another worker
 +-- BrokerRefused   the broker does not let this worker in
 +-- SlotHeld        a slot to be drained still has a worker
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
