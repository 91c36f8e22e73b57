"""Add the people who work with the platform, and give them roles."""

from __future__ import annotations

import sys

import click

from vop.cli import _registry

ROLES = ("admin", "support", "maintenance", "clinician", "carer", "stock", "quality")


@click.group("users")
def command() -> None:
    """Add the people who work with the platform, and give them roles."""


@command.command("add")
@click.argument("user")
@click.option("--name", help="Name to display; the user name when left out.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated.")
def add(user: str, name: str | None, roles: tuple[str, ...]) -> None:
    """Add USER with at least one role."""
    from store import audit, users

    with _registry.opened() as conn:
        made = users.create(conn, user, name or user, roles)
        audit.write(conn, _registry.entry("user", "create", user, roles=list(made.roles)))
    click.echo(f"{user} is added as {', '.join(made.roles)}; `vop tokens add --user {user}` lets them in", err=True)


@command.command("list")
def show() -> None:
    """List all users, inactive ones too."""
    from store import users

    after = ""
    with _registry.opened() as conn:
        _registry.row("USER", "NAME", "ROLES", "ACTIVE", "SINCE")
        while page := users.listing(conn, after=after):
            for user in page:
                active = "yes" if user.active else "no"
                _registry.row(
                    user.name, user.display_name, ",".join(user.roles), active, _registry.day(user.created_at)
                )
            after = page[-1].name


@command.command("grant")
@click.argument("user")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option("--only", is_flag=True, help="These roles in place of all others.")
def grant(user: str, roles: tuple[str, ...], only: bool) -> None:
    """Give USER more roles, or, with --only, exactly these."""
    from store import audit, users

    with _registry.opened() as conn:
        before = users.get(conn, user).roles
        after = users.change(conn, user, roles=roles if only else {*before, *roles}).roles
        audit.write(conn, _registry.entry("user", "grant", user, before=list(before), after=list(after)))
    click.echo(f"{user} is {', '.join(after)}", err=True)


@command.command("deactivate")
@click.argument("user")
def deactivate(user: str) -> None:
    """Let USER in no more. Tokens and history stay; `activate` lets them in again."""
    _set_active(user, active=False)


@command.command("activate")
@click.argument("user")
def activate(user: str) -> None:
    """Let USER in again."""
    _set_active(user, active=True)


@command.command("password")
@click.argument("user")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input, to the end of its first line.")
def password(user: str, *, from_stdin: bool) -> None:
    """Give USER a password, or another one. Asks for it on a terminal; it is never an argument, which others can see.

    All sessions of USER end. Tokens stay.
    """
    from store import audit, passwords, users

    with _registry.opened() as conn:
        there = users.get(conn, user)
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = click.prompt("New password", hide_input=True, confirmation_prompt="Once more", err=True)
    else:
        raise click.UsageError("standard input is no terminal: give --stdin to read the password from it")
    passwords.require_good(given, there.name, there.display_name)
    made = passwords.hashed(given)
    with _registry.opened() as conn:
        passwords.change(conn, user, made)
        audit.write(conn, _registry.entry("user", "password", user))
    click.echo(f"{user} has a new password, and is signed out everywhere", err=True)


def _set_active(user: str, *, active: bool) -> None:
    from store import audit, users

    verb = "activate" if active else "deactivate"
    with _registry.opened() as conn:
        users.change(conn, user, active=active)
        audit.write(conn, _registry.entry("user", verb, user))
    click.echo(f"{user} is {'active' if active else 'let in no more'}", err=True)
