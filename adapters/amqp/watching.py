"""A second look at consumers: one may look alive, on both sides, and get nothing any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from adapters.amqp.connection import Line
from adapters.amqp.consumer import QueueConsumer
from adapters.amqp.topology import ready
from hub.trouble import Trouble

LOOK_EVERY = 15.0  #: seconds between two looks at queues that are silent
#: Messages that nobody concluded for so long go back to the broker, which would else close their channel after 30 minutes.
OLDEST = 20 * 60.0

_log = structlog.get_logger()


class Watched(Protocol):
    """What the consumer of one queue fills."""

    name: str  #: of the queue
    arrivals: int  #: messages ever received

    @property
    def is_idle(self) -> bool:
        """Whether nothing of this queue is held here."""

    def is_older_than(self, seconds: float) -> bool:
        """Whether the first message that is held and waits came so long ago."""


class Watch:
    """Begins a consumer anew whose queue has held messages for two looks while nothing came, or that holds old ones."""

    def __init__(self, asking: Line, watched: Callable[[], Iterable[tuple[Watched, QueueConsumer]]]) -> None:
        self.oldest = OLDEST
        self._asking = asking
        self._watched = watched
        #: Who got nothing from queues that held messages, and had got by then.
        self._silent: dict[QueueConsumer, int] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except Trouble as trouble:
                _log.warning("queues-not-watched", code=trouble.code, detail=trouble.detail)

    async def look(self) -> None:
        """Look once; raise `Deferral` when the broker is away."""
        silent: dict[QueueConsumer, int] = {}
        for held, consumer in tuple(self._watched()):
            if held.is_older_than(self.oldest):
                consumer.restart()
            elif held.is_idle and await ready(self._asking, held.name):
                if self._silent.get(consumer) == held.arrivals:
                    _log.error("consumer-rebuilt", queue=held.name)
                    consumer.restart()
                else:
                    silent[consumer] = held.arrivals
        self._silent = silent
