"""What is done to a hub. A fault hurts it and heals it again; the hub is serving when it begins and when it ends."""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from tests.support.hub import HubProcess


class Fault(Protocol):
    """Hurts once."""

    async def strike(self, hub: HubProcess, chance: random.Random) -> str:
        """Wait for the moment, hurt, heal; return what was done."""


class Kill:
    """SIGKILL at a random moment under load; one restart in six is killed as well, before it is complete."""

    def __init__(self, longest: float = 1.2) -> None:
        self._longest = longest

    async def strike(self, hub: HubProcess, chance: random.Random) -> str:
        """Kill and start again."""
        after = chance.uniform(0.05, self._longest)
        await asyncio.sleep(after)
        hub.kill()
        note = f"killed after {after:.3f} s"
        if chance.random() < 1 / 6:
            into = chance.uniform(0.1, 1.0)
            await self._kill_while_starting(hub, into)
            note += f", and {into:.3f} s into the restart"
        await asyncio.to_thread(hub.start)
        return note

    async def _kill_while_starting(self, hub: HubProcess, after: float) -> None:
        starting = asyncio.create_task(asyncio.to_thread(hub.start))
        await asyncio.sleep(after)
        hub.kill()
        await asyncio.gather(starting, return_exceptions=True)  # it reports, rightly, that the hub never became ready
