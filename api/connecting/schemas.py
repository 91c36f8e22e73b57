"""Connecting a device, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.deadletters.schemas import DeadLetter
from api.parameters import Text
from api.shapes import Answer, Body

MAX_TOML_CHARS = 65_536
"""The largest product that ships has 16,000."""


class ProductText(Body):
    """A product file that is not there yet."""

    toml: Annotated[Text, Field(max_length=MAX_TOML_CHARS)]


class ProductMistake(Answer):
    """One thing wrong with it, as `vop catalog check` says it."""

    place: str
    line: int | None
    wrong: str
    allowed: str


class Checked(Answer):
    """What is wrong, in the order of the file; with nothing wrong, what it declares."""

    product: str | None
    mistakes: list[ProductMistake]


class Arrival(Answer):
    """What is known of a device's first words since `from`.

    stored: something arrived and is kept. refused: something arrived and is not. elsewhere: nothing by this device, but
    something on topics that are nobody's. deaf: what devices publish does not reach the platform now. nothing: none of
    it; what the broker itself refuses, the platform does not learn of.
    """

    state: Literal["stored", "refused", "elsewhere", "deaf", "nothing"]
    from_: datetime = Field(alias="from")
    last_seen: datetime | None
    undeclared: int = Field(description="Keys its newest readings carry and the catalogue does not know.")
    undeclared_keys: list[str] = Field(description="Their names, where they cannot tell of a person.")
    refused: list[DeadLetter]
    elsewhere: list[str] = Field(description="Topics of nobody's on which something came.")
