"""docs/operations.md speaks of services, commands, secrets and metrics that exist, and of every metric there is."""

from __future__ import annotations

import re

from tests.unit.deploy.compose_file import document, unknown_command
from tests.unit.deploy.exposed import exposed
from tests.unit.repository.files import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_metric_is_explained_and_every_explained_one_exists() -> None:
    rows = re.findall(r"^\| `(vop_\w+)` \| (alarm|figure)", PAGE, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(exposed())


def test_compose_commands_name_services_and_commands_that_exist() -> None:
    services = set(document()["services"])
    lines = re.findall(r"docker compose ([^\n`&|<>#]+)", PAGE)
    named = {word for line in lines for word in line.split() if word in services}
    assert {"api", "ingest", "mosquitto", "timescaledb", "roles"} <= named
    inside = [line.split("vop ", 1)[1] for line in lines if re.match(r"(exec|run --rm)( -\S+)* \S+ vop ", line)]
    assert len(inside) >= 5
    for words in inside:
        assert unknown_command(re.sub(r'"[^"]*"', "x", words).split()) == [], words
    for line in lines:
        if match := re.match(r"(?:exec|run|logs|ps)(?: -\S+)* ([a-z][a-z-]*)", line):
            assert match[1] in services, line


def test_every_secret_is_explained() -> None:
    table = PAGE.partition("### Secrets")[2].partition("### ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    explained = {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}
    assert explained == set(document()["secrets"])


def test_the_figures_are_those_of_the_configuration() -> None:
    conf = (ROOT / "deploy" / "mosquitto.conf").read_text(encoding="utf-8")
    assert "max_queued_bytes 540000000\n" in conf
    assert "540,000,000" in PAGE
    assert 500 * 300 * 3600 == 540_000_000
    assert "autosave_interval 1\n" in conf
    assert document()["services"]["mosquitto"]["mem_limit"] == "2g"
    assert document()["services"]["ingest"]["environment"]["VOP_METRICS_PORT"] == "9100"
