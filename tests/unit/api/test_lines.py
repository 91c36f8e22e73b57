from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.tokens.schemas import NewToken
from api.users.schemas import UserChange


def test_a_line_is_taken_without_the_blanks_around_it() -> None:
    assert UserChange(display_name=" Sam ").display_name == "Sam"
    assert NewToken(user="sam", label=" laptop ").label == "laptop"


@pytest.mark.parametrize("text", ["", "  ", "a\0b"])
def test_a_line_of_blanks_or_with_nul_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        UserChange(display_name=text)
    with pytest.raises(ValidationError):
        NewToken(user="sam", label=text)
