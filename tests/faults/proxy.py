"""A TCP proxy that does to connections what networks do: between client and hub, hub and database, hub and broker.

    async with proxy_to(broker.port, is_amqp=True) as proxy:
        ... AXIS_BROKER__URL with proxy.port ...
        proxy.weather = Weather(latency=0.05, jitter=0.02, bandwidth=100_000)   # from the next chunk on
        proxy.cut()                                # every connection ends in order (FIN both ways)
        proxy.reset()                              # every connection ends with RST
        proxy.half_close(Toward.CLIENT)            # one direction ends, the other goes on
        proxy.deafen()                             # what the server says from now on never arrives
        proxy.hold(); ...; proxy.flow()            # black hole: nothing moves, nothing is lost, as TCP has it
        await proxy.refuse(); ...; await proxy.listen()   # connection refused
        proxy.confirmation = Nth(3, Fate.DROP)     # the third basic.ack of an AMQP broker never arrives

Faults hold for the connections that are there and those that come. Nothing here knows HTTP or SQL.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from enum import Enum

from msgspec import Struct

from .confirms import Fate, Frames, Nth, is_confirmation, refused

_CHUNK = 65_536
_IN_FLIGHT = 64  #: chunks of one direction on their way at once
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close() sends RST


class Weather(Struct, frozen=True):
    """What every chunk suffers: seconds of latency, up to `jitter` more, and at most `bandwidth` bytes a second."""

    latency: float = 0.0
    jitter: float = 0.0
    bandwidth: float | None = None


class Toward(Enum):
    """A direction, named by who reads what flows in it."""

    CLIENT = "client"
    SERVER = "server"


class Cut(Exception):
    """The connection ends here, by order of a fault."""


class Proxy:
    """Forwards a port of 127.0.0.1 to another; `port` stays the same through `refuse` and `listen`."""

    def __init__(self, target: int, *, is_amqp: bool = False, chance: random.Random | None = None) -> None:
        self.weather = Weather()
        self.port = 0
        self.accepted = 0  #: connections since the beginning
        self.confirmations = 0  #: basic.ack frames of the broker since `confirmation` was set
        self._confirmation: Nth | None = None
        self._target = target
        self._is_amqp = is_amqp
        self._chance = chance or random.Random(0)
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def confirmation(self) -> Nth | None:
        """Which confirmation of the broker is hurt; setting it begins the count anew."""
        return self._confirmation

    @confirmation.setter
    def confirmation(self, which: Nth | None) -> None:
        self._confirmation, self.confirmations = which, 0

    async def listen(self) -> None:
        """Take connections (again)."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take no more connections; those that are there go on."""
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    def hold(self) -> None:
        """Let nothing through, in either direction, until `flow`."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let through what was held, and all that comes."""
        self._flowing.set()

    def deafen(self) -> None:
        """Let nothing more through to the clients of the connections that stand; what they say goes on to the server."""
        for link in self._links:
            link.is_deaf = True

    def cut(self) -> int:
        """End every connection in order; return how many."""
        return self._end(is_reset=False)

    def reset(self) -> int:
        """End every connection with RST, whatever is on its way; return how many."""
        return self._end(is_reset=True)

    def half_close(self, toward: Toward) -> int:
        """End one direction of every connection; return how many."""
        for link in self._links:
            link.half_close(toward)
        return len(self._links)

    async def close(self) -> None:
        """End everything."""
        await self.refuse()
        self.reset()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self, *, is_reset: bool) -> int:
        links = tuple(self._links)
        for link in links:
            link.end(is_reset=is_reset)
        return len(links)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.accepted += 1
        with suppress(OSError, asyncio.CancelledError):
            await self._connect(reader, writer)
        writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        link = _Link({Toward.CLIENT: writer, Toward.SERVER: server_writer})
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, link, Toward.SERVER))
                group.create_task(self._carry(server_reader, link, Toward.CLIENT))
        except* (Cut, OSError):
            pass
        finally:
            self._links.discard(link)
            link.end(is_reset=False)

    async def _carry(self, reader: asyncio.StreamReader, link: _Link, toward: Toward) -> None:
        """Read, and write each chunk when its time has come: latency must not throttle."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_IN_FLIGHT)
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(way, link, toward))
            data = b"-"
            while data:
                data = await reader.read(_CHUNK)
                delay = self.weather.latency + self._chance.uniform(0.0, self.weather.jitter)
                await way.put((loop.time() + delay, data))

    async def _deliver(self, way: asyncio.Queue[tuple[float, bytes]], link: _Link, toward: Toward) -> None:
        frames = Frames() if self._is_amqp and toward is Toward.CLIENT else None
        while True:
            due, data = await way.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._flowing.wait()
            if not data:
                link.half_close(toward)
                return
            for piece in (data,) if frames is None else self._hurt(frames.split(data)):
                await link.write(toward, piece)
            if self.weather.bandwidth:
                await asyncio.sleep(len(data) / self.weather.bandwidth)

    def _hurt(self, frames: Iterable[bytes]) -> Iterable[bytes]:
        for frame in frames:
            if not is_confirmation(frame):
                yield frame
                continue
            self.confirmations += 1
            if self._confirmation is None or not self._confirmation.meets(self.confirmations):
                yield frame
            elif self._confirmation.fate is Fate.REFUSE:
                yield refused(frame)
            elif self._confirmation.fate is Fate.CUT:
                raise Cut


class _Link:
    """One connection through the proxy: who reads what flows toward each side."""

    def __init__(self, writers: dict[Toward, asyncio.StreamWriter]) -> None:
        self._writers = writers
        self.is_deaf = False  #: nothing reaches the client any more

    async def write(self, toward: Toward, data: bytes) -> None:
        """Send on; raise `Cut` when that side has gone."""
        writer = self._writers[toward]
        if writer.is_closing():
            raise Cut
        if self.is_deaf and toward is Toward.CLIENT:
            return
        writer.write(data)
        await writer.drain()

    def half_close(self, toward: Toward) -> None:
        """Say that nothing more comes."""
        writer = self._writers[toward]
        if not writer.is_closing():
            writer.write_eof()

    def end(self, *, is_reset: bool) -> None:
        """Close both sides, after what was written or at once."""
        for writer in self._writers.values():
            if is_reset:
                with suppress(OSError):  # closed already
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
            else:
                writer.close()


@asynccontextmanager
async def proxy_to(target: int, *, is_amqp: bool = False, chance: random.Random | None = None) -> AsyncIterator[Proxy]:
    """Give a proxy in front of a port of 127.0.0.1, and close it on the way out."""
    proxy = Proxy(target, is_amqp=is_amqp, chance=chance)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.close()
