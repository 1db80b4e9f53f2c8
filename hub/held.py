"""Tickets that are being worked on, kept from others for as long as that lasts.

What was taken from a queue comes back when nobody is heard of for a while, for whoever took it may have died. Who lives and works
off a long list, or waits for one slow answer, says so now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from hub.ids import OrderId
from hub.ports import Broker
from hub.queries import Ticket
from hub.trouble import Trouble

KEEP_EVERY = timedelta(seconds=30)  #: so that two may fail before a queue hands out what it hears nothing of

_log = structlog.get_logger()


class Held:
    """Tickets as they are held at the moment."""

    def __init__(self, broker: Broker, tickets: Sequence[Ticket], every: timedelta = KEEP_EVERY) -> None:
        self._broker = broker
        self._every = every.total_seconds()
        self._over = asyncio.Event()
        self.tickets = tuple(tickets)
        self._order_ids = {ticket.order_id for ticket in tickets}

    def __contains__(self, order_id: OrderId) -> bool:
        """Tell whether the ticket of an order is still ours."""
        return order_id in self._order_ids

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep the tickets from others until the end of the block."""
        keeping = asyncio.create_task(self._keep(), name="keep tickets")
        try:
            yield
        finally:
            # Not cancelled: nobody would know whether what was under way has made them other tickets.
            self._over.set()
            await keeping

    async def _keep(self) -> None:
        while not await self._is_over():
            try:
                self.tickets = tuple(await self._broker.keep(self.tickets))
            except Trouble as trouble:
                _log.warning("tickets-not-kept", code=trouble.code, detail=trouble.detail)
            else:
                self._order_ids = {ticket.order_id for ticket in self.tickets}

    async def _is_over(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._every):
                await self._over.wait()
        return self._over.is_set()
