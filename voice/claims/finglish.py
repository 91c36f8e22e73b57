"""Persian in Latin letters, word by word, as Persian."""

from __future__ import annotations


def is_finglish(word: str) -> bool:
    """Whether a word of Latin letters is a Persian one."""
    return word.startswith(("mik", "nemi", "hafte"))
