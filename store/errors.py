"""Everything `store` raises on purpose.

    StoreError
     +-- BadAddress       what names the database cannot be read
     +-- Unavailable      the database cannot be reached or is shutting down; try again later
     |    +-- Interrupted     we had the statement ended ourselves
     +-- Retry            deadlock or serialization failure: the same transaction may succeed now
     +-- NoRoom           the database's disk is full, or too full for what is to be done
     +-- SchemaError      the schema is older or newer than this program, or contradicts the catalogue
     +-- NotFound         the thing named does not exist
     +-- Conflict         it exists already, or overlaps what exists
     +-- InvalidValue     PostgreSQL refuses the value
     +-- QueryTooLong     it took longer than the query budget

psycopg's errors are translated here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests


class StoreError(Exception):
    """Root of this package's errors."""


class BadAddress(StoreError):
    """What names the database is no connection string."""


class Unavailable(StoreError):
    """The database cannot be reached."""


class Interrupted(Unavailable):
    """We had the statement ended ourselves; the database is there."""


class Cancelled(psycopg.OperationalError):
    """The statement was ended by `store.answering.interrupt`. Raised within psycopg, told as `Interrupted`."""


class NoAnswer(psycopg.OperationalError):
    """The server was silent for longer than we wait. Raised within psycopg by `store.answering`; see `translate`."""


class Retry(StoreError):
    """The transaction lost against another; running it again is safe."""


class NoRoom(StoreError):
    """The database's disk has not the room for it."""


class SchemaError(StoreError):
    """Schema, program and catalogue do not fit together."""


class NotFound(StoreError):
    """There is no such thing."""


class Conflict(StoreError):
    """It contradicts what is stored."""


class InvalidValue(StoreError):
    """A value the database refuses; `sqlstate` says how, never which value it was."""

    def __init__(self, message: str, sqlstate: str = "") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class QueryTooLong(StoreError):
    """The statement exceeded its time budget."""


_TRANSIENT = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)
_REFUSED = (pg.UniqueViolation, pg.ExclusionViolation)
# Class 25 means "wrong moment" to PostgreSQL; here: a standby after a failover, and a session the server has ended.
_AWAY = (pg.ReadOnlySqlTransaction, pg.IdleInTransactionSessionTimeout)
# A COPY that does not fit its table is never the fault of a value.
_MISMATCH = (
    pg.UndefinedTable, pg.UndefinedColumn, pg.UndefinedFunction, pg.InvalidSchemaName, pg.BadCopyFileFormat,
)  # fmt: skip


def translate(error: psycopg.Error) -> StoreError:
    """The error of ours that says what `error` means. Values never enter the message: they may be personal."""
    state = error.sqlstate or ""
    name = type(error).__name__
    if isinstance(error, Cancelled):
        return Interrupted(str(error))
    if isinstance(error, pg.QueryCanceled):
        return QueryTooLong("the query took longer than its budget; ask for a shorter period or fewer points")
    if isinstance(error, _TRANSIENT):
        return Retry(f"{name} ({state})")
    if isinstance(error, _REFUSED):
        constraint = error.diag.constraint_name or "unnamed"
        return Conflict(f"it contradicts what is stored (constraint {constraint})")
    if isinstance(error, pg.ForeignKeyViolation):
        return NotFound(f"what it refers to does not exist (constraint {error.diag.constraint_name})")
    if isinstance(error, _MISMATCH):
        return SchemaError(f"the database lacks something this program needs ({name}); run `vop migrate`")
    if isinstance(error, pg.InsufficientPrivilege):
        # The server's line names the table or function, never a row of it.
        said = error.diag.message_primary or name
        return StoreError(
            f"the database refuses this role: {said}; run `vop migrate` as the owner of the tables, which gives every "
            "role its rights anew"
        )
    if isinstance(error, pg.DiskFull):
        return Unavailable("the database's disk is full; make room there")
    if isinstance(error, pg.ProgramLimitExceeded | pg.DataError | pg.IntegrityError):
        return InvalidValue(f"the database refuses a value ({name})", state)
    if isinstance(error, NoAnswer):
        return Unavailable(
            f"{error}, and the connection was given up; look at its machine, its disk and the way to it. Whether what "
            "was asked for last has been done is not known"
        )
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, *_AWAY)):
        return Unavailable(
            f"the database is not available ({name}); check that PostgreSQL runs and accepts connections"
        )
    return StoreError(f"{name} ({state})")


@contextmanager
def translated() -> Iterator[None]:
    """Raise psycopg's and the pool's errors as ours."""
    try:
        yield
    except (PoolTimeout, PoolClosed, TooManyRequests) as error:
        raise Unavailable(f"no database connection is free ({type(error).__name__})") from error
    except psycopg.Error as error:
        raise translate(error) from error
