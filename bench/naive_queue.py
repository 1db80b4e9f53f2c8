"""The obvious design's queue on RabbitMQ: one quorum queue, confirmed messages, a consumer that acknowledges after the commit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

_NAME = "naive"
_PREFETCH = 50


class RabbitQueue:
    """Carries what was accepted to `consign`, in this process or another one."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, consign: Callable[..., Awaitable[None]]) -> AsyncIterator[RabbitQueue]:
        """Connect twice, to publish and to consume, and consume until the end."""
        async with await aio_pika.connect(url) as publishing, await aio_pika.connect(url) as consuming:
            channel = await publishing.channel(publisher_confirms=True, on_return_raises=True)
            await channel.declare_queue(_NAME, durable=True, arguments={"x-queue-type": "quorum"})
            reading = await consuming.channel()
            await reading.set_qos(_PREFETCH)
            queue = await reading.get_queue(_NAME)

            async def take(message: AbstractIncomingMessage) -> None:
                async with message.process():
                    await consign(**json.loads(message.body))

            await queue.consume(take)
            yield cls(channel)

    async def publish(self, what: dict[str, Any]) -> None:
        """Publish and wait for the confirm."""
        message = aio_pika.Message(json.dumps(what).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await self._channel.default_exchange.publish(message, _NAME)
