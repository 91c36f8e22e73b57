"""Text -> quantified claims: what a customer says of the product, as figures that can be checked.

    text -> normalised, tokens -> tags, numbers, lengths -> frames: measures
         -> put together -> guards -> topics by the nearest cue -> denial, doubt, window -> claims

Pure, without a network or a model; the work grows with the length of the text and no faster.
"""

from __future__ import annotations

from datetime import datetime

from catalog.model import Product
from voice.calendars import Calendar
from voice.claims.grammars import Language, grammar_of, product_trie
from voice.claims.interpret import interpret
from voice.claims.language import detect
from voice.claims.model import Claim, Per, Unit, Why, Window
from voice.claims.scene import Scene
from voice.claims.spelling import mended
from voice.claims.text import normalise
from voice.claims.tokens import tokenise

__all__ = ["MAX_CHARACTERS", "Claim", "Language", "Per", "Unit", "Why", "Window", "extract"]

MAX_CHARACTERS = 20_000
"""Read of one statement; what is longer is no statement, and is read up to here."""


def extract(
    text: str,
    product: Product,
    lang: str | None = None,
    said_at: datetime | None = None,
    zone: str = "UTC",
    calendar: Calendar = "gregorian",
    week_start: int = 1,
) -> list[Claim]:
    """The claims of a statement about `product`, in the order of the text.

    `lang` "en" or "fa"; None or any other: detected. `said_at` (aware) with the customer's zone and
    calendar resolves windows ("last month"); without it they are None. Never raises for a text;
    raises `UnknownZone` for a zone that is none.
    """
    text = text[:MAX_CHARACTERS]
    language: Language = "fa" if lang == "fa" else "en" if lang == "en" else detect(text)
    rules = grammar_of(language)
    tokens = tokenise(normalise(text), language)
    if rules.spelling is not None:
        tokens = mended(tokens, rules.spelling)
    scene = Scene(tokens, rules.lexicon, (rules.trie, product_trie(product, language)), text)
    return interpret(scene, rules.grammar, text, product, said_at, zone, calendar, week_start)
