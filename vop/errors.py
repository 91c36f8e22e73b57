"""What can go wrong in `vop`, as one tree.

    VopError
     +-- ServiceError              an embedded service could not do its work
          +-- NotInstalled         its program is nowhere to be found
          +-- UnreachablePlace     the account it must run under cannot enter its directory
          +-- AlreadyRunning       another one holds the data directory
          +-- DidNotStart          it ended, or stayed silent, before it was ready
          |    +-- PortTaken        somebody else listens where it should
          +-- DidNotStop           it was still there after the last signal

Every message says what happened, to what, and what to do about it.
"""

from __future__ import annotations

from pathlib import Path


class VopError(Exception):
    """Root of everything `vop` raises on purpose."""


class ServiceError(VopError):
    """An embedded service could not do its work."""


class NotInstalled(ServiceError):
    """The program of a service is nowhere to be found."""


class UnreachablePlace(ServiceError):
    """The account a service must run under cannot enter its directory."""

    def __init__(self, path: Path, account: str) -> None:
        super().__init__(
            f"{path} cannot be entered by the account {account!r}, under which the service runs "
            "when its owner is root: set VOP_DATA_DIR to a directory every account can reach"
        )
        self.path = path
        self.account = account


class AlreadyRunning(ServiceError):
    """Another live service holds the data directory."""

    def __init__(self, service: str, data_dir: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{service}: {who} already runs on {data_dir}: stop it first"
            + (f" (kill -INT {pid})" if pid else "")
            + ", or set VOP_DATA_DIR to another directory"
        )
        self.pid = pid
        self.data_dir = data_dir


class DidNotStart(ServiceError):
    """A service ended, or stayed silent, before it was ready."""


class PortTaken(DidNotStart):
    """Somebody else listens where a service should."""

    def __init__(self, service: str, port: int) -> None:
        super().__init__(
            f"{service} cannot listen on port {port} of 127.0.0.1: another program does; "
            "choose another port or end that program"
        )
        self.service = service
        self.port = port


class DidNotStop(ServiceError):
    """A service was still there after the last signal."""
