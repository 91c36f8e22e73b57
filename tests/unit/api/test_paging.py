from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import BadInput
from api.paging import decode, encode, page

MOMENTS = st.integers(0, 7_000_000_000_000_000).map(
    lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(MOMENTS, WORDS, INTEGERS)
def test_a_cursor_gives_back_its_key(moment: datetime, word: str, number: int) -> None:
    assert decode(encode("list", moment, word, number), "list", datetime, str, int) == (moment, word, number)


@given(st.text(max_size=64))
def test_anything_else_is_refused_and_never_raises_another_error(cursor: str) -> None:
    with pytest.raises(BadInput) as refused:
        decode(cursor, "list", datetime, int)
    assert refused.value.slug == "bad-cursor"


@pytest.mark.parametrize(
    "cursor",
    [
        encode("other", "a"),
        encode("list", 1),
        encode("list", "a", "b"),
        encode("list", "a\0"),
        encode("list"),
        encode("list", "a") + "=",
        encode("list", "a")[:-1],
        "",
    ],
)
def test_a_cursor_of_another_shape_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput):
        decode(cursor, "list", str)


def test_numbers_the_database_cannot_hold_are_refused() -> None:
    for part in (2**63, 1.5, True, None):
        with pytest.raises(BadInput):
            decode(encode("list", part), "list", int)  # type: ignore[arg-type]


def test_a_full_page_has_a_next_even_if_it_shows_less() -> None:
    full = page("list", [1, 2, 3], 3, lambda n: (n,), lambda n: None if n == 3 else str(n))
    assert full.items == ["1", "2"]
    assert decode(full.next, "list", int) == (3,)
    assert page("list", [1, 2], 3, lambda n: (n,), str).next is None
    assert page("list", list[int](), 3, lambda n: (n,), str).next is None
