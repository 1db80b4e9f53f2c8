"""Group commit: one transaction writes what has gathered while the last one ran.

All writes of a process pass through one connection. A batch holds up to 128 jobs: units of work (`Changes`, written
together) and other transactions (claims, leases, queue operations), which run after them in the same transaction.
Whoever waits is answered only after the commit. When a batch breaks for a reason that is not the database's, its jobs
are run one by one, each in its own transaction, so that the culprit alone fails.

A commit costs nearly the same for one job as for many, so a batch gathers for as long as the event loop has other work to
do, or contents of packages are on their way to the disk, up to `SPACING`; where nobody else is busy it is written at once.
What waits for a disk, a lock or a server runs in the writer's thread: with a server all of the transaction, and with SQLite, too,
when there is no unit in it. The statements of units wait for nothing when the database computes in this process (SQLite):
they run on the event loop, because in a thread they would fight with it for the interpreter lock at every step
(docs/decisions/0002).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine

from adapters.storage.errors import translated
from adapters.storage.held import HeldConnection
from adapters.storage.keeping import Keeper
from adapters.storage.record import Outcome, record_units
from adapters.storage.wakeups import Announce
from hub.changes import Changes
from hub.failpoints import reached
from hub.trouble import Deferral

P = ParamSpec("P")
T = TypeVar("T")
Notify = Callable[[str], None]  #: called on the event loop with a topic of `hub.signals` after a commit
Committed = Callable[[Changes], None]  #: called on the event loop with each unit that was committed

SPACING = 0.02  #: seconds
IDLE_ROUND = 0.0002  #: seconds that a round of the event loop takes when nobody has anything to do
_MOST_JOBS = 128
_MOST_BYTES = 4_194_304  # of small contents in one transaction


class Job(Struct, eq=False):
    """One piece of writing: a unit (`changes`) or a transaction of its own (`work`)."""

    future: asyncio.Future[Any]
    changes: Changes | None = None
    work: Callable[[Connection], Any] | None = None
    topics: frozenset[str] = frozenset()
    added_at: float = 0.0  #: by the event loop's clock
    may_take: float = 0.0  #: seconds before a database that works on it counts as silent; less than usual: as usual

    @property
    def weight(self) -> int:
        """Bytes of content that it carries."""
        content = None if self.changes is None else self.changes.content
        return 0 if content is None or content.data is None else content.size


class Done(Struct):
    """A job was committed with this result."""

    result: Any
    topics: frozenset[str]


class Limits(Struct, frozen=True):
    """When new work is refused: too many writes wait, or the first of them for too long; when a database is silent."""

    max_pending: int
    max_wait: timedelta
    silence: timedelta


class GroupCommit:
    """The one writer of a process. Its methods are called on the event loop; what may wait runs in its thread."""

    def __init__(
        self,
        engine: Engine,
        *,
        is_in_process: bool,
        limits: Limits,
        notify: Notify,
        committed: Committed,
        announce: Announce,
        keeper: Keeper | None,
    ) -> None:
        self._keeper = keeper
        self._is_in_process = is_in_process
        self._announce = announce
        self._committed = committed
        self._connection = HeldConnection(engine)
        self._max_pending = limits.max_pending
        self._max_wait = limits.max_wait.total_seconds()
        self._notify = notify
        self._pending: deque[Job] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="axis-writer")
        self._writing: asyncio.Task[None] | None = None
        self._silence = limits.silence.total_seconds()
        self._is_silent = False  #: a batch has been with the database for longer than that

    async def record(self, changes: Changes) -> None:
        """Write one unit; raise `Duplicate`, `Stale`, `Full` or `Deferral`."""
        # Work that was begun may be finished when no new work is taken any more.
        if changes.package is not None:
            self.require_room()
        await self._add(Job(asyncio.get_running_loop().create_future(), changes=changes))

    async def run(self, work: Callable[[Connection], T], *topics: str, may_take: timedelta = timedelta(0)) -> T:
        """Run `work` in a transaction and return its result after the commit; then notify `topics`. `work` may run twice.

        `may_take`: for how long the database may work on it, when that is more than it may usually say nothing.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        job = Job(future, work=work, topics=frozenset(topics), may_take=may_take.total_seconds())
        result: T = await self._add(job)
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
        """Write what is pending and stop the thread; a database that says nothing is not waited for."""
        while self._writing is not None:
            await asyncio.wait((self._writing,), timeout=0.0 if self._is_silent else self._silence)
            if self._is_silent:
                self._connection.cut()
                await asyncio.wait((self._writing,), timeout=self._silence)
        self._thread.shutdown()
        self._connection.close()

    async def _add(self, job: Job) -> Any:
        if len(self._pending) >= 2 * self._max_pending:
            raise Deferral("overloaded", detail=f"{len(self._pending)} writes are waiting")
        if self._is_silent:
            raise _no_answer()
        job.added_at = asyncio.get_running_loop().time()
        self._pending.append(job)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_pending(), name="group-commit")
        return await job.future

    async def _write_pending(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pending:
                await self._gather()
                if batch := self._draw():
                    may_take = max(self._silence, *(job.may_take for job in batch))
                    limit = loop.call_later(may_take, self._give_up, batch)
                    try:
                        outcomes = await self._write(batch)
                    finally:
                        limit.cancel()
                        self._is_silent = False
                    # Apart, so that a listener that fails does not stop the writing.
                    loop.call_soon(self._conclude, batch, outcomes)
        finally:
            self._writing = None

    async def _gather(self) -> None:
        """Let more jobs come in while the event loop is busy with them or contents are kept, for `SPACING` at most.

        A package whose content is being kept will be recorded next: who waits for it saves a transaction.
        """
        until = time.monotonic() + SPACING
        while True:
            began_at = time.monotonic()
            await asyncio.sleep(0)  # one round of the loop
            now = time.monotonic()
            if now >= until:
                return
            if now - began_at < IDLE_ROUND:
                if self._keeper is None or self._keeper.is_at_rest:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(until - now):
                        await self._keeper.rest()

    def _draw(self) -> list[Job]:
        batch: list[Job] = []
        weight = 0
        while self._pending and len(batch) < _MOST_JOBS and weight < _MOST_BYTES:
            job = self._pending.popleft()
            if not job.future.done():  # its caller has gone: nobody was promised anything
                batch.append(job)
                weight += job.weight
        return batch

    def _give_up(self, batch: list[Job]) -> None:
        """Tell all who wait that the database is silent: it may hang for hours. What it is writing may yet be committed."""
        self._is_silent = True
        for job in (*batch, *self._pending):
            _answer(job.future, _no_answer())

    def _conclude(self, batch: list[Job], outcomes: Sequence[Done | Exception]) -> None:
        finished = list(zip(batch, outcomes, strict=True))
        for job, outcome in finished:
            _answer(job.future, outcome)
        for topic in sorted(_topics(outcome for _, outcome in finished)):
            self._notify(topic)
        for job, outcome in finished:
            if isinstance(outcome, Done) and job.changes is not None:
                self._committed(job.changes)

    async def _write(self, batch: Sequence[Job]) -> list[Done | Exception]:
        try:
            return await self._commit(batch)
        except Deferral as trouble:
            return [_again(trouble) for _ in batch]
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller whose job it was
            if len(batch) == 1:
                return [error]
            return [(await self._write((job,)))[0] for job in batch]

    async def _commit(self, batch: Sequence[Job]) -> list[Done | Exception]:
        units = _units(batch)
        if not (self._is_in_process and units):
            return await self._in_thread(self._commit_in_thread, batch)
        # Begin, commit and roll back in the thread: each may wait, for a lock of another process or for the disk.
        transaction = self._connection.transaction()
        with translated():
            connection = await self._in_thread(transaction.__enter__)
            try:
                recorded = record_units(connection, units, self._announce)
            except BaseException as error:
                await self._in_thread(transaction.__exit__, type(error), error, error.__traceback__)
                raise
            return await self._in_thread(self._finish, connection, transaction, batch, recorded)

    def _commit_in_thread(self, batch: Sequence[Job]) -> list[Done | Exception]:
        """Run the whole transaction: between its steps nobody waits for a busy event loop, nor do the next ones for its hops."""
        with translated(), self._connection.transaction() as connection:
            recorded = record_units(connection, _units(batch), self._announce)
            return _run_others(connection, batch, recorded, self._announce)

    def _finish(
        self,
        connection: Connection,
        transaction: AbstractContextManager[Connection],
        batch: Sequence[Job],
        recorded: Sequence[Outcome],
    ) -> list[Done | Exception]:
        """Run what is no unit, and commit or roll back."""
        with ExitStack() as stack:
            stack.push(transaction)
            return _run_others(connection, batch, recorded, self._announce)

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)


def _run_others(
    connection: Connection, batch: Sequence[Job], recorded: Sequence[Outcome], announce: Announce
) -> list[Done | Exception]:
    """Run the jobs that are no units, and tell other processes of them; return the outcome of every job."""
    outcomes = iter(recorded)
    finished = [
        Done(job.work(connection), job.topics) if job.work is not None else _outcome(next(outcomes)) for job in batch
    ]
    announce(connection, frozenset(topic for job in batch if job.work is not None for topic in job.topics))
    if recorded:
        reached("K4")
    return finished


def _units(batch: Sequence[Job]) -> list[Changes]:
    return [job.changes for job in batch if job.changes is not None]


def _answer(waiting: asyncio.Future[Any], outcome: Done | Exception) -> None:
    if waiting.done():  # its caller has gone
        return
    if isinstance(outcome, Done):
        waiting.set_result(outcome.result)
    else:
        waiting.set_exception(outcome)


def _topics(outcomes: Iterable[Done | Exception]) -> frozenset[str]:
    return frozenset(topic for outcome in outcomes if isinstance(outcome, Done) for topic in outcome.topics)


def _outcome(recorded: Outcome) -> Done | Exception:
    return recorded if isinstance(recorded, Exception) else Done(None, recorded)


def _no_answer() -> Deferral:
    return Deferral("storage-unavailable", detail="the database does not answer")


def _again(trouble: Deferral) -> Deferral:
    """Return an equal error for another waiter: one exception must not be raised in several tasks."""
    return Deferral(trouble.code, retry_after=trouble.retry_after, detail=trouble.detail)
