"""The consumer of one queue: a channel of its own, begun anew whenever it is lost, and a queue made anew that is broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Protocol

import structlog
from aio_pika import IncomingMessage
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from adapters.amqp.connection import Line
from adapters.amqp.errors import forgiven, translated
from adapters.amqp.patience import Patience
from adapters.amqp.topology import delete
from hub.trouble import Trouble

PREFETCH = 200  #: messages of one queue held by one process at most
_PAUSE = 1.0  #: seconds between two attempts
_FAILURES = 3  #: of a queue, at least, before it is made anew

#: Called with a system's id when one of its queues was not there, and so what it held is lost.
Lost = Callable[[str], Awaitable[None]]
Alone = Callable[[], AbstractAsyncContextManager[Line]]

_log = structlog.get_logger()


class Intake(Protocol):
    """Where the messages of one queue go."""

    name: str  #: of the queue

    async def prepare(self, line: Line, *, is_deleted: bool = False) -> None:
        """See that the queue is there; one that is not, or was just deleted, is made, and what it held is lost."""

    def begin(self) -> int:
        """Forget what came before: its channel is lost. Return the number of the next channel."""

    async def take_in(self, number: int, message: AbstractIncomingMessage) -> None:
        """Take a message that came on the channel of this number."""


class QueueConsumer:
    """Keeps one intake filled, for ever.

    `line` is the connection that it shares with others. A queue that gave no answer is tried on one of its own first: a
    broker may close a whole connection over one broken queue. `gate` bounds how many begin at the same time.
    """

    def __init__(
        self,
        intake: Intake,
        *,
        line: Line,
        alone: Alone,
        gate: AbstractAsyncContextManager[object],
        answers: Callable[[str], None],
        patience: Patience,
    ) -> None:
        self.name = intake.name
        self._intake = intake
        self._line = line
        self._alone = alone
        self._gate = gate
        self._answers = answers
        self._patience = patience
        self._failures = 0
        self._failing_since = 0.0
        self.channel: AbstractChannel | None = None  #: while it consumes
        self._over = asyncio.Event()  #: the consumer has come to its end, or is told to

    @property
    def is_broken(self) -> bool:
        """Whether its queue gives no answer at present."""
        return self._failures > 0

    async def run(self) -> None:
        """Consume for ever."""
        while True:
            try:
                await self._consume()
            except Trouble as trouble:
                _log.debug("queue-not-consumed", queue=self.name, detail=trouble.detail)
            self._intake.begin()
            await asyncio.sleep(_PAUSE)

    def restart(self) -> None:
        """Begin anew: what nobody has settled goes back to the broker, and comes again."""
        self._over.set()

    async def _consume(self) -> None:
        """Consume until the channel is lost, the broker ends the consumer, or `restart` is called."""
        async with self._gate:
            await self._line.require_open()
            if self._failures:
                await self._try_alone()
            async with self._judged(self._patience.answer):
                channel = await self._begin(self._line, PREFETCH)
        self._failures = 0
        self._answers(self.name)
        self.channel = channel
        try:
            await self._until_over(channel)
        finally:
            self.channel = None
            with forgiven():
                async with asyncio.timeout(_PAUSE):
                    await channel.close()

    @asynccontextmanager
    async def _judged(self, limit: float) -> AsyncIterator[None]:
        """Count what fails on an open connection as a failure of the queue."""
        try:
            with translated(RuntimeError):
                async with asyncio.timeout(limit):
                    yield
        except Trouble:
            now = asyncio.get_running_loop().time()
            self._failing_since = self._failing_since if self._failures else now
            self._failures += 1
            raise

    async def _try_alone(self) -> None:
        """See whether the queue answers; one that was given time enough is made anew before."""
        async with self._alone() as line:
            if self._is_to_be_made_anew():
                _log.error("queue-made-anew", queue=self.name, failures=self._failures)
                async with self._judged(self._patience.remaking):
                    await delete(line, self.name)
                    await self._intake.prepare(line, is_deleted=True)
            async with self._judged(self._patience.answer):
                await self._begin(line, prefetch=1)

    async def _begin(self, line: Line, prefetch: int) -> AbstractChannel:
        """Consume on a channel of its own, from a queue that is made first when it is not there."""
        await self._intake.prepare(line)
        channel = await line.channel()
        await channel.set_qos(prefetch_count=prefetch)
        self._over.clear()
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(self._cancelled)
        take_in = partial(self._intake.take_in, self._intake.begin())

        async def deliver(delivered: Any) -> None:
            message = IncomingMessage(delivered)
            del delivered  # who has the message may let go of its body
            await take_in(message)

        # Without aio-pika's own consumer, which begins a task for each message in the task that it has already.
        await underlay.basic_consume(self.name, deliver)
        return channel

    def _is_to_be_made_anew(self) -> bool:
        age = asyncio.get_running_loop().time() - self._failing_since
        return self._failures >= _FAILURES and age >= self._patience.consumed

    async def _until_over(self, channel: AbstractChannel) -> None:
        underlay = await channel.get_underlay_channel()
        closing = underlay.closing
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({closing, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            closing.cancel()

    def _cancelled(self, _frame: object) -> None:
        """Hear from the broker that the consumer is over: its queue was deleted, or its leader is gone."""
        _log.warning("consumer-cancelled", queue=self.name)
        self._over.set()
