"""Users on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.parameters import Line
from api.shapes import Answer, Body
from catalog.model import Role

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")]
Roles = Annotated[list[Role], Field(min_length=1, max_length=7)]


class User(Answer):
    """A person who works with the platform."""

    name: str
    display_name: str
    roles: list[Role]
    active: bool
    created_at: datetime
    last_sign_in: datetime | None
    """In a browser; what programs do with a token is no sign-in."""


class NewUser(Body):
    """A person to add."""

    name: Name
    display_name: Line
    roles: Roles


class UserChange(Body):
    """What is to change; what is absent stays. An inactive user is let in nowhere, with any token."""

    display_name: Line | None = None
    roles: Roles | None = None
    active: bool | None = None
