"""What an operator may set of the ingest service: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ingest.errors import BadSetting


def _setting(
    env: str, default: object, *, unit: str = "", secret: bool = False, within: tuple[int, int] = (1, 10**12), help: str
) -> Any:
    metadata = {"env": env, "unit": unit, "secret": secret, "within": within, "help": help}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once at the edge by `from_environment` and passed inward."""

    database_url: str = _setting(
        "VOP_DATABASE_URL",
        "",
        secret=True,
        help="libpq URL of the database; empty: the PG* variables",
    )
    mqtt_url: str = _setting(
        "VOP_MQTT_URL",
        "",
        secret=True,
        help="broker, mqtt:// or mqtts://user:password@host:port; required",
    )
    catalog_dir: str = _setting("VOP_CATALOG_DIR", "", help="directory of a company's own product files")
    share: str = _setting(
        "VOP_INGEST_SHARE",
        "ingest",
        help="name of the shared subscription; empty for a broker that knows none",
    )
    slots: int = _setting("VOP_INGEST_SLOTS", 64, unit="workers", help="most workers that may share the subscription")
    batch_messages: int = _setting(
        "VOP_INGEST_BATCH_MESSAGES", 4_000, unit="messages", help="most messages a transaction"
    )
    batch_bytes: int = _setting("VOP_INGEST_BATCH_BYTES", 8_388_608, unit="bytes", help="most payload a transaction")
    linger_ms: int = _setting(
        "VOP_INGEST_LINGER_MS",
        20,
        unit="ms",
        within=(0, 60_000),
        help="how long a message may wait for others to share its transaction",
    )
    buffer_bytes: int = _setting(
        "VOP_INGEST_BUFFER_BYTES",
        33_554_432,
        unit="bytes",
        help="payload held in memory before reading stops",
    )
    receive_maximum: int = _setting(
        "VOP_INGEST_RECEIVE_MAXIMUM",
        65_535,
        unit="messages",
        within=(1, 65_535),
        help="most unacknowledged messages; MQTT's own limit is 65,535",
    )
    session_expiry_s: int = _setting(
        "VOP_INGEST_SESSION_EXPIRY_S",
        604_800,
        unit="s",
        within=(0, 2**32 - 1),
        help="how long the broker queues for a worker that is away",
    )
    raw_days: int = _setting(
        "VOP_RETENTION_RAW_DAYS",
        400,
        unit="days",
        within=(1, 36_500),
        help="how long raw telemetry is kept; older times are not usable",
    )
    metrics_host: str = _setting("VOP_METRICS_HOST", "127.0.0.1", help="address of /metrics, /healthz and /readyz")
    metrics_port: int = _setting(
        "VOP_METRICS_PORT",
        0,
        within=(0, 65_535),
        help="TCP port of /metrics, /healthz and /readyz; 0: they are not served",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Settings from `env`; `X_FILE` names a file that holds `X`. Raises `BadSetting`, naming the variable."""
        given: dict[str, Any] = {}
        for declared in fields(cls):
            name = declared.metadata["env"]
            text = _read(env, name)
            if text is not None:
                given[declared.name] = (
                    text if declared.type == "str" else _whole(name, text, declared.metadata["within"])
                )
        settings = cls(**given)
        if not settings.mqtt_url:
            raise BadSetting("VOP_MQTT_URL is not set; it names the broker, e.g. mqtts://ingest:password@broker:8883")
        return settings


def _read(env: Mapping[str, str], name: str) -> str | None:
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name)
    if name in env:
        raise BadSetting(f"both {name} and {name}_FILE are set; keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE: {path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise BadSetting(f"{name}_FILE: {path} is not UTF-8") from None


def _whole(name: str, text: str, within: tuple[int, int]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and within[0] <= int(text) <= within[1]):
        raise BadSetting(f"{name} must be a whole number, {within[0]:,} to {within[1]:,}; it is {text!r}")
    return int(text)
