"""Keep the broker's password and ACL files as the device registry has them."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event

import click

from vop.cli import _registry


@click.command("broker-accounts")
@click.option("--password-file", type=click.Path(path_type=Path), required=True, help="Mosquitto's password_file.")
@click.option("--acl-file", type=click.Path(path_type=Path), required=True, help="Mosquitto's acl_file.")
@click.option("--pid", type=click.IntRange(min=1), help="The broker's process id.")
@click.option("--pid-file", type=click.Path(path_type=Path), help="Mosquitto's pid_file, read at each reload.")
@click.option("--once", is_flag=True, help="Write the files once and end; without a process id the broker is not told.")
def command(password_file: Path, acl_file: Path, pid: int | None, pid_file: Path | None, once: bool) -> None:
    """Render device accounts into the broker's files whenever the registry changes, until stopped.

    The broker is sent SIGHUP at most once a second. Run it where it sees the broker's process and under an account
    that may signal it; the files belong to the owner of their directory when this runs as root.
    """
    from vop.broker_accounts import BrokerAccounts, BrokerProcess

    if pid is not None and pid_file is not None:
        raise click.UsageError("give --pid or --pid-file, not both")
    target = pid if pid is not None else pid_file
    if target is None and not once:
        raise click.UsageError("give --pid or --pid-file, so that the broker can be told; or --once")
    reload = BrokerProcess(target) if target is not None else None
    follower = BrokerAccounts(_registry.database_url(), password_file, acl_file, reload or (lambda: None))
    try:
        if once:
            follower.apply()
            return
    except OSError as error:
        _registry.fail(f"{error.filename}: cannot be written ({error.strerror})")
    with _registry.opened():
        pass  # a database without a schema is reported now, not retried
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    follower.run(stopping)
