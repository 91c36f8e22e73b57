"""Mosquitto as it is set up: who may do what, what is kept, what is refused.

MQTT 3.1.1 has no way to refuse a PUBLISH: it is acknowledged and goes nowhere. Mosquitto 2.0 grants
every subscription in word and then withholds what the account may not read.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from tests.mqtt_client import V5, V311, Client, connected
from tests.mqtt_handshake import ACCEPTED, NOT_AUTHORIZED, connect_status
from tests.platform_services import DeviceBroker
from tests.waiting import poll
from vop.errors import AlreadyRunning, DidNotStart
from vop.services import mosquitto
from vop.services.mosquitto import PACKET_LIMIT_BYTES, PAYLOAD_LIMIT_BYTES, Mosquitto, find_mosquitto

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")

both_versions = pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5"])
NOT_AUTHORIZED_V5 = ReasonCode(PacketTypes.PUBACK, "Not authorized")


def service(
    broker: DeviceBroker, *, client_id: str = "service-1", persistent: bool = False
) -> AbstractContextManager[Client]:
    url = urlsplit(broker.service_url)
    assert url.hostname is not None
    assert url.port is not None
    return connected(url.hostname, url.port, url.username, url.password, client_id=client_id, persistent=persistent)


def topics_after_a_mark(reader: Client, writer: Client, topic: str) -> list[str]:
    """What the reader has been sent by the time something he may read has reached him."""
    assert not writer.publish(topic, b"mark").is_failure
    poll(lambda: (topic, b"mark") in reader.received, what=f"the mark on {topic}")
    return [name for name, payload in reader.received if payload != b"mark"]


@both_versions
def test_a_device_reads_its_own_topics_and_no_others(broker: DeviceBroker, version: MQTTProtocolVersion) -> None:
    secrets = broker.add_devices(["own", "other"])
    with (
        service(broker) as platform,
        connected(broker.host, broker.port, "own", secrets["own"], version=version) as own,
    ):
        platform.publish("vop/v1/other/down/desired", b"retained", retain=True)
        for wanted in ("#", "$SYS/#", "vop/v1/other/down/#", "vop/v1/+/down/#", "vop/v1/own/down/#"):
            own.subscribe(wanted)
        platform.publish("vop/v1/other/down/command", b"live")
        platform.publish("vop/v1/own/down/command", b"for me")
        assert set(topics_after_a_mark(own, platform, "vop/v1/own/down/command")) == {"vop/v1/own/down/command"}


@both_versions
@pytest.mark.parametrize(
    "topic", ["vop/v1/other/up/telemetry", "vop/v1/other/down/command", "vop/v1/own/down/command", "elsewhere"]
)
def test_a_device_writes_upwards_under_its_own_name_alone(
    broker: DeviceBroker, version: MQTTProtocolVersion, topic: str
) -> None:
    secrets = broker.add_devices(["own", "other"])
    with (
        service(broker) as platform,
        connected(broker.host, broker.port, "own", secrets["own"], version=version) as own,
    ):
        platform.subscribe("vop/v1/#")
        reason = own.publish(topic, b"forged")
        assert version == V311 or reason == NOT_AUTHORIZED_V5
        assert topics_after_a_mark(platform, own, "vop/v1/own/up/telemetry") == []
        assert own.disconnects == []


@both_versions
def test_a_device_that_names_another_does_not_take_its_session(
    broker: DeviceBroker, version: MQTTProtocolVersion
) -> None:
    secrets = broker.add_devices(["victim", "thief"])
    with (
        service(broker) as platform,
        connected(broker.host, broker.port, "victim", secrets["victim"], version=version) as victim,
    ):
        victim.subscribe("vop/v1/victim/down/#")
        with connected(
            broker.host, broker.port, "thief", secrets["thief"], client_id="victim", version=version
        ) as thief:
            assert thief.connects == [ReasonCode(PacketTypes.CONNACK, "Success")]
            platform.publish("vop/v1/victim/down/command", b"for the victim")
            poll(lambda: victim.received, what="the victim's command")
            assert thief.received == []
            assert victim.disconnects == []


def test_accounts_of_one_listener_are_nobody_on_the_other(broker: DeviceBroker) -> None:
    secret = broker.add_device("unit-1")
    url = urlsplit(broker.service_url)
    assert url.port is not None
    assert url.username is not None
    assert url.password is not None
    assert connect_status(broker.host, url.port, "unit-1", secret) == NOT_AUTHORIZED
    assert connect_status(broker.host, broker.port, url.username, url.password) == NOT_AUTHORIZED
    assert connect_status(broker.host, url.port, url.username, url.password) == ACCEPTED


@both_versions
def test_nobody_gets_in_without_an_account(broker: DeviceBroker, version: MQTTProtocolVersion) -> None:
    with connected(broker.host, broker.port, None, None, client_id="nobody", version=version) as client:
        assert client.connects[0].is_failure


def test_a_removed_device_is_disconnected(broker: DeviceBroker) -> None:
    secret = broker.add_device("unit-1")
    with connected(broker.host, broker.port, "unit-1", secret) as client:
        broker.remove_device("unit-1")
        poll(lambda: client.disconnects, what="the disconnection of unit-1")


def test_the_largest_payload_arrives_and_a_larger_one_is_never_acknowledged(broker: DeviceBroker) -> None:
    secret = broker.add_device("unit-1")
    topic = "vop/v1/unit-1/up/telemetry"
    with (
        service(broker) as platform,
        connected(broker.host, broker.port, "unit-1", secret) as device,
    ):
        platform.subscribe("vop/v1/#")
        assert not device.publish(topic, b"x" * PAYLOAD_LIMIT_BYTES).is_failure
        poll(lambda: platform.received, what="1 MiB")
        sent = device.paho.publish(topic, b"x" * (2 * PAYLOAD_LIMIT_BYTES), qos=1)
        poll(lambda: device.disconnects, what="the end of the connection")
        assert sent.mid not in device.acknowledged
        assert device.promises is not None
        assert vars(device.promises)["MaximumPacketSize"] == PACKET_LIMIT_BYTES
        assert len(platform.received) == 1


def test_sessions_and_their_queues_outlive_a_restart(broker: DeviceBroker) -> None:
    secret = broker.add_device("unit-1")
    with service(broker, client_id="keeper", persistent=True) as platform:
        platform.subscribe("vop/v1/+/up/#")
    with connected(broker.host, broker.port, "unit-1", secret) as device:
        device.publish("vop/v1/unit-1/up/telemetry", b"while nobody listens")
        device.publish("vop/v1/unit-1/up/state", b"retained", retain=True)
    broker.server.stop()
    broker.server.start()
    with service(broker, client_id="keeper", persistent=True) as platform:
        poll(lambda: {payload for _, payload in platform.received} == {b"while nobody listens", b"retained"})
    with service(broker) as newcomer:
        newcomer.subscribe("vop/v1/+/up/state")
        poll(lambda: newcomer.received == [("vop/v1/unit-1/up/state", b"retained")])


def test_saved_before_a_kill_9_it_is_still_there_after(broker: DeviceBroker) -> None:
    secret = broker.add_device("unit-1")
    with service(broker, client_id="keeper", persistent=True) as platform:
        platform.subscribe("vop/v1/+/up/#")
    database = broker.server.data_dir / "mosquitto.db"
    with connected(broker.host, broker.port, "unit-1", secret) as device:
        device.publish("vop/v1/unit-1/up/telemetry", b"the one before the save")
    poll(lambda: database.exists() and b"the one before the save" in database.read_bytes(), what="the autosave")
    broker.server.kill()
    broker.server.start()
    with service(broker, client_id="keeper", persistent=True) as platform:
        poll(lambda: platform.received == [("vop/v1/unit-1/up/telemetry", b"the one before the save")])


def test_what_a_full_queue_drops_is_counted(place: Path) -> None:
    with Mosquitto(place / "mq", queue_limit_bytes=20_000) as server:
        broker = DeviceBroker(server)
        secret = broker.add_device("unit-1")
        with service(broker, client_id="keeper", persistent=True) as platform:
            platform.subscribe("vop/v1/+/up/#")
        with connected(broker.host, broker.port, "unit-1", secret) as device:
            for _ in range(40):
                assert not device.publish("vop/v1/unit-1/up/telemetry", b"x" * 1000).is_failure
        with service(broker, client_id="keeper", persistent=True) as platform, service(broker) as watcher:
            watcher.subscribe("$SYS/broker/publish/messages/dropped")
            # Its own counter is refreshed every second; the first value may be of before.
            dropped = poll(
                lambda: [int(payload) for _, payload in watcher.received if int(payload)], what="the count of drops"
            )[-1]
            poll(lambda: len(platform.received) + dropped == 40, what="kept and dropped making 40")
            assert 15 <= len(platform.received) <= 21  # 20,000 bytes hold


def test_more_than_twenty_at_a_time_reach_a_service(broker: DeviceBroker) -> None:
    """Its Receive Maximum counts, not Mosquitto's default of 20 in flight."""
    secret = broker.add_device("unit-1")
    with (
        service(broker, client_id="slow") as platform,
        connected(broker.host, broker.port, "unit-1", secret) as device,
    ):
        platform.paho.manual_ack_set(True)
        platform.subscribe("vop/v1/+/up/#")
        for number in range(300):
            device.paho.publish("vop/v1/unit-1/up/telemetry", str(number).encode(), qos=1)
        poll(lambda: len(platform.received) == 300, what="300 unacknowledged messages")


def test_a_second_one_on_the_same_directory_is_told_who_holds_it(
    broker: DeviceBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mosquitto, "LOCK_PATIENCE_S", 0.0)
    with pytest.raises(AlreadyRunning, match=str(broker.server.pid)):
        Mosquitto(broker.server.data_dir).start()


def test_a_setting_it_refuses_is_in_the_error(place: Path) -> None:
    with pytest.raises(DidNotStart, match="no_such_setting"):
        Mosquitto(place / "mq", config_extra="no_such_setting 1").start()


def test_secrets_of_services_are_private_and_stay(place: Path) -> None:
    server = Mosquitto(place / "mq")
    with server:
        first = urlsplit(server.service_url).password
    with server:
        assert urlsplit(server.service_url).password == first
        assert urlsplit(server.url_of("api")).password != first
    for path in (place / "mq").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
