"""Users: for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse

from api.auditing import Visiting
from api.idempotent import OnlyOnce
from api.paging import Cursor, Limit, Page, decode, page
from api.routing import feature
from api.users.schemas import Name, NewUser, User, UserChange
from store import users

router = feature("users")

UserName = Annotated[Name, Path(description="User name.")]


@router.get("/users")
def listing(visit: Visiting, cursor: Cursor = None, limit: Limit = 100) -> Page[User]:
    """Users, in order of name."""
    after = decode(cursor, "users", str)
    rows = users.listing(visit.conn, after=after[0] if after else "", limit=limit)
    return page("users", rows, limit, lambda row: (row.name,), User.model_validate)


@router.post("/users", status_code=201, response_model=User)
def create(visit: Visiting, once: OnlyOnce, body: NewUser) -> JSONResponse:
    """Add a user."""

    def work() -> User:
        visit.concerns(body.name, roles=list(body.roles))
        return User.model_validate(users.create(visit.conn, body.name, body.display_name, body.roles))

    return once.run(body, work)


@router.get("/users/{user}")
def detail(visit: Visiting, user: UserName) -> User:
    """One user."""
    return User.model_validate(users.get(visit.conn, user))


@router.patch("/users/{user}")
def change(visit: Visiting, user: UserName, body: UserChange) -> User:
    """Change roles, the displayed name, or let the user in no more. Takes effect with the next request."""
    visit.concerns(user, **body.model_dump(exclude_none=True, exclude={"display_name"}))
    changed = users.change(visit.conn, user, display_name=body.display_name, roles=body.roles, active=body.active)
    return User.model_validate(changed)
