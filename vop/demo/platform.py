"""Everything the demo runs, started in order, kept running, and stopped."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

from catalog import Catalog
from device_sim import Fleet
from store.database import connect
from store.errors import SchemaError, translated
from store.migrate import migrate
from vop.broker_accounts import BrokerAccounts
from vop.demo import place, registry
from vop.demo.errors import OtherDemo, PortInUse
from vop.demo.memory import Access, State, recall_secrets
from vop.demo.programs import Programs, account, wait_until_ready
from vop.errors import AlreadyRunning, PortTaken
from vop.keeper import Keeper
from vop.services import accounts, ports
from vop.services.broker import Iotcore, Mosquitto, find_mosquitto
from vop.services.child import lock_directory
from vop.services.postgres import PostgresServer

LEAVING_PATIENCE_S = 30.0
"""How long services of a demo killed a moment ago may still be ending."""
PORT_ATTEMPTS = 5
USUAL_PORTS = {"mqtt": 1883}
"""Taken when it is free, so that MQTT clients need no port."""
DATABASE_SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "2GB", "checkpoint_timeout": "15min"}
"""Beside the durable ones: room for months of history at once."""
STOCK_EVERY_S = "30"
"""An order is placed after two looks: nobody waits half an hour for it before a demo."""

Say = Callable[[str], None]
Service = TypeVar("Service", PostgresServer, Mosquitto, Iotcore)


class Platform:
    """PostgreSQL, broker, registry, ingest, api and relay of one demo.

    A context manager: leaving it stops what `start` began. `say` is told what a person should know,
    `gave_up` that there is no going on and why.
    """

    def __init__(self, directory: Path, catalog: Catalog, broker: str, say: Say, gave_up: Say) -> None:
        """`broker`: `mosquitto`, `iotcore`, or `auto` for the first of them this machine has."""
        self._directory = directory
        self.services = place.services_directory(directory)
        """Where PostgreSQL, the broker, ingest, relay and api keep their files and logs."""
        self._catalog = catalog
        self._wanted_broker = broker
        self._say = say
        self._keeper = Keeper(say, gave_up)
        self._stopping = Event()
        self._follower: Thread | None = None
        self._lock: int | None = None
        self._ports: dict[str, int] = {}
        self._postgres: PostgresServer | None = None
        self._broker: Mosquitto | Iotcore | None = None

    def start(self, state: State, fleet: Fleet, port: int) -> tuple[State, Access]:
        """Start all of it; returns when the API is ready: the state with its ports, and what is in `demo.json`.

        `port` is the API's, 0 for a free one. Raises `PortInUse`, other `VopError` and `StoreError`.
        """
        self._ports = dict(state.ports)
        place.make(self.services)
        runs_as = account()
        run_directory = accounts.own_directory(self.services / "run", runs_as)
        self._lock = lock_directory(run_directory, patience_s=LEAVING_PATIENCE_S)
        if self._lock is None:
            raise AlreadyRunning("api, ingest or relay of an earlier demo", run_directory, None)
        # Looked at only now: the API of a demo killed a moment ago has let go of it.
        if port and ports.is_taken(port):
            raise PortInUse(port)
        self._ports["api"] = port or self._port("api")
        self._start_postgres()
        self._migrate()
        self._plan_broker()
        access = self._register(fleet, state)
        self._start_broker()
        access = replace(access, mqtt=self._mqtt())
        access.save(self._directory)
        programs = Programs(run_directory, runs_as, self._lock)
        self._start_programs(programs)
        return replace(state, ports=dict(self._ports)), access

    @property
    def database_url(self) -> str:
        """With the password in it."""
        assert self._postgres is not None
        return self._postgres.url()

    @property
    def broker(self) -> Mosquitto | Iotcore:
        """The running broker."""
        assert self._broker is not None
        return self._broker

    @property
    def metrics_url(self) -> str:
        """Where ingest counts."""
        return self._metrics("ingest")

    @property
    def all_metrics(self) -> dict[str, str]:
        """Where each service counts."""
        return {name: self._metrics(name) for name in ("ingest", "relay", "api")}

    def _metrics(self, name: str) -> str:
        return f"http://{ports.LOOPBACK}:{self._ports[name]}/metrics"

    @property
    def environment_path(self) -> Path:
        """A file that gives a shell the services' settings, for `vop doctor` and other commands. Holds no secret."""
        return self.services / "run" / "vop.env"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()
        try:
            self._keeper.stop()
        finally:
            if self._lock is not None:
                os.close(self._lock)

    def _port(self, name: str) -> int:
        """The port this service had last, or usually has, if that is free; else any that is."""
        for port in (self._ports.get(name), USUAL_PORTS.get(name)):
            if port is not None and not ports.is_taken(port):
                return port
        return ports.free_port()

    def _begin(self, make: Callable[[], Service]) -> Service:
        """Start what `make` makes; once more, with other ports, if somebody was quicker to take one."""
        for attempt in range(PORT_ATTEMPTS):
            server = make()
            try:
                return server.start()
            except PortTaken:
                if attempt == PORT_ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _start_postgres(self) -> None:
        def make() -> PostgresServer:
            self._ports["postgres"] = self._port("postgres")
            home = self.services / "postgres"
            return PostgresServer(home, port=self._ports["postgres"], settings=DATABASE_SETTINGS)

        server = self._postgres = self._begin(make)
        self._keeper.start("PostgreSQL", server.start)

    def _migrate(self) -> None:
        try:
            migrate(self.database_url, self._catalog)
        except SchemaError as error:
            raise OtherDemo(self._directory, f"that this program cannot go on with ({error})") from error

    def _plan_broker(self) -> None:
        if self._wanted_broker == "mosquitto" or (self._wanted_broker == "auto" and find_mosquitto()):
            self._broker = self._mosquitto()
        else:
            self._broker = self._iotcore()

    def _mosquitto(self) -> Mosquitto:
        for name in ("mqtt", "mqtt_services"):
            self._ports[name] = self._port(name)
        self._ports["mqtt_v5"] = self._ports["mqtt"]
        return Mosquitto(
            self.services / "mosquitto", device_port=self._ports["mqtt"], service_port=self._ports["mqtt_services"]
        )

    def _iotcore(self) -> Iotcore:
        self._ports["mqtt"] = self._port("mqtt")
        last = self._ports.get("mqtt_v5")
        self._ports["mqtt_v5"] = ports.free_port() if last == self._ports["mqtt"] else self._port("mqtt_v5")
        return Iotcore(self.services / "iotcore", port=self._ports["mqtt"], port_v5=self._ports["mqtt_v5"])

    def _mqtt(self) -> Mapping[str, str | int]:
        return {"host": ports.LOOPBACK, "port": self._ports["mqtt"], "port_v5": self._ports["mqtt_v5"]}

    def _register(self, fleet: Fleet, state: State) -> Access:
        known = recall_secrets(self._directory)
        with translated(), connect(self.database_url, application="vop demo") as conn:
            tokens, devices = registry.populate(conn, fleet, state.start, known)
            api = f"http://{ports.LOOPBACK}:{self._ports['api']}"
            access = Access(api, self._mqtt(), tokens, devices)
            # Before the commit that makes them valid: secrets are shown once, and this is where.
            access.save(self._directory)
            state.save(self._directory)
        return access

    def _start_broker(self) -> None:
        if isinstance(self.broker, Iotcore):
            self._broker = self._begin(self._iotcore)
        else:
            self._broker = self._begin(self._mosquitto_with_accounts)
            self._follower = Thread(
                target=_accounts(self._broker, self.database_url).run, args=(self._stopping,), name="broker-accounts"
            )
            self._follower.start()
        self._keeper.start("the broker", self._broker.start)

    def _mosquitto_with_accounts(self) -> Mosquitto:
        """One that knows the devices from its first moment."""
        server = self._mosquitto()
        its_own = accounts.unprivileged("mosquitto")
        for home in (server.data_dir, server.accounts_dir):
            accounts.own_directory(home, its_own)
        _accounts(server, self.database_url).render()
        return server

    def _start_programs(self, programs: Programs) -> None:
        for name in ("ingest", "relay"):
            self._ports[name] = self._port(name)
        database = {"VOP_DATABASE_URL_FILE": programs.secret("database.url", self.database_url)}
        to_ingest = database | {
            "VOP_MQTT_URL_FILE": programs.secret("mqtt.url", self.broker.service_url),
            "VOP_METRICS_PORT": str(self._ports["ingest"]),
            "VOP_METRICS_HOST": ports.LOOPBACK,
            # Beside the database whose messages it holds, and gone with it.
            "VOP_INGEST_SPOOL": str(programs.directory / "spool"),
        }
        to_relay = database | {
            "VOP_METRICS_PORT": str(self._ports["relay"]),
            "VOP_METRICS_HOST": ports.LOOPBACK,
            "VOP_RELAY_STOCK_EVERY_S": os.environ.get("VOP_RELAY_STOCK_EVERY_S", STOCK_EVERY_S),
        }
        if isinstance(self.broker, Iotcore):
            to_ingest["VOP_INGEST_SHARE"] = ""  # it knows no shared subscriptions
        shared = {key: value for key, value in to_ingest.items() if not key.startswith("VOP_METRICS_")}
        shared["VOP_DATA_DIR"] = str(self._directory)
        lines = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in shared.items())
        accounts.replace_file(self.environment_path, lines)
        to_api = database | {
            "VOP_API_HOST": ports.LOOPBACK,
            "VOP_API_PORT": str(self._ports["api"]),
            "VOP_DEMO": "1",
            "VOP_DEVICE_MQTT_URL": f"mqtt://{ports.LOOPBACK}:{self._ports['mqtt']}",
            "VOP_DEVICE_ACCOUNTS": str(int(self.broker.has_accounts)),
        }
        # In this order: the first message a person sends must find a subscription.
        for name, settings in (("ingest", to_ingest), ("api", to_api), ("relay", to_relay)):
            process = self._keeper.start(name, partial(programs.spawn, name, settings))
            wait_until_ready(name, self._ports[name], process, programs.directory / f"{name}.log")


def _accounts(broker: Mosquitto, database_url: str) -> BrokerAccounts:
    return BrokerAccounts(database_url, broker.password_path, broker.acl_path, broker.reload)
