"""Keeps contents that wait in memory: those that come while others are being written go to the disk together.

One thread writes them, so that a package costs one change of thread at most. Each change takes the interpreter lock from the
event loop and gives it back, which is dearer than what the disk has to do for a package of 100 KB (docs/decisions/0015).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from msgspec import Struct

from adapters.storage.content import ContentFiles
from adapters.storage.errors import trouble_of
from hub.trouble import Defect, Trouble

_MOST_BYTES = 4_194_304  # in one batch: who comes next should not wait for long


class _Job(Struct, eq=False):
    """A content that somebody waits for."""

    future: asyncio.Future[None]
    sha256: str
    data: bytes


class Keeper:
    """Puts contents into `files`. Its methods are called on the event loop."""

    def __init__(self, files: ContentFiles) -> None:
        self._files = files
        self._pending: deque[_Job] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="axis-contents")
        self._writing: asyncio.Task[None] | None = None
        self._rest = asyncio.Event()
        self._rest.set()

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody waits for a content to be kept."""
        return self._writing is None

    async def rest(self) -> None:
        """Wait until it is so."""
        await self._rest.wait()

    async def keep(self, sha256: str, data: bytes) -> None:
        """Make `data` durable under its SHA-256; raise `Deferral` (storage-full, storage-unavailable, overloaded)."""
        job = _Job(asyncio.get_running_loop().create_future(), sha256, data)
        self._pending.append(job)
        if self._writing is None:
            self._rest.clear()
            self._writing = asyncio.create_task(self._write_pending(), name="contents")
        await job.future

    async def close(self) -> None:
        """Write what is pending and stop the thread."""
        while self._writing is not None:
            await asyncio.shield(self._writing)
        self._thread.shutdown()

    async def _write_pending(self) -> None:
        try:
            while self._pending:
                await asyncio.sleep(0)  # whoever else is ready comes along
                batch = self._draw()
                _answer(batch, await self._put([(job.sha256, job.data) for job in batch]))
        finally:
            self._writing = None
            self._rest.set()

    async def _put(self, contents: Sequence[tuple[str, bytes]]) -> Sequence[Trouble | None]:
        try:
            outcomes = await asyncio.get_running_loop().run_in_executor(self._thread, self._files.put_all, contents)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for ever
            return [Defect("defect", detail=f"{type(error).__name__}: {error}") for _ in contents]
        return [None if error is None else trouble_of(error) for error in outcomes]

    def _draw(self) -> list[_Job]:
        batch: list[_Job] = []
        size = 0
        while self._pending and size < _MOST_BYTES:
            job = self._pending.popleft()
            if not job.future.done():  # its caller has gone: nobody was promised anything
                batch.append(job)
                size += len(job.data)
        return batch


def _answer(batch: Sequence[_Job], outcomes: Sequence[Trouble | None]) -> None:
    for job, trouble in zip(batch, outcomes, strict=True):
        if job.future.done():
            continue
        if trouble is None:
            job.future.set_result(None)
        else:
            job.future.set_exception(trouble)


@asynccontextmanager
async def keeping(files: ContentFiles) -> AsyncIterator[Keeper]:
    """Give a keeper; on the way out let it write what is pending."""
    keeper = Keeper(files)
    try:
        yield keeper
    finally:
        await keeper.close()
