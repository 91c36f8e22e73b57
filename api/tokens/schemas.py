"""API tokens on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from api.parameters import Instant, NoNul
from api.shapes import Answer, Body
from api.users.schemas import Name


class Token(Answer):
    """A token without its secret."""

    token_id: int
    user: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class IssuedToken(Answer):
    """A new token. `secret` is shown this once; null when the answer is replayed."""

    token: Token
    secret: str | None


class NewToken(Body):
    """Whom it speaks for, what it is for, and until when."""

    user: Name
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), NoNul]
    expires_at: Instant | None = None
