"""A system with the binding `amqp`: its account at the broker, and what an ordinary client of it does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from routing.values import Agency, Binding, SignaturePolicy, System
from tests.services.rabbitmq import RabbitNode

from .enrolment import Member

PASSWORD = "a-password-of-its-own"


def member(system_id: str, agency: str) -> Member:
    """Return the system with its one agency, to be enrolled."""
    system = System(system_id, "Hệ thống dùng hàng đợi", Binding.AMQP, SignaturePolicy.TRANSPORT)
    return Member(system, (Agency(agency, "Sở Hàng Đợi", None, system_id),))


def account(node: RabbitNode, system_id: str) -> str:
    """Make the account that may do no more than it must; return its URL."""
    node.ctl("add_user", system_id, PASSWORD)
    escaped = system_id.replace(".", r"\.")
    node.ctl("set_permissions", system_id, "^$", r"^axis\.acknowledgements$", rf"^axis\.{escaped}\.(urgent|normal)$")
    return f"amqp://{system_id}:{PASSWORD}@127.0.0.1:{node.port}/"


class Inbox:
    """What came, acknowledged to the broker at once; the hub hears of it only when the test says so."""

    def __init__(self, channel: AbstractChannel, user: str) -> None:
        self._channel = channel
        self._user = user
        self._messages: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    async def put(self, message: AbstractIncomingMessage) -> None:
        await message.ack()
        await self._messages.put(message)

    async def next(self, limit: float = 60.0) -> AbstractIncomingMessage:
        """Wait for a message."""
        async with asyncio.timeout(limit):
            return await self._messages.get()

    async def say(self, said: object, user: str | None = "") -> None:
        """Publish a word about a delivery, with the own `user_id` unless told otherwise."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        exchange = await self._channel.get_exchange("axis.acknowledgements", ensure=False)
        message = Message(
            body,
            content_type="application/json",
            user_id=self._user if user == "" else user,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        await exchange.publish(message, "", timeout=10)  # a broker that was wiped just now may never confirm it


@asynccontextmanager
async def inbox(url: str, system_id: str) -> AsyncIterator[Inbox]:
    """Consume both queues of a system, as any client would."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=10)
        opened = Inbox(channel, system_id)
        for lane in ("urgent", "normal"):
            queue = await channel.get_queue(f"axis.{system_id}.{lane}", ensure=False)
            await queue.consume(opened.put)
        yield opened
