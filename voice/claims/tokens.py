"""Words, numbers, codes and marks, each with its place in the text as it was written.

What a lexicon sees is `Token.text`: an English contraction is written out ("don't" is "do", "not"), a
Persian word stands without its clitics and joins (persian.py). Spans always point into the original;
several tokens may share the span of one written word, and a token that was only meant (a range between
two figures side by side) has an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from voice.claims.persian_context import Piece, split_persian
from voice.claims.text import ZWNJ, Normal

Kind = Literal["word", "number", "code", "mark"]


@dataclass(frozen=True, slots=True)
class Token:
    """`start`, `end`: half-open offsets into the original."""

    text: str
    start: int
    end: int
    kind: Kind


SCAN: Final = re.compile(
    r"""
    (?P<code>
        \d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?![\d]) | \d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)     # dates
      | \d{1,2}:\d{2}(?::\d{2})?(?!\d)                                                     # times
      | (?!\d+(?:h|hr|hrs|min|m)\d)\d+[a-z]+\d[a-z0-9]*                                    # 4f3a, 2b7
    )
  | (?P<ordinal>\d+(?:st|nd|rd|th)(?![a-z]))
  | (?P<number>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)? | \d+(?:\.\d+)?[¼½¾⅓⅔]? | [¼½¾⅓⅔])
  | (?P<word>[^\W\d_]+(?:[\u200c'][^\W\d_]+)*(?:[²³])?(?P<tail>\d[a-z0-9]*)?\u200c?)
  | (?P<newline>\n[\s]*)
  | (?P<space>[\s\u200c]+)
  | (?P<repeated>[.!?]{2,})
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Every alternative takes at least one character and the last takes any: the scan is total and linear."""

SHARES: Final = {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}

CONTRACTED: Final[dict[str, tuple[str, ...]]] = {
    "can't": ("can", "not"), "cant": ("can", "not"), "cannot": ("can", "not"), "cannae": ("can", "not"),
    "won't": ("will", "not"), "wont": ("will", "not"), "shan't": ("shall", "not"), "ain't": ("is", "not"),
    "aint": ("is", "not"), "i'm": ("i", "am"), "im": ("i", "am"), "ive": ("i", "have"), "gonna": ("going", "to"),
    "wanna": ("want", "to"), "gotta": ("got", "to"), "dont": ("do", "not"), "doesnt": ("does", "not"),
    "didnt": ("did", "not"), "havent": ("have", "not"), "hasnt": ("has", "not"), "hadnt": ("had", "not"),
    "isnt": ("is", "not"), "arent": ("are", "not"), "wasnt": ("was", "not"), "werent": ("were", "not"),
    "couldnt": ("could", "not"), "wouldnt": ("would", "not"), "shouldnt": ("should", "not"),
    "dinnae": ("do", "not"), "didnae": ("did", "not"), "doesnae": ("does", "not"), "isnae": ("is", "not"),
    "wasnae": ("was", "not"), "couldnae": ("could", "not"), "wouldnae": ("would", "not"),
    "havenae": ("have", "not"), "hasnae": ("has", "not"), "willnae": ("will", "not"),
    "hvnt": ("have", "not"), "dnt": ("do", "not"), "hasn": ("has", "not"), "haven": ("have", "not"),
    "dint": ("did", "not"),
    "cudnt": ("could", "not"), "wudnt": ("would", "not"), "didna": ("did", "not"), "canna": ("can", "not"),
    "dinna": ("do", "not"), "ur": ("your",), "u": ("you",), "oot": ("out",), "aboot": ("about",), "doon": ("down",),
    "noo": ("now",), "hoose": ("house",), "daein": ("doing",), "gaun": ("going",), "wis": ("was",), "ma": ("my",),
    "tae": ("to",), "wi": ("with",), "twa": ("two",), "yin": ("one",), "owt": ("anything",), "summat": ("something",),
    "thats": ("that", "'s"), "theres": ("there", "'s"), "dunno": ("do", "not", "know"),
}  # fmt: skip
ENDINGS: Final = {"'re": "are", "'ve": "have", "'m": "am", "'ll": "will", "'d": "'d", "'s": "'s"}


@lru_cache(maxsize=8192)
def _english(word: str) -> tuple[str, ...]:
    if word in CONTRACTED:
        return CONTRACTED[word]
    if word.endswith("n't") and len(word) > 3:
        return word[:-3], "not"
    for ending, written in ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)], written
    return (word,)


class _Scanned:
    """One match of the scan: its kind and its place in the normalised text."""

    __slots__ = ("begin", "end", "kind", "text")

    def __init__(self, text: str, begin: int, end: int, kind: Kind) -> None:
        self.text, self.begin, self.end, self.kind = text, begin, end, kind


def _number(written: str) -> str:
    share = SHARES.get(written[-1])
    plain = (written[:-1] if share is not None else written).replace(",", "")
    if share is None:
        return plain
    return f"{float(plain or 0) + share:.6g}"


def _scan(text: str) -> Iterator[_Scanned]:
    for found in SCAN.finditer(text):
        kind, begin, end = found.lastgroup, found.start(), found.end()
        if kind == "tail":
            kind = "word"
        written = found.group()
        if kind == "space":
            continue
        if kind == "word":
            tail = found["tail"]
            if tail is None:
                yield _Scanned(written, begin, end, "word")
            elif written[0].isascii() and not (begin and text[begin - 1].isdigit()):
                yield _Scanned(written, begin, end, "code")
            else:  # "1h30", and Persian letters that run into the figure behind them: «ساعت2»
                middle = found.start("tail")
                yield _Scanned(text[begin:middle], begin, middle, "word")
                yield from (
                    _Scanned(inner.text, inner.begin + middle, inner.end + middle, inner.kind)
                    for inner in _scan(text[middle:end])
                )
        elif kind == "number":
            yield _Scanned(_number(written), begin, end, "number")
        elif kind == "ordinal":
            yield _Scanned(written, begin, end, "word")
        elif kind == "code":
            yield _Scanned(written, begin, end, "code")
        elif kind == "newline":
            yield _Scanned("\n", begin, begin + 1, "mark")
        elif kind == "repeated":
            yield _Scanned("?" if "?" in written else "!" if "!" in written else ".", begin, end, "mark")
        else:
            yield _Scanned(written, begin, end, "mark")


def tokenise(normal: Normal, language: str) -> tuple[Token, ...]:
    """The tokens of a normalised text. Total, and linear in its length."""
    scanned = list(_scan(normal.text))
    if language == "fa":
        pieces = split_persian([Piece(each.text, each.begin, each.end, each.kind) for each in scanned])
        return tuple(Token(piece.text, *normal.span(piece.begin, piece.end), piece.kind) for piece in pieces)
    tokens: list[Token] = []
    for each in scanned:
        span = normal.span(each.begin, each.end)
        if each.text == "." and each.end - each.begin > 1:
            tokens.append(Token(";", *span, "mark"))  # "..." is a pause: what follows belongs to it
        elif each.kind == "word":
            tokens.extend(Token(part, *span, "word") for part in _english(each.text.replace(ZWNJ, "")))
        else:
            tokens.append(Token(each.text, *span, each.kind))
    return tuple(tokens)
