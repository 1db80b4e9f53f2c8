"""Periodic work that one process does for all: whoever gets the lease. There is no master."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct

from hub.ids import uuid7
from hub.ports import Clock
from hub.trouble import Trouble

LOOK_EVERY = timedelta(seconds=30)

_log = structlog.get_logger()


class Leases(Protocol):
    """Exclusive, temporary rights by name."""

    async def hold(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or prolong a lease; return whether `holder` has it."""


class KnownLeases(Leases, Protocol):
    """Leases of which it is known when they ended."""

    async def until(self, name: str) -> datetime | None:
        """Return until when a lease is held, or was; None when it never was, or was given back."""


class Chore(Struct, frozen=True):
    """A piece of work to be done once in every period, by one process.

    `work` is given the time of the turn before, the first a period ago, so that nothing falls between two turns; it returns how
    much it did.
    """

    name: str
    every: timedelta
    work: Callable[[datetime], Awaitable[int]]


class Housekeeping:
    """Does chores. A chore's lease lasts its whole period, so it is done once in it, by whoever came first."""

    def __init__(self, *, leases: KnownLeases, chores: tuple[Chore, ...], clock: Clock) -> None:
        self._leases = leases
        self._chores = chores
        self._clock = clock

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.run_once()
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def run_once(self) -> None:
        """Do every chore whose period has begun anew."""
        for chore in self._chores:
            try:
                await self._do(chore)
            except Trouble as trouble:
                _log.warning("chore-deferred", chore=chore.name, code=trouble.code, detail=trouble.detail)

    async def _do(self, chore: Chore) -> None:
        now = self._clock()
        until = await self._leases.until(chore.name)
        if until is not None and until > now:
            return
        # A holder of its own for each turn: the lease is not to be prolonged before its period has ended.
        if await self._leases.hold(chore.name, uuid7(), now=now, until=now + chore.every):
            done = await chore.work((until or now) - chore.every)
            if done:
                _log.info("chore-done", chore=chore.name, done=done)
