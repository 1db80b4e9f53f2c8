"""Wake-ups inside one process: who waits for something is woken when it may have come, and looks for itself.

A signal carries no data and may be spurious or, across processes, missing; every waiter therefore also looks again when
its time is up. That keeps long polls immediate and idle processes quiet.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Signals:
    """Topics to wait on: `outbox`, `queue`, `inbox:<system>`, `feed:<system>`."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def notify(self, topic: str) -> None:
        """Wake everyone who waits on `topic`."""
        for future in self._waiting.pop(topic, ()):
            if not future.done():
                future.set_result(None)

    def subscribe(self, topic: str) -> asyncio.Future[None]:
        """Return a future that the next `notify` resolves. Subscribe before looking, so that nothing slips between."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(future)
        return future

    @contextmanager
    def subscribed(self, topic: str) -> Iterator[asyncio.Future[None]]:
        """Subscribe for as long as the block lasts, however it ends: one that waits in vain must leave nothing behind."""
        future = self.subscribe(topic)
        try:
            yield future
        finally:
            self.unsubscribe(topic, future)

    def unsubscribe(self, topic: str, future: asyncio.Future[None]) -> None:
        """Stop waiting."""
        waiting = self._waiting.get(topic)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[topic]
