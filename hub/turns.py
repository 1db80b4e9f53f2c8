"""Whose turn it is: every system in turn, so that one with a single package waits for one of each other, not for all of one.

Small packages are examined on the event loop itself (`LoopTurns`), a few in a row: what the first one has brought into the
processor's caches serves the others, which then cost half as much (measured: a sixth of all CPU per package). After them the
loop goes round, so that everybody else's requests go on. Large packages are examined in a few threads (`Seats`), one seat for
each. A system that floods the hub has one turn or seat at a time while others send, too, and is held back between them
(`hub.pace`).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hub.pace import Pace

_ALL = 1_000_000  #: more than there can be at once


class Rotation:
    """Those who wait, by name; names take turns, within a name the first comes first."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    def join(self, name: str) -> asyncio.Future[None]:
        """Wait for a turn of `name`: the future that it will resolve."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(name, deque()).append(turn)
        return turn

    def holds(self, name: str) -> bool:
        """Tell whether somebody of `name` waits."""
        return name in self._lines

    def names(self) -> tuple[str, ...]:
        """Return who waits, the next one first."""
        return tuple(self._lines)

    def call(self, name: str) -> bool:
        """Give `name` its turn; return whether anybody of it still waited."""
        line = self._lines.pop(name)
        while line:
            turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                if line:
                    self._lines[name] = line  # behind all others
                return True
        return False


class _Gate:
    """Lets at most `count` through at once, names in turn, each at its pace."""

    def __init__(self, count: int, pace: Pace, weigh: Callable[[str, int], None]) -> None:
        self._free = count
        self._weigh = weigh
        self._inside: Counter[str] = Counter()
        self._pace = pace
        self._rotation = Rotation()
        self._alarm: asyncio.TimerHandle | None = None

    async def enter(self, name: str, size: int) -> None:
        """Wait until `name` may go through with a package of `size` bytes."""
        if self._free and not self._rotation.holds(name) and self._may_go(name):
            self._let_in(name)
        else:
            await self._wait(name)
        self._weigh(name, size)

    def leave(self, name: str) -> None:
        """Make room for the next one."""
        self._free += 1
        self._inside[name] -= 1
        if not self._inside[name]:
            del self._inside[name]
        self._call()

    async def _wait(self, name: str) -> None:
        turn = self._rotation.join(name)
        self._call()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn was given in the same moment
                self.leave(name)
            raise

    def _may_go(self, name: str) -> bool:
        return not self._pace.wait(name) and not (name in self._inside and self._pace.floods(name))

    def _let_in(self, name: str) -> None:
        self._free -= 1
        self._inside[name] += 1

    def _call(self) -> None:
        """Let in who may go; while room is left for those who are held back, look again when the first of them may."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for name in self._rotation.names():
            while self._free and self._rotation.holds(name) and self._may_go(name):
                if self._rotation.call(name):
                    self._let_in(name)
        # Who waits for a turn of its own to end is called by `leave`.
        if self._free and (held := [name for name in self._rotation.names() if name not in self._inside]):
            wait = min(map(self._pace.wait, held))
            self._alarm = asyncio.get_running_loop().call_later(wait, self._call)


class LoopTurns:
    """Turns on the event loop, at most `in_a_round` in each round of it."""

    def __init__(self, pace: Pace, *, in_a_round: int = 8) -> None:
        self._gate = _Gate(in_a_round, pace, pace.took)

    async def turn(self, name: str, size: int = 0) -> None:
        """Wait until `name` may examine `size` bytes. What follows up to the next `await` has the event loop to itself."""
        await self._gate.enter(name, size)
        # Whoever has a turn runs in this round of the loop, before this; sockets are looked at before the next turns.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._gate.leave, name)


class Takings:
    """Turns of those who take what waits for them. Only one that floods ever waits."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._gate = _Gate(_ALL, pace, lambda name, _: pace.took_out(name))

    async def turn(self, name: str) -> None:
        """Wait until `name` may ask for a delivery, or say something about one."""
        if not self._pace.holds(name):
            self._pace.took_out(name)
            return
        await self._gate.enter(name, 0)
        asyncio.get_running_loop().call_soon(self._gate.leave, name)


class Seats:
    """At most `count` at once, of all names together."""

    def __init__(self, count: int, pace: Pace) -> None:
        self._gate = _Gate(count, pace, pace.took)

    @asynccontextmanager
    async def seat(self, name: str, size: int = 0) -> AsyncIterator[None]:
        """Wait for a seat to examine `size` bytes, and hold it."""
        await self._gate.enter(name, size)
        try:
            yield
        finally:
            self._gate.leave(name)
