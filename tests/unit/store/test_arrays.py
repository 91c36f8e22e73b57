from hypothesis import given
from hypothesis import strategies as st

from store.intake.arrays import columns, integers

NUMBERS = st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)))


@given(NUMBERS)
def test_numbers_and_nulls_read_back(numbers: list[int | None]) -> None:
    inner = integers(numbers).removeprefix("{").removesuffix("}")
    assert [None if n == "NULL" else int(n) for n in inner.split(",") if inner] == numbers


def test_rows_become_one_literal_a_column() -> None:
    assert columns([(1, None), (2, 3)], 2) == ["{1,2}", "{NULL,3}"]


def test_no_rows_are_empty_columns() -> None:
    assert columns([], 3) == ["{}", "{}", "{}"]
