"""Addresses of our own: written with their parts quoted, and told from everybody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request

_PART = re.compile(r"\{(\w+)(?::path)?\}")


def url(pattern: str, query: Mapping[str, object] | None = None, /, **parts: object) -> str:
    """The path of route `pattern`: `url("/devices/{device}", {"from": start}, device=name)`.

    A query value of None or "" is left out; a list is repeated.
    """
    path = _PART.sub(lambda found: quote(str(parts[found[1]]), safe=""), pattern)
    return path + _query(query or {})


def here(request: Request, /, **changes: object) -> str:
    """The page asked for with some of its query changed; None takes a parameter away."""
    kept: dict[str, object] = {key: request.query_params.getlist(key) for key in request.query_params}
    return request.url.path + _query(kept | {key.removesuffix("_"): value for key, value in changes.items()})


def _query(values: Mapping[str, object]) -> str:
    pairs = [
        (key, str(item))
        for key, value in values.items()
        for item in (value if isinstance(value, list | tuple) else [value])
        if item is not None and item != ""
    ]
    return "?" + urlencode(pairs) if pairs else ""


def own_path(text: str | None, default: str = "/") -> str:
    """`text` if it is a path of this site, else `default`: nobody is sent elsewhere by a link we follow."""
    if not text or not text.startswith("/") or text.startswith("//") or len(text) > 2000:
        return default
    if any(character == "\\" or ord(character) < 0x21 or ord(character) == 0x7F for character in text):
        return default
    split = urlsplit(text)
    return default if split.scheme or split.netloc else text
