"""What can go wrong in a demo beside its services.

VopError
 +-- DemoError
      +-- PortInUse      another program listens where the API should
      +-- OtherDemo      the data directory holds a demo of another size, or too old a one
      +-- NotStored      something a device was acknowledged for is not in the store
      +-- Unanswered     the API did not answer a request as it should
      +-- GaveUp         a process of the platform ended again and again
"""

from __future__ import annotations

from pathlib import Path

from vop.errors import VopError


class DemoError(VopError):
    """Root of this package's errors."""


class PortInUse(DemoError):
    """Another program listens where the API should."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} of 127.0.0.1 is in use by another program: choose another by --port {port + 1}, "
            "or --port 0 for any that is free"
        )
        self.port = port


class OtherDemo(DemoError):
    """The data directory holds a demo that cannot be gone on with."""

    def __init__(self, place: Path, what: str) -> None:
        super().__init__(
            f"{place} holds a demo {what}: start with --fresh to delete it and begin anew, "
            "or set VOP_DATA_DIR to another directory"
        )


class NotStored(DemoError):
    """Something a device was acknowledged for is not in the store."""


class Unanswered(DemoError):
    """The API did not answer a request as it should."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        """`status` is the HTTP status of the answer; None: there was no answer."""
        super().__init__(problem)
        self.status = status


class GaveUp(DemoError):
    """A process of the platform ended again and again."""
