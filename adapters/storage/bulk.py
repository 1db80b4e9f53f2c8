"""Statements for many rows at once, each a single step of the database driver.

The driver gives the interpreter lock away at every step and has to queue up for it again: beside a busy thread an
`executemany` of 32 rows took 11 ms or more and one statement with 32 rows of values 6 ms (1.2 and 0.1 ms with a
switch interval of 0.5 ms); alone it is quicker by a quarter. Rows are cut into chunks of 64, 32, … 1, so that few
statements are prepared and all of them stay prepared. The SQL is what SQLite (3.33) and PostgreSQL share: several
rows of VALUES, `ON CONFLICT DO NOTHING`, `UPDATE … FROM`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, Table

Row = tuple[Any, ...]

_LARGEST = 64


class BulkInsert:
    """Inserts rows given as tuples in the order of `columns` (default: all columns of the table)."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None, *, keep_existing: bool = False) -> None:
        self._names = tuple(columns or (column.name for column in table.columns))
        names = ", ".join(map(_quoted, self._names))
        self._head = f"INSERT INTO {table.name} ({names}) VALUES "  # noqa: S608 - names of this package's own tables
        self._tail = " ON CONFLICT DO NOTHING" if keep_existing else ""
        self._sql = lru_cache(maxsize=None)(self._compose)

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert all rows."""
        _run(connection, rows, self._sql)

    def _compose(self, mark: str, count: int) -> str:
        return self._head + _values(mark, len(self._names), count) + self._tail


class BulkUpsert(BulkInsert):
    """Inserts rows, or replaces those `columns` of rows that have the same primary key."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None) -> None:
        super().__init__(table, columns)
        keys = [column.name for column in table.primary_key.columns]
        replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in self._names if name not in keys)
        self._tail = f" ON CONFLICT ({', '.join(map(_quoted, keys))}) DO UPDATE SET {replaced}"


class BulkRenew(BulkInsert):
    """Inserts rows; one that is there with the same primary key is changed by `assignments` where `condition` holds, or kept.

    No key may come twice: PostgreSQL refuses to change what the same statement has inserted.
    """

    def __init__(self, table: Table, columns: Sequence[str], *, assignments: str, condition: str) -> None:
        super().__init__(table, columns)
        keys = ", ".join(_quoted(column.name) for column in table.primary_key.columns)
        self._tail = f" ON CONFLICT ({keys}) DO UPDATE SET {assignments} WHERE {condition}"


class BulkUpdate:
    """Runs `UPDATE table SET assignments FROM (VALUES …) AS v WHERE condition`.

    Both texts name the values of a row `v.column1`, `v.column2` and so on.
    """

    def __init__(self, table: Table, *, width: int, assignments: str, condition: str) -> None:
        self._head = f"UPDATE {table.name} SET {assignments} FROM (VALUES "  # noqa: S608 - constants of this package
        self._tail = f") AS v WHERE {condition}"
        self._width = width
        self._sql = lru_cache(maxsize=None)(self._compose)

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Update with all rows; return how many rows of the table matched."""
        return _run(connection, rows, self._sql)

    def _compose(self, mark: str, count: int) -> str:
        return self._head + _values(mark, self._width, count) + self._tail


class BulkSelect:
    """Runs `SELECT columns FROM (VALUES …) AS v CROSS JOIN table WHERE condition`: looks many keys up through an index.

    `CROSS JOIN` keeps SQLite from walking the whole table and looking into the values, which it does for `(a, b) IN (…)`.
    """

    def __init__(self, table: Table, *, width: int, columns: str, condition: str) -> None:
        self._head = f"SELECT {columns} FROM (VALUES "  # noqa: S608 - constants of this package
        self._tail = f") AS v CROSS JOIN {table.name} WHERE {condition}"
        self._width = width
        self._sql = lru_cache(maxsize=None)(self._compose)

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> list[Row]:
        """Return what is found for all rows."""
        return [tuple(found) for result in _results(connection, rows, self._sql) for found in result.all()]

    def _compose(self, mark: str, count: int) -> str:
        return self._head + _values(mark, self._width, count) + self._tail


def _run(connection: Connection, rows: Sequence[Row], sql: Callable[[str, int], str]) -> int:
    return sum(result.rowcount for result in _results(connection, rows, sql))


def _results(
    connection: Connection, rows: Sequence[Row], sql: Callable[[str, int], str]
) -> Iterator[CursorResult[*tuple[Any, ...]]]:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    for chunk in _chunks(rows):
        yield connection.exec_driver_sql(sql(mark, len(chunk)), tuple(chain.from_iterable(chunk)))


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start, size = 0, _LARGEST
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


def _values(mark: str, width: int, count: int) -> str:
    row = f"({', '.join([mark] * width)})"
    return ", ".join([row] * count)


def _quoted(name: str) -> str:
    return f'"{name}"'
