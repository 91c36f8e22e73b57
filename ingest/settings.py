"""What an operator may set of the ingest service: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from settings import read, setting

NO_SPOOL = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once at the edge by `from_environment` and passed inward."""

    database_url: str = setting(
        "VOP_DATABASE_URL",
        "",
        secret=True,
        about="libpq URL of the database; empty: the PG* variables",
    )
    mqtt_url: str = setting(
        "VOP_MQTT_URL",
        None,
        secret=True,
        about="the broker, mqtt:// or mqtts://user:password@host:port",
    )
    catalog_dir: str = setting("VOP_CATALOG_DIR", "", about="directory of a company's own product files")
    share: str = setting(
        "VOP_INGEST_SHARE",
        "",
        about="name of the shared subscription of several workers; empty: one receives, the others stand by",
    )
    slots: int = setting(
        "VOP_INGEST_SLOTS", 64, within=(1, 10**9), unit="workers", about="most workers that may share the subscription"
    )
    batch_messages: int = setting(
        "VOP_INGEST_BATCH_MESSAGES", 20_000, within=(1, 10**9), unit="messages", about="most messages a transaction"
    )
    batch_bytes: int = setting(
        "VOP_INGEST_BATCH_BYTES", 2_097_152, within=(1, 10**9), unit="bytes", about="most payload a transaction"
    )
    linger_ms: int = setting(
        "VOP_INGEST_LINGER_MS",
        20,
        unit="ms",
        within=(0, 60_000),
        about="how long a message may wait for others to share its transaction",
    )
    buffer_bytes: int = setting(
        "VOP_INGEST_BUFFER_BYTES",
        33_554_432,
        within=(1, 10**9),
        unit="bytes",
        about="payload held in memory before reading stops",
    )
    commit_within_s: int = setting(
        "VOP_INGEST_COMMIT_WITHIN_S",
        10,
        unit="s",
        within=(1, 3_600),
        about="how long the database may take for one batch before the connection is given up as dead",
    )
    data_dir: str = setting("VOP_DATA_DIR", "", about="directory for what services keep on local disk")
    spool: str = setting(
        "VOP_INGEST_SPOOL",
        "",
        about="directory for messages while the database is away; empty: spool in VOP_DATA_DIR, if that is set; "
        "off: none, the broker queues",
    )
    spool_bytes: int = setting(
        "VOP_INGEST_SPOOL_BYTES",
        2_147_483_648,
        unit="bytes",
        about="most a worker spools; full, the broker queues",
    )
    spool_age_h: int = setting(
        "VOP_INGEST_SPOOL_AGE_H",
        168,
        unit="h",
        within=(1, 87_600),
        about="a spool whose oldest message is older takes no more",
    )
    spool_reserve_bytes: int = setting(
        "VOP_INGEST_SPOOL_RESERVE_BYTES",
        268_435_456,
        unit="bytes",
        about="what the spool leaves free of the disk it is on",
    )
    receive_maximum: int = setting(
        "VOP_INGEST_RECEIVE_MAXIMUM",
        65_535,
        unit="messages",
        within=(1, 65_535),
        about="most unacknowledged messages; MQTT's own limit is 65,535",
    )
    session_expiry_s: int = setting(
        "VOP_INGEST_SESSION_EXPIRY_S",
        604_800,
        unit="s",
        within=(0, 2**32 - 1),
        about="how long the broker queues for a worker that is away",
    )
    raw_days: int = setting(
        "VOP_RETENTION_RAW_DAYS",
        400,
        unit="days",
        within=(1, 36_500),
        about="how long raw telemetry is kept; older times are not usable",
    )
    metrics_host: str = setting("VOP_METRICS_HOST", "127.0.0.1", about="address of /metrics, /healthz and /readyz")
    metrics_port: int = setting(
        "VOP_METRICS_PORT",
        0,
        within=(0, 65_535),
        about="TCP port of /metrics, /healthz and /readyz; 0: they are not served",
    )

    @property
    def sessions(self) -> int:
        """How many workers may receive at once: without a share every session would be sent everything."""
        return self.slots if self.share else 1

    @property
    def spool_root(self) -> Path | None:
        """The directory of the spools; None when there is to be none."""
        if self.spool:
            return None if self.spool == NO_SPOOL else Path(self.spool)
        return Path(self.data_dir) / "spool" if self.data_dir else None

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Settings from `env`; `X_FILE` names a file that holds `X`. Raises `settings.BadSetting`."""
        return read(cls, env)
