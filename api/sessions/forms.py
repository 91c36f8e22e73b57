"""What a page's form sends: `application/x-www-form-urlencoded`, UTF-8, each field once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from api.errors import BadInput

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 1000

Form = Mapping[str, str]


def is_form(request: Request) -> bool:
    """Whether the body is one."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA_TYPE


async def load(request: Request) -> Form:
    """The fields of the request's form, empty when its body is none; read once. Raises `BadInput`."""
    known: Form | None = getattr(request.state, "form", None)
    if known is None:
        known = _fields(await request.body()) if is_form(request) else {}
        request.state.form = known
    return known


def loaded(request: Request) -> Form:
    """The fields that `load` has read."""
    known: Form = getattr(request.state, "form", {})
    return known


def _fields(body: bytes) -> Form:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        detail = f"the form cannot be read: it must be {MEDIA_TYPE}, UTF-8, of at most {MAX_FIELDS} fields"
        raise BadInput(detail, kind="malformed-body") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadInput("a field of the form is there twice; send each once")
    if any("\0" in text for pair in pairs for text in pair):
        raise BadInput("NUL is not text; leave it out of the form")
    return fields


Sent = Annotated[Form, Depends(load)]
"""For endpoints: the fields of the form. Read before a turn at the database is waited for."""
