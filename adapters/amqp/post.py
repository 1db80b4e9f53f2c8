"""Sends messages to queues, counted only when the broker has confirmed them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from weakref import WeakValueDictionary

import structlog
from aio_pika.abc import AbstractChannel, AbstractMessage
from aio_pika.exceptions import DeliveryError, PublishError

from adapters.amqp.connection import Line
from adapters.amqp.consumer import Lost
from adapters.amqp.errors import is_away, translated
from adapters.amqp.patience import Patience
from adapters.amqp.suspects import Suspects
from adapters.amqp.topology import ORDERS, declare_queue, declare_shared, delete, exists, queue_name
from hub.trouble import Deferral, Trouble
from routing.values import Lane

_TOGETHER = 4096  #: bytes of a message that is written to the socket together with others

_log = structlog.get_logger()


class Post:
    """Publishes on a connection of its own, many at once.

    A message that the broker returns is known by its id alone. So two of one id, such as one event told to two systems, go one
    after the other: else the return of the one would be taken for the other's, and the lost one for confirmed.

    A queue that does not confirm in time is left alone for a while, so that it holds back nobody else. `makes_anew`: nobody
    in this hub consumes the queues, so it is the sender who replaces those that stay broken.
    """

    def __init__(self, line: Line, *, lost: Lost, patience: Patience, makes_anew: bool = False) -> None:
        self._line = line
        self._lost = lost
        self._patience = patience
        self._makes_anew = makes_anew
        self._channel: AbstractChannel | None = None
        self._left: AbstractChannel | None = None
        self._left_at = -patience.confirm
        self._declared: set[str] = set()
        self._declaring: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._suspects = Suspects()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  #: of messages in flight, by id
        self._confirmed_at = 0.0

    async def send(self, system_id: str, lane: Lane, message: AbstractMessage) -> str | None:
        """Send one; return None when it was confirmed, else why it was not. Raises `Deferral`: the broker is away."""
        async with self._turns.setdefault(message.message_id or "", asyncio.Lock()):
            return await self._send(system_id, lane, message)

    def trust(self, name: str) -> None:
        """Note that a queue gives answers."""
        self._suspects.clear(name)

    async def require_unblocked(self) -> None:
        """Raise `Deferral` when the broker is away or takes nothing."""
        await self._line.require_unblocked()

    async def close(self) -> None:
        """Close the connection."""
        await self._line.close()

    async def _send(self, system_id: str, lane: Lane, message: AbstractMessage) -> str | None:
        name = queue_name(system_id, lane)
        now = _now()
        if not self._suspects.may_try(name, now):
            return "queue-in-doubt: the queue has confirmed nothing lately"
        if self._makes_anew and self._suspects.duration(name, now) > self._patience.sent:
            await self._make_anew(name)
        for _ in range(2):
            channel = await self._prepared(system_id, name)
            try:
                await self._publish(channel, name, message)
            except PublishError:  # the queue was deleted, or its binding: it is made again, once
                self._declared.discard(name)
            except DeliveryError:
                await self._leave(channel)
                return "nack: the broker does not take it"
            except TimeoutError:
                return await self._in_doubt(name, now)
            except Exception as error:
                if not is_away(error):
                    raise
                return f"connection-lost: {error}"
            else:
                self._confirmed_at = _now()
                self._suspects.clear(name)
                return None
        return "unroutable: the broker has no queue for it"

    async def _publish(self, channel: AbstractChannel, name: str, message: AbstractMessage) -> None:
        """Publish one and wait for its confirmation."""
        underlay = await channel.get_underlay_channel()
        await underlay.basic_publish(  # type: ignore[call-arg] # its interface leaves out `wait`
            message.body,
            exchange=ORDERS,
            routing_key=name,
            properties=message.properties,
            mandatory=True,
            timeout=self._patience.trial if name in self._suspects else self._patience.confirm,
            # Else the next one is written only after the socket has taken this one: one write for each, however small.
            wait=len(message.body) > _TOGETHER,
        )

    async def _leave(self, refused: AbstractChannel) -> None:
        """Publish on a new channel from now on; the one that was left is closed when nothing can be in flight on it.

        A channel of RabbitMQ 3.10 whose first publication to a quorum queue came between the loss of the queue's leader
        and the election of the next one asks the lost node for ever, and refuses every publication to this queue.
        """
        async with self._declaring[""]:
            if refused is not self._channel or _now() < self._left_at + self._patience.confirm:
                return
            self._left_at = _now()
            with suppress(Deferral), translated(RuntimeError):
                self._channel = await self._line.channel(publisher_confirms=True)
                left, self._left = self._left, refused
                if left is not None:
                    await left.close()

    async def _in_doubt(self, name: str, sent_at: float) -> str:
        """Say that a queue did not confirm; raise `Deferral` when the broker takes nothing from anybody."""
        await self.require_unblocked()
        self._suspects.add(name, _now())
        _log.warning("publication-not-confirmed", queue=name)
        if self._confirmed_at < sent_at:  # nothing at all was confirmed meanwhile: the connection is in doubt, too
            await self._line.close()
        return "timeout: the broker did not confirm in time"

    async def _prepared(self, system_id: str, name: str) -> AbstractChannel:
        """Return an open channel, with the queue there as far as is known."""
        channel = self._channel
        if channel is not None and not channel.is_closed and name in self._declared:
            return channel
        try:
            with translated(RuntimeError):
                async with asyncio.timeout(self._patience.answer):
                    return await self._declare(system_id, name)
        except Deferral:
            await self._line.close()
            raise

    async def _declare(self, system_id: str, name: str) -> AbstractChannel:
        async with self._declaring[""]:
            if self._channel is None or self._channel.is_closed:
                self._declared.clear()
                channel = await self._line.channel(publisher_confirms=True)
                await declare_shared(channel)
                self._channel = channel
            channel = self._channel
        async with self._declaring[name]:
            if name not in self._declared:
                is_new = not await exists(self._line, name)
                await declare_queue(channel, name)
                self._declared.add(name)
                if is_new:
                    await self._report_lost(system_id)
        return channel

    async def _report_lost(self, system_id: str) -> None:
        try:
            await self._lost(system_id)
        except Trouble as trouble:  # whoever looks for lost orders finds them later
            _log.warning("lost-queue-not-reported", system=system_id, code=trouble.code)

    async def _make_anew(self, name: str) -> None:
        _log.error("queue-made-anew", queue=name)
        with translated(RuntimeError):
            async with asyncio.timeout(self._patience.remaking):
                await delete(self._line, name)
        self._declared.discard(name)
        self._suspects.clear(name)


def _now() -> float:
    return asyncio.get_running_loop().time()
