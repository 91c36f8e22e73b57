"""What an operator may set of the HTTP service: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from api.errors import BadSetting


def _setting(env: str, default: object, *, unit: str = "", secret: bool = False, about: str) -> Any:
    metadata = {"env": env, "unit": unit, "secret": secret, "help": about}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once at the edge by `from_environment` and passed inward."""

    database_url: str = _setting(
        "VOP_DATABASE_URL", "", secret=True, about="libpq URL of the database; empty: the PG* variables"
    )
    catalog_dir: str = _setting("VOP_CATALOG_DIR", "", about="directory of a company's own product files")
    host: str = _setting("VOP_API_HOST", "127.0.0.1", about="address to listen on")
    port: int = _setting("VOP_API_PORT", 8000, about="TCP port to listen on; 0: a free one")
    pool_size: int = _setting(
        "VOP_API_POOL_SIZE", 8, unit="connections", about="database connections, and requests worked on at once"
    )
    query_timeout_ms: int = _setting(
        "VOP_API_QUERY_TIMEOUT_MS", 10_000, unit="ms", about="longest a statement may run before the request is refused"
    )
    max_body_bytes: int = _setting("VOP_API_MAX_BODY_BYTES", 1_048_576, unit="bytes", about="largest request body")
    max_streams: int = _setting("VOP_API_MAX_STREAMS", 100, about="live streams open at once")
    keepalive_s: int = _setting(
        "VOP_API_STREAM_KEEPALIVE_S",
        15,
        unit="s",
        about="longest silence on a live stream; its token is checked as often",
    )
    auth_failures: int = _setting(
        "VOP_API_AUTH_FAILURES", 20, about="failed authentications a minute from one address before it must wait"
    )
    raw_days: int = _setting(
        "VOP_RETENTION_RAW_DAYS", 400, unit="days", about="how long raw telemetry is kept; older times are not usable"
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Settings from `env`; `X_FILE` names a file that holds `X`. Raises `BadSetting`."""
        given: dict[str, Any] = {}
        for declared in fields(cls):
            name = declared.metadata["env"]
            text = _read(env, name)
            if text is not None:
                given[declared.name] = text if declared.type == "str" else _whole(name, text)
        return cls(**given)


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


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadSetting(f"{name} must be a whole number, zero or more; it is {text!r}")
    return int(text)
