"""Every word that a Persian phrase of the lexicon holds, as written: what may carry endings (persian.py)."""

from __future__ import annotations

from functools import cache
from typing import Final

SHORTEST: Final = 3
"""Letters of a word that is told from an ending."""


@cache
def vocabulary() -> frozenset[str]:
    """The words, joined as persian.py joins them."""
    from voice.claims.lexicon.fa_fields import FIELDS
    from voice.claims.lexicon.fa_guards import GUARDS
    from voice.claims.lexicon.fa_topics import TOPICS

    words = (
        word.replace("\u200c", "")
        for tags in (TOPICS, FIELDS, GUARDS)
        for phrases in tags.values()
        for phrase in phrases
        for word in phrase.split()
    )
    return frozenset(word for word in words if len(word) >= SHORTEST)
