"""Small reads of SQLite on the event loop: each statement is compiled once, then handed straight to the driver.

A look-up by key through SQLAlchemy takes 62 µs, of which SQLite needs 11; a package is looked up several times on its way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, PoolProxiedConnection, Select
from sqlalchemy.exc import OperationalError

from adapters.storage.errors import translated


class _Compiled(Struct, frozen=True):
    """A statement as the driver takes it: its text, and the names of its values in order, with what stands in it already."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]

    def arguments(self, values: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(values[name] if name in values else self.fixed[name] for name in self.names)


class OwnReader:
    """A connection of the event loop itself, outside transactions: every statement sees what is committed by then."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._compiled: dict[Select[Any], _Compiled] = {}
        self._connection: PoolProxiedConnection | None = None

    def rows(self, statement: Select[Any], values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        """Return the rows of `statement` here and now; raise `Deferral` when the database cannot be read."""
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = self._compile(statement)
        with translated():
            try:
                found: list[tuple[Any, ...]] = (
                    self._driver().execute(compiled.sql, compiled.arguments(values)).fetchall()
                )
            except sqlite3.Error as error:
                self._close()
                raise OperationalError(compiled.sql, None, error) from error
        return found

    async def close(self) -> None:
        """Close the connection."""
        self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _compile(self, statement: Select[Any]) -> _Compiled:
        compiled = statement.compile(self._engine)
        names = getattr(compiled, "positiontup", None) or ()
        return _Compiled(str(compiled), tuple(names), compiled.params)

    def _driver(self) -> Any:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        return self._connection.driver_connection
