"""Say what is wrong, and what to do about it; changes nothing."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

COLOURS = {"fail": "red", "warn": "yellow", "unknown": "cyan", "ok": "green"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--all", "everything", is_flag=True, help="Also list what is in order.")
@click.option(
    "--broker-config",
    type=click.Path(path_type=Path),
    help="Mosquitto's configuration, where it does not run on this machine.",
)
def command(as_json: bool, everything: bool, broker_config: Path | None) -> int:
    """Look at database, schema, broker, disks, ingest and relay; exit 1 if something fails.

    Run it as a service is run, with its VOP_DATABASE_URL, VOP_MQTT_URL and VOP_DATA_DIR; as the owner of the tables it
    sees most. It takes a few seconds, whatever is down.
    """
    import catalog
    from store.diagnosis.finding import WORST_FIRST
    from vop.doctor import examine, worst
    from vop.doctor.surroundings import Surroundings

    around = Surroundings.from_environment(os.environ, catalog.load_from_environment(os.environ), broker_config)
    findings = examine(around)
    level = worst(findings)
    if as_json:
        click.echo(json.dumps({"level": level, "findings": [asdict(one) for one in findings]}, indent=2))
        return int(level == "fail")
    for one in sorted(findings, key=lambda one: WORST_FIRST.index(one.level)):
        if one.level != "ok" or everything:
            click.echo(f"{click.style(f'{one.level:<8}', fg=COLOURS[one.level])}{one.name}: {one.what}.")
            if one.do:
                click.echo(f"        {one.do[0].upper()}{one.do[1:]}.")
    counts = ", ".join(f"{sum(one.level == level for one in findings)} {level}" for level in WORST_FIRST)
    click.echo(f"{len(findings)} checks: {counts}")
    return int(level == "fail")
