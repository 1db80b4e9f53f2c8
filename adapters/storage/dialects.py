"""All that differs between the engines: how connections are set up and how writers keep out of each other's way.

SQLite: WAL, `synchronous=FULL` (NORMAL loses commits on power loss), foreign keys on, `BEGIN IMMEDIATE` for writers
so that the lock is taken before anything is read, plain `BEGIN` for readers so that all their statements see one
snapshot. The driver's own transaction control is off. PostgreSQL: `READ COMMITTED` writers, `REPEATABLE READ` readers
for the same snapshot.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

PATIENCE = timedelta(seconds=5)  #: how long a lock of another process is waited for
_STATEMENTS = 512  # prepared statements kept per connection; bulk statements come in several sizes per table
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",  # KiB
    "PRAGMA journal_size_limit = 67108864",
)
#: One number for "some hub process is appending events"; any constant of our own will do.
_APPEND_LOCK = 0x4158_4953


class Engines(Struct, frozen=True):
    """One connection that writes, a few that read."""

    writer: Engine
    reader: Engine

    def dispose(self) -> None:
        """Close all connections; the reader first, so that SQLite's last connection can tidy its log up."""
        self.reader.dispose()
        self.writer.dispose()


def open_engines(url: str, readers: int, patience: timedelta = PATIENCE) -> Engines:
    """Return the engines for a database; nothing is connected yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return Engines(_sqlite(url, 1, "BEGIN IMMEDIATE", patience), _sqlite(url, readers, "BEGIN", patience))
    return Engines(_server(url, 1, "READ COMMITTED", patience), _server(url, readers, "REPEATABLE READ", patience))


def prepare_place(url: str) -> None:
    """Make the folder of a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def queue_for_append(connection: Connection) -> None:
    """Make other processes' appends wait for this commit, so that the numbers of events follow the order of commits.

    SQLite has one writer at a time anyway; PostgreSQL draws sequence numbers before the commit, and a feed that pages
    by them would skip a late one for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK})


def _sqlite(url: str, connections: int, begin: str, patience: timedelta) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": _STATEMENTS, "isolation_level": None},
    )

    def set_up(connection: Any, _record: object) -> None:
        connection.execute(
            f"PRAGMA busy_timeout = {patience // timedelta(milliseconds=1)}"
        )  # the others may have to wait
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    def start(connection: Connection) -> None:
        try:
            connection.connection.execute(begin)  # the driver's own method: this runs before every small read
        except sqlite3.Error as error:
            raise OperationalError(begin, None, error) from error

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", start)
    return engine


def _server(url: str, connections: int, isolation: Any, patience: timedelta) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level=isolation,
        pool_timeout=patience.total_seconds(),
    )
