"""What every change of the register has in common: it names an entry that must (not) exist, and raises the version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, select, update

from adapters.storage.database import Database
from adapters.storage.register_tables import register_version

_raise_version = update(register_version).values(version=register_version.c.version + 1)


class AlreadyRegistered(Exception):
    """An entry with this name exists already; change it instead."""


class NotRegistered(Exception):
    """There is no entry with this name."""


class Circular(Exception):
    """An agency would stand below itself."""


class RegisterChanges:
    """Runs changes of the register, each with the raise of its version in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _change(self, work: Callable[[Connection], None], *, may_take: timedelta = timedelta(0)) -> None:
        def change(connection: Connection) -> None:
            # First: another process that changes the register meanwhile waits here, and sees what we did.
            connection.execute(_raise_version)
            work(connection)

        await self._database.writer.run(change, "register", may_take=may_take)


def expect(connection: Connection, table: Table, name: str, *, exists: bool) -> None:
    """Raise `NotRegistered` or `AlreadyRegistered` unless an entry stands in a table as it should."""
    found = connection.execute(select(key_of(table)).where(key_of(table) == name)).first()
    if exists and found is None:
        raise NotRegistered(f"{table.name}: {name}")
    if not exists and found is not None:
        raise AlreadyRegistered(f"{table.name}: {name}")


def key_of(table: Table) -> Any:
    """Return the one column of a table's primary key."""
    (column,) = table.primary_key.columns
    return column
