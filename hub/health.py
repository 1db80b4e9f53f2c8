"""Whether the hub can do its work now, dependency by dependency."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from msgspec import Struct, structs

from hub.trouble import Trouble

LIMIT = timedelta(seconds=2)


class Check(Struct, frozen=True):
    """One dependency: its name, whether it is well, and what is known."""

    name: str
    is_ok: bool
    detail: str
    is_vital: bool = True  #: without it the hub cannot do its work; else its work waits, and acceptance goes on


Probe = Callable[[], Awaitable[str]]  #: returns what is known, raises `Trouble` when not well


class Health:
    """Asks every dependency at once, each within two seconds."""

    def __init__(self, probes: Mapping[str, Probe], *, may_be_away: frozenset[str] = frozenset()) -> None:
        self._probes = dict(probes)
        self._may_be_away = may_be_away

    def with_probe(self, name: str, probe: Probe) -> Health:
        """Return one that also asks a dependency which may be away."""
        return Health({**self._probes, name: probe}, may_be_away=self._may_be_away | {name})

    async def checks(self) -> tuple[Check, ...]:
        """Return one check per dependency."""
        checks = await asyncio.gather(*(_check(name, probe) for name, probe in self._probes.items()))
        return tuple(structs.replace(each, is_vital=each.name not in self._may_be_away) for each in checks)


async def _check(name: str, probe: Probe) -> Check:
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            return Check(name, is_ok=True, detail=await probe())
    except Trouble as trouble:
        return Check(name, is_ok=False, detail=f"{trouble.code}: {trouble.detail}")
    except TimeoutError:
        return Check(name, is_ok=False, detail=f"no answer within {LIMIT.total_seconds():g} s")
