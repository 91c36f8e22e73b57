"""rumqttd from the `iotcore` wheel: the broker of a demo on a machine without Mosquitto.

Its limits, each of which the demo has to live with (rumqttd 0.20):

* no accounts and no topic rights: whoever reaches loopback may do anything;
* nothing outlives it, neither sessions nor queues nor retained messages;
* MQTT 3.1.1 and 5 on separate ports, one router behind both;
* at most `IN_FLIGHT` unacknowledged messages a subscriber, whatever its Receive Maximum;
* a log in memory per subscription, `SEGMENTS` x `SEGMENT_BYTES`, that drops its oldest segment
  without a word: a subscriber further behind than that loses messages. Acknowledged messages stay
  in it as well, so it is also what the broker's memory grows to.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from vop.errors import AlreadyRunning, DidNotStart, NotInstalled
from vop.services import accounts, ports
from vop.services.child import Child, Program, lock_directory

log = logging.getLogger(__name__)

LOCK_PATIENCE_S = 15.0
START_TIMEOUT_S = 20.0
PORT_ATTEMPTS = 5
STOP = ((signal.SIGTERM, 5.0),)  # it keeps nothing, so it has nothing to finish

PAYLOAD_LIMIT_BYTES = 1024 * 1024 + 1024  # the wheel's 20 kB is below one back-fill message
IN_FLIGHT = 100
SEGMENT_BYTES = 32 * 1024 * 1024
SEGMENTS = 8

CONFIG = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = {segment_bytes}
max_segment_count = {segments}

[v4.1]
name = "mqtt-3.1.1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
    [v4.1.connections]
    connection_timeout_ms = 60000
    max_payload_size = {payload_bytes}
    max_inflight_count = {in_flight}
    dynamic_filters = true

[v5.1]
name = "mqtt-5"
listen = "127.0.0.1:{port_v5}"
next_connection_delay_ms = 1
    [v5.1.connections]
    connection_timeout_ms = 60000
    max_payload_size = {payload_bytes}
    max_inflight_count = {in_flight}
    dynamic_filters = true
"""

# The wheel's own entry point ends when stdin does; a service's stdin is /dev/null. rumqttd logs
# every packet as an error: off.
PROGRAM = """\
import logging, sys
logging.basicConfig(level="WARNING")
logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
sys.path.append(sys.argv[2])
from iotcore.iotcore import IotCoreBroker
IotCoreBroker(config_path=sys.argv[1]).run_forever()
"""


class Iotcore:
    """A broker without accounts on 127.0.0.1: `port` speaks MQTT 3.1.1, `port_v5` MQTT 5."""

    has_accounts = False
    host = ports.LOOPBACK

    def __init__(self, data_dir: Path, *, port: int | None = None, port_v5: int | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir / "iotcore.log"
        self._wanted_ports = (port, port_v5)
        self._ports: tuple[int, int] | None = None
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
        """Where MQTT 3.1.1 is spoken."""
        self._running()
        assert self._ports is not None
        return self._ports[0]

    @property
    def port_v5(self) -> int:
        """Where MQTT 5 is spoken."""
        self._running()
        assert self._ports is not None
        return self._ports[1]

    @property
    def service_url(self) -> str:
        """Of the MQTT 5 port; there is nobody to name and no password."""
        return f"mqtt://{self.host}:{self.port_v5}"

    def url_of(self, _service: str, /) -> str:
        """The same for every service."""
        return self.service_url

    def start(self) -> Self:
        """Start unless it runs, and return when both ports accept connections; says in the log what it lacks.

        Raises `NotInstalled`, `UnreachablePlace`, `AlreadyRunning`, `DidNotStart`.
        """
        if self._child is not None:
            if self._child.returncode is None:
                return self
            self.stop()  # it ended by itself: let go of its pipes
        spec = importlib.util.find_spec("iotcore")
        if spec is None or spec.origin is None:
            raise NotInstalled(
                "no MQTT broker: neither mosquitto nor the package iotcore is installed: "
                "apt install mosquitto (brew install mosquitto), or pip install 'vop[demo]'"
            )
        account = accounts.unprivileged()
        accounts.own_directory(self.data_dir, account)
        if not all(accounts.can_reach(account, Path(p)) for p in (sys.executable, spec.origin)):
            log.warning("the broker runs as root: no other account can read %s", sys.executable)
            account = None
        lock = lock_directory(self.data_dir, patience_s=LOCK_PATIENCE_S)
        if lock is None:
            raise AlreadyRunning("iotcore", self.data_dir, None)
        try:
            self._child = self._start_on_ports(Path(spec.origin).parent.parent, account, lock)
        finally:
            os.close(lock)  # the supervisor has its own
        log.warning(
            "broker iotcore on loopback: no accounts, no ACL, nothing kept over a restart; "
            "install mosquitto to have them"
        )
        return self

    def stop(self) -> None:
        """End it, and with it everything it held. Safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def reload(self) -> None:
        """Nothing: it has no accounts to read again."""

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
            raise DidNotStart(f"iotcore on {self.data_dir} has not been started")
        return self._child

    def _start_on_ports(self, packages: Path, account: accounts.Account | None, lock: int) -> Child:
        said = ""
        for _ in range(PORT_ATTEMPTS):
            port, port_v5 = ports.choose("iotcore", *self._wanted_ports)
            child = self._spawn(port, port_v5, packages, account, lock)
            if _listens(child, port) and _listens(child, port_v5):
                self._ports = (port, port_v5)
                return child
            child.stop()
            said = child.last_words()
        raise DidNotStart(f"iotcore did not start on {self.data_dir}: {said}")

    def _spawn(self, port: int, port_v5: int, packages: Path, account: accounts.Account | None, lock: int) -> Child:
        config_path = self.data_dir / "iotcore.toml"
        text = CONFIG.format(
            port=port,
            port_v5=port_v5,
            payload_bytes=PAYLOAD_LIMIT_BYTES,
            in_flight=IN_FLIGHT,
            segment_bytes=SEGMENT_BYTES,
            segments=SEGMENTS,
        )
        accounts.replace_file(config_path, text)
        argv = [sys.executable, "-I", "-c", PROGRAM, str(config_path), str(packages)]
        program = Program("iotcore", argv, self.log_path, self.data_dir, STOP, account)
        return Child(program, lock=lock)


def _listens(child: Child, port: int) -> bool:
    return ports.wait_until_open(port, timeout_s=START_TIMEOUT_S, alive=lambda: child.returncode is None)
