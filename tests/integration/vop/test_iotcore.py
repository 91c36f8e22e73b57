"""The broker of last resort: it carries messages of both versions, and says what it lacks."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.mqtt_client import V5, V311, connected
from tests.waiting import poll
from vop.errors import PortTaken
from vop.services.broker import Iotcore
from vop.services.iotcore import PAYLOAD_LIMIT_BYTES


def test_both_versions_meet_in_one_router(place: Path) -> None:
    with Iotcore(place / "io") as server:
        url = urlsplit(server.service_url)
        assert (url.hostname, url.port, url.username) == (server.host, server.port_v5, None)
        with (
            connected(server.host, server.port_v5, None, None, client_id="new", version=V5) as new,
            connected(server.host, server.port, None, None, client_id="old", version=V311) as old,
        ):
            new.subscribe("vop/v1/+/up/#")
            old.subscribe("vop/v1/+/down/#")
            old.publish("vop/v1/old/up/telemetry", b"from 3.1.1")
            new.publish("vop/v1/old/down/command", b"from 5")
            poll(lambda: new.received == [("vop/v1/old/up/telemetry", b"from 3.1.1")])
            poll(lambda: old.received == [("vop/v1/old/down/command", b"from 5")])


def test_payloads_up_to_the_platforms_limit_pass(place: Path) -> None:
    payload = b"x" * (256 * 1024)
    assert len(payload) < PAYLOAD_LIMIT_BYTES
    with (
        Iotcore(place / "io") as server,
        connected(server.host, server.port, None, None, client_id="unit", version=V311) as device,
        connected(server.host, server.port_v5, None, None, client_id="ingest") as ingest,
    ):
        ingest.subscribe("vop/v1/+/up/#")
        device.publish("vop/v1/unit/up/telemetry", payload)
        poll(lambda: ingest.received == [("vop/v1/unit/up/telemetry", payload)])


def test_it_says_what_it_lacks(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), Iotcore(place / "io") as server:
        assert not server.has_accounts
    assert "no accounts, no ACL, nothing kept over a restart" in caplog.text


def test_it_listens_on_loopback_alone(place: Path) -> None:
    with Iotcore(place / "io") as server:
        assert all(line.startswith("127.0.0.1:") for line in addresses_of(server.port, server.port_v5))


def addresses_of(*wanted: int) -> list[str]:
    """Local addresses of the listening sockets on these ports (Linux, /proc/net/tcp*)."""
    found = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            pytest.skip("reads /proc/net/tcp, which this system has not")
        for row in table.read_text().splitlines()[1:]:
            address, port = row.split()[1].split(":")
            if int(port, 16) in wanted and row.split()[3] == "0A":
                host = socket.inet_ntoa(bytes.fromhex(address)[::-1]) if len(address) == 8 else address
                found.append(f"{host}:{int(port, 16)}")
    assert len(found) == len(wanted)
    return found


def test_a_port_somebody_has_is_named(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(taken)):
            Iotcore(place / "io", port=taken).start()


def test_it_stops_and_starts_again(place: Path) -> None:
    server = Iotcore(place / "io")
    for _ in range(2):
        with server:
            assert server.returncode is None
        server.stop()
