"""Prometheus reads deploy/prometheus, and each alarm rings when it should and not when all is well.

Series are invented, in promtool's notation: `0+60x1000` is 0, 60, 120, ... a minute apart. Time begins at 0.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.unit.deploy.compose_file import DEPLOY

PROMETHEUS = DEPLOY / "prometheus"
DAY_S = 86_400
ENDLESS = 365 * DAY_S

pytestmark = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed"
)

BROKER_ENDS = 'probe_ssl_earliest_cert_expiry{job="broker_tls",instance="mosquitto:8883"}'
PROXY_ENDS = 'probe_ssl_earliest_cert_expiry{job="proxy_tls",instance="proxy:8443"}'
DISK = 'node_filesystem_avail_bytes{mountpoint="/volumes/database"}'
REJECTED = 'vop_ingest_elements_rejected_total{reason="not_json"}'
OVERDUE = 'vop_relay_job_overdue_seconds{exported_job="rollups"}'
BACKUP = "vop_backup_last_success_timestamp_seconds"

WELL = {
    'up{job="ingest"}': "1x1000",
    'up{job="relay"}': "1x1000",
    'up{job="api"}': "1x1000",
    'probe_success{job="ready",service="api"}': "1x1000",
    'probe_success{job="ready",service="ingest"}': "1x1000",
    'probe_success{job="ready",service="relay"}': "1x1000",
    'probe_success{job="broker_tls",instance="mosquitto:8883"}': "1x1000",
    BROKER_ENDS: f"{ENDLESS}x1000",
    PROXY_ENDS: "43200+60x1000",  # renewed all the time, 12 hours each
    DISK: "60x1000",
    'node_filesystem_size_bytes{mountpoint="/volumes/database"}': "100x1000",
    BACKUP: "0x1000",
    "vop_ingest_slot": "0x1000",
    "vop_ingest_slots_unheld": "0x1000",
    "vop_ingest_lag_seconds": "0.1x1000",
    "vop_ingest_oldest_unacknowledged_seconds": "0x1000",
    "vop_ingest_messages_committed_total": "0+600x1000",
    "vop_ingest_elements_stored_total": "0+600x1000",
    REJECTED: "0+1x1000",
    "vop_ingest_spool_bytes": "0x1000",
    "vop_ingest_spool_damaged_files": "0x1000",
    "vop_broker_publish_messages_dropped": "7x1000",
    'vop_api_requests_total{status="200"}': "0+600x1000",
    'vop_api_requests_total{status="503"}': "0+1x1000",
    OVERDUE: "3x1000",
    "vop_relay_silences_withheld": "0x1000",
}

Case = tuple[dict[str, str | None], dict[str, list[str]]]
"""What is otherwise (None: not there), and which alarms ring when."""

CASES: dict[str, Case] = {
    "all is well": ({}, {"3h": []}),
    "ingest dies; a moment's absence is nothing": (
        {'up{job="ingest"}': "1x10 0x1000", 'probe_success{job="ready",service="ingest"}': "1x10 0x1000"},
        {"11m": [], "20m": ["TargetDown"]},
    ),
    "ingest is not there at all": ({'up{job="ingest"}': None}, {"10m": ["NoTarget"]}),
    "the database goes away: one alarm, not one a service": (
        {'probe_success{job="ready",service="api"}': "1x10 0x1000"},
        {"11m": [], "13m": ["DatabaseAway"]},
    ),
    "relay is not ready": (
        {'probe_success{job="ready",service="relay"}': "1x10 0x1000"},
        {"12m": [], "17m": ["NotReady"]},
    ),
    "the broker drops, once": (
        {"vop_broker_publish_messages_dropped": "7x20 90x1000"},
        {"20m": [], "22m": ["BrokerDrops"], "40m": []},
    ),
    "the broker starts again and counts from nothing": (
        {"vop_broker_publish_messages_dropped": "7x20 0x1000"},
        {"25m": []},
    ),
    "messages wait": (
        {"vop_ingest_oldest_unacknowledged_seconds": "0x10 70+60x1000"},
        {"10m": [], "13m": ["NotAcknowledging"]},
    ),
    "storing is slow": ({"vop_ingest_lag_seconds": "0.1x10 90x1000"}, {"12m": [], "17m": ["IngestLag"]}),
    "storing was slow, and nothing has come since": (
        {"vop_ingest_lag_seconds": "90x1000", "vop_ingest_messages_committed_total": "600x1000"},
        {"30m": []},
    ),
    "no worker has a slot": ({"vop_ingest_slot": "-1x1000"}, {"5m": ["NobodyReceives"]}),
    "a slot without a worker": ({"vop_ingest_slots_unheld": "1x1000"}, {"5m": ["SlotUnheld"]}),
    "a firmware that cannot spell": ({REJECTED: "0+60x1000"}, {"10m": [], "30m": ["DeadLetters"]}),
    "numbers used again": ({"vop_ingest_elements_seq_reused_total": "0+5x1000"}, {"50m": ["SeqReused"]}),
    "the spool is in use and grows old": (
        {"vop_ingest_spool_bytes": "1000x1000", "vop_ingest_spool_oldest_seconds": f"{84 * 3600 - 1800}+60x1000"},
        {"5m": [], "20m": ["SpoolInUse"], "40m": ["SpoolInUse", "SpoolOld"]},
    ),
    "the spool refuses": ({'vop_ingest_spool_refusals_total{reason="full"}': "0+60x1000"}, {"10m": ["SpoolRefuses"]}),
    "the spool is damaged": ({"vop_ingest_spool_damaged_files": "1x1000"}, {"10m": ["SpoolDamaged"]}),
    "a job nobody runs": ({OVERDUE: "0+60x1000"}, {"10m": [], "20m": ["JobLate"]}),
    "a job that fails": (
        {'vop_relay_job_failures_total{exported_job="rollups"}': "0+1x1000"},
        {"30m": ["JobFails"]},
    ),
    "partitions are made no more": (
        {'vop_relay_job_last_success_timestamp_seconds{exported_job="partitions"}': f"-{3 * DAY_S - 1800}x1000"},
        {"20m": [], "40m": ["JobStale"]},
    ),
    "we do not hear well": ({"vop_relay_silences_withheld": "4x1000"}, {"50m": [], "70m": ["Deaf"]}),
    "the API fails": ({'vop_api_requests_total{status="503"}': "0+60x1000"}, {"20m": ["ApiFails"]}),
    "somebody guesses": ({"vop_api_authentication_failures_total": "0+120x1000"}, {"20m": ["Guessing"]}),
    "a disk is nearly full, then full": (
        {DISK: "14x60 4x1000"},
        {"10m": [], "30m": ["DiskFills"], "70m": ["DiskFills", "DiskFull"]},
    ),
    "a disk that will be full in two days": ({DISK: "49-0.015x1000"}, {"40m": ["DiskFills"]}),
    "nobody sees the disks": ({DISK: None}, {"20m": ["DisksUnseen"]}),
    "the broker's certificate ends": (
        {BROKER_ENDS: f"{30 * DAY_S + 600}x1000"},
        {"9m": [], "30m": ["CertificateEnds"]},
    ),
    "the proxy does not renew that of its own authority": (
        {PROXY_ENDS: f"{4 * 3600}x1000"},
        {"50m": [], "70m": ["CertificateEnds"]},
    ),
    "nor that of a public one": (
        {PROXY_ENDS: f"{14 * DAY_S + 1200}x1000"},
        {"10m": [], "30m": ["CertificateEnds"]},
    ),
    "nor that of a public one, on its last day": ({PROXY_ENDS: f"{14 * 3600}x1000"}, {"150m": ["CertificateEnds"]}),
    "devices are kept out": (
        {'probe_success{job="broker_tls",instance="mosquitto:8883"}': "0x1000"},
        {"10m": ["TlsBroken"]},
    ),
    "no backup for two days": ({BACKUP: f"-{2 * DAY_S - 600}x1000"}, {"60m": [], "80m": ["BackupOld"]}),
    "no backup ever": ({BACKUP: None}, {"50m": [], "70m": ["BackupOld"]}),
}


def promtool(*words: str, cwd: Path = PROMETHEUS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *words], cwd=cwd, capture_output=True, text=True, timeout=300)


def test_prometheus_accepts_its_configuration() -> None:
    checked = promtool("check", "config", "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _checks(expected: dict[str, list[str]]) -> list[dict[str, object]]:
    return [
        {
            "eval_time": when,
            "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
            "exp_samples": [{"labels": f'{{alertname="{alarm}"}}', "value": 1} for alarm in alarms],
        }
        for when, alarms in expected.items()
    ]


def test_each_alarm_rings_when_it_should(tmp_path: Path) -> None:
    cases = [
        {
            "name": name,
            "interval": "1m",
            "input_series": [
                {"series": series, "values": values}
                for series, values in (WELL | changed).items()
                if values is not None
            ],
            "promql_expr_test": _checks(expected),
        }
        for name, (changed, expected) in CASES.items()
    ]
    document = {"rule_files": [str(PROMETHEUS / "alerts.yml")], "evaluation_interval": "1m", "tests": cases}
    (tmp_path / "cases.yml").write_text(yaml.safe_dump(document))
    tried = promtool("test", "rules", str(tmp_path / "cases.yml"))
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_no_alarm_is_left_untried() -> None:
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    written = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    assert written == {alarm for _, expected in CASES.values() for alarms in expected.values() for alarm in alarms}
