"""Alarms and dashboard speak of metrics, pages and data sources that exist."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.unit.deploy.compose_file import DEPLOY, document
from tests.unit.deploy.exposed import asked_for, exposed, series
from tests.unit.repository.files import ROOT
from tests.unit.repository.test_documents import anchors

ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
SCRAPED = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
GRAFANA = DEPLOY / "grafana"
(DASHBOARD,) = [json.loads(path.read_text()) for path in (GRAFANA / "dashboards").iterdir()]
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SOURCES = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "vop.yml").read_text())["datasources"]


def test_metrics_are_found_in_an_expression() -> None:
    found = asked_for(
        'max by (job) (rate(a_total{x="y_z"}[5m])) > 3 and on() (b - 5 * c) or absent(d{e="f"}) + vector(0)'
    )
    assert found == {"a_total", "b", "c", "d"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alarm_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["alert"])
    assert rule["labels"] == {"severity": rule["labels"]["severity"]}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "action", "runbook"}
    assert all(len(words) > 15 for words in rule["annotations"].values())
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor in anchors(ROOT / page)
    asked = asked_for(rule["expr"])
    assert asked
    assert asked <= series(), asked - series()


def test_an_alarm_has_one_name_and_is_listed_for_people() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("## Alerts")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([A-Z]\w+)` \| (page|ticket)", table, re.MULTILINE)
    assert sorted(listed) == sorted((rule["alert"], rule["labels"]["severity"]) for rule in RULES)


def test_what_the_manual_calls_an_alarm_rings() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    alarms = set(re.findall(r"^\| `(vop_\w+)` \| alarm", page, re.MULTILINE))
    asked = set().union(*(asked_for(rule["expr"]) for rule in RULES))
    # That batches met an unavailable database: told by DatabaseAway, once and not by every worker.
    assert alarms - asked == {"vop_ingest_batch_failures_total"}


def test_everybody_who_exposes_metrics_is_scraped_at_his_port() -> None:
    services = document()["services"]
    by_name = {
        name: config["port"]
        for job in SCRAPED["scrape_configs"]
        for config in job.get("dns_sd_configs", ())
        for name in config["names"]
    }
    ports = {"api": services["api"]["environment"]["VOP_API_PORT"]} | {
        name: service["environment"]["VOP_METRICS_PORT"]
        for name, service in services.items()
        if "VOP_METRICS_PORT" in service.get("environment", {})
    }
    assert {name: str(port) for name, port in by_name.items()} == ports
    hosts = {
        re.sub(r"^https?://|[:/].*$", "", re.sub(r"^https?://", "", target))
        for job in SCRAPED["scrape_configs"]
        for config in job.get("static_configs", ())
        for target in config["targets"]
    }
    assert hosts - {"localhost"} <= set(services)
    for host in hosts - {"localhost"}:
        assert set(services[host]["networks"]) & {"data", "edge"}, host


def test_probes_ask_by_modules_that_exist() -> None:
    modules = yaml.safe_load((DEPLOY / "prometheus" / "blackbox.yml").read_text())["modules"]
    used = {module for job in SCRAPED["scrape_configs"] for module in job.get("params", {}).get("module", ())}
    assert used == set(modules)


def test_grafana_reads_the_database_as_a_role_that_may_hardly_anything() -> None:
    by_type = {source["type"]: source for source in SOURCES}
    assert set(by_type) == {"prometheus", "grafana-postgresql-datasource"}
    database = by_type["grafana-postgresql-datasource"]
    assert database["user"] == "vop_grafana"
    assert database["secureJsonData"] == {"password": "$__file{/run/secrets/grafana_db_password}"}
    assert "grafana_db_password" in document()["services"]["grafana"]["secrets"]
    assert not any(source["editable"] for source in SOURCES)
    provider = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "vop.yml").read_text())["providers"][0]
    mounted = document()["services"]["grafana"]["volumes"]
    assert "./deploy/grafana:/deploy/grafana:ro" in mounted
    assert (ROOT / provider["options"]["path"].lstrip("/")).is_dir()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_panel_asks_a_source_that_is_there_for_what_is_there(panel: dict[str, Any]) -> None:
    sources = {(source["type"], source["uid"]) for source in SOURCES}
    assert panel["title"]
    assert panel["targets"]
    for each in (panel, *panel["targets"]):
        assert (each["datasource"]["type"], each["datasource"]["uid"]) in sources
    for target in panel["targets"]:
        if "expr" in target:
            assert asked_for(target["expr"]) <= series(), asked_for(target["expr"]) - series()
        else:
            assert target["rawSql"].startswith("SELECT ")
    unit = panel["fieldConfig"]["defaults"].get("unit")
    assert unit or panel["type"] == "table"


def test_panels_do_not_lie_on_each_other_and_have_ids_of_their_own() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_metrics_of_the_backup_are_among_them() -> None:
    assert {"vop_backup_last_success_timestamp_seconds", "vop_backup_bytes", "vop_backup_seconds"} <= set(exposed())
