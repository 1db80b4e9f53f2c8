"""Statements that go to PostgreSQL by its driver itself, several at once where nothing depends on the answer to the one before.

Each answer that is waited for costs two changes of process, and in a thread beside a busy event loop the wait for the interpreter
lock on top; SQLAlchemy adds more to a statement than the driver and the server need for it. So the writer sends what belongs
together in one go (`pipelined`), and looks at the answers at its end. The first error of a pipeline is raised there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def is_server(connection: Connection) -> bool:
    """Return whether this is a connection to PostgreSQL."""
    return connection.dialect.name == "postgresql"


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Wait for no answer in this block, where only `execute` may be called. On SQLite every statement is executed at once."""
    if not is_server(connection):
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _as_sqlalchemy(connection, "pipeline"), driver.pipeline():
        yield


def execute(connection: Connection, sql: str, values: Sequence[object]) -> Any:
    """Execute a statement in the present transaction, or send it; return the driver's cursor."""
    cursor: Any = connection.connection.cursor()
    with _as_sqlalchemy(connection, sql):
        cursor.execute(sql, values, prepare=True)
    return cursor


@contextmanager
def _as_sqlalchemy(connection: Connection, statement: str) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does."""
    foreign: Any = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except foreign as error:
        raise DBAPIError.instance(statement, None, error, foreign, dialect=connection.dialect) from error
