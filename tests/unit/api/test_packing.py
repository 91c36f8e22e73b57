from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.packing import Packing

LONG = {"items": ["the same again"] * 200}


async def _long(request: Request) -> Response:
    return JSONResponse(LONG)


async def _short(request: Request) -> Response:
    return JSONResponse({"a": 1})


async def _page(request: Request) -> Response:
    return PlainTextResponse("x" * 5000, media_type="text/html")


async def _plain(request: Request) -> Response:
    return PlainTextResponse("x" * 5000)


async def _stream(request: Request) -> Response:
    async def parts() -> object:
        yield b'{"a":'
        yield b"1}"

    return StreamingResponse(parts(), media_type="application/json")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = [
        Route("/long", _long, methods=["GET", "POST"]),
        Route("/short", _short),
        Route("/page", _page),
        Route("/plain", _plain),
        Route("/stream", _stream),
    ]
    return TestClient(Packing(Starlette(routes=routes)))


def test_long_json_is_packed(client: TestClient) -> None:
    answer = client.get("/long", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 300
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.json() == LONG


def test_a_page_is_packed(client: TestClient) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "x" * 5000


@pytest.mark.parametrize("takes", ["br, GZIP;q=0.1", "deflate;q=0, gzip", "*", "identity;q=0, *;q=0.5", "gzip; Q=1"])
def test_gzip_is_taken_by_whoever_says_so(client: TestClient, takes: str) -> None:
    assert client.get("/long", headers={"Accept-Encoding": takes}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("GET", "/long", "identity"),
        ("GET", "/long", "gzip;q=0"),
        ("GET", "/long", "br, gzip; q=0.000, *"),
        ("GET", "/long", "*;q=0"),
        ("GET", "/long", "gzip;q=much"),
        ("GET", "/long", "not-gzip"),
        ("GET", "/long", ""),
        ("POST", "/long", "gzip"),
        ("GET", "/short", "gzip"),
        ("GET", "/plain", "gzip"),
        ("GET", "/stream", "gzip"),
    ],
)
def test_nothing_else_is(client: TestClient, method: str, path: str, takes: str) -> None:
    answer = client.request(method, path, headers={"Accept-Encoding": takes})
    assert "content-encoding" not in answer.headers
    assert answer.status_code == 200
    assert answer.content
