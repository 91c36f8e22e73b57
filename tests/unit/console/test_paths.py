from __future__ import annotations

import pytest

from api.console.language import preferred
from api.console.paths import own_path, url


@pytest.mark.parametrize("path", ["/", "/devices/a?from=1&to=2", "/a//b", "/%2f%2fevil.example"])
def test_our_own_paths_are_followed(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "devices", "//evil.example", "///evil.example", "/\\evil.example", "https://evil.example", "\\\\evil",
        "/\t/evil.example", "/\n/evil", "javascript:alert(1)", " /x", "/" + "x" * 3000, "http:/x", "/\x7fx",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(path: str | None) -> None:
    assert own_path(path, "/start") == "/start"


def test_parts_of_a_path_are_quoted() -> None:
    assert url("/devices/{device}", device="../a b?c#d") == "/devices/..%2Fa%20b%3Fc%23d"
    query = {"q": "a&b", "none": None, "empty": "", "kind": ["x", "y"]}
    assert url("/devices", query) == "/devices?q=a%26b&kind=x&kind=y"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("fa", "fa"), ("fa-IR,fa;q=0.9,en;q=0.8", "fa"), ("de,en;q=0.5,fa;q=0.4", "en"), ("de", "en"),
        ("en;q=0.1,fa;q=x,fa;q=0.2", "fa"), ("*", "en"), ("fa;q=0", "en"), ("," * 5000, "en"),
    ],
)  # fmt: skip
def test_the_language_a_browser_prefers(header: str, language: str) -> None:
    assert preferred(header) == language
