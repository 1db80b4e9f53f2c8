"""The inbox of a system: what is consigned to it and nobody holds, urgent first, then oldest."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.access import not_found
from hub.accounts import Caller
from hub.ports import Clock, Mailbox
from hub.queries import InboxItem
from hub.signals import Signals
from hub.waiting import pause
from routing.values import Lane

#: Another process may consign; its signal does not reach us, so a long poll also looks for itself.
LOOK_AGAIN = timedelta(seconds=1)


class Inbox:
    """Leases deliveries to the system that asks; a lease that runs out offers the delivery again."""

    def __init__(self, *, mailbox: Mailbox, signals: Signals, clock: Clock) -> None:
        self._mailbox = mailbox
        self._signals = signals
        self._clock = clock

    async def collect(
        self, caller: Caller, *, lane: Lane | None, limit: int, lease: timedelta, wait: timedelta
    ) -> tuple[InboxItem, ...]:
        """Return at most `limit` items, waiting up to `wait` for the first one."""
        if caller.system_id is None:
            raise not_found()
        topic = f"inbox:{caller.system_id}"
        loop = asyncio.get_running_loop()
        until = loop.time() + wait.total_seconds()
        while True:
            with self._signals.subscribed(topic) as consigned:
                items = await self._mailbox.lease(caller.system_id, lane, limit, self._clock(), lease)
                left = timedelta(seconds=until - loop.time())
                if items or left <= timedelta(0):
                    return items
                await pause(self._signals, topic, consigned, min(left, LOOK_AGAIN))
