"""The platform's checks told to people: what each is about, what it means when it fails, and what to do.

The sentences of `vop doctor`, with their figures, stand beside these as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from api.console.catalogues import N_
from api.system.schemas import Check, Level, System


@dataclass(frozen=True, slots=True)
class Words:
    """Not yet translated."""

    title: str
    trouble: str
    advice: str


WORDS = {
    "database.version": Words(
        N_("PostgreSQL"),
        N_("The database server is of a version that is not supported, or cannot be written to."),
        N_("Connect to the primary, of a version from 15 to 18."),
    ),
    "database.timescaledb": Words(
        N_("TimescaleDB"),
        N_("TimescaleDB is not used as it could be; telemetry takes more room."),
        N_("Install or upgrade it as the details say."),
    ),
    "database.durability": Words(
        N_("Durability"),
        N_("What was acknowledged to devices does not survive a power cut."),
        N_("Switch the settings in the details on and reload PostgreSQL."),
    ),
    "database.clock": Words(
        N_("Clock"),
        N_("The clocks of the database and of this machine differ; arrival times are wrong."),
        N_("Let both follow a time server."),
    ),
    "database.connections": Words(
        N_("Connections"),
        N_("The database has hardly room for another connection."),
        N_("End connections nobody needs, or raise max_connections."),
    ),
    "database.transactions": Words(
        N_("Transactions"),
        N_("Somebody keeps a transaction open for long; cleaning up and upgrades wait for it."),
        N_("Look who it is and end it if nobody needs it."),
    ),
    "database.autovacuum": Words(
        N_("Cleaning up"),
        N_("The database does not clean up after itself."),
        N_("Switch autovacuum on and end transactions that are open for long."),
    ),
    "schema.current": Words(
        N_("Schema"),
        N_("This program and the schema of the database do not go together."),
        N_("Run vop migrate, or the newer program."),
    ),
    "schema.products": Words(
        N_("Products in the database"),
        N_("The catalogue declares what the database does not have."),
        N_("Run vop migrate."),
    ),
    "schema.partitions": Words(
        N_("Coming months"),
        N_("There is soon no table for what will be measured."),
        N_("Run vop migrate, and a relay."),
    ),
    "schema.chunks": Words(
        N_("Chunks of telemetry"),
        N_("Telemetry is kept in a way that makes it slow or large."),
        N_("Do what the details say."),
    ),
    "schema.indexes": Words(
        N_("Indexes"), N_("An index was left half made; it costs and serves nothing."), N_("Run vop migrate.")
    ),
    "schema.vacuum": Words(
        N_("Dead rows"),
        N_("A table is full of rows that nobody can see any more."),
        N_("Run VACUUM on the table in the details."),
    ),
    "schema.rights": Words(
        N_("Rights"),
        N_("A service may do less than it must in the database, or more."),
        N_("Run vop migrate as the owner of the tables."),
    ),
    "ingest.slots": Words(
        N_("Receiving"),
        N_("Nobody receives what devices publish, or a part of it."),
        N_("Start ingest, or look at the log of the one that hangs."),
    ),
    "ingest.dead_letters": Words(
        N_("Dead letters"), N_("Many more messages are refused than the day before."), N_("Look at the dead letters.")
    ),
    "relay.jobs": Words(
        N_("Jobs of the clock"), N_("A job is late or fails again and again."), N_("Start a relay, or look at its log.")
    ),
    "relay.rollups": Words(
        N_("Long charts"),
        N_("Charts of long periods are not up to date."),
        N_("See that a relay runs, and give it time."),
    ),
}  # fmt: skip
"""Every check of `store.diagnosis`."""

LEVELS = {
    "fail": (N_("Fails"), "bad"),
    "warn": (N_("Look here"), "warn"),
    "unknown": (N_("Out of sight"), "quiet"),
    "ok": (N_("Well"), "good"),
}
"""Label and tone, the worst first."""
OVERALL = {
    "fail": N_("Something fails: look here"),
    "warn": N_("It goes on, but look here"),
    "unknown": N_("All is well"),
    "ok": N_("All is well"),
}


class State(NamedTuple):
    """How the platform is, in a word, and what of it. Every page that says so asks `state_of`."""

    level: Level
    words: str
    """Not yet translated."""
    tone: str
    found: tuple[Check, ...]
    """The checks that are not in order, the worst first."""


def state_of(system: System) -> State:
    """The state that `system` tells of."""
    order = list(LEVELS)
    found = [check for check in system.checks if check.level in ("fail", "warn")]
    found.sort(key=lambda check: order.index(check.level))
    return State(system.level, OVERALL[system.level], LEVELS[system.level][1], tuple(found))


JOBS = {
    "rollups": N_("Rollups for long charts"),
    "silence": N_("Noticing who is silent"),
    "partitions": N_("Tables for the coming months"),
    "retention": N_("Dropping what is too old"),
}
"""Those people ask about by name; others are shown by theirs."""
