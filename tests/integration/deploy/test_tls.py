"""The broker's TLS: its certificates as the script makes them, its listener as deploy/mosquitto.conf declares it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.deploy.stack import LOOPBACK, Stack, make_certificates, prepared
from tests.mqtt_client import Client, connected
from tests.mqtt_handshake import ACCEPTED, NOT_AUTHORIZED, connect_status
from tests.waiting import poll
from vop.services.mosquitto import find_mosquitto, password_line
from wire.broker import BrokerAddress, Session, connect, new_client, tls_context

pytestmark = pytest.mark.skipif(
    find_mosquitto() is None or shutil.which("mosquitto_sub") is None or shutil.which("openssl") is None,
    reason="mosquitto, mosquitto-clients or openssl is not installed",
)

DEVICE, SECRET = "rv-1", "a secret of the device"


@pytest.fixture
def stack(place: Path) -> Iterator[Stack]:
    """Without a database: the broker asks none."""
    with prepared(place, database_port=1) as made:
        yield made


@pytest.fixture
def broker(stack: Stack) -> Stack:
    """The broker of the file, with one device's account and no database behind it."""
    accounts = stack.place / "broker/accounts"
    (accounts / "passwords").write_text(password_line(DEVICE, SECRET) + "\n")
    (accounts / "acl").write_text("pattern write vop/v1/%u/up/#\npattern read vop/v1/%u/down/#\n")
    stack.settle_owners()
    stack.start("mosquitto")
    return stack


def authority(stack: Stack) -> Path:
    return stack.place / "certificates" / "ca.crt"


def handshake(port: int, context: ssl.SSLContext, name: str = "mosquitto") -> bytes:
    """The server's certificate, DER. Raises ssl.SSLError."""
    with socket.create_connection((LOOPBACK, port), 10) as link, context.wrap_socket(link, server_hostname=name) as tls:
        certificate = tls.getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


class Device:
    """A device that speaks TLS, with `wire.broker`'s own client."""

    def __init__(self, port: int, secret: str, ca: Path) -> None:
        address = BrokerAddress(LOOPBACK, port, DEVICE, secret, tls=True)
        session = Session(DEVICE)
        self.answers: list[int] = []
        self.acknowledged: list[int] = []
        self.ended: list[object] = []
        self.client = new_client(address, session, tls=tls_context(ca))
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.answers.append(reason.value)
        self.client.on_publish = lambda _c, _d, mid, _r, _p: self.acknowledged.append(mid)
        self.client.on_disconnect = lambda _c, _d, _f, reason, _p: self.ended.append(reason)
        connect(self.client, address, session)
        self.client.loop_start()
        poll(lambda: self.answers, what="an answer to CONNECT over TLS")

    def publish(self) -> None:
        """Publish at QoS 1, and wait for the acknowledgement."""
        sent = self.client.publish(f"vop/v1/{DEVICE}/up/telemetry", b"{}", qos=1)
        poll(lambda: sent.mid in self.acknowledged, what="the acknowledgement")

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def test_a_device_is_let_in_over_tls_by_its_account_and_nobody_without(broker: Stack) -> None:
    device = Device(broker.ports.tls, SECRET, authority(broker))
    try:
        assert device.answers == [0]
        device.publish()
    finally:
        device.close()
    stranger = Device(broker.ports.tls, "a guess", authority(broker))
    assert stranger.answers == [0x87]  # not authorized
    stranger.close()


def test_its_certificate_is_for_its_names_and_of_its_authority_alone(broker: Stack, tmp_path: Path) -> None:
    port = broker.ports.tls
    for name in ("mosquitto", "mqtt.example.com", LOOPBACK):
        handshake(port, tls_context(authority(broker)), name)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(port, tls_context(authority(broker)), "mqtt.example.org")
    assert make_certificates(tmp_path, "mqtt.example.com").returncode == 0
    with pytest.raises(ssl.SSLCertVerificationError, match=r"unable to get local issuer|self-signed|signature"):
        handshake(port, tls_context(tmp_path / "ca.crt"))
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(port, ssl.create_default_context())


def test_neither_plain_text_nor_old_tls_is_spoken_there(broker: Stack) -> None:
    with pytest.raises(OSError):  # reset or closed, as it comes
        connect_status(LOOPBACK, broker.ports.tls, DEVICE, SECRET)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(broker.ports.tls, old)
    # The listener for what ends TLS in another way has the same accounts.
    assert connect_status(LOOPBACK, broker.ports.devices, DEVICE, SECRET) == ACCEPTED
    assert connect_status(LOOPBACK, broker.ports.devices, DEVICE, "a guess") == NOT_AUTHORIZED


def test_a_renewed_certificate_is_taken_over_and_devices_go_on(broker: Stack) -> None:
    context = tls_context(authority(broker))
    before = handshake(broker.ports.tls, context)
    device = Device(broker.ports.tls, SECRET, authority(broker))
    try:
        device.publish()
        renewed = make_certificates(broker.place / "certificates")
        assert renewed.returncode == 0, renewed.stderr
        assert "DNS:mqtt.example.com" in renewed.stdout
        broker.settle_owners()
        assert handshake(broker.ports.tls, context) == before
        os.kill(broker.running["mosquitto"].pid, signal.SIGHUP)
        poll(lambda: handshake(broker.ports.tls, context) != before, what="the renewed certificate")
        device.publish()
        assert device.ended == []
    finally:
        device.close()
    again = Device(broker.ports.tls, SECRET, authority(broker))
    assert again.answers == [0]
    again.close()


def test_a_certificate_that_cannot_be_read_lets_those_in_who_came_before(broker: Stack) -> None:
    """A renewal that went wrong, and the SIGHUP that every new account sends."""
    context = tls_context(authority(broker))
    before = handshake(broker.ports.tls, context)
    (broker.place / "tls" / "server.pem").write_text("no certificate\n")
    os.kill(broker.running["mosquitto"].pid, signal.SIGHUP)
    poll(lambda: "certificate" in broker.log("mosquitto").read_text().lower(), what="a word about it in the log")
    assert broker.running["mosquitto"].poll() is None
    with connected(LOOPBACK, broker.ports.devices, DEVICE, SECRET) as device:
        assert isinstance(device, Client)
    assert handshake(broker.ports.tls, context) == before


def test_without_certificates_the_broker_says_what_to_do(stack: Stack) -> None:
    (stack.place / "tls" / "server.pem").unlink()
    with pytest.raises(AssertionError, match=r"run deploy/make-certificates\.sh"):
        stack.start("mosquitto")


def test_the_script_keeps_its_authority_and_its_keys_to_itself(tmp_path: Path) -> None:
    assert "under which names" in make_certificates(tmp_path).stderr
    assert make_certificates(tmp_path, "a.example.com", "192.0.2.7", "2001:db8::1").returncode == 0
    key = tmp_path / "ca.key"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (key, tmp_path / "broker" / "server.pem")}
    assert modes == {"ca.key": 0o600, "server.pem": 0o600}
    shown = subprocess.run(
        ["openssl", "x509", "-in", str(tmp_path / "broker/server.pem"), "-noout", "-text"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for each in ("DNS:a.example.com", "IP Address:192.0.2.7", "IP Address:2001:DB8:0:0:0:0:0:1", "CA:FALSE"):
        assert each in shown
    before = (key.read_bytes(), (tmp_path / "ca.crt").read_bytes())
    assert make_certificates(tmp_path, "b.example.com").returncode == 0
    assert (key.read_bytes(), (tmp_path / "ca.crt").read_bytes()) == before
    server = (tmp_path / "broker" / "server.pem").read_bytes()
    for wrong in ("x,DNS:y", "-v", "a/b", "$(id)"):
        assert "neither a host name nor an address" in make_certificates(tmp_path, wrong).stderr, wrong
    key.rename(tmp_path / "away")
    assert "bring it back" in make_certificates(tmp_path).stderr
    assert (tmp_path / "broker" / "server.pem").read_bytes() == server
    assert [path.name for path in tmp_path.glob(".making*")] == []
