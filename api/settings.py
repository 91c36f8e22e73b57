"""What an operator may set of the HTTP service: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from settings import read, setting


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once at the edge by `from_environment` and passed inward."""

    database_url: str = setting(
        "VOP_DATABASE_URL", "", secret=True, about="libpq URL of the database; empty: the PG* variables"
    )
    catalog_dir: str = setting("VOP_CATALOG_DIR", "", about="directory of a company's own product files")
    host: str = setting("VOP_API_HOST", "127.0.0.1", about="address to listen on")
    port: int = setting("VOP_API_PORT", 8000, about="TCP port to listen on; 0: a free one")
    trusted_proxies: str = setting(
        "VOP_API_TRUSTED_PROXIES",
        "",
        about="addresses or networks, comma-separated, that are believed who a request comes from and whether by https "
        "(X-Forwarded-For, -Proto); empty: nobody",
    )
    pool_size: int = setting(
        "VOP_API_POOL_SIZE", 8, unit="connections", about="database connections, and requests worked on at once"
    )
    query_timeout_ms: int = setting(
        "VOP_API_QUERY_TIMEOUT_MS", 10_000, unit="ms", about="longest a statement may run before the request is refused"
    )
    max_body_bytes: int = setting("VOP_API_MAX_BODY_BYTES", 1_048_576, unit="bytes", about="largest request body")
    max_streams: int = setting("VOP_API_MAX_STREAMS", 100, about="live streams open at once")
    keepalive_s: int = setting(
        "VOP_API_STREAM_KEEPALIVE_S",
        15,
        unit="s",
        about="longest silence on a live stream; its token is checked as often",
    )
    auth_failures: int = setting(
        "VOP_API_AUTH_FAILURES", 20, about="failed authentications a minute from one address before it must wait"
    )
    session_h: int = setting(
        "VOP_API_SESSION_H", 12, unit="h", about="how long a session lasts at most", within=(1, 744)
    )
    session_idle_min: int = setting(
        "VOP_API_SESSION_IDLE_MIN",
        60,
        unit="min",
        about="how long a session lasts without being used",
        within=(1, 44_640),
    )
    secure_cookies: int = setting(
        "VOP_API_SECURE_COOKIES",
        0,
        about="1: cookies are for https alone, for a proxy that does not say so; 0: they are where https is seen",
        within=(0, 1),
    )
    demo: int = setting(
        "VOP_DEMO", 0, about="1: this is a demonstration, and the start page tells its stories", within=(0, 1)
    )
    device_mqtt_url: str = setting(
        "VOP_DEVICE_MQTT_URL",
        "",
        about="where devices find the broker, mqtt://host:port or mqtts://host:port, as the page that connects one "
        "tells; empty: the host of that page, port 1883",
    )
    device_accounts: int = setting(
        "VOP_DEVICE_ACCOUNTS",
        1,
        about="0: the broker asks devices for no password, and the page that connects one says so",
        within=(0, 1),
    )
    raw_days: int = setting(
        "VOP_RETENTION_RAW_DAYS", 400, unit="days", about="how long raw telemetry is kept; older times are not usable"
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Settings from `env`; `X_FILE` names a file that holds `X`. Raises `settings.BadSetting`."""
        return read(cls, env)
