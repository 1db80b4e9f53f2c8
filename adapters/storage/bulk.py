"""Statements for many rows at once, each a single step of the database driver.

SQLite's driver gives the interpreter lock away at every step and has to queue up for it again: beside a busy thread an
`executemany` of 32 rows took 11 ms or more and one statement with 32 rows of values 6 ms (1.2 and 0.1 ms with a
switch interval of 0.5 ms); alone it is quicker by a quarter. Rows are cut into chunks of 64, 32, … 1, so that few
statements are prepared and all of them stay prepared. The SQL is what SQLite (3.33) and PostgreSQL share: several
rows of VALUES, `ON CONFLICT DO NOTHING`, `UPDATE … FROM`.

A server gets the rows as one JSON text instead, which `json_to_recordset` turns into rows: one prepared statement for any number
of them, a third of the driver's work and three quarters of the server's. Within `pipelined` such statements are sent without
waiting for the one before; what they found is known at its end. Tables with binary columns stay with VALUES: JSON has no bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, LargeBinary, Table
from sqlalchemy.dialects import postgresql

from adapters.storage.pipeline import execute, is_server

Row = tuple[Any, ...]

_LARGEST = 64
_LARGEST_JSON = 500
_encode = msgspec.json.Encoder().encode


class Ran:
    """Statements that were executed, or sent: what they found is known at the end of a pipeline."""

    def __init__(self, cursors: Sequence[Any]) -> None:
        self._cursors = cursors

    @property
    def count(self) -> int:
        """How many rows of the table matched."""
        return sum(cursor.rowcount for cursor in self._cursors)

    def rows(self) -> list[Row]:
        """Fetch what was found."""
        return [tuple(row) for cursor in self._cursors for row in cursor.fetchall()]


class _Bulk:
    """A statement of three parts, of which the one in the middle holds rows."""

    def __init__(self, head: str, tail: str, names: Sequence[str], *, values: str, json: str | None) -> None:
        """`values` and `json` are the middle, with `{}` for the rows of VALUES or for the place of the text."""
        self._head, self._tail, self._names = head, tail, tuple(names)
        self._values, self._json = values, json
        self._sql = lru_cache(maxsize=None)(self._compose)

    def run(self, connection: Connection, rows: Sequence[Row]) -> Ran:
        """Run it with all rows."""
        if not is_server(connection):
            return Ran([connection.exec_driver_sql(self._sql("?", len(each)), _flat(each)) for each in _chunks(rows)])
        if self._json is None:
            return Ran([execute(connection, self._sql("%s", len(each)), _flat(each)) for each in _chunks(rows)])
        sql = self._head + self._json.format("%s::json") + self._tail
        chunks = [rows[start : start + _LARGEST_JSON] for start in range(0, len(rows), _LARGEST_JSON)]
        return Ran([execute(connection, sql, (self._text(each),)) for each in chunks])

    def _compose(self, mark: str, count: int) -> str:
        row = f"({', '.join([mark] * len(self._names))})"
        return self._head + self._values.format(", ".join([row] * count)) + self._tail

    def _text(self, rows: Sequence[Row]) -> str:
        return _encode([dict(zip(self._names, row, strict=True)) for row in rows]).decode()


class BulkInsert:
    """Inserts rows given as tuples in the order of `columns` (default: all columns of the table)."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None, *, keep_existing: bool = False) -> None:
        self._names = tuple(columns or (column.name for column in table.columns))
        self._bulk = self._with(table, " ON CONFLICT DO NOTHING" if keep_existing else "")

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert all rows."""
        self._bulk.run(connection, rows)

    def _with(self, table: Table, tail: str) -> _Bulk:
        names = ", ".join(map(_quoted, self._names))
        types = [table.columns[name].type for name in self._names]
        json = None
        if not any(isinstance(each, LargeBinary) for each in types):
            json = f"SELECT {names} FROM {_recordset(self._names, [each.compile(_POSTGRESQL) for each in types])}"  # noqa: S608 - names of this package's own tables
        return _Bulk(f"INSERT INTO {table.name} ({names}) ", tail, self._names, values="VALUES {}", json=json)


class BulkUpsert(BulkInsert):
    """Inserts rows, or replaces those `columns` of rows that have the same primary key."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None) -> None:
        super().__init__(table, columns)
        keys = [column.name for column in table.primary_key.columns]
        replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in self._names if name not in keys)
        self._bulk = self._with(table, f" ON CONFLICT ({', '.join(map(_quoted, keys))}) DO UPDATE SET {replaced}")


class BulkRenew(BulkInsert):
    """Inserts rows; one that is there with the same primary key is changed by `assignments` where `condition` holds, or kept.

    No key may come twice: PostgreSQL refuses to change what the same statement has inserted.
    """

    def __init__(self, table: Table, columns: Sequence[str], *, assignments: str, condition: str) -> None:
        super().__init__(table, columns)
        keys = ", ".join(_quoted(column.name) for column in table.primary_key.columns)
        self._bulk = self._with(table, f" ON CONFLICT ({keys}) DO UPDATE SET {assignments} WHERE {condition}")


class BulkUpdate:
    """Runs `UPDATE table SET assignments FROM (VALUES …) AS v WHERE condition`.

    Both texts name the values of a row `v.column1`, `v.column2` and so on; numbers are to be cast.
    """

    def __init__(self, table: Table, *, width: int, assignments: str, condition: str) -> None:
        self._bulk = _over_rows(f"UPDATE {table.name} SET {assignments} FROM ", width, f" WHERE {condition}")  # noqa: S608 - constants of this package

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> Ran:
        """Update with all rows."""
        return self._bulk.run(connection, rows)


class BulkSelect:
    """Runs `SELECT columns FROM (VALUES …) AS v CROSS JOIN table WHERE condition`: looks many keys up through an index.

    Without a table only the values are chosen from.
    `CROSS JOIN` keeps SQLite from walking the whole table and looking into the values, which it does for `(a, b) IN (…)`.
    """

    def __init__(self, table: Table | None, *, width: int, columns: str, condition: str) -> None:
        joined = "" if table is None else f" CROSS JOIN {table.name}"
        self._bulk = _over_rows(f"SELECT {columns} FROM ", width, f"{joined} WHERE {condition}")  # noqa: S608 - constants of this package

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> Ran:
        """Look all rows up."""
        return self._bulk.run(connection, rows)


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call] # it has no annotations


def _over_rows(head: str, width: int, tail: str) -> _Bulk:
    names = [f"column{number + 1}" for number in range(width)]
    return _Bulk(head, tail, names, values="(VALUES {}) AS v", json=_recordset(names, ["TEXT"] * width))


def _recordset(names: Sequence[str], types: Sequence[str]) -> str:
    columns = ", ".join(f"{_quoted(name)} {kind}" for name, kind in zip(names, types, strict=True))
    return f"json_to_recordset({{}}) AS v ({columns})"


def _flat(rows: Sequence[Row]) -> Row:
    return tuple(chain.from_iterable(rows))


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start, size = 0, _LARGEST
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


def _quoted(name: str) -> str:
    return f'"{name}"'
