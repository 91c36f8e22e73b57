"""A broker that follows the registry of a fresh database, and the command line on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest

from store.database import Connection, connect
from tests.platform_services import DeviceBroker
from vop.__main__ import run
from vop.broker_accounts import BrokerAccounts


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database) as connection:
        yield connection


@dataclass
class Followed:
    """The broker, and when it was told to read its accounts."""

    broker: DeviceBroker
    reloads: list[float] = field(default_factory=list)

    def reload(self) -> None:
        self.reloads.append(time.monotonic())
        self.broker.server.reload()


@pytest.fixture
def followed(database: str, broker: DeviceBroker) -> Iterator[Followed]:
    followed = Followed(broker)
    server = broker.server
    follower = BrokerAccounts(database, server.password_path, server.acl_path, followed.reload)
    stop = Event()
    thread = Thread(target=follower.run, args=(stop,), name="broker accounts")
    thread.start()
    yield followed
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()


@dataclass
class Ran:
    """What a command line did."""

    status: int
    out: str
    err: str


@pytest.fixture
def vop(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    monkeypatch.setenv("VOP_DATABASE_URL", database)

    def vop(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            status = run([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = int(str(ended.code))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return vop
