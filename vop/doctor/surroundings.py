"""Where the doctor looks: the settings of the services, as far as they are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from catalog.model import Product
from settings import BadSetting, read, setting


@dataclass(frozen=True, slots=True)
class _Given:
    """The settings that matter here; those of the services, none of them required."""

    database_url: str = setting("VOP_DATABASE_URL", "", secret=True, about="libpq URL of the database")
    mqtt_url: str = setting("VOP_MQTT_URL", "", secret=True, about="the broker")
    data_dir: str = setting("VOP_DATA_DIR", "", about="directory for what services keep on local disk")
    spool: str = setting("VOP_INGEST_SPOOL", "", about="directory of the spool")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is to be examined. None and "": not set here."""

    database_url: str = field(default="", repr=False)
    mqtt_url: str = field(default="", repr=False)
    data_dir: Path | None = None
    spool: Path | None = None
    broker_config: Path | None = None
    """The broker's configuration; None: looked for among the processes of this machine."""
    catalog: Mapping[str, Product] = field(default_factory=dict)

    @classmethod
    def from_environment(
        cls, env: Mapping[str, str], catalog: Mapping[str, Product], broker_config: Path | None = None
    ) -> Self:
        """From the variables of the services. Raises `settings.BadSetting`."""
        given = read(_Given, env)
        data_dir = Path(given.data_dir) if given.data_dir else None
        spool = Path(given.spool) if given.spool not in ("", "off") else None
        if not given.spool and data_dir:
            spool = data_dir / "spool"
        if broker_config is not None and not broker_config.is_file():
            raise BadSetting(f"{broker_config} is no file: name the configuration that the broker was started with")
        return cls(given.database_url, given.mqtt_url, data_dir, spool, broker_config, catalog)
