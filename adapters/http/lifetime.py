"""Whether this process still takes work, and how much of it is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class _Work(AbstractContextManager[None]):
    """How much is under way: one more while it is entered, any number of times at once."""

    def __init__(self) -> None:
        self._under_way = 0
        self.all_done = asyncio.Event()
        self.all_done.set()

    def __enter__(self) -> None:
        self._under_way += 1
        self.all_done.clear()

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.all_done.set()


class Lifetime:
    """Counts requests under way; once stopping, ends long polls at once and waits for the rest."""

    def __init__(self) -> None:
        self.is_stopping = False
        self._work = _Work()
        self._polls: set[asyncio.Task[Any]] = set()

    def working(self) -> AbstractContextManager[None]:
        """Count one request as under way."""
        return self._work

    async def poll(self, waiting: Coroutine[Any, Any, Answer], *, otherwise: Answer) -> Answer:
        """Return what `waiting` comes to, or `otherwise` as soon as the process stops. Cancelled with the caller."""
        task = asyncio.ensure_future(waiting)
        self._polls.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not self.is_stopping or (current is not None and current.cancelling()):
                raise
            return otherwise
        finally:
            self._polls.discard(task)

    def stop(self) -> None:
        """Take no new work from now on."""
        self.is_stopping = True
        for task in tuple(self._polls):
            task.cancel()

    async def finished(self, within: timedelta) -> bool:
        """Wait until nothing is under way; return False when that takes longer than `within`."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._work.all_done.wait()
        except TimeoutError:
            return False
        return True
