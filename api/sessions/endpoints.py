"""Who am I: for everybody, by token or by session."""

from __future__ import annotations

from api.auditing import Visiting
from api.routing import feature
from api.sessions.schemas import Me, Preferences, Session

router = feature("me")


@router.get("/me")
def me(visit: Visiting) -> Me:
    """The user that the request's token or session speaks for."""
    who = visit.principal
    session = who.session and Session(
        since=who.session.since,
        expires_at=who.session.expires_at,
        idle_minutes=visit.services.settings.session_idle_min,
    )
    return Me(
        user=who.user,
        display_name=who.display_name,
        roles=sorted(who.roles),
        preferences=Preferences(language=who.language, calendar=who.calendar),
        session=session,
    )
