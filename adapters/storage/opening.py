"""Opening everything that keeps state, and closing it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from adapters.storage.content import ContentFiles
from adapters.storage.database import Database, opened
from adapters.storage.epochs import Chronicle
from adapters.storage.errors import translated
from adapters.storage.keeping import keeping
from adapters.storage.leases import Leases
from adapters.storage.mark import MarkFile
from adapters.storage.purging import Purger
from adapters.storage.queue import TableQueue
from adapters.storage.recent import RecentContents
from adapters.storage.register import Registers
from adapters.storage.spool import FileSpool, own_folder
from adapters.storage.store import Claimed, SqlStore
from adapters.storage.sweeper import Sweeper
from adapters.storage.writer import Committed, Notify
from hub.settings import StorageSettings


class Storage(Struct, frozen=True):
    """What keeps state, sharing one database and one content folder."""

    database: Database
    store: SqlStore
    queue: TableQueue
    spool: FileSpool
    registers: Registers
    leases: Leases
    sweeper: Sweeper
    chronicle: Chronicle
    mark: MarkFile
    purger: Purger


@asynccontextmanager
async def open_storage(
    settings: StorageSettings,
    *,
    inline_bytes: int,
    notify: Notify = lambda _topic: None,
    kept: frozenset[str] = frozenset(),
    committed: Committed = lambda _changes: None,
    claimed: Claimed = lambda changes: changes,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Storage]:
    """Open the migrated database, the content folder and a spool folder of this process; close them on the way out.

    `notify` is called on the event loop after each commit with the topics of `hub.signals` that it concerns, `committed` with
    each unit of work that was written; `claimed` with each before, to claim its orders. Other processes are not woken for the
    topics in `kept`.
    """
    files = ContentFiles(settings.content_dir)
    with translated():
        await asyncio.to_thread(files.prepare)
    recent = RecentContents()
    with own_folder(settings.spool_dir) as folder:
        async with (
            keeping(files) as keeper,
            opened(
                settings.url,
                keeper=keeper,
                max_pending=settings.max_pending,
                max_wait=timedelta(seconds=settings.max_wait),
                notify=notify,
                kept=kept,
                committed=committed,
            ) as database,
        ):
            yield Storage(
                database=database,
                store=SqlStore(database, files, recent, claimed),
                queue=TableQueue(database, clock=clock),
                spool=FileSpool(folder, files, keeper, recent, inline_bytes=inline_bytes),
                registers=Registers(database),
                leases=Leases(database),
                sweeper=Sweeper(database, files),
                chronicle=Chronicle(database),
                mark=MarkFile(settings.mark_file),
                purger=Purger(database),
            )
