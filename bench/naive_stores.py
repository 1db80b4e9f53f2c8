"""Where the obvious design keeps its rows: one connection to SQLite in a thread, or a few to PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

Row = Sequence[Any]

TABLES = """
CREATE TABLE IF NOT EXISTS package (
    id TEXT PRIMARY KEY, document_id TEXT, sender TEXT, sha256 TEXT, size INTEGER, at TEXT, content BLOB,
    UNIQUE (sender, document_id));
CREATE TABLE IF NOT EXISTS delivery (id TEXT PRIMARY KEY, package_id TEXT, recipient TEXT, system TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS receipt (
    position INTEGER PRIMARY KEY, id TEXT, event TEXT, package_id TEXT, delivery TEXT, system TEXT, jws TEXT);
CREATE TABLE IF NOT EXISTS queue (position INTEGER PRIMARY KEY, delivery_id TEXT UNIQUE, system TEXT, lease_until TEXT);
CREATE INDEX IF NOT EXISTS queue_system ON queue (system, position);
CREATE INDEX IF NOT EXISTS receipt_system ON receipt (system, position);
"""
_CONNECTIONS = 8


class Store(Protocol):
    """What the handlers need. Everything but `run` is called by functions that `run` runs."""

    skip_locked: str  #: what makes several processes lease different rows

    async def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Run database work in a thread."""

    def rows(self, sql: str, values: Row) -> list[Row]:
        """Return what a query finds."""

    def write(self, sql: str, values: Row) -> None:
        """Execute one statement."""

    def write_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Execute one statement for every row."""

    def transaction(self) -> AbstractContextManager[object]:
        """Commit what happens inside, or roll it back."""

    def append_in_turn(self) -> None:
        """Have the rest of this transaction after those that are at this point already: positions then follow commits."""


class SqliteStore:
    """One connection, one thread."""

    skip_locked = ""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + TABLES)

    async def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Run database work in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def rows(self, sql: str, values: Row) -> list[Row]:
        """Return what a query finds."""
        return self._connection.execute(sql, values).fetchall()

    def write(self, sql: str, values: Row) -> None:
        """Execute one statement."""
        self._connection.execute(sql, values)

    def write_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Execute one statement for every row."""
        self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN … COMMIT, or ROLLBACK."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def append_in_turn(self) -> None:
        """SQLite has one writer at a time anyway."""


class PostgresqlStore:
    """A few threads, each with a connection of its own."""

    skip_locked = " FOR UPDATE OF queue SKIP LOCKED"

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(_CONNECTIONS)

    def create_tables(self) -> None:
        """Make the tables."""
        tables = TABLES.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY").replace("BLOB", "BYTEA")
        with psycopg.connect(self._url) as connection:
            connection.execute(tables.encode())

    async def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Run database work in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def rows(self, sql: str, values: Row) -> list[Row]:
        """Return what a query finds."""
        return list(self._connection().execute(_in_its_words(sql), values).fetchall())

    def write(self, sql: str, values: Row) -> None:
        """Execute one statement."""
        self._connection().execute(_in_its_words(sql), values)

    def write_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Execute one statement for every row."""
        with self._connection().cursor() as cursor:
            cursor.executemany(_in_its_words(sql), rows)

    def transaction(self) -> AbstractContextManager[object]:
        """BEGIN … COMMIT, or ROLLBACK."""
        return self._connection().transaction()

    def append_in_turn(self) -> None:
        """Numbers are drawn before the commit: without a lock a reader that pages by them would miss a late one."""
        self._connection().execute("SELECT pg_advisory_xact_lock(1)")

    def _connection(self) -> psycopg.Connection[Any]:
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg.connect(self._url, autocommit=True)
        connection: psycopg.Connection[Any] = self._own.connection
        return connection


def store_at(url: str) -> PostgresqlStore:
    """Return the store in a database given by an SQLAlchemy URL."""
    return PostgresqlStore(url.replace("postgresql+psycopg://", "postgresql://"))


def _in_its_words(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
