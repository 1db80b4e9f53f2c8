"""What is done to a site's hub processes. A fault hurts and heals again; its note says what it was, then how.

Others may hurt the same site at the same time (`servers`), so a fault waits for nothing that another may have taken away:
a process counts as started when it answers at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from hub.failpoints import VARIABLE, Action
from tests.support.hub import HubProcess

from .clocks import step
from .site import Site


class Fault(Protocol):
    """Hurts once."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        """Wait for the moment, hurt, heal; return what was done."""

    def is_possible(self, site: Site) -> bool:
        """Whether this machine and this site can be hurt so."""


class HubFault:
    """Any site has hub processes."""

    def is_possible(self, site: Site) -> bool:
        return True


class KillHub(HubFault):
    """SIGKILL at a random moment under load; one restart in six is killed as well, before it is complete."""

    def __init__(self, longest: float = 1.2) -> None:
        self._longest = longest

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs)
        after = chance.uniform(0.05, self._longest)
        await asyncio.sleep(after)
        hub.kill()
        note = f"kill a hub: after {after:.3f} s"
        if chance.random() < 1 / 6:
            hub.launch()
            into = chance.uniform(0.1, 1.0)
            await asyncio.sleep(into)
            hub.kill()
            note += f", and {into:.3f} s into the restart"
        await site.launch(hub)
        return note


class KillHubAt(HubFault):
    """SIGKILL at a failpoint: the process is started anew with it, works until it gets there, and is started without."""

    def __init__(self, point: str, *, nth: int = 1, within: float = 30.0) -> None:
        self._point = point
        self._nth = nth
        self._within = within

    def is_possible(self, site: Site) -> bool:
        return site.rabbitmq is None or self._point != "K9"  # with RabbitMQ that point is the proxy's

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs)
        hub.kill()
        hub.launch({VARIABLE: f"{self._point}:{Action.KILL}:{self._nth}"})
        is_reached = await asyncio.to_thread(_ends, hub, self._within)
        if not is_reached:  # no load came that way
            hub.kill()
        await site.launch(hub)
        return f"kill a hub at {self._point}" if is_reached else f"missed {self._point}"


class RaiseInHub(HubFault):
    """An unexpected error at a failpoint: the process goes on, whether it came there or not, and is started without later."""

    def __init__(self, point: str) -> None:
        self._point = point

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs)
        await asyncio.to_thread(hub.stop)
        await site.launch(hub, {VARIABLE: f"{self._point}:{Action.RAISE}"})
        await asyncio.sleep(3.0)
        return f"raise at {self._point}"


class FreezeHub(HubFault):
    """SIGSTOP, in the midst of a transaction perhaps, and SIGCONT some seconds later."""

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs)
        for_seconds = chance.uniform(1.0, 12.0)
        hub.freeze()
        try:
            await asyncio.sleep(for_seconds)
        finally:
            hub.thaw()
        return f"freeze a hub: for {for_seconds:.1f} s"


class RestartHub(HubFault):
    """SIGTERM under load, and a new process: it finishes what is under way. `which` one; by default any."""

    def __init__(self, which: int | None = None) -> None:
        self._which = which

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs) if self._which is None else site.hubs[self._which]
        code = await asyncio.to_thread(hub.stop)
        await site.launch(hub)
        return f"restart a hub: exit code {code}"


class StarveHub(HubFault):
    """No file descriptors are left for some seconds: nothing can be opened, connected or accepted."""

    def is_possible(self, site: Site) -> bool:
        return hasattr(resource, "prlimit")

    async def strike(self, site: Site, chance: random.Random) -> str:
        hub = chance.choice(site.hubs)
        for_seconds = chance.uniform(1.0, 5.0)
        with starved(hub, spare=chance.randrange(3)):
            await asyncio.sleep(for_seconds)
        return f"starve a hub of files: for {for_seconds:.1f} s"


@contextlib.contextmanager
def starved(hub: HubProcess, spare: int = 0) -> Iterator[None]:
    """Leave a process no more than `spare` free file descriptors inside the block."""
    pid = hub.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = {int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir()}
    free = [number for number in range(len(used) + spare + 1) if number not in used]
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free[spare], before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


class StepClock(HubFault):
    """The clock of one process leaps, forward or back, and some time later leaps again, to the truth."""

    def is_possible(self, site: Site) -> bool:
        return site.clock is not None

    async def strike(self, site: Site, chance: random.Random) -> str:
        by = chance.choice((-3600, -120, 120, 3600))
        for_seconds = chance.uniform(2.0, 20.0)
        assert site.clock is not None
        step(site.clock, by)
        try:
            await asyncio.sleep(for_seconds)
        finally:
            step(site.clock, 0)
        return f"step the clock of a hub: by {by} s for {for_seconds:.1f} s"


def _ends(hub: HubProcess, within: float) -> bool:
    try:
        hub.wait_for_end(within)
    except subprocess.TimeoutExpired:
        return False
    return True
