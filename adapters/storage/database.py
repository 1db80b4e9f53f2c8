"""The database of one process: readers in a few threads, one writer, opened and closed together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, text

from adapters.storage.dialects import PATIENCE, is_in_process, open_engines
from adapters.storage.errors import translated
from adapters.storage.gathered import GatheredReader, Keyed
from adapters.storage.held import HeldConnection
from adapters.storage.keeping import Keeper
from adapters.storage.own_reader import OwnReader
from adapters.storage.wakeups import open_wakeups
from adapters.storage.writer import Committed, GroupCommit, Limits, Notify
from hub.trouble import Deferral

T = TypeVar("T")

READERS = 4
_SILENCES = 2  #: a database that says nothing for twice the time in which it gives up a lock does not answer
MAX_WAIT = timedelta(seconds=10)  #: how long a write may wait before new work is refused


class Database:
    """Runs whole transactions as functions in threads: `read` in one of the readers, `writer.run` in the writer."""

    def __init__(self, readers: Readers, writer: GroupCommit, finder: OwnReader | GatheredReader) -> None:
        self.writer = writer
        self._readers = readers
        self._finder = finder

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot of the database; raise `Deferral` when it cannot be read."""
        return await self._readers.run(work)

    async def time(self) -> datetime | None:
        """Return the server's time; None where the engine has no clock but this process's own."""
        if isinstance(self._finder, OwnReader):
            return None

        def read(connection: Connection) -> datetime:
            at: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            return at

        return await self.read(read)

    async def look_up(self, statement: Select[Any], values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        """Return the few rows that `statement` finds by key, where that costs least.

        SQLite answers from this process's own memory in the time that two changes of thread take, so it is asked on the
        event loop; a server is asked in a thread like any other read.
        """
        if isinstance(self._finder, OwnReader):
            return self._finder.rows(statement, values)
        return await self._readers.run(lambda connection: connection.execute(statement, values).all())

    async def find(self, keyed: Keyed, key: str) -> Sequence[Sequence[Any]]:
        """Return the rows of one key, with the columns of `keyed` first; a server is asked for those of others with them."""
        if isinstance(self._finder, OwnReader):
            return self._finder.rows(keyed.one, {"key": key})
        return await self._finder.rows(keyed, key)

    async def find_all(self, keyed: Keyed, keys: Sequence[str]) -> dict[str, Sequence[Sequence[Any]]]:
        """Return the rows of each key that has any, as `find` does."""
        if isinstance(self._finder, GatheredReader):
            found = await asyncio.gather(*(self._finder.rows(keyed, key) for key in keys))
            return {key: rows for key, rows in zip(keys, found, strict=True) if rows}
        return await self.read(lambda connection: _rows_of(connection, keyed, keys))


def _rows_of(connection: Connection, keyed: Keyed, keys: Sequence[str]) -> dict[str, Sequence[Sequence[Any]]]:
    found = {key: connection.execute(keyed.one, {"key": key}).all() for key in keys}
    return {key: rows for key, rows in found.items() if rows}


class Readers:
    """A few threads, each with a connection of its own."""

    def __init__(self, engine: Engine, count: int, silence: timedelta) -> None:
        self._engine = engine
        self._silence = silence.total_seconds()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="axis-reader", initializer=self._begin)
        self._own = threading.local()
        self._connections: list[HeldConnection] = []

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one of the threads; raise `Deferral` when the database is silent: it may hang for hours."""
        try:
            async with asyncio.timeout(self._silence):
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)
        except TimeoutError:
            raise Deferral("storage-unavailable", detail="the database does not answer") from None

    async def close(self) -> None:
        """Let running reads end, then close every connection; a database that says nothing is not waited for."""
        ending = asyncio.ensure_future(asyncio.to_thread(self._threads.shutdown))
        await asyncio.wait((ending,), timeout=self._silence / 2)
        if not ending.done():
            for connection in self._connections:
                connection.cut()
        await ending
        for connection in self._connections:
            connection.close()

    def _begin(self) -> None:
        self._own.connection = HeldConnection(self._engine)
        self._connections.append(self._own.connection)

    def _read(self, work: Callable[[Connection], T]) -> T:
        own: HeldConnection = self._own.connection
        with translated(), own.transaction() as connection:
            return work(connection)


@asynccontextmanager
async def opened(
    url: str,
    *,
    max_pending: int,
    notify: Notify,
    keeper: Keeper | None = None,
    kept: frozenset[str] = frozenset(),
    committed: Committed = lambda _changes: None,
    patience: timedelta = PATIENCE,
    max_wait: timedelta = MAX_WAIT,
) -> AsyncIterator[Database]:
    """Open the database at an SQLAlchemy URL; on the way out write what is pending and close every connection.

    `keeper`: writes wait a little for packages whose content it is keeping. `kept`: topics that this process sees to itself,
    and other processes are not woken for.
    """
    engines = open_engines(url, READERS + 1, patience)
    async with open_wakeups(url, notify, kept) as announce:
        writer = GroupCommit(
            engines.writer,
            is_in_process=is_in_process(url),
            limits=Limits(max_pending, max_wait, _SILENCES * patience),
            notify=notify,
            committed=committed,
            announce=announce,
            keeper=keeper,
        )
        readers = Readers(engines.reader, READERS, _SILENCES * patience)
        silence = _SILENCES * patience
        finder = OwnReader(engines.reader) if is_in_process(url) else GatheredReader(engines.reader, silence)
        try:
            yield Database(readers, writer, finder)
        finally:
            await writer.close()
            await finder.close()
            await readers.close()
            engines.dispose()
