"""`vop`, the command line: exit status 0 on success, 2 on bad usage, 1 with one line on stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from vop import logs
from vop.cli import Nouns

# Root errors of the packages. Looked up among what has been imported: a package that was never
# loaded raised nothing, and is not loaded to find that out.
ERROR_ROOTS = {
    "api.errors": "ApiError",
    "catalog.errors": "CatalogError",
    "device_sim.errors": "SimulationError",
    "ingest.errors": "IngestError",
    "relay.errors": "RelayError",
    "settings": "BadSetting",
    "store.errors": "StoreError",
    "voice.errors": "VoiceError",
    "vop.errors": "VopError",
    "wire.errors": "WireError",
}

LEVELS = ("debug", "info", "warning", "error")
INTERRUPTED = 130  # 128 + SIGINT, as a shell has it

log = logging.getLogger("vop")


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vop", prog_name="vop", message="%(prog)s %(version)s")
@click.option(
    "--log-level",
    type=click.Choice(LEVELS, case_sensitive=False),
    default="info",
    envvar="VOP_LOG_LEVEL",
    show_default=True,
    show_envvar=True,
    help="What goes to stderr. At debug, an error comes with its traceback.",
)
@click.option(
    "--log-format",
    type=click.Choice(logs.FORMATS, case_sensitive=False),
    default="text",
    envvar="VOP_LOG_FORMAT",
    show_default=True,
    show_envvar=True,
    help="Lines for people, or one JSON object a line.",
)
def cli(log_level: str, log_format: str) -> None:
    """Connected products say what happened, customers what they experienced: both, side by side."""
    logs.configure(log_level, log_format)


def expected_errors() -> tuple[type[Exception], ...]:
    """The error roots of the packages imported so far: what a person may be told in one line."""
    found = (getattr(sys.modules.get(module), name, None) for module, name in ERROR_ROOTS.items())
    return tuple(kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return its exit status.

    An error that is none of ours is a defect: it passes through, with its traceback.
    """
    try:
        status = cli.main(args=arguments, prog_name="vop", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("vop: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        if not isinstance(error, expected_errors()):
            raise
        log.debug("the error in full", exc_info=True)
        click.echo(f"vop: {' '.join(str(error).split())}", err=True)
        return 1
    return status if isinstance(status, int) else 0


def main() -> None:
    """Entry point of the console script and of `python -m vop`."""
    try:
        status = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`| head`) has enough. Python's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
