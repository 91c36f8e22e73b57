"""Mosquitto on loopback: accounts, topic rights and persistence, as in production but for TLS."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from base64 import b64encode
from hashlib import pbkdf2_hmac
from pathlib import Path
from secrets import token_bytes
from types import TracebackType
from typing import Self

from vop.errors import AlreadyRunning, DidNotStart, NotInstalled
from vop.services import accounts, ports
from vop.services.child import Child, Program, lock_directory

PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")

LOCK_PATIENCE_S = 30.0
START_TIMEOUT_S = 60.0  # it reads its whole queue from disk first
PORT_ATTEMPTS = 5
STOP = ((signal.SIGTERM, 30.0),)  # it writes its queue to disk on the way out

# Accounts of the service listener; their client ids are their own business.
SERVICES = ("ingest", "api", "converse", "monitor")

PAYLOAD_LIMIT_BYTES = 1024 * 1024
# Topic, properties and header come on top of the payload.
PACKET_LIMIT_BYTES = PAYLOAD_LIMIT_BYTES + 64 * 1024
# One client's queue: 500 messages a second of 300 bytes, for an hour of outage. Held in memory.
QUEUE_LIMIT_BYTES = 540 * 1000 * 1000

CONFIG = """\
per_listener_settings true

# Killed with -9 it loses what it had acknowledged but not yet delivered since its last save: up to
# two seconds of it, for the interval has to be exceeded, in whole seconds (measured: 0.4 to 1.7 s).
# A save writes the whole queue, and nobody is answered meanwhile (measured: 0.2 s for 27 MB); the
# queue is short unless the subscribers are away. Counting changes instead (autosave_on_changes
# true) would write it at every message.
persistence true
persistence_location {data}/
autosave_interval 1
autosave_on_changes false

# 0: a subscriber's own Receive Maximum decides (the default of 20 throttles ingest).
max_inflight_messages 0
# By bytes, not by number. What does not fit is dropped for that subscriber, counted in
# $SYS/broker/publish/messages/dropped, although the publisher gets its acknowledgement. An MQTT
# 3.1.1 subscriber that is connected has no Receive Maximum, so this limit does not hold for it.
# The number is out of reach and not 0: at 0, Mosquitto 2.0 disconnects whoever publishes where he
# may not, instead of telling him.
max_queued_messages 1000000000
max_queued_bytes {queue_bytes}
# A larger packet ends its connection and is never acknowledged; MQTT 5 tells the limit in CONNACK.
# message_size_limit would acknowledge and drop it (3.1.1), or answer with a PUBACK reason that
# MQTT 5 does not have there, upon which clients reconnect and send it again for ever.
max_packet_size {packet_bytes}

sys_interval 1
set_tcp_nodelay true
connection_messages false
log_dest stderr
log_timestamp true
log_timestamp_format %Y-%m-%dT%H:%M:%S
log_type error
log_type warning
log_type notice

# devices
listener {device_port} 127.0.0.1
allow_anonymous false
# Else a device with a valid account of its own takes over the session of another.
use_username_as_clientid true
password_file {accounts}/passwords
acl_file {accounts}/acl

# services
listener {service_port} 127.0.0.1
allow_anonymous false
password_file {data}/service_passwords
acl_file {data}/service_acl

{extra}
"""

DEVICE_ACL = """\
pattern write vop/v1/%u/up/#
pattern read vop/v1/%u/down/#
"""


def find_mosquitto() -> Path | None:
    """The broker's program on PATH or where Debian and Homebrew put it; None if there is none."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *PLACES))
    found = shutil.which("mosquitto", path=path)
    return Path(found).resolve() if found else None


def password_line(user: str, password: str) -> str:
    """A line of Mosquitto's password file: PBKDF2-SHA512, 101 rounds (its own default).

    The rounds are few because the secrets have 256 bits: nobody guesses them.
    """
    salt = token_bytes(12)
    digest = pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"{user}:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _listens(child: Child, port: int) -> bool:
    return ports.wait_until_open(port, timeout_s=START_TIMEOUT_S, alive=lambda: child.returncode is None)


class Mosquitto:
    """A broker with one listener for devices and one for services, both on 127.0.0.1.

    Accounts of devices are whatever `password_path` and `acl_path` hold at the last `reload`.
    They must stay readable to the broker's account: write them with `accounts.replace_file`.
    Both listeners speak MQTT 3.1.1 and 5. Sessions, retained messages and queues outlive it.
    """

    has_accounts = True
    host = ports.LOOPBACK

    def __init__(
        self,
        data_dir: Path,
        *,
        device_port: int | None = None,
        service_port: int | None = None,
        executable: Path | None = None,
        config_extra: str = "",
        queue_limit_bytes: int = QUEUE_LIMIT_BYTES,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir / "mosquitto.log"
        self.accounts_dir = self.data_dir / "accounts"
        self.password_path = self.accounts_dir / "passwords"
        self.acl_path = self.accounts_dir / "acl"
        self._wanted_ports = (device_port, service_port)
        self._ports: tuple[int, int] | None = None
        self._executable = executable
        self._config_extra = config_extra
        self._queue_limit_bytes = queue_limit_bytes
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """Its process id; raises `DidNotStart` before `start`."""
        return self._running().pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; 128 + n when it died of signal n."""
        return self._running().returncode

    @property
    def port(self) -> int:
        """Where devices connect, with MQTT 3.1.1 or 5."""
        self._running()
        assert self._ports is not None
        return self._ports[0]

    @property
    def port_v5(self) -> int:
        """The same port: Mosquitto tells the versions apart by itself."""
        return self.port

    @property
    def service_port(self) -> int:
        """Where services connect."""
        self._running()
        assert self._ports is not None
        return self._ports[1]

    @property
    def service_url(self) -> str:
        """Of the account `ingest` on the service listener, password included."""
        return self.url_of("ingest")

    def url_of(self, service: str) -> str:
        """Of one of `SERVICES` on the service listener, password included."""
        password = accounts.secret_file(self._secret_path(service))
        return f"mqtt://{service}:{password}@{self.host}:{self.service_port}"

    def start(self) -> Self:
        """Start unless it runs, and return when both listeners accept connections.

        Raises `NotInstalled`, `UnreachablePlace`, `AlreadyRunning`, `DidNotStart`.
        """
        if self._child is not None:
            if self._child.returncode is None:
                return self
            self.stop()  # it ended by itself: let go of its pipes
        executable = self._executable or find_mosquitto()
        if executable is None:
            raise NotInstalled(
                f"mosquitto is neither on PATH nor in {', '.join(PLACES)}: install it "
                "(Debian: apt install mosquitto; macOS: brew install mosquitto)"
            )
        # Under its own account from the first instruction: as root it would open its files first.
        account = accounts.unprivileged("mosquitto")
        accounts.own_directory(self.data_dir, account)
        accounts.own_directory(self.accounts_dir, account)
        lock = lock_directory(self.data_dir, patience_s=LOCK_PATIENCE_S)
        if lock is None:
            raise AlreadyRunning("mosquitto", self.data_dir, self._last_pid())
        try:
            self._write_service_accounts()
            for path, text in ((self.password_path, ""), (self.acl_path, DEVICE_ACL)):
                if not path.exists():
                    accounts.replace_file(path, text)
            self._child = self._start_on_ports(executable, account, lock)
        finally:
            os.close(lock)  # the supervisor has its own
        accounts.replace_file(self.data_dir / "pid", f"{self._child.pid}\n")
        return self

    def stop(self) -> None:
        """End it; it saves its sessions and queues first. Safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), and wait: for tests of what survives."""
        self._running().signal(signal.SIGKILL)
        self.stop()

    def reload(self) -> None:
        """Have it read `password_path` and `acl_path` again; a removed user is disconnected."""
        self._running().signal(signal.SIGHUP)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _running(self) -> Child:
        if self._child is None:
            raise DidNotStart(f"mosquitto on {self.data_dir} has not been started")
        return self._child

    def _secret_path(self, service: str) -> Path:
        if service not in SERVICES:
            raise DidNotStart(f"mosquitto has no service account {service!r}: use one of {', '.join(SERVICES)}")
        return self.data_dir / f"service_{service}.secret"

    def _last_pid(self) -> int | None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int((self.data_dir / "pid").read_text(encoding="utf-8"))
        return None

    def _write_service_accounts(self) -> None:
        secrets = {name: accounts.secret_file(self._secret_path(name)) for name in SERVICES}
        lines = [password_line(name, secret) for name, secret in secrets.items()]
        rights = [f"user {name}\ntopic readwrite vop/v1/#\ntopic read $SYS/#\n" for name in secrets]
        accounts.replace_file(self.data_dir / "service_passwords", "\n".join(lines) + "\n")
        accounts.replace_file(self.data_dir / "service_acl", "\n".join(rights))

    def _start_on_ports(self, executable: Path, account: accounts.Account | None, lock: int) -> Child:
        for _ in range(PORT_ATTEMPTS):
            device, service = ports.choose("mosquitto", *self._wanted_ports)
            config_path = self._write_config(device, service)
            argv = [str(executable), "-c", str(config_path)]
            program = Program("mosquitto", argv, self.log_path, self.data_dir, STOP, account)
            child = Child(program, lock=lock)
            if _listens(child, device) and _listens(child, service):
                self._ports = (device, service)
                return child
            child.stop()
            if "address already in use" not in child.log_tail().lower():
                break
        raise DidNotStart(f"mosquitto did not start on {self.data_dir}: {child.last_words()}")

    def _write_config(self, device: int, service: int) -> Path:
        path = self.data_dir / "mosquitto.conf"
        text = CONFIG.format(
            data=self.data_dir,
            accounts=self.accounts_dir,
            device_port=device,
            service_port=service,
            queue_bytes=self._queue_limit_bytes,
            packet_bytes=PACKET_LIMIT_BYTES,
            extra=self._config_extra,
        )
        accounts.replace_file(path, text)
        return path
