"""The OpenAPI 3.1 document: FastAPI's, with our problems, credentials and roles from the permissions table."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import permissions, problems
from api.permissions import By

_SECURITY: dict[By, list[dict[str, list[str]]]] = {
    By.NOTHING: [],
    By.USER: [{"token": []}, {"session": []}],
    By.DEVICE: [{"device": []}],
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "`vop tokens add` issues one."},
    "session": {
        "type": "apiKey", "in": "cookie", "name": "vop_session",
        "description": "Of a browser that signed in, `__Host-vop_session` over https. Writes need X-CSRF-Token too.",
    },
    "device": {"type": "http", "scheme": "basic", "description": "Device id and secret."},
}  # fmt: skip


def document(app: FastAPI) -> dict[str, Any]:
    """The document of `app`'s routes but the pages, which show people the same."""
    routes = [route for route in app.routes if not permissions.is_page(getattr(route, "path", ""))]
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=routes)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    components["securitySchemes"] = _SCHEMES
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            rule = permissions.RULES[method.upper(), path]
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {
                "description": "A problem; `type` says which (docs/api.md).",
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            operation["security"] = _SECURITY[rule.by]
            if rule.roles:
                operation["x-roles"] = sorted(rule.roles)
    return made


def install(app: FastAPI) -> None:
    """Make `app` serve this document; it is built once, when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def query_parameters(app: FastAPI, method: str, path: str) -> frozenset[str]:
    """Names of the query parameters a route declares."""
    paths = _pages(app) if permissions.is_page(path) else app.openapi()["paths"]
    operation = paths.get(path, {}).get(method.lower(), {})
    return frozenset(p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")


def _pages(app: FastAPI) -> dict[str, Any]:
    """What FastAPI knows of the pages' parameters; built once, and in no document."""
    if not hasattr(app.state, "page_operations"):
        routes = [route for route in app.routes if permissions.is_page(getattr(route, "path", ""))]
        app.state.page_operations = get_openapi(title=app.title, version=app.version, routes=routes)["paths"]
    paths: dict[str, Any] = app.state.page_operations
    return paths
