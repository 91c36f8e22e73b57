"""Look at what was refused, and try it again after its cause is mended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vop.cli import _registry

if TYPE_CHECKING:
    from api.deadletters.replay import Attempt, Replayed
    from catalog import Catalog
    from store.database import Connection
    from store.deadletters import DeadLetter

PAGE = 500
REPLAYED_AT_ONCE = 100
"""Letters a transaction: a message may have 1,000 elements."""


@click.group("deadletters")
def command() -> None:
    """Look at what was refused, and try it again after its cause is mended.

    What the messages hold is never shown: it may be for a care team alone.
    """


def _reason(_context: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    from catalog.elements import Reason

    known = sorted(Reason)
    if given is not None and given not in known:
        raise click.BadParameter(f"{given!r} is not a reason; these are: {', '.join(known)}")
    return given


@command.command("list")
@click.option("--reason", callback=_reason, help="Only of this reason code.")
@click.option("--device", help="Only of this device.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
def show(reason: str | None, device: str | None, limit: int, json_: bool) -> None:
    """List refused elements, the last met first. A whole message that was refused has the element 0."""
    from store import deadletters

    left, after = limit, None
    with _registry.opened() as conn:
        if not json_:
            _registry.row("ID", "REASON", "COUNT", "TOPIC", "ELEMENT", "BYTES", "FIRST", "LAST", "TRIED", "DETAIL")
        while left > 0:
            size = min(PAGE, left)
            page = deadletters.listing(conn, reason=reason, device=device, after=after, limit=size, sample=0)
            for letter in page:
                _print(letter, json_)
            if len(page) < size:
                break
            left -= len(page)
            after = (page[-1].last_at, page[-1].dead_letter_id)


def _print(letter: DeadLetter, json_: bool) -> None:
    if json_:
        import dataclasses

        import orjson

        shown = dataclasses.asdict(letter)
        del shown["payload"]
        click.echo(orjson.dumps(shown).decode())
        return
    _registry.row(
        letter.dead_letter_id,
        letter.reason,
        letter.count,
        _printable(letter.topic),
        letter.element_index,
        letter.payload_bytes,
        _registry.day(letter.first_at),
        _registry.day(letter.last_at),
        _registry.day(letter.replayed_at),
        _printable(letter.detail),
    )


def _printable(text: str) -> str:
    """A device chose it: nothing in it may move the cursor or end the line."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


@command.command("replay")
@click.option("--reason", callback=_reason, help="All letters of this reason code.")
@click.option("--id", "ids", type=click.IntRange(1, 2**63 - 1), multiple=True, help="This letter; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Decode and say what would happen; store and change nothing.")
def replay(reason: str | None, ids: tuple[int, ...], dry_run: bool) -> None:
    """Decode and store refused elements again, by the present catalogue and registry, as if they came when they did.

    What is stored by now is recognised and not stored twice. A letter whose element is refused for the same reason
    stays, and is not counted up. Exit status 1 if anything is refused still, or an --id names no letter to replay.
    """
    import catalog
    from api.settings import Settings

    if (reason is None) == (not ids):
        raise click.UsageError("give either --reason or --id")
    if reason == "conflict":
        raise click.UsageError("a conflict is never replayed: what was stored came first, and stays")
    products = catalog.load_from_environment(os.environ)
    raw_days = Settings.from_environment(os.environ).raw_days
    missing, refused = set(ids), 0
    stored = duplicates = 0
    for letters in _pages(reason, ids):
        missing -= {letter.dead_letter_id for letter in letters}
        if dry_run:
            refused += _tell_attempts(letters, products, raw_days)
            continue
        done = _replay(letters, products, raw_days)
        stored += done.stored
        duplicates += done.duplicates
        refused += len(done.rejected)
        for rejected in done.rejected:
            click.echo(f"letter {rejected.dead_letter_id}: refused, {rejected.reason}")
    for number in sorted(missing):
        click.echo(f"letter {number}: there is none that can be replayed", err=True)
    if not dry_run:
        click.echo(f"{stored} stored, {duplicates} were there already, {refused} letters refused", err=True)
    if refused or missing:
        raise SystemExit(1)


def _pages(reason: str | None, ids: tuple[int, ...]) -> Iterator[list[DeadLetter]]:
    """The letters wanted, oldest first. A replay may write new ones: they come last."""
    from store import deadletters

    after = 0
    wanted = list(ids) or None
    while True:
        with _registry.opened() as conn:
            page = deadletters.replayable(conn, ids=wanted, reason=reason, after_id=after, limit=REPLAYED_AT_ONCE)
        if not page:
            return
        yield page
        after = page[-1].dead_letter_id


def _tell_attempts(letters: list[DeadLetter], products: Catalog, raw_days: int) -> int:
    """Say what a replay would do; how many letters it would leave refused."""
    from api.deadletters.replay import attempt

    with _registry.opened() as conn:
        attempts = attempt(conn, products, letters, raw_days)
    for one in attempts:
        click.echo(f"letter {one.letter.dead_letter_id}: {_forecast(one)}")
    return sum(one.reason is not None for one in attempts)


def _forecast(one: Attempt) -> str:
    accepted = len(one.arrival.elements)
    parts = [f"{accepted} element{'' if accepted == 1 else 's'} accepted"] if accepted else []
    parts += [f"refused, {one.reason}"] if one.reason else []
    return "; ".join(parts)


def _replay(letters: list[DeadLetter], products: Catalog, raw_days: int) -> Replayed:
    from api.deadletters.replay import replay
    from store import audit
    from store.database import connect
    from store.intake import Intake

    storing: Connection
    with (
        _registry.opened() as conn,
        connect(
            _registry.database_url(),
            application="vop deadletters",
            autocommit=True,
            answer_within_s=_registry.ANSWER_WITHIN_S,
        ) as storing,
    ):
        done = replay(conn, storing, Intake(products), products, letters, raw_days)
        numbers = [letter.dead_letter_id for letter in letters]
        audit.write(conn, _registry.entry("deadletter", "replay", "*", ids=list(numbers)))
    return done
