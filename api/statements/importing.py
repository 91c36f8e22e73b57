"""Many statements at once, out of another system."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Final, Literal

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from api.auditing import Visiting
from api.errors import BadInput
from api.idempotent import OnlyOnce
from api.routing import feature
from api.shapes import Body
from api.statements.schemas import ImportedStatement, StatementsImported
from voice.errors import BadFile
from voice.statements import files
from voice.statements.files import Form, Row, row
from voice.statements.importing import Result, keep

router = feature("statements")

MAX_ROWS: Final = 500
"""In one request; `vop statements import` takes any number."""
FORMS: Final[dict[str, Form | Literal["json"]]] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
}


class Sent(Body):
    """A file as it came, for `Idempotency-Key` to know it again."""

    form: Form | Literal["json"]
    text: str


async def _sent(request: Request) -> Sent:
    """The file. Raises `BadInput` when it is of no known form, or not UTF-8."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = FORMS.get(kind)
    if form is None:
        raise BadInput(f"Content-Type must be one of {', '.join(FORMS)}")
    try:
        return Sent(form=form, text=(await request.body()).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"the file is not UTF-8 (byte {error.start})") from error


_LINES = {"schema": {"type": "string"}}
_ITEMS = {
    "schema": {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": {"type": "object"}, "maxItems": MAX_ROWS}},
    }
}


@router.post(
    "/statements/import",
    name="import",
    response_model=StatementsImported,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: _ITEMS if form == "json" else _LINES for kind, form in FORMS.items()},
        }
    },
)
def import_many(visit: Visiting, once: OnlyOnce, sent: Annotated[Sent, Depends(_sent)]) -> JSONResponse:
    """Keep up to 500 statements with the members of `POST /statements`: `{"items": [...]}`, CSV with a header, or a
    JSON object a line.
    A row that is refused stops no other; one whose `ref` is known is unchanged."""

    def work() -> StatementsImported:
        now = datetime.now(UTC)
        results = list(
            keep(visit.conn, visit.catalog, _rows(sent), visit.services.thresholds, by=visit.principal.actor, now=now)
        )
        for result in results:
            if result.outcome == "kept" and result.taken is not None:
                visit.concerns(str(result.taken.statement_id), result.taken.customer)
        visit.concerns("*", rows=len(results))
        counts = Counter(result.outcome for result in results)
        return StatementsImported(
            kept=counts["kept"], unchanged=counts["unchanged"], refused=counts["refused"], items=[*map(_shown, results)]
        )

    return once.run(sent, work, status=200)


def _rows(sent: Sent) -> list[Row]:
    if sent.form == "json":
        return _items(sent.text)
    try:
        rows = list(islice(files.rows(io.StringIO(sent.text, newline=""), sent.form), MAX_ROWS + 1))
    except BadFile as error:
        raise BadInput(str(error)) from error
    if len(rows) > MAX_ROWS:
        raise BadInput(f"a request takes {MAX_ROWS} rows at most; send the rest in further ones")
    return rows


def _items(text: str) -> list[Row]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("the body is not readable JSON", kind="malformed-body") from error
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list) or len(items) > MAX_ROWS:
        raise BadInput(f"the body is an object with `items`, a list of {MAX_ROWS} at most")
    return [row(number, item) for number, item in enumerate(items, 1)]


def _shown(result: Result) -> ImportedStatement:
    taken = result.taken
    return ImportedStatement(
        line=result.number,
        outcome=result.outcome,
        statement=None if taken is None else taken.statement_id,
        case=None if taken is None else taken.case_id,
        problem=result.problem,
    )
