"""Systems that are away, one of each binding, and what they see when they come back.

One that asks fetches and acknowledges what is in its inbox; one that is called answers; one that consumes its queue says of
every message that it has it. Each counts what it got; who waited for it times the first and the thousandth.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika
import aiohttp
import msgspec
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from msgspec import Struct
from sqlalchemy import create_engine
from yarl import URL

from bench.enrolling import count_up, enrol_agency, enrol_asking, new_key
from bench.past import Party
from bench.receiver import answering
from hub.lifecycle import State
from routing.values import Binding
from tests.services.rabbitmq import RabbitNode

Got = Callable[[str], None]  #: called with the id of what has come: a delivery, or a webhook's call

_ASKING = Party("H99.97", "sys-h99-97")
_WORKERS = 8
_PAGE = 200


class Absent(Struct, frozen=True):
    """A system that is away: `back` is its return, for as long as the context lasts; `taken` the state of what it took."""

    party: Party
    back: Callable[[str, Got], AbstractAsyncContextManager[None]]  #: with the hub's address
    taken: State


def absent_of(binding: Binding, folder: Path, database: str, node: RabbitNode) -> Absent:
    """Return the demo's system of that binding; for `pull` one that is enrolled for it, and nobody else's neighbour."""
    if binding is Binding.PULL:
        return _asking(database)
    system = _system(folder, binding)
    party = Party(system["agencies"][0], system["id"], binding)
    address = URL(system["url"])  # without the password
    if binding is Binding.WEBHOOK:
        return Absent(party, lambda _, got: answering(address.port or 80, got), State.CONSIGNED)
    address = address.with_password(system["secret"])
    _make_account(node, address)
    return Absent(party, lambda _, got: _consuming(address, party, got), State.HANDED_OVER)


def _system(folder: Path, binding: Binding) -> dict[str, Any]:
    """Return what the demo's credentials say of its system of that binding."""
    said = json.loads((folder / "credentials.json").read_text("utf-8"))
    return next(each for each in said["systems"] if each["binding"] == binding.value)


@asynccontextmanager
async def taking(folder: Path) -> AsyncIterator[None]:
    """Take every message as the demo's system that consumes its queue, and say nothing about them to the hub."""

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()

    async with _receiving(folder, take):
        yield


async def take_and_vanish(folder: Path, count: int) -> None:
    """Take so many messages as that system, say nothing about them to anybody, and be gone."""
    has_enough, taken = asyncio.Event(), itertools.count(1)

    async def take(_message: AbstractIncomingMessage) -> None:
        if next(taken) == count:
            has_enough.set()

    async with asyncio.timeout(60), _receiving(folder, take):
        await has_enough.wait()


@asynccontextmanager
async def _receiving(folder: Path, take: Callable[[AbstractIncomingMessage], Awaitable[None]]) -> AsyncIterator[None]:
    system = _system(folder, Binding.AMQP)
    connection = await aio_pika.connect(str(URL(system["url"]).with_password(system["secret"])))
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=100)
        queue = await channel.get_queue(f"axis.{system['id']}.normal", ensure=False)
        await queue.consume(take)
        yield


def _asking(database: str) -> Absent:
    engine = create_engine(database)
    with engine.begin() as connection:
        enrol_asking(connection, _ASKING.system_id)
        enrol_agency(connection, _ASKING.code, _ASKING.system_id)
        key = new_key(connection, system_id=_ASKING.system_id)
        count_up(connection)
    engine.dispose()
    return Absent(_ASKING, lambda url, got: _collecting(url, key, got), State.HANDED_OVER)


def _make_account(node: RabbitNode, address: URL) -> None:
    """Make the account that the demo's commands would make."""
    user, password = str(address.user), str(address.password)
    node.ctl("add_user", user, password)
    queues = rf"^axis\.{user}\.(urgent|normal)$".replace("-", r"\-")
    node.ctl("set_permissions", user, "^$", r"^axis\.acknowledgements$", queues)


@asynccontextmanager
async def _collecting(url: str, key: str, got: Got) -> AsyncIterator[None]:
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(url, headers=headers) as session, _running(lambda: _collect(session, got)):
        yield


async def _collect(session: aiohttp.ClientSession, got: Got) -> None:
    while True:
        async with session.get(f"/v1/inbox?wait=5&limit={_PAGE}") as answer:
            items = iter([item["id"] for item in msgspec.json.decode(await answer.read())["items"]])
        await asyncio.gather(*(_take(session, items, got) for _ in range(_WORKERS)))


async def _take(session: aiohttp.ClientSession, delivery_ids: Iterator[str], got: Got) -> None:
    for each in delivery_ids:
        async with session.get(f"/v1/deliveries/{each}/content") as content:
            await content.read()
        async with session.post(f"/v1/deliveries/{each}/ack") as receipt:
            receipt.raise_for_status()
        got(each)


@asynccontextmanager
async def _consuming(address: URL, party: Party, got: Got) -> AsyncIterator[None]:
    connection = await aio_pika.connect(str(address))
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=100)
        words = await channel.get_exchange("axis.acknowledgements", ensure=False)

        async def take(message: AbstractIncomingMessage) -> None:
            await _say(words, party.system_id, str(message.message_id))
            await message.ack()
            got(str(message.message_id))

        for lane in ("urgent", "normal"):
            queue = await channel.get_queue(f"axis.{party.system_id}.{lane}", ensure=False)
            await queue.consume(take)
        yield


async def _say(words: AbstractExchange, user: str, delivery: str) -> None:
    said = msgspec.json.encode({"delivery": delivery, "result": "handed_over"})
    message = Message(said, content_type="application/json", user_id=user, delivery_mode=DeliveryMode.PERSISTENT)
    await words.publish(message, "")


@asynccontextmanager
async def _running(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
