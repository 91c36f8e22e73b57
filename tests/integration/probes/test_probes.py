from __future__ import annotations

import urllib.error
import urllib.request

from prometheus_client import CollectorRegistry, Counter

from probes import served
from vop.services.ports import free_port


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_service_is_looked_at_and_let_go() -> None:
    registry = CollectorRegistry()
    Counter("vop_tests", "Of this test", registry=registry).inc(3)
    ready = [False]
    chosen = free_port()
    with served("127.0.0.1", chosen, registry, lambda: ready[0], waiting_for="the tide") as port:
        assert port == chosen
        assert get(port, "/healthz") == (200, "alive\n")
        assert get(port, "/readyz") == (503, "waiting for the tide\n")
        ready[0] = True
        assert get(port, "/readyz") == (200, "ready\n")
        assert "vop_tests_total 3.0" in get(port, "/metrics")[1]
        assert get(port, "/")[0] == 404
    with served("127.0.0.1", chosen, registry, lambda: True, waiting_for="nothing") as port:
        assert get(port, "/healthz")[0] == 200


def test_port_0_serves_nothing() -> None:
    with served("127.0.0.1", 0, CollectorRegistry(), lambda: True, waiting_for="nothing") as port:
        assert port == 0
