"""When which fault strikes: two hands, one on the hub's processes and one on what they stand on, for a given time."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from .harm import Fault, FreezeHub, KillHub, KillHubAt, RestartHub, StarveHub, StepClock
from .history import History, Operation, Phase
from .scenario import Hurt
from .servers import (
    AlarmBroker,
    FillDatabaseDisk,
    FillDisk,
    FreezeBroker,
    FreezeDatabase,
    KillBroker,
    KillDatabase,
    WipeBroker,
)
from .site import Site

#: The points that load alone reaches; K16 and K17 lie in commands, K18 in a shutdown, K14 and K15 in a log to come.
POINTS = ("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12", "K13")

#: What is done to processes, as often as it stands here.
TO_HUBS: tuple[Fault, ...] = (
    *(KillHub() for _ in range(6)),
    *(KillHubAt(point, within=20.0) for point in POINTS),
    FreezeHub(),
    FreezeHub(),
    RestartHub(),
    RestartHub(),
    StarveHub(),
    StarveHub(),
    StepClock(),
)
TO_SERVERS: tuple[Fault, ...] = (
    KillBroker(),
    FreezeBroker(),
    AlarmBroker(),
    WipeBroker(),
    KillDatabase(),
    KillDatabase(),
    FreezeDatabase(),
    FillDisk(),
    FillDatabaseDisk(),
)


def for_seconds(seconds: float, seed: int) -> Hurt:
    """Return what hurts with both hands until the time is up; what was begun is healed."""

    async def hurt(site: Site, history: History) -> None:
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as hands:
            hands.create_task(_strike(site, history, TO_HUBS, random.Random(f"{seed} hubs"), until, 3.0))
            hands.create_task(_strike(site, history, TO_SERVERS, random.Random(f"{seed} servers"), until, 8.0))

    return hurt


def one_by_one(faults: Sequence[Fault], seed: int) -> Hurt:
    """Return what hurts by each of these faults in turn."""

    async def hurt(site: Site, history: History) -> None:
        chance = random.Random(seed)
        for fault in faults:
            history.write("site", Operation.FAULT, Phase.OK, note=await fault.strike(site, chance))
            await asyncio.sleep(0.5)  # some load after it

    return hurt


async def _strike(
    site: Site, history: History, faults: Sequence[Fault], chance: random.Random, until: float, calm: float
) -> None:
    possible = [each for each in faults if each.is_possible(site)]
    calm *= min(3.0, len(faults) / max(1, len(possible)))  # where little can be done, it is not done all the time
    bag: list[Fault] = []
    while possible and time.monotonic() < until:
        await asyncio.sleep(chance.uniform(0.2, calm))
        if not bag:  # every fault comes before any comes again
            bag = chance.sample(possible, len(possible))
        history.write("site", Operation.FAULT, Phase.OK, note=await bag.pop().strike(site, chance))
