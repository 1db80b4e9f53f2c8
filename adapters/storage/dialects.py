"""All that differs between the engines: how connections are set up and how writers keep out of each other's way.

SQLite: WAL, `synchronous=FULL` (NORMAL loses commits on power loss), foreign keys on, `BEGIN IMMEDIATE` for writers
so that the lock is taken before anything is read, plain `BEGIN` for readers so that all their statements see one
snapshot. The driver's own transaction control is off. PostgreSQL: `READ COMMITTED` writers, `REPEATABLE READ` readers
for the same snapshot; `synchronous_commit=on` whatever the server's default is; locks are waited for as long as on
SQLite; a host that vanished is noticed by the network's own means. A server that was restarted has ended the
connections that we hold: `was_ended` sees it before the next transaction, which then gets a new one.
"""

from __future__ import annotations

import os
import select
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError

from adapters.storage.pipeline import execute, is_server

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
#: How a connection learns that the server's machine has vanished.
NETWORK: dict[str, Any] = {
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
#: The writer finds what it changes by key, however small the tables were when the server planned its statements.
_BY_INDEX = MappingProxyType({"enable_hashjoin": "off", "enable_mergejoin": "off"})
#: Contents are large enough to be compressed, which costs four times as much with the server's default (pglz). Not every server
#: was built with lz4.
_COMPRESS_FAST = (
    "SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings "
    "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
)
#: One number for "some hub process is appending events"; any constant of our own will do.
_APPEND_LOCK = 0x4158_4953
_MIGRATION_LOCK = 0x4158_4954  # the same for "the schema is being changed"


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
    writer = _server(url, 1, "READ COMMITTED", patience, _BY_INDEX)
    return Engines(writer, _server(url, readers, "REPEATABLE READ", patience))


def prepare_place(url: str) -> None:
    """Make the folder of a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def is_missing(url: str) -> bool:
    """Return whether the database is a SQLite file that is not there."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file()


def queue_for_append(connection: Connection) -> None:
    """Make other processes' appends wait for this commit, so that the numbers of events follow the order of commits.

    SQLite has one writer at a time anyway; PostgreSQL draws sequence numbers before the commit, and a feed that pages
    by them would skip a late one for ever.
    """
    if is_server(connection):
        execute(connection, "SELECT pg_advisory_xact_lock(%s)", (_APPEND_LOCK,))


def queue_for_migration(connection: Connection) -> None:
    """Wait for whoever migrates the same database now, however long that lasts; SQLite has one writer at a time anyway."""
    if is_server(connection):
        execute(connection, "SET LOCAL lock_timeout = 0", ())
        execute(connection, "SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        execute(connection, "SET LOCAL lock_timeout TO DEFAULT", ())


def take_time(connection: Connection) -> None:
    """Let this transaction, which changes nothing, keep the server waiting while what it found is copied or checked."""
    if is_server(connection):
        execute(connection, "SET LOCAL idle_in_transaction_session_timeout = 0", ())


def is_in_process(url: str) -> bool:
    """Return whether the engine runs inside this process, so that a small read costs no more than asking for it."""
    return make_url(url).get_backend_name() == "sqlite"


def has_notifications(url: str) -> bool:
    """Return whether the engine tells other processes of a commit (`adapters.storage.wakeups`)."""
    return make_url(url).get_backend_name() == "postgresql"


def was_ended(connection: Connection) -> bool:
    """Return whether the server has ended an idle connection: there is something to read that nobody asked for."""
    if not is_server(connection):
        return False
    if connection.invalidated:
        return True
    held: Any = connection.connection.dbapi_connection
    if held is None or held.closed:
        return True
    readable = select.poll()
    readable.register(held.fileno(), select.POLLIN)
    return bool(readable.poll(0))


def cut(connection: Connection) -> None:
    """Shut the way to a server, from any thread: whoever waits there for an answer that never comes gets an error instead."""
    if not is_server(connection) or connection.closed or connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    with suppress(OSError, connection.dialect.loaded_dbapi.Error), socket.socket(fileno=os.dup(driver.fileno())) as way:
        way.shutdown(socket.SHUT_RDWR)


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


def _server(
    url: str, connections: int, isolation: Any, patience: timedelta, more: Mapping[str, str] = MappingProxyType({})
) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level=isolation,
        pool_timeout=patience.total_seconds(),
        connect_args={
            **NETWORK,
            "connect_timeout": max(2, int(patience.total_seconds())),  # libpq takes 1 for 2
            "options": _server_options(make_url(url), patience, more),
        },
    )

    def set_up(connection: Any, _record: object) -> None:
        connection.prepared_max = _STATEMENTS
        connection.execute(_COMPRESS_FAST)
        connection.commit()

    event.listen(engine, "connect", set_up)
    return engine


def _server_options(url: URL, patience: timedelta, more: Mapping[str, str]) -> str:
    given = url.query.get("options", ())
    ours = {
        "synchronous_commit": "on",
        "lock_timeout": str(patience // timedelta(milliseconds=1)),
        # A process that hangs inside a transaction would keep all others from writing for as long as it hangs.
        "idle_in_transaction_session_timeout": str(2 * patience // timedelta(milliseconds=1)),
        "jit": "off",  # compiling costs more than any statement here
        "application_name": "axis-hub",
        **more,
    }
    return " ".join(
        (*((given,) if isinstance(given, str) else given), *(f"-c {name}={value}" for name, value in ours.items()))
    )
