"""Group commit: one transaction writes what has gathered while the last one ran.

All writes of a process pass through one thread. A batch holds up to 64 jobs: units of work (`Changes`, written
together) and other transactions (claims, leases, queue operations), which run after them in the same transaction.
Whoever waits is answered only after the commit. When a batch breaks for a reason that is not the database's, its jobs
are run one by one, each in its own transaction, so that the culprit alone fails.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine

from adapters.storage.errors import translated
from adapters.storage.held import HeldConnection
from adapters.storage.record import record_units
from adapters.storage.wakeups import Announce
from hub.changes import Changes
from hub.failpoints import reached
from hub.trouble import Deferral

T = TypeVar("T")
Notify = Callable[[str], None]  #: called on the event loop with a topic of `hub.signals` after a commit
Committed = Callable[[Changes], None]  #: called on the event loop with each unit that was committed

_MOST_JOBS = 64
_MOST_BYTES = 4_194_304  # of small contents in one transaction


class Job(Struct, eq=False):
    """One piece of writing: a unit (`changes`) or a transaction of its own (`work`)."""

    future: asyncio.Future[Any]
    changes: Changes | None = None
    work: Callable[[Connection], Any] | None = None
    topics: frozenset[str] = frozenset()
    added_at: float = 0.0  #: by the event loop's clock

    @property
    def weight(self) -> int:
        """Bytes of content that it carries."""
        content = None if self.changes is None else self.changes.content
        return 0 if content is None or content.data is None else content.size


class Done(Struct):
    """A job was committed with this result."""

    result: Any
    topics: frozenset[str]


class GroupCommit:
    """The one writer of a process. Its methods are called on the event loop; only `_write` runs in the thread."""

    def __init__(
        self,
        engine: Engine,
        *,
        max_pending: int,
        max_wait: timedelta,
        notify: Notify,
        committed: Committed,
        announce: Announce,
    ) -> None:
        self._announce = announce
        self._committed = committed
        self._connection = HeldConnection(engine)
        self._max_pending = max_pending
        self._max_wait = max_wait.total_seconds()
        self._notify = notify
        self._pending: deque[Job] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="axis-writer")
        self._is_writing = False

    async def record(self, changes: Changes) -> None:
        """Write one unit; raise `Duplicate`, `Stale` or `Deferral`."""
        # Work that was begun may be finished when no new work is taken any more.
        if changes.package is not None:
            self.require_room()
        await self._add(Job(asyncio.get_running_loop().create_future(), changes=changes))

    async def run(self, work: Callable[[Connection], T], *topics: str) -> T:
        """Run `work` in a transaction and return its result after the commit; then notify `topics`. `work` may run twice."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        result: T = await self._add(Job(future, work=work, topics=frozenset(topics)))
        return result

    def require_room(self) -> None:
        """Raise `Deferral` overloaded when new work would only wait: too much does, or what does has waited too long."""
        if not self._pending:
            return
        if len(self._pending) >= self._max_pending:
            raise Deferral("overloaded", detail=f"{len(self._pending)} writes are waiting")
        waited = asyncio.get_running_loop().time() - self._pending[0].added_at
        if waited > self._max_wait:
            raise Deferral("overloaded", detail=f"a write has been waiting for {waited:.1f} s")

    async def close(self) -> None:
        """Write what is pending and stop the thread."""
        while self._pending or self._is_writing:
            waiting = asyncio.get_running_loop().create_future()
            self._pending.append(Job(waiting, work=lambda _connection: None))
            self._next_batch()
            await waiting
        self._thread.shutdown()
        self._connection.close()

    async def _add(self, job: Job) -> Any:
        if len(self._pending) >= 2 * self._max_pending:
            raise Deferral("overloaded", detail=f"{len(self._pending)} writes are waiting")
        job.added_at = asyncio.get_running_loop().time()
        self._pending.append(job)
        self._next_batch()
        return await job.future

    def _next_batch(self) -> None:
        if self._is_writing or not (batch := self._draw()):
            return
        self._is_writing = True
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._write, batch)
        writing.add_done_callback(lambda written: self._conclude(batch, written))

    def _draw(self) -> list[Job]:
        batch: list[Job] = []
        weight = 0
        while self._pending and len(batch) < _MOST_JOBS and weight < _MOST_BYTES:
            job = self._pending.popleft()
            if not job.future.done():  # its caller has gone: nobody was promised anything
                batch.append(job)
                weight += job.weight
        return batch

    def _conclude(self, batch: list[Job], written: asyncio.Future[list[Done | Exception]]) -> None:
        self._is_writing = False
        self._next_batch()
        finished = list(zip(batch, written.result(), strict=True))
        for job, outcome in finished:
            _answer(job.future, outcome)
        for topic in sorted(_topics(outcome for _, outcome in finished)):
            self._notify(topic)
        for job, outcome in finished:
            if isinstance(outcome, Done) and job.changes is not None:
                self._committed(job.changes)

    def _write(self, batch: Sequence[Job]) -> list[Done | Exception]:
        try:
            return self._commit(batch)
        except Deferral as trouble:
            return [_again(trouble) for _ in batch]
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller whose job it was
            if len(batch) == 1:
                return [error]
            return [self._write((job,))[0] for job in batch]

    def _commit(self, batch: Sequence[Job]) -> list[Done | Exception]:
        with translated(), self._connection.transaction() as connection:
            units = [job.changes for job in batch if job.changes is not None]
            recorded = iter(record_units(connection, units) if units else ())
            outcomes: list[Done | Exception | None] = [
                None if job.changes is None else _outcome(next(recorded)) for job in batch
            ]
            finished = [
                outcome if outcome is not None else Done(_perform(job, connection), job.topics)
                for job, outcome in zip(batch, outcomes, strict=True)
            ]
            self._announce(connection, _topics(finished))
            if units:
                reached("K4")
            return finished


def _answer(waiting: asyncio.Future[Any], outcome: Done | Exception) -> None:
    if waiting.done():  # its caller has gone
        return
    if isinstance(outcome, Done):
        waiting.set_result(outcome.result)
    else:
        waiting.set_exception(outcome)


def _topics(outcomes: Iterable[Done | Exception]) -> frozenset[str]:
    return frozenset(topic for outcome in outcomes if isinstance(outcome, Done) for topic in outcome.topics)


def _perform(job: Job, connection: Connection) -> Any:
    return None if job.work is None else job.work(connection)


def _outcome(recorded: frozenset[str] | Exception) -> Done | Exception:
    return recorded if isinstance(recorded, Exception) else Done(None, recorded)


def _again(trouble: Deferral) -> Deferral:
    """Return an equal error for another waiter: one exception must not be raised in several tasks."""
    return Deferral(trouble.code, retry_after=trouble.retry_after, detail=trouble.detail)
