from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from store import passwords
from store.passwords import Flaw, WeakPassword

GOOD = "four quiet words here"


def test_what_is_kept_fits_that_password_alone() -> None:
    kept = passwords.hashed(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert passwords.verify(kept, GOOD)
    assert not passwords.verify(kept, GOOD + " ")
    assert passwords.hashed(GOOD) != kept


def test_parameters_are_the_library_s() -> None:
    assert not passwords.is_outdated(passwords.hashed(GOOD))
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD))
    assert not passwords.is_outdated(passwords.unmatched())


def test_without_a_password_as_much_is_computed_and_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched:
        asked: list[str] = []  # noqa: RUF012 - of this test

        def verify(self, kept: str, password: str) -> bool:
            self.asked.append(kept)
            return True

        def __getattr__(self, name: str) -> object:
            return getattr(PasswordHasher(), name)

    monkeypatch.setattr(passwords, "_HASHER", Watched())
    assert not passwords.verify(None, GOOD)
    [kept] = Watched.asked
    parameters = passwords.hashed(GOOD).split("$")[:4]
    assert kept.split("$")[:4] == parameters
    assert passwords.unmatched() != kept


def test_a_damaged_hash_lets_nobody_in() -> None:
    for kept in ("", "x", "$argon2id$v=19$m=65536,t=3,p=4$", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"):
        assert not passwords.verify(kept, GOOD)


def test_letters_composed_otherwise_are_the_same_letters() -> None:
    assert passwords.verify(passwords.hashed("cafe\u0301 cafe\u0301 cafe\u0301"), "café café café")


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("", Flaw.SHORT),
        ("elevenchars", Flaw.SHORT),
        ("x" * 257, Flaw.LONG),
        ("Sara.Example", Flaw.NAME),
        (" sara.example ", Flaw.NAME),
        ("SARA ÉXAMPLE", Flaw.NAME),
        ("aaaaaaaaaaaa", Flaw.COMMON),
        ("abababababab", Flaw.COMMON),
        ("PasswordPassword", Flaw.COMMON),
        ("correct horse battery staple", Flaw.COMMON),
    ],
)
def test_bad_ones_are_refused_with_the_reason(password: str, flaw: Flaw) -> None:
    with pytest.raises(WeakPassword) as refused:
        passwords.require_good(password, "sara.example", "Sara Éxample")
    assert refused.value.flaw is flaw
    assert password not in str(refused.value) or not password


@pytest.mark.parametrize("password", ["twelve chars", "چهار واژهٔ آرام", "1234 zebra 5", "  spaces too  "])
def test_no_rule_asks_for_kinds_of_characters(password: str) -> None:
    passwords.require_good(password, "sara", "Sara")


def test_the_list_has_none_that_is_refused_anyhow() -> None:
    assert min(map(len, passwords.common())) >= passwords.MIN_CHARS
    assert len(passwords.common()) > 50
