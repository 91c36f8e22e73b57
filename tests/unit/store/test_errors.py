from __future__ import annotations

import inspect
import traceback

import psycopg
import pytest
from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from store import errors
from store.database import Database, connect
from store.errors import StoreError, translate, translated

EXPECTED = [
    (pg.QueryCanceled, errors.QueryTooLong),
    (pg.DeadlockDetected, errors.Retry),
    (pg.SerializationFailure, errors.Retry),
    (pg.LockNotAvailable, errors.Retry),
    (pg.UniqueViolation, errors.Conflict),
    (pg.ExclusionViolation, errors.Conflict),
    (pg.ForeignKeyViolation, errors.NotFound),
    (pg.UndefinedTable, errors.SchemaError),
    (pg.UndefinedColumn, errors.SchemaError),
    (pg.BadCopyFileFormat, errors.SchemaError),
    (pg.NotNullViolation, errors.InvalidValue),
    (pg.CheckViolation, errors.InvalidValue),
    (pg.UntranslatableCharacter, errors.InvalidValue),
    (pg.NumericValueOutOfRange, errors.InvalidValue),
    (pg.ProgramLimitExceeded, errors.InvalidValue),
    (psycopg.DataError, errors.InvalidValue),
    (pg.AdminShutdown, errors.Unavailable),
    (pg.CrashShutdown, errors.Unavailable),
    (pg.CannotConnectNow, errors.Unavailable),
    (pg.TooManyConnections, errors.Unavailable),
    (pg.DiskFull, errors.Unavailable),
    (pg.ReadOnlySqlTransaction, errors.Unavailable),
    (pg.IdleInTransactionSessionTimeout, errors.Unavailable),
    (psycopg.OperationalError, errors.Unavailable),
    (psycopg.InterfaceError, errors.Unavailable),
    (pg.SyntaxError, StoreError),
    (pg.InsufficientPrivilege, StoreError),
]


@pytest.mark.parametrize(("theirs", "ours"), EXPECTED, ids=lambda c: c.__name__)
def test_every_driver_error_becomes_one_of_ours(theirs: type[psycopg.Error], ours: type[StoreError]) -> None:
    raised = theirs("a secret value")
    with pytest.raises(StoreError) as caught, translated():
        raise raised
    assert type(caught.value) is ours
    assert caught.value.__cause__ is raised
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("theirs", [PoolTimeout, PoolClosed, TooManyRequests])
def test_a_pool_without_a_connection_is_a_database_that_is_away(theirs: type[Exception]) -> None:
    with pytest.raises(errors.Unavailable, match=theirs.__name__), translated():
        raise theirs("no")


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(KeyError), translated():
        raise KeyError("mine")
    with pytest.raises(errors.Conflict), translated(), translated():
        raise errors.Conflict("mine")


def test_a_refused_value_carries_its_sqlstate() -> None:
    found = translate(pg.UntranslatableCharacter("x"))
    assert isinstance(found, errors.InvalidValue)
    assert found.sqlstate == "22P05"


def test_the_tree_on_top_of_the_module_names_every_error() -> None:
    classes = {n for n, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, StoreError)}
    assert all(name in (errors.__doc__ or "") for name in classes)


@pytest.mark.parametrize("url", ["mysql://vop:secret-word@db/vop", "host=db passwort=secret-word"])
def test_an_address_that_cannot_be_read_is_told_at_once_and_without_its_password(url: str) -> None:
    for attempt in (connect, Database):
        with pytest.raises(errors.BadAddress, match="postgresql://user:password@host") as caught:
            attempt(url)
        assert "secret-word" not in "".join(traceback.format_exception(caught.value))
