"""Whether a node of the broker fits the hub: asked by whoever wants to know before packages depend on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed
from msgspec import Struct

from adapters.amqp.connection import HEARTBEAT, MOST_CHANNELS
from adapters.amqp.errors import forgiven, translated, unavailable
from adapters.amqp.letters import LARGEST
from adapters.amqp.patience import PATIENT

OLDEST = (3, 10)  #: RabbitMQ's version
CHANNELS = MOST_CHANNELS + 47  #: on one connection; those beyond the queues ask, and retry
_NOWHERE = "axis.nowhere"  #: the name of no queue


class Node(Struct, frozen=True):
    """What a node says of itself, and whether it took a message as large as the hub's largest. `channels` 0: no limit."""

    version: str
    channels: int
    takes_largest: bool

    @property
    def is_old(self) -> bool:
        """Whether it is older than any that the hub was made for."""
        numbers = [int(each) if each.isdecimal() else 0 for each in self.version.split(".")[:2]]
        return tuple(numbers) < OLDEST

    @property
    def has_few_channels(self) -> bool:
        """Whether a connection of the hub may need more channels than it allows."""
        return 0 < self.channels < CHANNELS


async def look_at(url: str) -> Node:
    """Look at one node; leave nothing there. Raises `Deferral` when it cannot be reached, or takes nothing."""
    async with _connected(url) as connection:
        transport = connection.transport
        if transport is None:
            raise unavailable("the connection was just lost")
        version = transport.connection.server_properties.get("version", b"")
        return Node(
            version=version.decode("ascii", "replace") if isinstance(version, bytes) else str(version),
            channels=transport.connection.connection_tune.channel_max or 0,
            takes_largest=await _takes_largest(connection),
        )


async def _takes_largest(connection: AbstractConnection) -> bool:
    """Publish as much as the hub ever does to no queue at all: the broker looks at the size first, and drops it."""
    with translated(RuntimeError):
        try:
            async with asyncio.timeout(PATIENT.confirm):
                channel = await connection.channel(publisher_confirms=True)
                await channel.default_exchange.publish(aio_pika.Message(bytes(LARGEST)), _NOWHERE, mandatory=False)
        except ChannelPreconditionFailed:
            return False
        except TimeoutError:
            raise unavailable("the broker takes nothing at present: memory or disk alarm") from None
    return True


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AbstractConnection]:
    with translated():
        async with asyncio.timeout(PATIENT.answer):
            connection = await aio_pika.connect(
                url, heartbeat=HEARTBEAT, client_properties={"connection_name": "axis-hub doctor"}
            )
    try:
        yield connection
    finally:
        with forgiven():
            async with asyncio.timeout(PATIENT.trial):
                await connection.close()
