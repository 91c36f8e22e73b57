"""Issue, list and revoke the tokens people and programs use the API with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from vop.cli import _registry
from vop.cli.users import ROLES

DEFAULT_DAYS = 90


@click.group("tokens")
def command() -> None:
    """Issue, list and revoke the tokens people and programs use the API with."""


@command.command("add")
@click.option("--user", required=True, help="Whom it speaks for; made, with --role, if there is none.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Roles of a new user; may be repeated.")
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@click.option(
    "--days",
    type=click.IntRange(min=0, max=3660),
    default=DEFAULT_DAYS,
    show_default=True,
    help="Days until it expires; 0 for never.",
)
def add(user: str, roles: tuple[str, ...], label: str, days: int) -> None:
    """Issue a token and print it, once. A token has the roles of its user, whatever they are when it is used."""
    from store import audit, tokens, users
    from store.errors import NotFound

    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with _registry.opened() as conn:
        try:
            owner = users.get(conn, user)
        except NotFound:
            if not roles:
                raise click.UsageError(f"there is no user {user}; give --role to add one") from None
            owner = users.create(conn, user, user, roles)
            audit.write(conn, _registry.entry("user", "create", user, roles=list(owner.roles)))
        if roles and set(roles) != set(owner.roles):
            raise click.UsageError(
                f"{user} has the roles {', '.join(owner.roles)}, and so has each of their tokens: leave out --role, "
                f"change them by `vop users grant {user}`, or name another user"
            )
        token, secret = tokens.issue(conn, owner.user_id, label, expires_at=expires_at)
        audit.write(conn, _registry.entry("token", "issue", str(token.token_id), user=user))
    until = "never expires" if expires_at is None else f"expires {_registry.day(expires_at)}"
    click.echo(f"token {token.token_id} of {user} {until}; it is shown this once:", err=True)
    click.echo(secret)


@command.command("list")
@click.option("--user", help="Only of this user.")
def show(user: str | None) -> None:
    """List tokens, ended ones too; never their secrets."""
    from store import tokens

    now = datetime.now(UTC)
    after = 0
    with _registry.opened() as conn:
        _registry.row("TOKEN", "USER", "LABEL", "ISSUED", "EXPIRES", "STATE")
        while page := tokens.listing(conn, user=user, after=after):
            for token in page:
                expired = token.expires_at is not None and token.expires_at <= now
                state = "revoked" if token.revoked_at else "expired" if expired else "valid"
                issued, expires = _registry.day(token.created_at), _registry.day(token.expires_at)
                _registry.row(token.token_id, token.user, token.label, issued, expires, state)
            after = page[-1].token_id


@command.command("revoke")
@click.argument("token", type=int)
def revoke(token: int) -> None:
    """End the token with the number TOKEN now."""
    from store import audit, tokens

    with _registry.opened() as conn:
        ended = tokens.revoke(conn, token)
        audit.write(conn, _registry.entry("token", "revoke", str(token), user=ended.user))
    click.echo(f"token {token} of {ended.user} is revoked", err=True)
