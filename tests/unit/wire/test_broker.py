from __future__ import annotations

import random
import socket
import ssl
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from wire.broker import (
    BrokerAddress,
    Session,
    connect,
    new_client,
    reconnect_delays,
    tls_context,
)
from wire.errors import BadBrokerUrl


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://h", BrokerAddress("h", 1883)),
        ("mqtts://h", BrokerAddress("h", 8883, tls=True)),
        ("mqtt://h:1884/", BrokerAddress("h", 1884)),
        ("mqtt://u:p@h:1", BrokerAddress("h", 1, "u", "p")),
        ("mqtt://u@h", BrokerAddress("h", 1883, "u")),
        ("mqtt://u:@h", BrokerAddress("h", 1883, "u", "")),
        ("mqtts://in%40gest:p%2F%3A%40%23%25%DA%A9@h:2", BrokerAddress("h", 2, "in@gest", "p/:@#%ک", tls=True)),
        ("mqtt://u:p@[::1]:1885", BrokerAddress("::1", 1885, "u", "p")),
        ("  mqtt://h:5\n", BrokerAddress("h", 5)),
    ],
)  # fmt: skip
def test_urls(url: str, expected: BrokerAddress) -> None:
    assert BrokerAddress.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h:1883",
        "http://u:s3cret@h",
        "mqtt://",
        "mqtt://u:s3cret@",
        "mqtt://u:s3cret@h:s3cret",
        "mqtt://u:s3cret@h:0",
        "mqtt://u:s3cret@h:65536",
        "mqtt://u:s3cret/x@h",
        "mqtt://u:s3cret#x@h",
        "mqtt://u:12?s3cret@h",
        "mqtt://u:12/s3cret@h",
        "mqtt://u:s3cret@h/path",
        "mqtt://u:s3cret@h?q=1",
        "mqtt://:s3cret@h",
        "mqtt://u:s3cret%FF@h",
        "mqtt://u:s3cret@[::1",
        "mqtt://u:[s3cret]@h",
    ],
)
def test_unusable_urls_are_named_and_never_shown(url: str) -> None:
    with pytest.raises(BadBrokerUrl) as caught:
        BrokerAddress.parse(url)
    text = str(caught.value)
    assert text.startswith("VOP_MQTT_URL ")
    assert "s3cret" not in text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_setting_is_named() -> None:
    with pytest.raises(BadBrokerUrl, match=r"^VOP_OTHER_URL "):
        BrokerAddress.parse("x", setting="VOP_OTHER_URL")


def test_an_address_never_shows_its_password() -> None:
    address = BrokerAddress.parse("mqtts://u:s3cret@[::1]:5")
    assert "s3cret" not in f"{address} {address!r}"
    assert str(address) == "mqtts://[::1]:5"


@pytest.mark.parametrize(
    "wrong", [{"expiry_s": -1}, {"expiry_s": 2**32}, {"receive_maximum": 0}, {"receive_maximum": 65_536}]
)
def test_a_session_outside_the_protocol_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Session("ingest-0", **wrong)


def connect_packet(address_url: str, session: Session) -> bytes:
    """The CONNECT packet a client of ours sends, without the fixed header. Remaining length < 128
    here.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        address = BrokerAddress.parse(address_url.replace("PORT", str(port)))
        client = new_client(address, session)
        connect(client, address, session)
        peer, _ = server.accept()
        with peer:
            peer.settimeout(10)
            header = peer.recv(2)
            assert header[0] == 0x10
            body = b""
            while len(body) < header[1]:
                body += peer.recv(header[1] - len(body))
        client.disconnect()
        client.loop_misc()
        held = client.socket()
        if held is not None:
            held.close()
    return body


def test_the_session_is_asked_for_as_declared() -> None:
    body = connect_packet(
        "mqtt://us%40er:pass@127.0.0.1:PORT",
        Session("ingest-3", expiry_s=604_800, receive_maximum=1_000, keepalive_s=17),
    )
    assert body[:7] == b"\x00\x04MQTT\x05"
    clean_start = 0x02
    assert body[7] & clean_start == 0
    assert body[8:10] == (17).to_bytes(2, "big")
    properties = body[11 : 11 + body[10]]
    assert b"\x11" + (604_800).to_bytes(4, "big") in properties
    assert b"\x21" + (1_000).to_bytes(2, "big") in properties
    assert len(properties) == 8  # and no Maximum Packet Size
    assert body[11 + body[10] :] == b"\x00\x08ingest-3\x00\x05us@er\x00\x04pass"


def test_a_clean_start_is_asked_for() -> None:
    body = connect_packet("mqtt://127.0.0.1:PORT", Session("retained-0", clean_start=True))
    assert body[7] == 0x02


def test_a_client_is_mqtt_5_and_does_not_reconnect_by_itself() -> None:
    client = new_client(BrokerAddress("h", 1), Session("c"), manual_ack=True)
    assert client.protocol == MQTTProtocolVersion.MQTTv5
    assert client._manual_ack is True
    assert client._reconnect_on_failure is False


def test_tls_is_verified() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    client = new_client(BrokerAddress("h", 1, tls=True), Session("c"), tls=context)
    assert client._ssl_context is context


def test_a_missing_authority_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        tls_context(tmp_path / "missing.pem")


def test_reconnect_delays_grow_to_a_bound_and_differ() -> None:
    bounds = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    for seed in range(200):
        delays = list(islice(reconnect_delays(random.Random(seed)), len(bounds)))
        assert all(0 <= delay <= bound for delay, bound in zip(delays, bounds, strict=True))
    first = {next(reconnect_delays(random.Random(seed))) for seed in range(100)}
    assert len(first) == 100
