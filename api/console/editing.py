"""Forms that change what is stored: marks of what they were filled from, attempts that may fail, and their words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic import ValidationError

from api.auditing import Visit
from api.console.catalogues import N_
from api.sessions.forms import Form

MARK_CHARS = 16
_ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
OUTDATED = N_("Somebody else changed this meanwhile. What is stored now is shown; nothing of yours was saved.")


def mark(*parts: object) -> str:
    """A short text that is another one as soon as any of `parts` is: a form carries it as `was`."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:MARK_CHARS]


def is_outdated(sent: Form, now: str) -> bool:
    """Whether the form was filled from something else than what is there `now`. One without a mark never is."""
    return sent.get("was", now) != now


def once(sent: Form) -> str | None:
    """What tells this form from the next one. Without it each is done anew, as over the API."""
    found = _ONCE.fullmatch(sent.get("once", ""))
    return found[0] if found else None


def wrong_fields(error: ValidationError, words: Mapping[str, str]) -> dict[str, str]:
    """What to say at which field, by the first part of each place."""
    return {field: words[field] for field in dict.fromkeys(str(one["loc"][0]) for one in error.errors())}


@contextmanager
def attempt(visit: Visit) -> Iterator[None]:
    """Work that may be refused: what it did, and named for the audit log, is undone as the refusal passes through."""
    objects, detail = visit.objects.copy(), visit.detail.copy()
    try:
        with visit.conn.transaction():
            yield
    except Exception:
        visit.objects, visit.detail = objects, detail
        raise
