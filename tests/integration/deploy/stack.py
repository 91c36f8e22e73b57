"""The processes of docker-compose.yml, run by hand on this machine.

Commands, environments, health checks and order are the file's own. What a container would have made otherwise is put in
its place: paths of secrets, volumes and mounts; host names of the networks; ports, which are free ones here.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.platform_services import embedded_server
from tests.unit.deploy.compose_file import DEPLOY, document, interpolated, runs_on
from tests.waiting import poll
from vop.services import accounts, ports
from vop.services.mosquitto import PLACES
from vop.services.postgres_install import find_bin_dir

IN_CONTAINER = (
    "/run/secrets", "/run/broker", "/broker/data", "/broker/accounts", "/ingest", "/catalog", "/backups", "/proxy",
    "/prometheus", "/grafana", "/sim", "/tls", "/deploy",
)  # fmt: skip
MADE = ("/tls", "/deploy")
"""Not an empty directory at first."""
OTHERS = frozenset({"proxy", "prometheus", "blackbox", "disks", "grafana"})
"""Programs that this machine need not have: tried one by one where it has them."""
LOOPBACK = "127.0.0.1"


def make_secrets(place: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of that name."""
    return subprocess.run([str(DEPLOY / "make-secrets.sh"), str(place)], capture_output=True, text=True)


def make_certificates(place: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run the script of that name."""
    script = str(DEPLOY / "make-certificates.sh")
    return subprocess.run([script, "--to", str(place), *names], capture_output=True, text=True)


def pgpass(secrets: Path, name: str) -> str:
    """The password in a pgpass file."""
    return (secrets / f"{name}_pgpass").read_text().strip().split(":")[4]


@dataclass
class Ports:
    """Free ports in place of those in the file."""

    database: int
    devices: int
    tls: int
    services: int
    metrics: int
    relay: int
    api: int


@dataclass
class Stack:
    """The services of the file over one database server."""

    place: Path
    ports: Ports
    account: accounts.Account | None
    """Whom the broker runs as; root's processes see its files anyway."""
    services: dict[str, Any] = field(default_factory=lambda: document()["services"])
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def secrets(self) -> Path:
        return self.place / "run/secrets"

    def order(self) -> list[str]:
        """All services but the database's and those of others, each after those it waits for; no profile's."""
        graph = {name: set(service.get("depends_on", ())) for name, service in self.services.items()}
        left_out = OTHERS | {"timescaledb"} | {name for name in graph if "profiles" in self.services[name]}
        return [name for name in TopologicalSorter(graph).static_order() if name not in left_out]

    def settle(self) -> None:
        """Write this machine's ports into the files that name them, and give everything to the broker's account."""
        conf = self.place / "deploy/mosquitto.conf"
        text = self.here(conf.read_text()).replace("listener 1883", f"listener {self.ports.devices} {LOOPBACK}")
        text = text.replace("listener 8883", f"listener {self.ports.tls} {LOOPBACK}")
        conf.write_text(text.replace("listener 1884", f"listener {self.ports.services} {LOOPBACK}"))
        url = self.secrets / "ingest_mqtt_url"
        url.write_text(url.read_text().replace("@mosquitto:1884", f"@{LOOPBACK}:{self.ports.services}"))
        self.settle_owners()

    def settle_owners(self) -> None:
        """Give everything to the broker's account."""
        for path in [self.place, *self.place.rglob("*")]:
            os.chown(path, self._uid(), self._gid())

    def log(self, name: str) -> Path:
        return self.place / f"{name}.log"

    def here(self, text: str) -> str:
        """A word of the file as it is on this machine."""
        variables = {"RUN_AS_UID": str(self._uid()), "RUN_AS_GID": str(self._gid()), "WEB_SUBNET": LOOPBACK}
        text = interpolated(text, variables)
        for path in IN_CONTAINER:
            text = re.sub(rf"(?<![\w/]){path}\b", str(self.place) + path, text)
        text = text.replace("host=timescaledb", f"host={LOOPBACK} port={self.ports.database}")
        text = text.replace("mqtts://mosquitto:8883", f"mqtts://{LOOPBACK}:{self.ports.tls}")
        text = text.replace("('mosquitto', 8883)", f"('{LOOPBACK}', {self.ports.tls})")
        for usual, port in ((9100, self.ports.metrics), (9101, self.ports.relay), (8000, self.ports.api)):
            text = text.replace(f"{LOOPBACK}:{usual}/", f"{LOOPBACK}:{port}/")
        return text

    def environment(self, name: str) -> dict[str, str]:
        """That of a container: the file's, and hardly anything of ours."""
        path = os.pathsep.join((str(find_bin_dir()), os.environ.get("PATH", os.defpath), *PLACES))
        env = {"PATH": path, "HOME": "/nonexistent", "PYTHONUNBUFFERED": "1"}
        env |= {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
        env |= {key: self.here(str(value)) for key, value in self.services[name].get("environment", {}).items()}
        if env.get("PGHOST") == "timescaledb":
            env |= {"PGHOST": LOOPBACK, "PGPORT": str(self.ports.database)}
        here = {"9100": self.ports.metrics, "9101": self.ports.relay, "8000": self.ports.api}
        return env | {
            variable: str(here[env[variable]]) for variable in ("VOP_METRICS_PORT", "VOP_API_PORT") if variable in env
        }

    def argv(self, words: list[str]) -> list[str]:
        """A command of the file; `vop` and `python` are this environment's, process 1 is the broker."""
        found = [self.here(str(word)) for word in words]
        if found[0] == "vop":
            found[:1] = [sys.executable, "-m", "vop"]
        if found[0] == "python":
            found[0] = sys.executable
        if "--pid" in found:
            at = found.index("--pid") + 1
            assert found[at] == "1"
            found[at] = str(self.running["mosquitto"].pid)
        return [str(self.ports.services) if word == "1884" else word for word in found]

    def start(self, name: str, *arguments: str) -> None:
        """Run a one-shot to its end, or start a service and wait until its health check passes.

        `arguments` take the place of its command, as with `docker compose run`.
        """
        service = self.services[name]
        argv = self.argv([*service.get("entrypoint", []), *(arguments or service.get("command", []))])
        account = self.account if name == "mosquitto" else None
        with self.log(name).open("wb") as log:
            process = subprocess.Popen(
                argv,
                env=self.environment(name),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=() if account else None,
            )
        self.running[name] = process
        if not runs_on(service):
            assert process.wait(100) == 0, f"{name}: {self.log(name).read_text()}"
            return
        poll(lambda: process.poll() is not None or self.healthy(name), 60, what=f"the health of {name}")
        assert process.poll() is None, f"{name}: {self.log(name).read_text()}"

    def healthy(self, name: str) -> bool:
        """What the file's health check says."""
        test = self.services[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        checked = subprocess.run(
            self.argv(test[1:]), env=self.environment(name), cwd="/", capture_output=True, timeout=30
        )
        return checked.returncode == 0

    def run(self, name: str, *arguments: str) -> str:
        """`docker compose exec NAME vop ...`: stdout."""
        ran = subprocess.run(
            [sys.executable, "-m", "vop", *arguments],
            env=self.environment(name),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def stop(self, name: str) -> int:
        """SIGTERM, and the time the file allows; returns the exit status."""
        process = self.running[name]
        process.send_signal(signal.SIGTERM)
        patience = self.services[name]["stop_grace_period"]
        return process.wait(float(patience[:-1]) * {"s": 1, "m": 60}[patience[-1]])

    def kill(self) -> None:
        """End whatever is left."""
        for process in self.running.values():
            if process.poll() is None:
                process.kill()
            process.wait()

    def _uid(self) -> int:
        return self.account.uid if self.account else os.getuid()

    def _gid(self) -> int:
        return self.account.gid if self.account else os.getgid()


@contextmanager
def prepared(place: Path, database_port: int) -> Iterator[Stack]:
    """Secrets, certificates and mounts; nothing runs yet. `place` must be reachable by other accounts."""
    for path in IN_CONTAINER:
        if path not in MADE:
            (place / path[1:]).mkdir(parents=True)
    for made in (make_secrets(place / "run/secrets"), make_certificates(place / "certificates", "mqtt.example.com")):
        assert made.returncode == 0, made.stderr
    (place / "tls").symlink_to(place / "certificates" / "broker")
    # Of which other containers mount the authority alone.
    shutil.copy(place / "certificates/ca.crt", place / "certificates/broker/ca.crt")
    shutil.copytree(DEPLOY, place / "deploy", ignore=shutil.ignore_patterns("secrets", "tls", "sim"))
    account = accounts.unprivileged("mosquitto")
    stack = Stack(place, Ports(database_port, *(ports.free_port() for _ in range(6))), account)
    stack.settle()
    try:
        yield stack
    finally:
        stack.kill()


@contextmanager
def database_and_secrets(place: Path) -> Iterator[Stack]:
    """The same beside a server with the superuser `postgres` as the image makes it."""
    with embedded_server() as server:
        at = int(str(conninfo_to_dict(server.url())["port"]))
        with prepared(place, at) as stack:
            with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
                # As the image does from POSTGRES_PASSWORD_FILE.
                password = sql.Literal((stack.secrets / "postgres_password").read_text().strip())
                admin.execute(sql.SQL("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD {}").format(password))
                # The embedded server comes with a database of that name; the image does not.
                admin.execute("ALTER DATABASE vop RENAME TO embedded")
            if os.environ.get("VOP_TEST_PG_PRELOAD") == "timescaledb":
                # The image has it in template1, so that every new database has it from the start.
                with psycopg.connect(server.url("template1"), autocommit=True) as admin:
                    admin.execute("CREATE EXTENSION timescaledb")
            yield stack
