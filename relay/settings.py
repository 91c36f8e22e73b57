"""What an operator may set of the clock: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from settings import read, setting

YEAR_S = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once at the edge by `from_environment` and passed inward."""

    database_url: str = setting(
        "VOP_DATABASE_URL",
        "",
        secret=True,
        about="libpq URL of the database; empty: the PG* variables",
    )
    catalog_dir: str = setting("VOP_CATALOG_DIR", "", about="directory of a company's own product files")
    jobs: str = setting(
        "VOP_RELAY_JOBS", "", about="the jobs this relay may run, separated by commas; empty: all of them"
    )
    lanes: int = setting(
        "VOP_RELAY_LANES", 3, unit="jobs", within=(1, 64), about="most jobs at once, each with a database connection"
    )
    statement_within_s: int = setting(
        "VOP_RELAY_STATEMENT_WITHIN_S",
        1_800,
        unit="s",
        within=(10, 7 * 86_400),
        about="longest a job waits for one statement; a database silent for longer is given up",
    )
    rollups_every_s: int = setting(
        "VOP_RELAY_ROLLUPS_EVERY_S", 60, unit="s", within=(1, YEAR_S), about="how often closed hours are rolled up"
    )
    silence_every_s: int = setting(
        "VOP_RELAY_SILENCE_EVERY_S", 30, unit="s", within=(1, YEAR_S), about="how often silent devices are looked for"
    )
    promises_every_s: int = setting(
        "VOP_RELAY_PROMISES_EVERY_S",
        60,
        unit="s",
        within=(1, YEAR_S),
        about="how often promises that are due are looked for",
    )
    watch_every_s: int = setting(
        "VOP_RELAY_WATCH_EVERY_S", 600, unit="s", within=(1, YEAR_S), about="how often closed cases are looked after"
    )
    stock_every_s: int = setting(
        "VOP_RELAY_STOCK_EVERY_S", 900, unit="s", within=(1, YEAR_S), about="how often stock is assessed and ordered"
    )
    outbox_every_s: int = setting(
        "VOP_RELAY_OUTBOX_EVERY_S", 5, unit="s", within=(1, YEAR_S), about="how often what is to leave is delivered"
    )
    webhooks_private: int = setting(
        "VOP_WEBHOOKS_PRIVATE",
        0,
        within=(0, 1),
        about="1: webhooks may go into private networks, and without TLS; who registers one then reaches what is there",
    )
    insight_every_s: int = setting(
        "VOP_RELAY_INSIGHT_EVERY_S",
        21_600,
        unit="s",
        within=(1, YEAR_S),
        about="how often the rollups behind insights are made again",
    )
    partitions_every_s: int = setting(
        "VOP_RELAY_PARTITIONS_EVERY_S",
        21_600,
        unit="s",
        within=(1, YEAR_S),
        about="how often partitions of the coming months are made",
    )
    retention_every_s: int = setting(
        "VOP_RELAY_RETENTION_EVERY_S", 86_400, unit="s", within=(1, YEAR_S), about="how often old records are dropped"
    )
    raw_days: int = setting(
        "VOP_RETENTION_RAW_DAYS", 400, unit="days", within=(1, 36_500), about="how long raw telemetry is kept"
    )
    rollup_days: int = setting(
        "VOP_RETENTION_ROLLUP_DAYS",
        1_830,
        unit="days",
        within=(1, 36_500),
        about="how long rollups are kept; never shorter than raw telemetry",
    )
    dead_letter_days: int = setting(
        "VOP_RETENTION_DEAD_LETTER_DAYS",
        90,
        unit="days",
        within=(1, 36_500),
        about="how long dead letters are kept, since they were last met",
    )
    audit_days: int = setting(
        "VOP_RETENTION_AUDIT_DAYS", 730, unit="days", within=(1, 36_500), about="how long the audit log is kept"
    )
    metrics_host: str = setting("VOP_METRICS_HOST", "127.0.0.1", about="address of /metrics, /healthz and /readyz")
    metrics_port: int = setting(
        "VOP_METRICS_PORT",
        0,
        within=(0, 65_535),
        about="TCP port of /metrics, /healthz and /readyz; 0: they are not served",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Settings from `env`; `X_FILE` names a file that holds `X`. Raises `settings.BadSetting`."""
        return read(cls, env)
