"""The whole platform as an operator runs it: processes on ephemeral ports, reached by MQTT, HTTP and commands alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.mqtt_handshake import ACCEPTED, connect_status
from tests.platform_services import FORGETFUL
from tests.unit.catalog import jug
from tests.waiting import poll
from vop.services import ports
from vop.services.mosquitto import Mosquitto
from vop.services.postgres import PostgresServer

API = "/api/v1"
PEOPLE = {
    "sam": "support", "max": "maintenance", "quinn": "quality", "clara": "clinician", "cleo": "clinician",
    "tara": "stock",
}  # fmt: skip
"""Beside the administrator, who is made on the command line."""
STARTED_WITHIN_S = 60.0
STOPPED_WITHIN_S = 30.0


class Process:
    """A `vop` service of its own session, with its log in a file."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._arguments = arguments
        self._environment = dict(environment)
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it; returns at once."""
        argv = [sys.executable, "-m", "vop", *self._arguments]
        with self.log.open("ab") as out:
            self._popen = subprocess.Popen(
                argv, env=os.environ | self._environment, stdout=out, stderr=out, start_new_session=True
            )
        return self

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._popen is not None
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._popen is not None and self._popen.poll() is None

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        assert self._popen is not None
        self._popen.terminate()
        return self._popen.wait(STOPPED_WITHIN_S)

    def kill(self) -> None:
        """SIGKILL."""
        assert self._popen is not None
        self._popen.kill()
        self._popen.wait(STOPPED_WITHIN_S)

    def rss_kib(self) -> int:
        """Its resident memory, as Linux tells it."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError(f"process {self.pid} has no memory any more: {self.said()}")

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.alive:
            self.stop() if error is None else self.kill()


@dataclass
class Platform:
    """Where everything is, and what opens it."""

    place: Path
    postgres: PostgresServer
    broker: Mosquitto
    environment: dict[str, str]
    api_url: str
    metrics_url: str = ""
    services: dict[str, Process] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def ingest(self) -> Process:
        """The worker that runs from the beginning."""
        return self.services["ingest"]

    def vop(self, *arguments: str, status: int = 0) -> str:
        """Run a command to its end; what it printed."""
        ran = self.run(*arguments)
        assert ran.returncode == status, ran.stderr
        return ran.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        argv = [sys.executable, "-m", "vop", *arguments]
        return subprocess.run(argv, env=os.environ | self.environment, capture_output=True, text=True, timeout=120)

    def service(self, name: str, *arguments: str, **settings: str) -> Process:
        """A service of this platform, not yet started."""
        return Process(arguments, self.environment | settings, self.place / f"{name}.log")

    def worker(self, name: str) -> Process:
        """One more ingest worker, not yet started."""
        return self.service(name, "ingest", VOP_METRICS_PORT="0")

    # ---- HTTP

    def call(self, name: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """A request by one of `PEOPLE` or `ada`, the administrator; by nobody without a name."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        return httpx.request(method, f"{self.api_url}{API}{path}", headers=headers, timeout=30, **more)

    def get(self, name: str, path: str, **query: Any) -> Any:
        """The body of a successful GET."""
        answer = self.call(name, "GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, name: str, path: str, body: object) -> None:
        """A successful PUT."""
        answer = self.call(name, "PUT", path, json=body)
        assert answer.status_code == 200, answer.text

    def create(self, name: str, path: str, body: object) -> Any:
        """The body of a successful POST that creates."""
        answer = self.call(name, "POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def device(self, device: str, product: str = "robot_vacuum") -> str:
        """Register a device; its secret, once the broker lets it in."""
        return self.devices([device], product)[device]

    def devices(self, names: Sequence[str], product: str = "robot_vacuum") -> dict[str, str]:
        """Register devices; their secrets, once the broker lets the last of them in."""
        for name in names:
            made = self.create("sam", "/devices", {"device": name, "product": product})
            self.secrets[name] = made["secret"]
        last = names[-1]
        poll(
            lambda: connect_status(self.broker.host, self.broker.port, last, self.secrets[last]),
            until=lambda status: status == ACCEPTED,
            what=f"the broker letting {last} in",
        )
        return {name: self.secrets[name] for name in names}

    def post(self, device: str, message: object, channel: str = "telemetry") -> httpx.Response:
        """What a device says over HTTP."""
        return httpx.post(
            f"{self.api_url}{API}/telemetry",
            params={"channel": channel},
            json=message,
            auth=(device, self.secrets[device]),
            timeout=30,
        )

    def values(self, device: str, signal: str = "battery_pct", since: datetime | None = None) -> list[float]:
        """Newest first, at most 500: the highest value of each bucket of the finest history there is."""
        period = {"from": since.isoformat()} if since else {}
        found = self.get("sam", f"/devices/{device}/history", signal=signal, points=5000, **period)
        return [bucket["max"] for bucket in reversed(found["items"])][:500]

    def count(self, device: str, signal: str = "battery_pct", **query: Any) -> int:
        """How many values of a signal are stored, by its history."""
        found = self.get("sam", f"/devices/{device}/history", signal=signal, **query)
        return sum(bucket["n"] for bucket in found["items"])

    def letters(self, device: str) -> list[tuple[str, int]]:
        """Reason and element of a device's dead letters, sorted."""
        found = self.get("sam", "/deadletters", device=device, limit=500)
        return sorted((letter["reason"], letter["element_index"]) for letter in found["items"])

    def counted(self, metric: str) -> float:
        """A counter of the first ingest worker, all labels together."""
        text = httpx.get(f"{self.metrics_url}/metrics", timeout=10).text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return sum(float(value) for name, value in rows if name.partition("{")[0] == metric)

    # ---- MQTT, by the programs everybody has

    def pub(self, device: str, topic: str, *more: str, version: str = "5") -> subprocess.CompletedProcess[str]:
        """`mosquitto_pub` at QoS 1, as a device: its exit status is 0 when it was acknowledged."""
        argv = ["mosquitto_pub", *self.as_device(device, version), "-q", "1", "-t", topic, *more]
        return subprocess.run(argv, capture_output=True, text=True, timeout=30)

    def as_device(self, device: str, version: str = "5") -> list[str]:
        """Options of mosquitto_pub and mosquitto_sub: where, who, and by which version of MQTT."""
        where = ["-h", self.broker.host, "-p", str(self.broker.port)]
        return [*where, "-u", device, "-P", self.secrets[device], "-i", device, "-V", version]

    # ---- what goes wrong

    @contextmanager
    def database_stopped(self) -> Iterator[None]:
        """Without a database; afterwards with one, and with services that have noticed."""
        self.postgres.stop()
        try:
            yield
        finally:
            self.postgres.start()
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until the API and the first worker say so."""
        for url, process in ((self.api_url, self.services["api"]), (self.metrics_url, self.ingest)):
            poll(
                lambda url=url, process=process: _is_ready(url) or not process.alive,  # type: ignore[misc]
                STARTED_WITHIN_S,
                what=f"{url}/readyz",
            )
            assert process.alive, process.said()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def running(place: Path) -> Iterator[Platform]:
    """PostgreSQL, Mosquitto, schema, broker accounts, one ingest worker, the API, people with tokens.

    The company has a product of its own beside the four: the jug of docs/catalog.md, as a file and nothing else.
    """
    own_products = place / "catalog"
    own_products.mkdir()
    (own_products / "jug.toml").write_text(jug.example(), encoding="utf-8")
    database_port, device_port, service_port, api_port, metrics_port = ports.choose("test", *[None] * 5)
    with ExitStack() as stack:
        # Their ports stay theirs over a restart, as an operator's do.
        preload = os.environ.get("VOP_TEST_PG_PRELOAD")
        settings = FORGETFUL | ({"shared_preload_libraries": preload} if preload else {})
        database = PostgresServer(place / "pg", port=database_port, settings=settings)
        stack.enter_context(database)
        broker = Mosquitto(place / "broker", device_port=device_port, service_port=service_port)
        stack.enter_context(broker)
        environment = {
            "VOP_DATABASE_URL_FILE": _secret(place / "database.url", database.url()),
            "VOP_MQTT_URL_FILE": _secret(place / "mqtt.url", broker.service_url),
            "VOP_CATALOG_DIR": str(own_products),
            "VOP_METRICS_PORT": str(metrics_port),
            "VOP_API_PORT": str(api_port),
        }
        api_url, metrics_url = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{metrics_port}"
        platform = Platform(place, database, broker, environment, api_url, metrics_url)
        platform.vop("migrate")
        accounts = [f"--password-file={broker.password_path}", f"--acl-file={broker.acl_path}"]
        commands = {
            "broker-accounts": ["broker-accounts", *accounts, f"--pid-file={broker.data_dir / 'pid'}"],
            "ingest": ["ingest"],
            "api": ["api"],
        }
        for name, command in commands.items():
            platform.services[name] = stack.enter_context(platform.service(name, *command))
        platform.wait_until_ready()
        _people(platform)
        yield platform


def _secret(path: Path, value: str) -> str:
    """A file only we can read: secrets reach services this way, and no process list shows them."""
    path.touch(mode=0o600)
    path.write_text(value + "\n", encoding="utf-8")
    return str(path)


def _people(platform: Platform) -> None:
    platform.tokens["ada"] = platform.vop("tokens", "add", "--user", "ada", "--role", "admin").strip()
    for name, role in PEOPLE.items():
        platform.create("ada", "/users", {"name": name, "display_name": name.title(), "roles": [role]})
        issued = platform.create("ada", "/tokens", {"user": name, "label": "acceptance"})
        platform.tokens[name] = issued["secret"]


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return int(datetime.now(UTC).timestamp() * 1000)
