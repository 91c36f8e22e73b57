"""Where the simulated devices connect, and with which credentials: files in, settings out."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device_sim.errors import BadAccounts
from device_sim.mqtt import Broker
from wire.broker import SETTING, BrokerAddress

HELP = {
    SETTING: "where devices connect, mqtt(s)://host:port; user and password in it are not used. "
    "Without it, the broker named in the accounts file.",
    "VOP_DATA_DIR": "where demo.json is looked for when no accounts file is named.",
}


@dataclass(frozen=True)
class Account:
    """A registered device and its secret."""

    device: str
    product: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What the MQTT mouth needs to know of the world."""

    broker: Broker
    accounts: tuple[Account, ...]

    @classmethod
    def read(cls, path: Path, environment: Mapping[str, str]) -> Settings:
        """Accounts from `path`: `demo.json`, or CSV with the columns device, product, password.

        The broker is `VOP_MQTT_URL`, else the one `demo.json` names. Raises BadAccounts, wire.errors.BadBrokerUrl.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadAccounts(path, f"it cannot be read ({error})") from error
        document = _json(path, text) if text.lstrip().startswith("{") else {"devices": _csv(path, text)}
        url = environment.get(SETTING)
        broker = Broker.at(BrokerAddress.parse(url)) if url else _broker(path, document.get("mqtt"))
        return cls(broker, _accounts(path, document.get("devices")))


def _json(path: Path, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadAccounts(path, f"it is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadAccounts(path, "it holds no JSON object")
    return document


def _csv(path: Path, text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(text.splitlines())
    missing = {"device", "product", "password"} - set(reader.fieldnames or ())
    if missing:
        raise BadAccounts(path, f"its first line lacks {', '.join(sorted(missing))}")
    return list(reader)


def _broker(path: Path, named: object) -> Broker:
    if not isinstance(named, dict) or not isinstance(named.get("host"), str) or not isinstance(named.get("port"), int):
        raise BadAccounts(path, f"it names no broker; set {SETTING}=mqtt://host:port")
    port_v5 = named.get("port_v5")
    return Broker(named["host"], named["port"], port_v5 if isinstance(port_v5, int) else None)


def _accounts(path: Path, named: object) -> tuple[Account, ...]:
    if not isinstance(named, Sequence) or isinstance(named, str) or not named:
        raise BadAccounts(path, "it lists no devices")
    accounts = []
    for number, entry in enumerate(named):
        values = [entry.get(key) if isinstance(entry, dict) else None for key in ("device", "product", "password")]
        if not all(isinstance(value, str) and value for value in values):
            raise BadAccounts(path, f"device number {number + 1} lacks its device, product or password")
        accounts.append(Account(*map(str, values)))
    return tuple(accounts)
