"""Whose turn it is: every system in turn, so that one with a single package waits for one of each other, not for all of one.

Small packages are examined on the event loop itself (`LoopTurns`): between two of them the loop goes round, so that everybody
else's requests go on. Large ones are examined in a few threads (`Seats`), one seat for each.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Rotation:
    """Those who wait, by name; names take turns, within a name the first comes first."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    def join(self, name: str) -> asyncio.Future[None]:
        """Wait for a turn of `name`: the future that it will resolve."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(name, deque()).append(turn)
        return turn

    def call_next(self) -> bool:
        """Give the next one its turn; return whether anybody waited. Who has left meanwhile is passed over."""
        while self._lines:
            name = next(iter(self._lines))
            line = self._lines.pop(name)
            turn = line.popleft()
            if line:
                self._lines[name] = line  # behind all others
            if not turn.done():
                turn.set_result(None)
                return True
        return False


class LoopTurns:
    """Turns on the event loop, one in each round of it."""

    def __init__(self) -> None:
        self._rotation = Rotation()
        self._is_busy = False

    async def turn(self, name: str) -> None:
        """Wait until it is the turn of `name`. What follows up to the next `await` has the event loop to itself."""
        if not self._is_busy:
            self._begin()
            return
        await self._rotation.join(name)

    def _begin(self) -> None:
        self._is_busy = True
        # Whoever has the turn runs in this round of the loop, before this; sockets are looked at before the next turn.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._next)

    def _next(self) -> None:
        if self._rotation.call_next():
            self._begin()
        else:
            self._is_busy = False


class Seats:
    """At most `count` at once, of all names together."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._rotation = Rotation()

    @asynccontextmanager
    async def seat(self, name: str) -> AsyncIterator[None]:
        """Wait for a seat and hold it."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(name)
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, name: str) -> None:
        turn = self._rotation.join(name)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the seat was handed over in the same moment
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        if not self._rotation.call_next():
            self._free += 1
