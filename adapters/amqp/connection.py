"""Connections to the broker, opened when they are needed and again after they were lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

from adapters.amqp.addresses import addresses
from adapters.amqp.errors import forgiven, translated, unavailable
from hub.trouble import Deferral

HEARTBEAT = 10  #: seconds; a silent broker is given up after two of them
MOST_CHANNELS = (
    1_000  #: of queues on one connection; the broker's own limit is 2,047, and opening one needs more for a while
)
_CONNECT_LIMIT = 5.0
_CLOSE_LIMIT = 2.0
_BETWEEN_ATTEMPTS = 0.9  #: seconds; the loops of the hub ask about once a second


class Line:
    """A connection of its own for one purpose. What was opened on a lost connection is lost with it."""

    def __init__(self, url: str, purpose: str) -> None:
        """`url` may name several nodes of a cluster, separated by commas: the next one is tried when one is away.

        Raises `ConfigurationError` when it is no address of a broker.
        """
        self._urls = list(addresses(url))
        self._purpose = purpose
        self._connection: AbstractConnection | None = None
        self._opening = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._question: AbstractChannel | None = None
        self._not_before = 0.0

    async def channel(self, *, publisher_confirms: bool = False) -> AbstractChannel:
        """Open a channel; raise `Deferral` when the broker cannot be reached or takes too long.

        Unroutable messages raise: without that a confirmed publication to a missing queue would look like success.
        """
        connection = await self._open()
        with translated(RuntimeError):  # the client's word for a connection that closes at this moment
            async with asyncio.timeout(_CONNECT_LIMIT):
                channel = connection.channel(publisher_confirms=publisher_confirms, on_return_raises=publisher_confirms)
                await channel.initialize()
                return channel

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[AbstractChannel]:
        """Give a channel for one question, kept for the next one: an answer that closes it hurts nobody. Raises `Deferral`."""
        async with self._asking:
            if self._question is None or self._question.is_closed or not self._is_open:
                self._question = await self.channel()
            yield self._question

    async def require_open(self) -> None:
        """Open the connection if need be; raise `Deferral` when the broker cannot be reached."""
        await self._open()

    async def require_unblocked(self) -> None:
        """Raise `Deferral` while the broker reads nothing from this connection (its memory or disk alarm)."""
        transport = (await self._open()).transport
        if transport is None:
            raise unavailable("the connection was just lost")
        try:
            async with asyncio.timeout(0.1):
                await transport.ready()
        except TimeoutError:
            raise unavailable("the broker takes nothing at present: memory or disk alarm") from None

    async def close(self) -> None:
        """Close it, in vain if need be: a broker that hangs keeps nobody waiting."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with forgiven():
                async with asyncio.timeout(_CLOSE_LIMIT):
                    await connection.close()

    @property
    def _is_open(self) -> bool:
        """Ask the transport: the connection's own word covers only what was closed on this side."""
        transport = self._connection.transport if self._connection is not None else None
        return transport is not None and not transport.connection.is_closed

    async def _open(self) -> AbstractConnection:
        async with self._opening:
            if self._connection is not None and self._is_open:
                return self._connection
            loop = asyncio.get_running_loop()
            if loop.time() < self._not_before:
                raise unavailable("no connection; the next attempt comes within a second")
            try:
                with translated():
                    async with asyncio.timeout(_CONNECT_LIMIT):
                        self._connection = await aio_pika.connect(
                            self._urls[0],
                            heartbeat=HEARTBEAT,
                            client_properties={"connection_name": f"axis-hub {self._purpose}"},
                        )
            except Deferral:
                self._urls.append(self._urls.pop(0))
                self._not_before = loop.time() + _BETWEEN_ATTEMPTS / len(self._urls)
                raise
            return self._connection


class Lines:
    """As many connections of one purpose as their channels need."""

    def __init__(self, url: str, purpose: str) -> None:
        self._url = url
        self._purpose = purpose
        self._lines: list[Line] = []
        self._places = 0  #: channels for which the last connection has room

    def for_channels(self, count: int) -> Line:
        """Return the connection that so many more channels belong on."""
        if self._places < count:
            self._lines.append(Line(self._url, self._purpose))
            self._places = MOST_CHANNELS
        self._places -= count
        return self._lines[-1]

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Line]:
        """Give a connection that nobody else uses, and close it again."""
        line = Line(self._url, f"{self._purpose}, in doubt")
        try:
            yield line
        finally:
            await line.close()

    async def close(self) -> None:
        """Close them all."""
        await asyncio.gather(*(each.close() for each in self._lines))
