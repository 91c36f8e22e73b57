"""What a text claims. Nothing is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.auditing import Visiting
from api.errors import BadInput
from api.parameters import Instant
from api.routing import feature
from api.shapes import Answer, Body
from api.statements.claim_schemas import Language, Read
from api.statements.schemas import Words
from voice.claims import extract as read
from voice.claims.language import detect
from voice.errors import UnknownZone
from voice.statements.written import as_kept

router = feature("claims")


class Spoken(Body):
    """A text, and what is needed to read it."""

    text: Words
    product: Annotated[str, Field(max_length=64, description="Key of the product it is about.")]
    lang: Language | None = Field(None, description="Found out unless given.")
    said_at: Instant | None = Field(None, description="By which 'last week' is a window; without it windows are null.")
    zone: Annotated[str, Field(max_length=64, description="The speaker's, an IANA name.")] = "UTC"
    calendar: Literal["gregorian", "persian"] = "gregorian"
    week_start: Annotated[int, Field(ge=1, le=7, description="ISO: 1 is Monday.")] = 1


class Claims(Answer):
    """The claims of a text, in its order."""

    lang: Language
    items: list[Read]


@router.post("/claims/extract")
def extract(visit: Visiting, body: Spoken) -> Claims:
    """Read the quantified claims of a text about a product. Nothing is kept, and nothing compared."""
    product = visit.catalog.get(body.product)
    if product is None:
        raise BadInput(f"product: there is no product {body.product}; GET /products lists them")
    lang = body.lang or detect(body.text)
    try:
        found = read(body.text, product, lang, body.said_at, body.zone, body.calendar, body.week_start)
    except UnknownZone as error:
        raise BadInput(f"zone: {error}") from error
    return Claims(lang=lang, items=[Read.model_validate(as_kept(claim)) for claim in found])
