"""What a person types to find something, as SQL over a column that holds texts `as_searched` (migration 0008).

Each word must be there, in any order: "Lindner, Paula" finds Paula Lindner. Words end at spaces, commas and the
zero-width space between parts of a Persian word, so it does not matter which of them was typed, nor how many.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Self

from psycopg import sql

_BETWEEN: Final = re.compile("[\\s\u200c,;\u060c\u061b]+")
_WILD: Final = re.compile(r"([\\%_])")
# Three letters or digits in a row, or two beside a sign or an end of the stored word that the sign makes.
_TRIGRAM: Final = re.compile(r"[^\W_]{3}|[\W_][^\W_]{2}|[^\W_]{2}[\W_]")


class Words(tuple[str, ...]):
    """The words of a question, each once. None: nothing is asked for."""

    __slots__ = ()

    @classmethod
    def of(cls, asked: str | None) -> Self:
        """Those of `asked`."""
        # As the database does, but before wildcards are taken literally: afterwards it might make new ones.
        words = _BETWEEN.split(unicodedata.normalize("NFKC", asked or ""))
        return cls(dict.fromkeys(word for word in words if word))

    @property
    def indexed(self) -> bool:
        """Whether a trigram index can find one of them: not the short ones, nor signs."""
        return any(_TRIGRAM.search(word) for word in self)

    def within(self, text: sql.Composable) -> sql.Composed:
        """The condition that `text` contains them all. Its values are `arguments`."""
        # Below SELECT it is made once; a prepared statement would make it anew for each row, at 5 us.
        return sql.SQL(" AND ").join(
            sql.SQL("{} LIKE (SELECT as_searched({}))").format(text, sql.Placeholder(name)) for name in self.arguments
        )

    @property
    def arguments(self) -> Mapping[str, str]:
        """The pattern of each word by its parameter's name."""
        return {f"word_{n}": "%" + _WILD.sub(r"\\\1", word) + "%" for n, word in enumerate(self)}
