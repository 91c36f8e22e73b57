"""Run ingest, the clock, the API and the broker accounts against an existing PostgreSQL and broker."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Event

import click


@click.command("up")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Ingest workers.")
@click.option("--password-file", type=click.Path(path_type=Path), help="Mosquitto's password_file, kept as registered.")
@click.option("--acl-file", type=click.Path(path_type=Path), help="Mosquitto's acl_file.")
@click.option("--pid-file", type=click.Path(path_type=Path), help="Mosquitto's pid_file, to have it read both again.")
@click.option("--migrate/--no-migrate", "migrates", default=True, show_default=True, help="Migrate the database first.")
def command(
    workers: int, password_file: Path | None, acl_file: Path | None, pid_file: Path | None, migrates: bool
) -> None:
    """Run the services on this host until SIGTERM or Ctrl-C, each started again when it ends by itself.

    Settings are those of the services: VOP_DATABASE_URL, VOP_MQTT_URL, VOP_API_PORT and so on. The first ingest worker
    serves VOP_METRICS_PORT, the next ones the ports after it, and the relay the one after theirs.
    """
    from api.settings import Settings as ApiSettings
    from ingest.settings import Settings as IngestSettings
    from relay.settings import Settings as RelaySettings
    from vop import up

    given = [option is not None for option in (password_file, acl_file, pid_file)]
    if any(given) and not all(given):
        raise click.UsageError("give --password-file, --acl-file and --pid-file together, or none of them")
    # What is missing or wrong is told here, once, and not by each service in turn.
    metrics_port = IngestSettings.from_environment(os.environ).metrics_port
    RelaySettings.from_environment(os.environ)
    ApiSettings.from_environment(os.environ)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if migrates:
        _migrate()
    services: dict[str, up.Service] = {
        f"ingest {number}": up.Service(
            ("ingest",), {"VOP_METRICS_PORT": str(metrics_port + number - 1)} if metrics_port else {}
        )
        for number in range(1, workers + 1)
    }
    after = {"VOP_METRICS_PORT": str(metrics_port + workers)} if metrics_port else {}
    services["relay"] = up.Service(("relay",), after)
    services["api"] = up.Service(("api",))
    if password_file is not None:
        files = ("--password-file", str(password_file), "--acl-file", str(acl_file), "--pid-file", str(pid_file))
        services["broker accounts"] = up.Service(("broker-accounts", *files))
    up.run(services, os.environ, stop, lambda line: click.echo(f"vop up: {line}", err=True))


def _migrate() -> None:
    import catalog
    from store.migrate import migrate
    from store.product_tables import TableOptions
    from vop.cli import _registry

    options = TableOptions.from_environment(os.environ)
    applied = migrate(_registry.database_url(), catalog.load_from_environment(os.environ), options=options)
    click.echo(f"vop up: the database is at schema {applied.version:04d}", err=True)
