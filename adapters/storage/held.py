"""A connection that one thread keeps: taking one from a pool for every transaction costs more than a small read itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from adapters.storage.dialects import cut, was_ended


class HeldConnection:
    """Connects at the first transaction, and again after one that failed or when the server ended the connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give the connection inside a transaction: committed at the end, rolled back by an error."""
        if self._connection is not None and was_ended(self._connection):
            self.close()
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                yield self._connection
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """End what its thread waits for, from another one."""
        if self._connection is not None:
            cut(self._connection)

    def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
