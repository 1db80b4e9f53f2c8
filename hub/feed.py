"""Hop 10: everything that happened to a system's packages and deliveries, in commit order, resumable from any position."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.access import not_found
from hub.accounts import Caller
from hub.inbox import LOOK_AGAIN
from hub.ports import Reader
from hub.record import EventRecord
from hub.signals import Signals
from hub.waiting import pause


class Feed:
    """Reads the feed of one system."""

    def __init__(self, *, reader: Reader, signals: Signals) -> None:
        self._reader = reader
        self._signals = signals

    async def read(
        self, caller: Caller, *, after: int, limit: int, wait: timedelta
    ) -> tuple[tuple[int, EventRecord], ...]:
        """Return at most `limit` events after position `after`, waiting up to `wait` for the first one."""
        if caller.system_id is None:
            raise not_found()
        topic = f"feed:{caller.system_id}"
        loop = asyncio.get_running_loop()
        until = loop.time() + wait.total_seconds()
        while True:
            with self._signals.subscribed(topic) as happened:
                events = await self._reader.feed(caller.system_id, after, limit)
                left = timedelta(seconds=until - loop.time())
                if events or left <= timedelta(0):
                    return events
                await pause(self._signals, topic, happened, min(left, LOOK_AGAIN))
