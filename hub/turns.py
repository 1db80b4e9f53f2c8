"""Whose turn it is: every system in turn, so that one with a single package waits for one of each other, not for all of one.

Small packages are examined on the event loop itself (`LoopTurns`): between two of them the loop goes round, so that everybody
else's requests go on. A system that would have turn after turn while others send now and then pauses between its own: what it
leaves free is what keeps the others quick. Alone, or where several send much, nobody pauses. Large packages are examined in a
few threads (`Seats`), one seat for each.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

PAUSE = 2.0  #: how long a system pauses between two turns of its own, in lengths of a turn
LONGEST_PAUSE = 0.02  #: seconds
OTHERS_WITHIN = 10.0  #: seconds for which another system counts as sending


class Rotation:
    """Those who wait, by name; names take turns, within a name the first comes first."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    def join(self, name: str) -> asyncio.Future[None]:
        """Wait for a turn of `name`: the future that it will resolve."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(name, deque()).append(turn)
        return turn

    def next_name(self) -> str | None:
        """Return whose turn is next; None when nobody waits."""
        return next(iter(self._lines), None)

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
    """Turns on the event loop, one in each round of it. `seconds` is a clock that never goes back."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._rotation = Rotation()
        self._seconds = seconds
        self._is_busy = False
        self._pause: asyncio.TimerHandle | None = None
        self._last: str | None = None
        self._begun_at = 0.0
        self._others_at = -OTHERS_WITHIN

    async def turn(self, name: str) -> None:
        """Wait until it is the turn of `name`. What follows up to the next `await` has the event loop to itself."""
        if self._pause is not None and name != self._last:
            self._pause.cancel()  # it keeps room for others, and here they are
            self._pause = None
        elif self._is_busy:
            await self._wait(name)
        self._begin(name)

    async def _wait(self, name: str) -> None:
        turn = self._rotation.join(name)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn was given in the same moment
                self._next()
            raise

    def _begin(self, name: str) -> None:
        self._is_busy = True
        self._begun_at = self._seconds()
        if self._last not in {None, name}:
            self._others_at = self._begun_at
        self._last = name
        # Whoever has the turn runs in this round of the loop, before this; sockets are looked at before the next turn.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._after)

    def _after(self) -> None:
        taken = self._seconds() - self._begun_at
        if self._rotation.next_name() == self._last and self._begun_at - self._others_at < OTHERS_WITHIN:
            self._pause = asyncio.get_running_loop().call_later(min(PAUSE * taken, LONGEST_PAUSE), self._next)
        else:
            self._next()

    def _next(self) -> None:
        self._pause = None
        self._is_busy = self._rotation.call_next()


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
