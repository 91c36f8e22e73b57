"""What the registry says is what the broker does: a real Mosquitto that follows it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from store import devices
from store.database import Connection
from store.devices import NewDevice
from tests.integration.registry.conftest import Followed
from tests.mqtt_handshake import ACCEPTED, NOT_AUTHORIZED, connect_status
from tests.platform_services import DeviceBroker
from tests.waiting import poll
from vop.broker_accounts import RELOAD_INTERVAL_S, BrokerAccounts, BrokerProcess, ReloadFailed


class Client:
    """A device's connection, and what it was told."""

    def __init__(self, broker: DeviceBroker, device: str, secret: str) -> None:
        self.connected, self.ended = Event(), Event()
        self.acknowledged: list[str] = []
        self.received: list[str] = []
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self.mqtt.username_pw_set(device, secret)
        self.mqtt.on_connect = lambda *_: self.connected.set()
        self.mqtt.on_disconnect = lambda *_: self.ended.set()
        self.mqtt.on_publish = self._on_publish
        self.mqtt.on_message = lambda _client, _data, message: self.received.append(message.topic)
        self.mqtt.connect(broker.host, broker.port)
        self.mqtt.loop_start()
        assert self.connected.wait(10)

    def _on_publish(self, _client: Any, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
        self.acknowledged.append(str(reason))

    def close(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


def status(followed: Followed, device: str, secret: str) -> int:
    return connect_status(followed.broker.host, followed.broker.port, device, secret)


def wait_for(followed: Followed, device: str, secret: str, expected: int) -> None:
    poll(lambda: status(followed, device, secret), until=lambda seen: seen == expected, what=f"CONNACK of {device}")


def test_a_registered_device_gets_in_with_its_secret_alone(followed: Followed, conn: Connection) -> None:
    secret = devices.register(conn, "rv-1", "robot_vacuum")[1]
    other = devices.register(conn, "rv-2", "robot_vacuum")[1]
    conn.commit()
    wait_for(followed, "rv-1", secret, ACCEPTED)
    assert status(followed, "rv-1", other) == NOT_AUTHORIZED
    assert status(followed, "rv-1", "") == NOT_AUTHORIZED
    assert status(followed, "rv-3", secret) == NOT_AUTHORIZED


@pytest.mark.parametrize("how", ["revoked", "suspended", "rotated"])
def test_whoever_loses_the_right_is_disconnected(followed: Followed, conn: Connection, how: str) -> None:
    secret = devices.register(conn, "rv-1", "robot_vacuum")[1]
    stays = devices.register(conn, "rv-2", "robot_vacuum")[1]
    conn.commit()
    wait_for(followed, "rv-2", stays, ACCEPTED)
    client, neighbour = Client(followed.broker, "rv-1", secret), Client(followed.broker, "rv-2", stays)
    if how == "revoked":
        devices.revoke(conn, "rv-1")
    elif how == "suspended":
        devices.set_status(conn, "rv-1", "suspended")
    else:
        secret_now = devices.rotate(conn, "rv-1")[1]
    conn.commit()
    assert client.ended.wait(30)
    assert status(followed, "rv-1", secret) == NOT_AUTHORIZED
    if how == "rotated":
        assert status(followed, "rv-1", secret_now) == ACCEPTED
    assert not neighbour.ended.is_set()
    client.close()
    neighbour.close()


def test_a_device_touches_its_own_topics_alone(followed: Followed, conn: Connection) -> None:
    mine = devices.register(conn, "rv-1", "robot_vacuum")[1]
    theirs = devices.register(conn, "rv-2", "robot_vacuum")[1]
    conn.commit()
    wait_for(followed, "rv-2", theirs, ACCEPTED)
    client = Client(followed.broker, "rv-1", mine)
    for topic in ("vop/v1/rv-1/up/event", "vop/v1/rv-2/up/event", "vop/v1/rv-1/down/command", "other"):
        said = len(client.acknowledged)
        client.mqtt.publish(topic, b"{}", qos=1)
        poll(lambda said=said: len(client.acknowledged) > said)  # type: ignore[misc]
    # No subscriber: the first is accepted with "no matching subscribers".
    assert client.acknowledged[0] != "Not authorized"
    assert client.acknowledged[1:] == ["Not authorized"] * 3
    client.close()


def test_two_thousand_devices_are_loaded(followed: Followed, conn: Connection) -> None:
    names = [f"rv-{number:04d}" for number in range(2_000)]
    results = devices.register_many(conn, [NewDevice(name, "robot_vacuum") for name in names])
    conn.commit()
    secrets = {result.device: result.secret or "" for result in results}
    wait_for(followed, names[-1], secrets[names[-1]], ACCEPTED)
    assert all(status(followed, name, secrets[name]) == ACCEPTED for name in names[::500])
    assert len(followed.broker.server.password_path.read_text().splitlines()) == 2_000


def test_a_burst_of_changes_is_one_reload_a_second(followed: Followed, conn: Connection) -> None:
    secret = ""
    for number in range(200):
        secret = devices.register(conn, f"rv-{number}", "robot_vacuum")[1]
        conn.commit()
    wait_for(followed, "rv-199", secret, ACCEPTED)
    gaps = [after - before for before, after in pairwise(followed.reloads)]
    assert all(gap >= RELOAD_INTERVAL_S for gap in gaps)


def test_nothing_is_written_or_told_when_nothing_changed(database: str, broker: DeviceBroker) -> None:
    server = broker.server
    follower = BrokerAccounts(database, server.password_path, server.acl_path, lambda: None)
    follower.render()
    before = server.password_path.stat()
    assert follower.render() is False
    assert server.password_path.stat().st_ino == before.st_ino


def test_the_files_are_for_the_broker_alone(database: str, broker: DeviceBroker) -> None:
    server = broker.server
    server.password_path.unlink()
    server.acl_path.unlink()
    BrokerAccounts(database, server.password_path, server.acl_path, server.reload).apply()
    for path in (server.password_path, server.acl_path):
        assert stat.S_IMODE(path.stat().st_mode) & 0o137 == 0
        assert path.stat().st_uid == path.parent.stat().st_uid
    assert not [path for path in server.password_path.parent.iterdir() if path.name.startswith(".")]


def test_it_goes_on_after_its_connection_was_cut(followed: Followed, conn: Connection) -> None:
    poll(lambda: followed.reloads)
    cut = conn.execute(
        """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'vop listen'"""
    ).fetchone()
    assert cut == (1,)
    secret = devices.register(conn, "rv-1", "robot_vacuum")[1]
    conn.commit()
    wait_for(followed, "rv-1", secret, ACCEPTED)


def test_a_broker_that_cannot_be_told_is_told_later(database: str, conn: Connection, tmp_path: Path) -> None:
    calls: list[str] = []
    stop = Event()

    def reload() -> None:
        calls.append((tmp_path / "passwords").read_text())
        if len(calls) == 1:
            raise ReloadFailed("the broker is not there yet")
        stop.set()

    devices.register(conn, "rv-1", "robot_vacuum")
    conn.commit()
    BrokerAccounts(database, tmp_path / "passwords", tmp_path / "acl", reload).run(stop)
    assert len(calls) == 2
    assert calls[0].startswith("rv-1:$7$")


def test_only_mosquitto_is_sent_the_signal(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with pytest.raises(ReloadFailed, match="no process id"):
        BrokerProcess(path)()
    path.write_text("soon\n")
    with pytest.raises(ReloadFailed, match="no process id"):
        BrokerProcess(path)()
    path.write_text(f"{os.getpid()}\n")
    with pytest.raises(ReloadFailed, match="not mosquitto"):
        BrokerProcess(path)()
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with pytest.raises(ReloadFailed, match="no process"):
        BrokerProcess(gone.pid)()


def test_as_a_process_of_its_own(database: str, conn: Connection, broker: DeviceBroker) -> None:
    server = broker.server
    arguments = ["--password-file", str(server.password_path), "--acl-file", str(server.acl_path)]
    secret = devices.register(conn, "rv-1", "robot_vacuum")[1]
    conn.commit()
    with subprocess.Popen(
        [sys.executable, "-m", "vop", "broker-accounts", *arguments, "--pid-file", str(server.data_dir / "pid")],
        env={**os.environ, "VOP_DATABASE_URL": database},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        followed = Followed(broker)
        wait_for(followed, "rv-1", secret, ACCEPTED)
        later = devices.register(conn, "rv-2", "robot_vacuum")[1]
        conn.commit()
        wait_for(followed, "rv-2", later, ACCEPTED)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert secret not in said
