"""What `relay` raises on purpose.

RelayError
 +-- UnknownJob   there is no job of that name
 +-- JobHeld      another relay runs it at this moment
 +-- JobFailed    the run that was asked for failed
"""

from __future__ import annotations


class RelayError(Exception):
    """Root of this package's errors."""


class UnknownJob(RelayError):
    """No job has that name."""


class JobHeld(RelayError):
    """The job is being run by another relay."""


class JobFailed(RelayError):
    """The run failed."""
