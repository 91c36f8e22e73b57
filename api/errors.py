"""Everything `api` raises on purpose; each knows the problem it is told as.

ApiError
 +-- Refused             a request is answered with a problem
      +-- Unauthenticated    no credentials, or wrong ones
      +-- TooManyFailures    too many wrong ones from there
      +-- CrossSite          another site's page made the request, or may have
      +-- Forbidden          known, but not for this role
      +-- Absent             not there, or not for this principal to know of
      +-- BadInput           a parameter, a body or a cursor cannot be used
      +-- Contradiction      it contradicts what is stored
      +-- Overloaded         not now; the answer says when to come again
      +-- Misfit             the catalogue lacks what the database speaks of
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class ApiError(Exception):
    """Root of this package's errors."""


class Refused(ApiError):
    """`detail` is for a person to read: what happened, to what, what to do. `kind` is a key of `problems.KINDS`."""

    kind: ClassVar[str] = "internal-error"

    def __init__(self, detail: str, *, kind: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = kind or self.kind
        self.headers = dict(headers or {})


class Unauthenticated(Refused):
    """No credentials, or wrong ones; `headers` carry the challenge."""

    kind = "unauthenticated"


class TooManyFailures(Refused):
    """That address has failed too often."""

    kind = "too-many-failures"


class CrossSite(Refused):
    """A request that changes something was not made by a page of ours."""

    kind = "cross-site"


class Forbidden(Refused):
    """The principal may know that it exists, but not do this."""

    kind = "forbidden"


class Absent(Refused):
    """It does not exist, as far as this principal may know."""

    kind = "not-found"


class BadInput(Refused):
    """The request cannot be used as it is."""

    kind = "invalid-request"


class Contradiction(Refused):
    """It contradicts what is stored."""

    kind = "conflict"


class Overloaded(Refused):
    """Not now."""

    kind = "overloaded"


class Misfit(Refused):
    """This program's catalogue lacks a product the database knows."""

    kind = "schema-mismatch"
