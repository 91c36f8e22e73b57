"""Start the whole platform on this machine, with a simulated fleet and its history."""

from __future__ import annotations

import click


@click.command("demo")
@click.option("--devices", type=click.IntRange(1, 2000), help="Devices in the fleet.  [default: 60]")
@click.option("--days", type=click.IntRange(1, 395), help="Days of history.  [default: 90]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    envvar="VOP_API_PORT",
    show_default=True,
    show_envvar=True,
    help="Of the API; 0 for a free one.",
)
@click.option("--fresh", is_flag=True, help="Delete what an earlier demo left, and begin anew.")
@click.option(
    "--speed",
    type=click.FloatRange(1, 86_400),
    default=1.0,
    show_default=True,
    help="Above 1, the last day is not sent at once but lived through so many times as fast.",
)
@click.option("--exit-after-ready", is_flag=True, help="End once the API is ready, before the history is sent.")
@click.option("--exit-after-backfill", is_flag=True, help="End once the history is proved to be stored.")
@click.option(
    "--broker",
    type=click.Choice(["auto", "mosquitto", "iotcore"]),
    default="auto",
    show_default=True,
    help="auto: mosquitto where it is installed, else iotcore, which has no accounts.",
)
def command(
    devices: int | None,
    days: int | None,
    port: int,
    fresh: bool,
    speed: float,
    exit_after_ready: bool,
    exit_after_backfill: bool,
    broker: str,
) -> None:
    """Start PostgreSQL, a broker, ingest, relay, the API and a simulated fleet, all on 127.0.0.1, until Ctrl-C.

    The history goes through the broker like everything else, and is proved to be stored. Data stay in VOP_DATA_DIR:
    the next start goes on from there, with the same devices, passwords and tokens, which are in demo.json.
    """
    from vop.demo import session

    end = "ready" if exit_after_ready else "backfill" if exit_after_backfill else "interrupt"
    session.run(session.Wishes(devices, days, port, fresh, speed, broker, session.End(end)))
