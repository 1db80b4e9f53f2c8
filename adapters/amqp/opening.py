"""RabbitMQ as a running hub uses it: opened with what it needs, closed on the way out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec import Struct

from adapters.amqp.broker import AmqpBroker
from adapters.amqp.connection import Line
from adapters.amqp.consumer import Lost
from adapters.amqp.courier import AmqpCourier
from adapters.amqp.hearing import Ear, Take
from adapters.amqp.own_queues import OwnQueues
from adapters.amqp.patience import PATIENT, Patience
from adapters.amqp.post import Post
from hub.queries import Bytes
from routing.directory import Directory
from routing.values import Binding


class Rabbit(Struct, frozen=True):
    """The broker of the couriers, the courier of the binding `amqp`, and the ear for what its systems say."""

    broker: AmqpBroker
    courier: AmqpCourier
    ear: Ear
    own_queues: OwnQueues

    def hear(self, take: Take) -> Callable[[], Awaitable[None]]:
        """Return the loop that hears, and gives what it heard to `take`."""
        return self.ear.loop(take)

    async def keep(self) -> None:
        """Keep the queues that systems consume themselves, for ever."""
        await self.own_queues.keep()


@asynccontextmanager
async def open_rabbit(
    url: str,
    *,
    directory: Callable[[], Directory],
    content: Callable[[str], Awaitable[Bytes | None]],
    base_url: str,
    arrived: Callable[[], None],
    lost: Lost,
    patience: Patience = PATIENT,
) -> AsyncIterator[Rabbit]:
    """Give what a hub needs of RabbitMQ, which need not be there: it is connected to when it is.

    `arrived` is called when couriers may take something, `lost` with the id of a system of which a queue was gone.
    """

    def served() -> list[str]:
        # What waits for a suspended system stays in its queue: from a consumer it would come back every 20 minutes, and be put
        # aside as a dead letter after some hours.
        return [each.id for each in directory().systems() if each.binding is not Binding.AMQP and each.is_active]

    def consuming_themselves() -> list[str]:
        return [each.id for each in directory().systems() if each.binding is Binding.AMQP]

    broker = AmqpBroker(url, systems=served, arrived=arrived, lost=lost, patience=patience)
    post = Post(Line(url, "carrying"), lost=lost, patience=patience, makes_anew=True)
    ear = Ear(url, patience)
    own_queues = OwnQueues(Line(url, "keeping"), systems=consuming_themselves, lost=lost)
    async with AsyncExitStack() as stack:
        for each in (ear.close, post.close, own_queues.close, broker.close):
            stack.push_async_callback(each)
        yield Rabbit(broker, AmqpCourier(post, content=content, base_url=base_url), ear, own_queues)
