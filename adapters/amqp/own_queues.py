"""The queues that systems consume themselves: there before their consumers come, and made again when they are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from adapters.amqp.connection import Line
from adapters.amqp.consumer import Lost
from adapters.amqp.topology import exists, make, queue_name
from hub.trouble import Trouble
from routing.values import Lane

LOOK_EVERY = 5.0  #: seconds

_log = structlog.get_logger()


class OwnQueues:
    """Keeps them. Systems may not declare anything, so their queues are the hub's care."""

    def __init__(self, line: Line, *, systems: Callable[[], Iterable[str]], lost: Lost) -> None:
        self._line = line
        self._systems = systems
        self._lost = lost

    async def keep(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Trouble as trouble:
                _log.warning("own-queues-not-kept", code=trouble.code, detail=trouble.detail)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Make what is missing; what stood there is lost, and is sent again. Raises `Deferral`.

        The loss is told before: of a queue that is there nobody would know that it had lost anything.
        """
        for system_id in tuple(self._systems()):
            names = [queue_name(system_id, lane) for lane in Lane]
            missing = [name for name in names if not await exists(self._line, name)]
            if missing:
                await self._lost(system_id)
            for name in missing:
                await make(self._line, name)

    async def close(self) -> None:
        """Close the connection."""
        await self._line.close()
