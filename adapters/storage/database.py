"""The database of one process: readers in a few threads, one writer, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection

from adapters.storage.dialects import Engines, open_engines
from adapters.storage.errors import translated
from adapters.storage.writer import GroupCommit, Notify

T = TypeVar("T")

READERS = 4


class Database:
    """Runs whole transactions as functions in threads: `read` in one of the readers, `writer.run` in the writer."""

    def __init__(self, engines: Engines, writer: GroupCommit, readers: ThreadPoolExecutor) -> None:
        self.writer = writer
        self._engine = engines.reader
        self._readers = readers

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot of the database; raise `Deferral` when it cannot be read."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with translated(), self._engine.connect() as connection:
            return work(connection)


@asynccontextmanager
async def opened(url: str, *, max_pending: int, notify: Notify) -> AsyncIterator[Database]:
    """Open the database at an SQLAlchemy URL; on the way out write what is pending and close every connection."""
    engines = open_engines(url, READERS)
    writer = GroupCommit(engines.writer, max_pending=max_pending, notify=notify)
    readers = ThreadPoolExecutor(READERS, thread_name_prefix="axis-reader")
    try:
        yield Database(engines, writer, readers)
    finally:
        await writer.close()
        readers.shutdown()
        engines.dispose()
