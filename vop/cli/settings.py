"""List every setting of every service: variable, default, unit, meaning."""

from __future__ import annotations

import click

INTRODUCTION = """\
# Settings

Every setting is an environment variable; every one of them may also be given as `NAME_FILE`, the path of a file that
holds the value, which is how secrets should come. A required setting that is missing stops the start with its name.

This page is what `vop settings` prints; a test compares the two.
"""


@click.command("settings")
def command() -> None:
    """Print the settings of all services as Markdown."""
    click.echo(page(), nl=False)


def page() -> str:
    """docs/settings.md."""
    from api.settings import Settings as Api
    from ingest.settings import Settings as Ingest
    from relay.settings import Settings as Relay
    from settings import declared
    from store.product_tables import TableOptions
    from voice.adherence.thresholds import Thresholds as Adherence
    from voice.compare.thresholds import Thresholds
    from voice.insight.thresholds import Thresholds as Insight

    parts = [INTRODUCTION]
    services = {
        "vop migrate": TableOptions,
        "vop ingest": Ingest,
        "vop relay": Relay,
        "vop api": Api,
        "vop api and vop relay: what is said beside what is reported": Thresholds,
        "vop api: insights over the fleet": Insight,
        "vop api: adherence": Adherence,
    }
    for title, cls in services.items():
        rows = "".join(
            f"| `{one.env}` | {_default(one.default)} | {one.unit} | {one.about} |\n" for one in declared(cls)
        )
        parts.append(f"\n## {title}\n\n| variable | default | unit | what it is |\n|---|---|---|---|\n{rows}")
    return "".join(parts)


def _default(value: str | int | None) -> str:
    if value is None:
        return "required"
    return f"`{value}`" if value != "" else ""
