from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ingest.settings import Settings
from settings import BadSetting, declared

MQTT = {"VOP_MQTT_URL": "mqtt://ingest:secret@broker:1883"}
FIELDS = {one.env: f.name for one, f in zip(declared(Settings), fields(Settings), strict=True)}
NUMBERS = [one.env for one in declared(Settings) if one.within]
TEXTS = [one.env for one in declared(Settings) if not one.within]


def test_the_broker_is_the_one_thing_that_must_be_said() -> None:
    with pytest.raises(BadSetting, match="VOP_MQTT_URL is not set"):
        Settings.from_environment({})
    assert Settings.from_environment(MQTT) == Settings(mqtt_url=MQTT["VOP_MQTT_URL"])


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_is_read_from_its_variable(name: str) -> None:
    assert getattr(Settings.from_environment(MQTT | {name: "17"}), FIELDS[name]) == 17


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_read_from_its_variable(name: str) -> None:
    assert getattr(Settings.from_environment(MQTT | {name: "mqtt://x"}), FIELDS[name]) == "mqtt://x"


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["", "many", "-1", "1.5", "1e3", "١٢", " 7", "9" * 13])
def test_what_is_no_whole_number_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment(MQTT | {name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VOP_INGEST_SLOTS", "0"),
        ("VOP_INGEST_BATCH_MESSAGES", "0"),
        ("VOP_INGEST_BATCH_BYTES", "0"),
        ("VOP_INGEST_BUFFER_BYTES", "0"),
        ("VOP_INGEST_RECEIVE_MAXIMUM", "0"),
        ("VOP_INGEST_RECEIVE_MAXIMUM", "65536"),
        ("VOP_INGEST_SESSION_EXPIRY_S", "4294967296"),
        ("VOP_RETENTION_RAW_DAYS", "0"),
        ("VOP_METRICS_PORT", "65536"),
    ],
)
def test_a_number_that_would_stop_the_worker_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} must be"):
        Settings.from_environment(MQTT | {name: text})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("mqtts://a:b@broker\n")
    assert Settings.from_environment({"VOP_MQTT_URL_FILE": str(file)}).mqtt_url == "mqtts://a:b@broker"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"VOP_DATABASE_URL_FILE: .*absent cannot be read \(No such file"):
        Settings.from_environment(MQTT | {"VOP_DATABASE_URL_FILE": str(tmp_path / "absent")})


def test_a_file_that_is_no_text_is_named_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_bytes(b"secret\xff")
    with pytest.raises(BadSetting, match=r"VOP_MQTT_URL_FILE: .* is not UTF-8") as caught:
        Settings.from_environment({"VOP_MQTT_URL_FILE": str(file)})
    assert "secret" not in str(caught.value)


def test_a_variable_and_its_file_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="both VOP_MQTT_URL and VOP_MQTT_URL_FILE"):
        Settings.from_environment(MQTT | {"VOP_MQTT_URL_FILE": str(tmp_path)})


def test_every_setting_is_declared_with_its_variable_and_help() -> None:
    found = declared(Settings)
    assert len(FIELDS) == len(found)
    assert all(one.env.startswith("VOP_") and one.about for one in found)
    assert {one.env for one in found if one.secret} == {"VOP_DATABASE_URL", "VOP_MQTT_URL"}
    assert all(one.unit or one.env == "VOP_METRICS_PORT" for one in found if one.within)
