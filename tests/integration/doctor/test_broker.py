"""The doctor on a broker that something is wrong with."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from store.diagnosis.finding import Finding
from tests.integration.doctor.patient import CATALOG, check, everything
from tests.mqtt_client import connected
from tests.platform_services import DeviceBroker, reachable_directory
from vop.doctor import broker as module
from vop.doctor.surroundings import Surroundings
from vop.services.broker import Iotcore
from vop.services.mosquitto import Mosquitto, find_mosquitto
from wire.broker import BrokerAddress


def say(url: str, config: Path | None = None) -> dict[str, Finding]:
    return {one.name: one for one in module.examine(Surroundings(mqtt_url=url, broker_config=config))}


def test_a_sound_broker_found_by_its_process(broker: DeviceBroker) -> None:
    found = say(broker.service_url)
    check(found["broker.reachable"], "ok", "lets us in (mosquitto version 2")
    check(found["broker.dropped"], "ok", "dropped nothing")
    check(found["broker.queue"], "ok", "in the broker's queue or retained")
    check(found["broker.persistence"], "ok", "saved every 1 s")
    check(found["broker.limits"], "ok", "queues 540 MB for a subscriber")


def test_a_broker_that_refuses_or_is_not_there(broker: DeviceBroker) -> None:
    wrong = broker.service_url.replace("ingest:", "ingest:x")
    check(say(wrong)["broker.reachable"], "fail", "refuses us", "user and password")
    assert wrong.split(":")[2].split("@")[0] not in str(say(wrong))
    check(say("mqtt://127.0.0.1:1")["broker.reachable"], "fail", "does not answer", "see that it runs")
    check(say("http://elsewhere")["broker.reachable"], "fail", "mqtt://", "correct it")
    check(say("")["broker.reachable"], "unknown", "VOP_MQTT_URL is not set", "set it")


def test_something_that_takes_connections_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mqtt://127.0.0.1:{silent.getsockname()[1]}"
        check(say(url)["broker.reachable"], "fail", "said nothing for 0.3 s", "see that it runs")


def test_an_account_that_may_not_read_about_the_broker(broker: DeviceBroker) -> None:
    secret = broker.add_device("curious")
    found = say(f"mqtt://curious:{secret}@127.0.0.1:{broker.port}")
    assert found["broker.reachable"].level == "ok"
    check(found["broker.dropped"], "unknown", "does not tell us", "read $SYS/#")
    check(found["broker.queue"], "unknown", "does not tell us", "read $SYS/#")


def test_a_broker_whose_numbers_have_not_changed_for_a_minute() -> None:
    # Mosquitto then tells a new subscriber its version, and no longer the numbers.
    quiet = module.Said(last={module.VERSION: b"mosquitto version 2.0.11"})
    check(module.dropped(quiet), "ok", "nothing in the past 60 s")
    check(module.queue(quiet, None), "ok", "has not changed")
    for another in (module.Said(), module.Said(last={module.VERSION: b"another broker"})):
        check(module.dropped(another), "unknown", "does not tell us", "read $SYS/#")
        check(module.queue(another, None), "unknown", "does not tell us", "read $SYS/#")
    quiet.refused = "not authorized"
    assert module.dropped(quiet).level == "unknown"


def test_a_broker_that_hangs_up_when_it_is_asked_about_itself() -> None:
    with reachable_directory("io") as directory, Iotcore(directory / "io") as server:
        found = say(server.service_url)
    check(found["broker.reachable"], "ok", "lets us in")
    check(found["broker.dropped"], "unknown", "asked about itself, the broker closed it", "by its own means")
    assert found["broker.queue"].level == "unknown"


def test_a_queue_that_overflows() -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with (
        reachable_directory("mqtt") as directory,
        Mosquitto(directory / "broker", queue_limit_bytes=20_000) as server,
    ):
        check(say(server.service_url)["broker.limits"], "fail", "max_queued_bytes is 20,000", "How large a queue")
        at = BrokerAddress.parse(server.service_url)
        with connected(at.host, at.port, at.user, at.password, client_id="sleeper", persistent=True) as sleeper:
            sleeper.subscribe("vop/v1/+/up/#")
        with connected(at.host, at.port, at.user, at.password, client_id="talker") as talker:
            for _ in range(100):
                talker.publish("vop/v1/d/up/telemetry", b"x" * 1_000)
        found = say(server.service_url)
    assert found["broker.dropped"].level in ("warn", "fail")
    assert "dropped" in found["broker.dropped"].what
    check(found["broker.queue"], "fail", "takes at most 0 MB", "ingest runs")


@pytest.mark.parametrize(
    ("text", "name", "level", "what"),
    [
        ("persistence false\n", "broker.persistence", "fail", "keeps nothing over a restart"),
        ("persistence true\n", "broker.persistence", "warn", "saves its queues every 1800 s"),
        ("persistence true\nautosave_interval 1\n", "broker.persistence", "ok", "saved every 1 s"),
        ("persistence true\n", "broker.limits", "fail", "max_queued_messages is 1,000"),
        ("max_queued_messages 0\nmax_packet_size 1000\n", "broker.limits", "fail", "max_packet_size is 1,000"),
        ("max_queued_messages 0\nmax_inflight_messages 0\n", "broker.limits", "warn", "grows until memory is full"),
        ("max_queued_messages 0\nmax_queued_bytes 540000000\n", "broker.limits", "warn", "max_inflight_messages is 20"),
    ],
)
def test_a_configuration_that_is_named(tmp_path: Path, text: str, name: str, level: str, what: str) -> None:
    path = tmp_path / "mosquitto.conf"
    path.write_text(f"# max_queued_messages 5\n{text}", encoding="utf-8")
    found = say("mqtt://127.0.0.1:1", path)[name]
    assert (found.level, what in found.what) == (level, True), found


def test_the_configuration_we_ship_is_in_order() -> None:
    shipped = Path(__file__).parents[3] / "deploy" / "mosquitto.conf"
    found = say("mqtt://127.0.0.1:1", shipped)
    assert (found["broker.limits"].level, found["broker.persistence"].level) == ("ok", "ok")


def test_everything_at_once_when_all_is_well(database: str, broker: DeviceBroker, tmp_path: Path) -> None:
    found = everything(Surroundings(database, broker.service_url, tmp_path, tmp_path / "spool", None, CATALOG))
    assert len(found) > 20
    # The tests' own server is forgetful, and neither ingest nor a relay ran here.
    forgetful = {"database.durability", "database.autovacuum", "ingest.slots", "relay.jobs"}
    unlucky = {"database.disk", "disk.data", "database.timescaledb"}
    assert {name for name, one in found.items() if one.level != "ok"} <= forgetful | unlucky
