"""The page of one user, which several forms come back to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.auditing import Visit
from api.console.catalogues import N_
from api.console.editing import mark
from api.console.pages.products import ROLES
from api.console.rendering import page
from api.paging import MAX_LIMIT
from api.sessions.forms import Form
from api.tokens.schemas import Token
from api.users import endpoints as users
from api.users.schemas import User
from store import tokens

__all__ = ["LIFETIMES", "MAY", "ROLES", "has_ended", "mark_of", "shown"]

MAY: Mapping[str, str] = {
    "admin": N_("Users, tokens, care teams, devices, the platform; no customer's data."),
    "support": N_("Customers and their devices, usage that tells of nobody, dead letters."),
    "maintenance": N_("The state of devices and of the platform."),
    "clinician": N_("Sensitive data of the customers on whose care team they are."),
    "carer": N_("Sensitive data of the customers on whose care team they are."),
    "stock": N_("Devices, and how full the shelves are."),
    "quality": N_("Usage of products that tells of nobody, without names."),
}
"""What each role is for, in a sentence; not yet translated."""
LIFETIMES: Mapping[str, str] = {
    "1": N_("1 day"),
    "7": N_("7 days"),
    "30": N_("30 days"),
    "90": N_("90 days"),
    "365": N_("1 year"),
    "": N_("It does not expire"),
}
"""How many days a token is good for; not yet translated."""
USUAL_DAYS = "30"


def mark_of(user: User) -> str:
    """Another one as soon as what the form shows of `user` is changed."""
    return mark(user.display_name, sorted(user.roles))


def has_ended(token: Token, now: datetime) -> bool:
    """Whether it opens nothing any more."""
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now)


def shown(
    request: Request,
    visit: Visit,
    name: str,
    *,
    sent: Form | None = None,
    issued: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
    done: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page of user `name`. `sent` and `issued` are what was written into its two forms, when they come back."""
    user, now = users.detail(visit, name), datetime.now(UTC)
    listed = [Token.model_validate(one) for one in tokens.of_user(visit.conn, name, limit=MAX_LIMIT + 1)]
    valid = [one for one in listed[:MAX_LIMIT] if not has_ended(one, now)]
    ended = [one for one in listed[:MAX_LIMIT] if has_ended(one, now)]
    chosen = user.roles if sent is None else [role for role in ROLES if f"role.{role}" in sent]
    return page(
        request,
        visit,
        "users/detail.html",
        status=status,
        user=user,
        was=mark_of(user),
        display_name=user.display_name if sent is None else sent.get("display_name", ""),
        chosen=chosen,
        label="" if issued is None else issued.get("label", ""),
        days=USUAL_DAYS if issued is None else issued.get("days", USUAL_DAYS),
        once=secrets.token_urlsafe(18),
        valid=valid,
        ended=ended,
        more=len(listed) > MAX_LIMIT,
        now=now,
        wrong=wrong or {},
        trouble=trouble,
        done=done,
        roles=ROLES,
        may=MAY,
        lifetimes=LIFETIMES,
    )
