"""A broker that takes nothing while its memory alarm lasts: bad-inputs.md row 51."""

import asyncio
from contextlib import suppress

import pytest
from aio_pika import Message

from adapters.amqp.connection import Line
from adapters.amqp.patience import Patience
from adapters.amqp.post import Post
from hub.trouble import Deferral
from routing.values import Lane
from tests.contract.amqp import delete_queues


async def nobody(_system_id):
    """Nothing is to be done about what was lost."""


async def test_alarm_at_the_first_message(rabbitmq):
    """Row 51: a broker that takes nothing is away, from the first message on: that is no failure of the one it is for."""
    await delete_queues(rabbitmq.url)
    line = Line(rabbitmq.url, "carrying")
    post = Post(line, lost=nobody, patience=Patience(confirm=1.0))
    message = Message(b"", message_id="1")
    assert await post.send("a", Lane.NORMAL, message) is None
    await line.close()  # the broker blocks those alone who have published something since the alarm
    rabbitmq.ctl("set_vm_memory_high_watermark", "0")
    try:
        for _ in range(3):
            with pytest.raises(Deferral):  # noqa: PT012 - the alarm may take a moment to be heard everywhere
                while True:
                    assert await post.send("a", Lane.NORMAL, message) is None
    finally:
        rabbitmq.ctl("set_vm_memory_high_watermark", "0.4")
    sent = "not yet"
    while sent is not None:
        with suppress(Deferral):
            sent = await post.send("a", Lane.NORMAL, message)
        await asyncio.sleep(0.1)
    await post.close()
