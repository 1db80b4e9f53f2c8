"""Waiting without polling, turns kept apart, and many small recordings at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any

from hub.signals import Signals


class Pace:
    """Keeps turns apart, so that a busy loop does much in each turn; the first turn after a rest comes at once."""

    def __init__(self, every: timedelta) -> None:
        self._every = every.total_seconds()
        self._next = 0.0

    async def keep(self) -> None:
        """Wait until the next turn may begin."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next - loop.time()))
        self._next = loop.time() + self._every


async def pause(signals: Signals, topic: str, signal: asyncio.Future[None], at_most: timedelta) -> None:
    """Wait for a signal subscribed to before the last look, at most so long; then unsubscribe."""
    try:
        if not signal.done() and at_most > timedelta(0):
            await asyncio.wait((signal,), timeout=at_most.total_seconds())
        else:
            await asyncio.sleep(0)
    finally:
        signals.unsubscribe(topic, signal)


async def gather_all(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all to their end, then raise the first failure: one that fails must not leave the others half done."""
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
