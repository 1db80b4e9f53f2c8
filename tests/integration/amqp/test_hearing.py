"""Who hears the words of systems: not deaf for long, and no word stays in the hand."""

import asyncio
from contextlib import asynccontextmanager

import aio_pika
import msgspec

from adapters.amqp.connection import Line
from adapters.amqp.dead import dead_letters
from adapters.amqp.hearing import Ear
from adapters.amqp.patience import PATIENT
from adapters.amqp.topology import ACKNOWLEDGEMENTS, DEAD, make, queue_name
from hub.trouble import Refusal
from routing.values import Lane
from tests.contract.amqp import count, raw_channel
from tests.support.hub import free_port

WORD = {"delivery": "0190a1b2-0000-7000-8000-000000000000", "result": "handed_over"}


@asynccontextmanager
async def hearing(url, take):
    """Have an ear hear; give it and who listens."""
    ear = Ear(url, PATIENT)
    attention = ear.hearing(take)
    task = asyncio.create_task(attention.consumer.run())
    try:
        while attention.consumer.channel is None:
            await asyncio.sleep(0.02)
        yield ear, attention
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await ear.close()


async def say(url, body=None):
    async with raw_channel(url) as channel:
        exchange = await channel.get_exchange(ACKNOWLEDGEMENTS, ensure=False)
        await exchange.publish(aio_pika.Message(body or msgspec.json.encode(WORD)), "")


async def test_a_word_before_anybody_hears(rabbitmq):
    """Row 50: on a wiped broker the place for words is made before any system's queue: none is refused or dropped."""
    async with raw_channel(rabbitmq.url) as channel:
        await channel.queue_delete(ACKNOWLEDGEMENTS)
        await channel.exchange_delete(ACKNOWLEDGEMENTS)
    line = Line(rabbitmq.url, "making")
    try:
        await make(line, queue_name("a", Lane.NORMAL))
    finally:
        await line.close()
    await say(rabbitmq.url)
    while not await count(rabbitmq.url, ACKNOWLEDGEMENTS):
        await asyncio.sleep(0.05)
    async with raw_channel(rabbitmq.url) as channel:
        await (await channel.get_queue(ACKNOWLEDGEMENTS, ensure=False)).purge()


async def test_a_deaf_ear_hears_again(rabbitmq):
    """A consumer of words that looks alive and gets nothing is noticed after two looks, and replaced."""
    heard = asyncio.Event()

    async def take(_user, _word):
        heard.set()

    async with hearing(rabbitmq.url, take) as (_, attention):
        underlay = await attention.consumer.channel.get_underlay_channel()
        for tag in list(underlay.consumers):
            await underlay.basic_cancel(tag)
        await say(rabbitmq.url)
        while not await count(rabbitmq.url, ACKNOWLEDGEMENTS):
            await asyncio.sleep(0.05)
        await attention.watch.look()
        await attention.watch.look()
        await heard.wait()


async def test_a_bad_word_is_put_aside_as_soon_as_that_can_be(rabbitmq):
    """A word that cannot be put aside at first is not kept in the hand: it is tried again until it is put aside."""
    asked = []

    async def take(_user, _word):
        asked.append(_user)
        raise Refusal("not-authorised", detail="heard in test_hearing")

    async with hearing(rabbitmq.url, take) as (ear, attention):
        (held, _), *_ = attention.watch._watched()
        held._aside = Line(f"amqp://127.0.0.1:{free_port()}/", "nowhere")
        await say(rabbitmq.url)
        while not asked:
            await asyncio.sleep(0.02)
        assert not held.is_idle
        held._aside = ear._aside
        while not held.is_idle:
            await asyncio.sleep(0.02)
    assert any("heard in test_hearing" in each.reason for each in await dead_letters(rabbitmq.url, 1000))


async def test_a_huge_word_fills_nothing(rabbitmq):
    """Of a message that is too large for a word only the beginning is kept, here while it waits and among the dead letters."""
    async with hearing(rabbitmq.url, None) as _, raw_channel(rabbitmq.url) as channel:
        dead = await channel.get_queue(DEAD, ensure=False)
        await dead.purge()
        await say(rabbitmq.url, bytes(8_000_000))
        while (letter := await dead.get(fail=False)) is None:
            await asyncio.sleep(0.02)
        assert (letter.headers["axis-reason"], len(letter.body)) == ("json-invalid: more than 16384 bytes", 16_385)
        await letter.ack()
