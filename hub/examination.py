"""When and where examination runs: small packages inline, large ones in a thread under a byte budget.

lxml and hashing release the interpreter lock, so a large package in a thread leaves the loop free; two threads on small
packages are slower than one (measured, see bench). Systems take turns at both. The budget keeps a few large packages from
using the memory of many.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from msgspec import Struct

from hub.accounts import Caller
from hub.examine import Examined, Rules, Window, examine
from hub.pace import Pace
from hub.ports import Clock
from hub.register import CurrentRegister
from hub.spool import Spooled
from hub.trouble import Refusal
from hub.turns import LoopTurns, Seats
from routing.values import System
from schemas.edxml import prepare
from signing.algorithms import DEFAULT_POLICY, AlgorithmPolicy
from signing.certificates import TrustAnchors
from signing.revocation import Revocation


class ByteBudget:
    """At most `limit` bytes at once; one piece larger than the limit may pass alone."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncIterator[None]:
        """Wait until `size` bytes fit and hold them."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._used == 0 or self._used + size <= self._limit)
            self._used += size
        try:
            yield
        finally:
            async with self._freed:
                self._used -= size
                self._freed.notify_all()


class Capacity(Struct, frozen=True, kw_only=True):
    """How much one process examines: inline up to `inline_bytes`, above that in threads, `memory_budget` bytes at once."""

    inline_bytes: int
    memory_budget: int
    pace: Pace


class Examination:
    """Runs `hub.examine.examine` for one caller against the register of the moment."""

    def __init__(
        self,
        *,
        register: CurrentRegister,
        anchors: TrustAnchors,
        window: Window,
        clock: Clock,
        capacity: Capacity,
        revocation: Callable[[], Revocation | None] = lambda: None,
        hub_code: str = "",
        algorithms: AlgorithmPolicy = DEFAULT_POLICY,
    ) -> None:
        self._algorithms = algorithms
        prepare()
        self._hub_code = hub_code
        self._register = register
        self._anchors = anchors
        self._window = window
        self._clock = clock
        self._inline_bytes = capacity.inline_bytes
        self._revocation = revocation
        threads = max(2, os.cpu_count() or 1)
        self._budget = ByteBudget(capacity.memory_budget)
        self._turns = LoopTurns(capacity.pace)
        self._seats = Seats(threads, capacity.pace)
        # Threads of their own: those of the event loop write bodies and contents, which must not wait behind examinations.
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="axis-examiner")

    async def examine(self, caller: Caller, spooled: Spooled, recipient: str | None = None) -> Examined:
        """Examine what `caller` handed in (for one `recipient` only, when given); raises as `hub.examine.examine`."""
        system = self._system_of(caller)
        if spooled.size <= self._inline_bytes:
            await self._turns.turn(system.id, spooled.size)
            return self._run(system, spooled, recipient)
        async with self._seats.seat(system.id, spooled.size), self._budget.hold(spooled.size):
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._run, system, spooled, recipient
            )

    def _run(self, system: System, spooled: Spooled, recipient: str | None) -> Examined:
        rules = Rules(
            snapshot=self._register.snapshot,
            anchors=self._anchors,
            window=self._window,
            revocation=self._revocation(),
            hub_code=self._hub_code,
            algorithms=self._algorithms,
        )
        with spooled.view() as data:
            return examine(data, system=system, rules=rules, at=self._clock(), recipient=recipient)

    def _system_of(self, caller: Caller) -> System:
        system = self._register.snapshot.directory.system(caller.system_id) if caller.system_id else None
        if system is None:
            raise Refusal(
                "not-authorised",
                detail="Only a connected system may hand in packages.",
                detail_vi="Chỉ hệ thống đã kết nối mới được gửi gói tin.",
            )
        return system
