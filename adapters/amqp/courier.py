"""The courier of the binding `amqp`: puts packages and receipts into the queues that systems consume themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aio_pika import Message

from adapters.amqp.letters import LARGEST, claim_letter, package_letter, told_letter
from adapters.amqp.post import Post
from hub.delivery import Delivery
from hub.order import Consigned, Failed, Hopeless, Outcome
from hub.package import Package
from hub.queries import Bytes, Errand
from routing.values import Binding


class AmqpCourier:
    """Consigned means: the broker has confirmed it in the system's own queue."""

    binding = Binding.AMQP

    def __init__(self, post: Post, *, content: Callable[[str], Awaitable[Bytes | None]], base_url: str) -> None:
        self._post = post
        self._content = content
        self._base_url = base_url

    async def carry(self, errand: Errand) -> Outcome:
        """Send one; raise `Deferral` while the broker is away, which is not a failure of the system."""
        message = await self._letter(errand)
        if message is None:
            return Hopeless("content-missing: the package's bytes are not there any more")
        await self._post.require_unblocked()
        reason = await self._post.send(errand.order.system_id, errand.order.lane, message)
        return Consigned() if reason is None else Failed(reason)

    async def _letter(self, errand: Errand) -> Message | None:
        if errand.event is not None:
            return told_letter(errand.event)
        if errand.package is None or errand.delivery is None:
            return None
        if errand.package.size > LARGEST:
            return claim_letter(errand.package, errand.delivery, self._base_url)
        return await self._whole(errand.package, errand.delivery)

    async def _whole(self, package: Package, delivery: Delivery) -> Message | None:
        content = await self._content(package.sha256)
        if content is None:
            return None
        if content.data is not None:
            return package_letter(package, delivery, content.data)
        if content.path is None:
            return None
        return package_letter(package, delivery, await asyncio.to_thread(content.path.read_bytes))


class AbsentCourier:
    """The courier of a hub without RabbitMQ: nothing can be carried to a system that consumes a queue there."""

    binding = Binding.AMQP

    async def carry(self, _errand: Errand) -> Outcome:
        """Fail, until the operator sets `broker.url` or gives the system another binding."""
        return Failed("no-broker: broker.url is not set, and the system consumes a queue of RabbitMQ")
