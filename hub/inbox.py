"""The inbox of a system: what is consigned to it and nobody holds, urgent first, then oldest."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from hub.access import not_found
from hub.accounts import Caller
from hub.ports import Clock, Mailbox
from hub.queries import InboxItem
from hub.signals import Signals
from hub.waiting import pause
from routing.values import Lane

#: Another process may consign; its signal does not reach us, so a long poll also looks for itself.
LOOK_AGAIN = timedelta(seconds=1)
LAST_LOOK = 1.0  #: seconds that a look which is under way when the poll is ended may still take


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
                items = await _leased(self._mailbox.lease(caller.system_id, lane, limit, self._clock(), lease))
                left = timedelta(seconds=until - loop.time())
                if items or left <= timedelta(0):
                    return items
                await pause(self._signals, topic, consigned, min(left, LOOK_AGAIN))


async def _leased(look: Coroutine[Any, Any, tuple[InboxItem, ...]]) -> tuple[InboxItem, ...]:
    """Return what a look has leased, also when the poll is ended meanwhile: nobody else is offered it for minutes."""
    looking = asyncio.ensure_future(look)
    try:
        return await asyncio.shield(looking)
    except asyncio.CancelledError:
        await asyncio.wait((looking,), timeout=LAST_LOOK)
        looking.cancel()  # unless it has ended
        if looking.done() and looking.exception() is None and (items := looking.result()):
            return items
        raise
