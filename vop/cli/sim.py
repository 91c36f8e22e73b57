"""A simulated fleet: over MQTT as devices, or into files."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from catalog import Catalog


@click.command("sim")
@click.option("--devices", type=click.IntRange(min=1), help="How many. Default: all in the accounts file; files: 60.")
@click.option("--days", type=click.IntRange(min=1), default=90, show_default=True, help="Days of history.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same fleet.")
@click.option("--product", "products", multiple=True, help="Only this product (files; may be repeated).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write files to this directory instead.")
@click.option(
    "--accounts",
    type=click.Path(dir_okay=False, path_type=Path),
    help="demo.json, or CSV with device,product,password. Default: demo.json in VOP_DATA_DIR.",
)
@click.option("--speed", type=click.FloatRange(min=0.001), default=1.0, show_default=True, help="Of model time, live.")
@click.option(
    "--hold-back",
    type=click.FloatRange(min=0),
    help="Days of the history lived through at --speed instead of back-filled. Default: 1 when --speed is above 1.",
)
@click.option("--live/--no-live", default=True, show_default=True, help="Live on after the back-fill.")
def command(
    devices: int | None, days: int, seed: int, products: tuple[str, ...], out: Path | None, accounts: Path | None,
    speed: float, hold_back: float | None, live: bool,
) -> None:  # fmt: skip
    """Simulate a fleet of connected products.

    Over MQTT the registered devices of an accounts file publish DAYS of history at full speed and then live on until
    Ctrl-C. With --out the history goes to files for `vop predict evaluate`, ground truth in a directory apart.
    """
    import catalog

    known = catalog.load_from_environment(os.environ)
    if out is not None:
        if accounts is not None:
            raise click.UsageError("--accounts is for MQTT; leave out either it or --out")
        _write(known, out, devices or 60, days, seed, products)
        return
    if products:
        raise click.UsageError("--product is for --out; the accounts file says which products devices are")
    _publish(known, accounts, devices, days, seed, speed, hold_back, live)


def _write(known: Catalog, out: Path, devices: int, days: int, seed: int, products: tuple[str, ...]) -> None:
    from device_sim import files
    from device_sim.fleet import SHARES, fleet

    shares = {key: SHARES.get(key, 1.0) for key in products} or None
    drawn = fleet(known, devices, days, seed, products=shares, staged=False, not_before={"stock_sensor": 0.6 * days})
    with _progress() as bar:
        task = bar.add_task("devices", total=len(drawn.devices))
        written = files.write(drawn, known, out, lambda done: bar.advance(task, done))
    for part in written:
        click.echo(
            f"{part.product}\t{part.devices} devices\t{part.rows} rows\t{part.failures} failures "
            f"({part.booked} booked)\t{part.censored} replaced before they failed"
        )


def _publish(
    known: Catalog, accounts: Path | None, devices: int | None, days: int, seed: int, speed: float,
    hold_back: float | None, live: bool,
) -> None:  # fmt: skip
    from device_sim import mqtt
    from device_sim.fleet import SOON_DAYS, fleet
    from device_sim.settings import Settings
    from vop.demo.place import default_directory

    path = accounts or Path(os.environ.get("VOP_DATA_DIR") or default_directory(os.environ)) / "demo.json"
    settings = Settings.read(path, os.environ)
    chosen = settings.accounts[:devices]
    if devices is not None and devices > len(chosen):
        raise click.UsageError(f"{path} has {len(chosen)} devices, not {devices}; register more with vop devices add")
    now = dt.datetime.now(dt.UTC)
    held = dt.timedelta(days=min(hold_back if hold_back is not None else float(speed > 1), days))
    drawn = fleet(known, days=days, seed=seed, named=[(account.device, account.product) for account in chosen])
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    secrets = {account.device: account.password for account in chosen}
    with mqtt.Mouth(drawn, known, settings.broker, secrets) as mouth:
        with _progress() as bar:
            task = bar.add_task("history", total=1.0)
            report = mouth.backfill(
                now - dt.timedelta(days=days), now - held, lambda p: bar.update(task, completed=p.fraction), stop.is_set
            )
        failed, failing = len(drawn.failures(0, days)), len(drawn.failures(days, days + SOON_DAYS))
        click.echo(
            f"{report.sent} elements sent, {report.acknowledged} acknowledged, in {report.seconds:.1f} s; "
            f"{failed} failures in the history, {failing} in the {SOON_DAYS:.0f} days to come"
        )
        if live and not stop.is_set():
            click.echo(f"live at {speed:g} x real time; Ctrl-C ends it")
            mouth.live(stop.is_set, speed=speed)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True),
    )  # fmt: skip
