"""Who may come in how often, how many at once, and with how much: the limits that keep callers from harming each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from hub.accounts import Caller
from hub.changes import Room
from hub.pace import Pace
from hub.places import Places
from hub.pressure import Pressure
from hub.quotas import Quotas
from hub.rates import Allowance, Rates
from hub.register import CurrentRegister
from hub.settings import LimitSettings
from hub.turns import Takings


class Admission:
    """Applies to each caller the usual limits, or what the register grants its system instead."""

    def __init__(
        self,
        *,
        usual: LimitSettings,
        register: CurrentRegister,
        quotas: Quotas,
        pressure: Pressure,
        pace: Pace,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._usual = usual
        self._register = register
        self._quotas = quotas
        self._pressure = pressure
        self._seconds = seconds
        self._rates = Rates()
        self._places = Places()
        self._pace = pace
        self._takings = Takings(pace)

    def allowance(self, caller: Caller) -> Allowance | None:
        """Count one request of a caller; return what it may still ask for, None without a limit."""
        self._pace.asked(caller.name)
        return self._rates.take(_name(caller), self._limits_of(caller), self._seconds())

    def answered(self, caller: Caller) -> None:
        """Take note that a caller has its answer: what it asks next goes before a flood, too."""
        self._pace.asked(caller.name)

    def may_come_at_once(self, caller: Caller) -> bool:
        """Count one request of a caller and return True; count nothing when it would have to wait."""
        return self._rates.take_at_once(_name(caller), self._limits_of(caller), self._seconds())

    async def taking(self, caller: Caller) -> None:
        """Wait until the caller may take what waits for it: at once, unless it floods the hub with that."""
        await self._takings.turn(caller.name)

    def require_place(self, caller: Caller) -> None:
        """Raise `Deferral` rate-limited when `place` would: to be asked before a body is read."""
        self._places.require(caller.name, self._limits_of(caller))

    def place(self, caller: Caller) -> AbstractAsyncContextManager[None]:
        """Hold one of the caller's places for submissions; raises `Deferral` rate-limited when too many wait for one."""
        return self._places.hold(caller.name, self._limits_of(caller))

    async def room(self, caller: Caller, size: int) -> Room | None:
        """Return the room that the caller's system has for `size` bytes more; None when it has no quota.

        Raises `Refusal` quota-exceeded, and `Deferral` overloaded when nobody's package can be taken in at present.
        """
        self._pressure.require_room()
        if caller.system_id is None:
            return None
        return await self._quotas.room(caller.system_id, size, self._limits_of(caller).stored_bytes)

    def _limits_of(self, caller: Caller) -> LimitSettings:
        granted = self._register.snapshot.limits.get(caller.name) if caller.system_id is not None else None
        return self._usual if granted is None else granted.over(self._usual)


def _name(caller: Caller) -> str:
    return f"{caller.role} {caller.name}"
