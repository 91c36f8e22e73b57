"""The two kinds of JSON object: what we answer, and what we are sent."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Made from a row by attribute names. Every time in it is RFC 3339, UTC."""

    model_config = ConfigDict(from_attributes=True, frozen=True, populate_by_name=True)


class Body(BaseModel):
    """Sent by a client; a key we do not know is a mistake, not a wish to be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
