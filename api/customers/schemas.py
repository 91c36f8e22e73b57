"""Customers on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.parameters import Id, Key, Line
from api.shapes import Answer, Body
from api.users.schemas import Name

MAX_PURPOSES = 50
MAX_MEMBERS = 100
Weekday = Annotated[int, Field(ge=1, le=7, description="ISO: 1 is Monday.")]


class Customer(Answer):
    """A person or household who owns products, and the calendar their days are counted in."""

    customer: str
    name: str
    language: Literal["en", "fa"]
    zone: str
    calendar: Literal["gregorian", "persian"]
    week_start: int
    weekend: list[int]
    created_at: datetime


class Owned(Answer):
    """A unit the customer owns or owned, over `[since, until)`."""

    device: str
    product: str
    zone: str
    since: datetime
    until: datetime | None


class Consent(Answer):
    """Consent to a purpose over `[since, until)`."""

    purpose: str
    since: datetime
    until: datetime | None


class Profile(Customer):
    """A customer with everything support works with."""

    devices: list[Owned]
    consents: list[Consent]


class NewCustomer(Body):
    """A customer to add."""

    customer: Id
    name: Line
    zone: Annotated[str, Field(max_length=64, description="IANA time zone, e.g. Europe/Berlin.")]
    language: Literal["en", "fa"] = "en"
    calendar: Literal["gregorian", "persian"] = "gregorian"
    week_start: Weekday = 1
    weekend: Annotated[tuple[Weekday, ...], Field(max_length=7)] = (6, 7)


class CustomerChange(Body):
    """What is to change; what is absent stays. Devices they own keep the zone where they stand."""

    name: Line | None = None
    zone: Annotated[str, Field(max_length=64, description="IANA time zone, e.g. Europe/Berlin.")] | None = None
    language: Literal["en", "fa"] | None = None
    calendar: Literal["gregorian", "persian"] | None = None
    week_start: Weekday | None = None
    weekend: Annotated[tuple[Weekday, ...], Field(max_length=7)] | None = None


class Consents(Answer):
    """All consents, ended ones too."""

    items: list[Consent]


class ConsentsWanted(Body):
    """The purposes the customer agrees to from now on; any other consent in force ends."""

    purposes: Annotated[list[Key], Field(max_length=MAX_PURPOSES)]


class Member(Answer):
    """A user's part in a care team over `[since, until)`."""

    user: str
    display_name: str
    since: datetime
    until: datetime | None


class CareTeam(Answer):
    """All memberships, past ones too."""

    items: list[Member]


class CareTeamWanted(Body):
    """Who is on the care team from now on; any other membership in force ends."""

    members: Annotated[list[Name], Field(max_length=MAX_MEMBERS)]
