"""Messages that the broker returns because their queue is gone."""

import asyncio

import pytest
from aio_pika import DeliveryMode, Message

from adapters.amqp.connection import Line
from adapters.amqp.patience import PATIENT
from adapters.amqp.post import Post
from adapters.amqp.topology import queue_name
from routing.values import Lane
from tests.contract.amqp import count, delete_queues, raw_channel

NAMES = {system: queue_name(system, Lane.NORMAL) for system in ("a", "b")}


def telling():
    """One event, as it is told to any system."""
    return Message(b"", message_id="01a200e4-e00a-7901-83a8-ca3df769e1da", delivery_mode=DeliveryMode.PERSISTENT)


@pytest.mark.parametrize("gone", ["a", "b"])
async def test_one_event_to_two_systems(rabbitmq, gone):
    """Told to two systems at once, an event stands once in either queue, also when one of them was deleted a moment before."""
    await delete_queues(rabbitmq.url, NAMES)
    lost = []

    async def note(system_id):
        lost.append(system_id)

    post = Post(Line(rabbitmq.url, "carrying"), lost=note, patience=PATIENT)
    try:
        for system in NAMES:
            assert await post.send(system, Lane.NORMAL, telling()) is None
        async with raw_channel(rabbitmq.url) as channel:
            for name in NAMES.values():
                await (await channel.get_queue(name, ensure=False)).purge()
            await channel.queue_delete(NAMES[gone])
        lost.clear()
        assert await asyncio.gather(*(post.send(system, Lane.NORMAL, telling()) for system in NAMES)) == [None, None]
        assert lost == [gone]
        assert {system: await count(rabbitmq.url, name) for system, name in NAMES.items()} == {"a": 1, "b": 1}
    finally:
        await post.close()
