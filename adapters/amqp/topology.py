"""What exists in the broker, declared idempotently: who comes first makes it, who comes later finds it.

The arguments of a queue cannot change later (the broker answers 406), so they are final here: change them with a policy
of the broker, or delete the queue and rebuild it from the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity

from adapters.amqp.connection import Line
from adapters.amqp.errors import translated
from adapters.amqp.patience import PATIENT
from routing.values import Lane

ORDERS = "axis.orders"
ORDER = "order"  #: type of the messages that couriers of the hub take
DEAD = "axis.dead"
ACKNOWLEDGEMENTS = (
    "axis.acknowledgements"  #: an exchange that systems bound `amqp` write to, and the hub's queue behind it
)
#: How often a message may come back unsettled before it is put aside. Lost connections count too, on old brokers even a
#: consumer that was stopped; so it is generous. The attempts of couriers are counted in the database, not here.
DELIVERY_LIMIT = 50
MOST_DEAD = 100_000  #: dead letters kept; what they stand for is in the database

_QUORUM: Mapping[str, str | int] = MappingProxyType(
    {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
        # At least once needs reject-publish; a broker without it (3.9, or 3.10 with its flag off) ignores the strategy.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
)
# Looking at dead letters hands them out and takes them back: a limit of RabbitMQ 4 (20) would lose them.
_DEAD_QUEUE: Mapping[str, str | int] = MappingProxyType(
    {"x-queue-type": "quorum", "x-max-length": MOST_DEAD, "x-delivery-limit": 1_000_000}
)


def queue_name(system_id: str, lane: Lane) -> str:
    """Return the name of a system's queue, which is its routing key as well."""
    return f"axis.{system_id}.{lane.value}"


async def declare_shared(channel: AbstractChannel) -> None:
    """Declare what all systems share: where dead letters go, where words come, and the exchange that orders are published to.

    A word may follow its package at once, so the place for words is there before any queue from which a package comes.
    """
    dead = await channel.declare_exchange(DEAD, ExchangeType.FANOUT, durable=True)
    dead_queue = await channel.declare_queue(DEAD, durable=True, arguments=dict(_DEAD_QUEUE))
    await dead_queue.bind(dead)
    await _declare_acknowledgements(channel)
    await channel.declare_exchange(ORDERS, ExchangeType.DIRECT, durable=True)


async def _declare_acknowledgements(channel: AbstractChannel) -> None:
    """Declare where systems say what became of deliveries: whatever routing key they use, one queue has it."""
    await channel.declare_exchange(ACKNOWLEDGEMENTS, ExchangeType.FANOUT, durable=True)
    queue = await channel.declare_queue(ACKNOWLEDGEMENTS, durable=True, arguments=dict(_QUORUM))
    await queue.bind(ACKNOWLEDGEMENTS)


async def declare_queue(channel: AbstractChannel, name: str) -> None:
    """Declare a queue of a system; `declare_shared` comes first."""
    queue = await channel.declare_queue(name, durable=True, arguments=dict(_QUORUM))
    await queue.bind(ORDERS, routing_key=name)


async def make_shared(line: Line) -> None:
    """Declare what all systems share, on a channel of its own."""
    async with await line.channel() as channel:
        await declare_shared(channel)


async def make(line: Line, name: str) -> None:
    """Declare a queue of a system with all that it needs, on a channel of its own: a refusal closes the channel that asked."""
    async with await line.channel() as channel:
        await declare_shared(channel)
        await declare_queue(channel, name)


async def exists(line: Line, name: str) -> bool:
    """Tell whether there is such a queue."""
    return await ready(line, name) is not None


async def ready(line: Line, name: str) -> int | None:
    """Return how many messages of a queue no consumer holds; None when there is no such queue. Raises `Deferral`."""
    with translated(RuntimeError):
        async with (
            line.asking() as channel,
            asyncio.timeout(PATIENT.answer),
        ):  # a broken queue may say nothing, for ever
            try:
                queue = await channel.declare_queue(name, passive=True)
            except ChannelNotFoundEntity:  # which has closed the asking channel only
                return None
    return queue.declaration_result.message_count or 0


async def delete(line: Line, name: str) -> None:
    """Delete a queue with all that it holds."""
    async with await line.channel() as channel:
        await channel.queue_delete(name)
