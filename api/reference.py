"""docs/api-reference.md, written from the OpenAPI document: `python -m api.reference` prints it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from api.permissions import RULES, By
from api.problems import KINDS

INTRODUCTION = """\
# HTTP reference

Every route under `/api/v1`, and the three that programs watch. What they have in common (credentials, roles, lists,
periods, repeats) is told in [HTTP interface](api.md); this page is what `make api-reference` writes from the program,
and a test compares the two. The same as an OpenAPI 3.1 document: `/api/v1/openapi.json`.

## Every route

Times are RFC 3339 with an offset. A success is 200 unless something else is said. Everything else is a
[problem](api.md#problems); each route names those it has of its own, and beside them there are

| problem | status | where |
|---|---|---|
"""

_WITH_CREDENTIALS = "routes with credentials"
_COMMON = {
    "unauthenticated": _WITH_CREDENTIALS,
    "too-many-failures": _WITH_CREDENTIALS,
    "forbidden": "routes that are for some roles",
    "cross-site": "what changes something, by a session's cookie",
    "unknown-parameter": "all",
    "method-not-allowed": "all",
    "query-too-long": "routes that ask the database",
    "database-away": "routes that ask the database",
    "schema-mismatch": "routes that ask the database",
    "overloaded": "all",
    "internal-error": "all",
}

_WORDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "null": "null", "string": "text"}
_PAGE = re.compile(r"(?:#/components/schemas/)?Page_\w+_")
_CONSTRAINTS = {
    "minimum": "from {}", "exclusiveMinimum": "above {}", "maximum": "to {}", "exclusiveMaximum": "below {}",
    "minLength": "{} characters at least", "maxLength": "{} at most",
    "minItems": "{} at least", "maxItems": "{} at most", "pattern": "`{}`",
}  # fmt: skip


def page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document of ours, as Markdown that ends in a line's end."""
    document = _with_pages_told(document)
    parts = [INTRODUCTION]
    parts += [f"| `{slug}` | {KINDS[slug].status} | {where} |\n" for slug, where in _COMMON.items()]
    groups: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    for tag in sorted(groups):
        parts.append(f"\n## {tag.capitalize()}\n")
        for method, path, operation in sorted(groups[tag], key=lambda one: one[1]):
            parts += _route(method, path, operation)
    parts.append(
        '\n## Shapes\n\nWhat bodies and answers are made of. A field without "or null" is always there in an answer.\n'
    )
    schemas: Mapping[str, Mapping[str, Any]] = document["components"]["schemas"]
    for name in sorted(set(schemas) - {name for name in schemas if _PAGE.fullmatch(name)}):
        parts += _shape(name, schemas[name])
    return "".join(parts)


def _with_pages_told(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the items of each page in the place of the page: all pages are alike."""
    schemas = document["components"]["schemas"]

    def told(part: Any) -> Any:
        if isinstance(part, dict):
            if _PAGE.fullmatch(str(part.get("$ref"))):
                shape = schemas[part["$ref"].rpartition("/")[2]]
                return {"x-list-of": shape["properties"]["items"]["items"]}
            return {key: told(value) for key, value in part.items()}
        return [told(one) for one in part] if isinstance(part, list) else part

    made: Mapping[str, Any] = told(document)
    return made


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### {method} {path}\n\n{_prose(operation.get('description', ''))}\n\n"
    yield f"* For: {_who(method, path, operation)}\n"
    body = operation.get("requestBody")
    if body:
        schema = next(iter(body["content"].values()))["schema"]
        yield f"* Body: {_type(schema) if schema else 'JSON, as the [wire contract](wire.md) has it'}\n"
    for status, answer in operation["responses"].items():
        if status != "default":
            yield f"* Answer: {_answer(status, answer)}\n"
    problems = _problems(method, path, operation)
    yield f"* Problems of its own: {', '.join(f'`{slug}`' for slug in problems)}\n" if problems else ""
    parameters = operation.get("parameters", ())
    if parameters:
        yield "\n| parameter | in | type | meaning |\n|---|---|---|---|\n"
        for one in parameters:
            need = ", required" if one["required"] and one["in"] != "path" else ""
            about = one.get("description", one["schema"].get("description", ""))
            yield f"| `{one['name']}` | {one['in']}{need} | {_parameter(one['schema'])} | {_cell(about)} |\n"


def _parameter(schema: Mapping[str, Any]) -> str:
    """What may be sent; left out, not null, is what a parameter is that is not given."""
    present = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    default = schema.get("default")
    return " or ".join(map(_type, present)) + (f"; `{_json(default)}` unless given" if default is not None else "")


def _who(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rule = RULES[method, path]
    if rule.by is By.NOTHING:
        return "everybody, without credentials"
    if rule.by is By.DEVICE:
        return "devices, by id and secret"
    return ", ".join(operation["x-roles"])


def _answer(status: str, answer: Mapping[str, Any]) -> str:
    told = "" if status == "200" else f"{status}, "
    content: Mapping[str, Any] = answer.get("content", {})
    for media, what in content.items():
        if media == "application/json":
            return told + _type(what["schema"])
    return told + (f"`{next(iter(content)).partition(';')[0]}`" if content else "no body")


def _problems(method: str, path: str, operation: Mapping[str, Any]) -> list[str]:
    """Those that follow from what a route takes."""
    parameters = operation.get("parameters", ())
    names = {p["name"].lower() for p in parameters}
    body = "requestBody" in operation
    rule = RULES[method, path]
    writes = method != "GET" and rule.by is By.USER and rule.action is not None
    told = {
        "malformed-body": body,
        "sensitive": operation["operationId"].startswith("usage_"),
        "not-found": any(p["in"] == "path" for p in parameters),
        "conflict": writes,
        "body-too-large": body,
        "invalid-request": bool(parameters) or body,
        "bad-cursor": "cursor" in names,
        "bad-period": {"from", "to"} <= names,
        "idempotency-key-reused": "idempotency-key" in names,
    }
    return [slug for slug, holds in told.items() if holds]


def _shape(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### Shape: {name}\n"
    if "description" in schema:
        yield f"\n{_prose(schema['description'])}\n"
    if "properties" not in schema:
        yield f"\n{_type(schema)}\n"
        return
    required = schema.get("required", ())
    yield "\n| field | type | meaning |\n|---|---|---|\n"
    for field, what in schema["properties"].items():
        kind = _type(what) + ("" if field in required else _default(what))
        yield f"| `{field}` | {kind} | {_cell(what.get('description', ''))} |\n"


def _default(schema: Mapping[str, Any]) -> str:
    value = schema.get("default")
    return f"; may be left out: `{_json(value)}`" if value is not None else "; may be left out"


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in words, fit for a table's cell."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#shape-{name.lower()})"
    if "x-list-of" in schema:
        return f"[page](api.md#lists-periods-repeats) of {_type(schema['x-list-of'])}"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}{_limits(schema)}"
    if schema.get("type") == "object":
        more = schema.get("additionalProperties")
        return f"object of {_type(more)}" if isinstance(more, Mapping) and more else "object"
    if schema.get("format") in ("date-time", "date"):
        return "time" if schema["format"] == "date-time" else "date"
    kind = _WORDS.get(schema.get("type", ""), "anything")
    return kind + _limits(schema)


def _limits(schema: Mapping[str, Any]) -> str:
    told = [words.format(_bar(schema[key])) for key, words in _CONSTRAINTS.items() if key in schema]
    return f" ({', '.join(told)})" if told else ""


def _bar(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def _prose(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _of_the_program() -> str:
    import catalog
    from api.app import create_app
    from api.settings import Settings
    from store.database import Database

    return page(create_app(Settings(), catalog.load(), Database("")).openapi())


if __name__ == "__main__":
    sys.stdout.write(_of_the_program())
