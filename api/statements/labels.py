"""What people corrected, as labelled data: without anything that tells whose statement it was."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Final

import orjson
from fastapi import Query
from fastapi.responses import Response

from api.access import is_guarded
from api.auditing import Visiting
from api.routing import feature
from store import claims
from store.claims import Labelled
from voice.statements.masking import label, masked

router = feature("statements")

MAX_LINES: Final = 5_000


class JsonLines(Response):
    """A JSON object a line."""

    media_type = "application/x-ndjson"


@router.get(
    "/statements/labels.jsonl",
    response_class=JsonLines,
    responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
)
def labels(
    visit: Visiting,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`X-Next-After` of the part before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LINES, description="Most lines.")] = MAX_LINES,
) -> JsonLines:
    """Statements whose claims or verdicts a person corrected, oldest first, in the form of the labelled files
    (`id`, `lang`, `product`, `text`, `claims`), with what was read (`extracted`) and corrected verdicts. Names,
    addresses, long numbers and serials are masked; products that measure a person are left out. `X-Next-After` says
    where to go on."""
    hidden = [key for key, product in visit.catalog.items() if is_guarded(product)]
    found = list(islice(claims.labelled(visit.conn, hidden=hidden, after=after, many=min(limit, 500)), limit))
    visit.concerns("*", lines=len(found))
    headers = {"X-Next-After": str(found[-1].statement_id)} if len(found) == limit else {}
    return JsonLines(b"".join(orjson.dumps(_line(one)) + b"\n" for one in found), headers=headers)


def _line(one: Labelled) -> dict[str, Any]:
    return {
        "id": f"s{one.statement_id}",
        "lang": one.lang,
        "product": one.product,
        "text": masked(one.text, [one.customer_name], [one.device] if one.device else []),
        "claims": [label(claim) for claim in one.claims],
        "extracted": [label(claim) for claim in one.extracted],
        "verdicts": [{**found, "claim": label(found["claim"])} for found in one.verdicts],
    }
