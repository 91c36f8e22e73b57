"""The visitor on the wire."""

from __future__ import annotations

from datetime import datetime

from api.shapes import Answer


class Preferences(Answer):
    """How the console speaks to them; null: as their browser asks."""

    language: str | None
    calendar: str | None


class Session(Answer):
    """The session of a browser."""

    since: datetime
    expires_at: datetime
    """At the latest; sooner when it is not used for `idle_minutes`."""
    idle_minutes: int


class Me(Answer):
    """A user, as they are let in right now."""

    user: str
    display_name: str
    roles: list[str]
    preferences: Preferences
    session: Session | None
    """Null: by bearer token."""
