from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.integration.api.world import serve


def test_more_clients_than_threads_and_connections_are_all_served(database: str) -> None:
    """Requests that waited for a connection while holding a thread could starve those that had one."""
    with serve(database, pool_size=3) as world:
        paths = ["/devices", "/devices/vac-anna", "/devices/vac-anna/usage", "/products"]

        def visit(number: int) -> list[int]:
            with world.client("sam") as client:
                return [client.get(paths[(number + n) % 4]).status_code for n in range(4)]

        with ThreadPoolExecutor(60) as pool:
            statuses = {status for seen in pool.map(visit, range(60)) for status in seen}
        assert statuses == {200}
