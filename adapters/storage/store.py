"""The store of the hub (`hub.ports.Store`): one class for every engine, made of parts that share one database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from adapters.storage.bulk import BulkInsert
from adapters.storage.content import ContentFiles
from adapters.storage.database import Database
from adapters.storage.lists import Lists
from adapters.storage.mailbox import Mailboxes
from adapters.storage.outbox import Outboxes
from adapters.storage.reads import Reads
from adapters.storage.recent import RecentContents
from adapters.storage.tables import idempotency_keys
from adapters.storage.times import micros
from adapters.storage.trays import Trays
from hub.changes import Changes

Claimed = Callable[[Changes], Changes]

_bind = BulkInsert(idempotency_keys, keep_existing=True)
_bound = select(idempotency_keys.c.fingerprint).where(
    idempotency_keys.c.system_id == bindparam("system"), idempotency_keys.c.key == bindparam("key")
)
_PORTION = 1_000
_forget = delete(idempotency_keys).where(
    tuple_(idempotency_keys.c.system_id, idempotency_keys.c.key).in_(
        select(idempotency_keys.c.system_id, idempotency_keys.c.key)
        .where(idempotency_keys.c.at < bindparam("before"))
        .order_by(idempotency_keys.c.at)
        .limit(_PORTION)
    )
)


class SqlStore(Reads, Lists, Mailboxes, Trays, Outboxes):
    """The truth, in an SQL database and its content files. All errors of the engine come out as `Deferral` or `Defect`."""

    def __init__(
        self,
        database: Database,
        files: ContentFiles,
        recent: RecentContents | None = None,
        claimed: Claimed = lambda changes: changes,
    ) -> None:
        """`claimed`: called with each unit of work before it is written; what it returns is written."""
        Reads.__init__(self, database, files, recent or RecentContents())
        self._claimed = claimed

    async def record(self, changes: Changes) -> None:
        """Write `changes` durably, all or nothing; raise `Duplicate`, `Stale`, `Full` or `Deferral`."""
        await self._database.writer.record(self._claimed(changes))

    async def bind_key(self, system_id: str, key: str, fingerprint: str, at: datetime) -> str:
        """Bind an idempotency key to `fingerprint` unless it is bound already; return what it is bound to."""

        def work(connection: Connection) -> str:
            _bind(connection, [(system_id, key, fingerprint, micros(at))])
            bound: str = connection.execute(_bound, {"system": system_id, "key": key}).scalar_one()
            return bound

        return await self._database.writer.run(work)

    async def forget_keys(self, bound_before: datetime) -> int:
        """Forget the idempotency keys that were bound before a time, a portion in each transaction; return how many."""
        wanted = {"before": micros(bound_before)}
        total = 0
        while True:
            gone = await self._database.writer.run(lambda connection: connection.execute(_forget, wanted).rowcount)
            total += gone
            if gone < _PORTION:
                return total
