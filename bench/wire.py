"""The HTTP of the load generator: requests written as bytes, answers read by their length, on connections that are kept.

The generator shares two cores with what it measures; aiohttp's client took more than half a millisecond per package of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

from msgspec import Struct

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


class Answer(Struct, frozen=True):
    """What a server said."""

    status: int
    body: bytes


class Wire:
    """Connections to one server: as many as requests are under way at once, used again, the last one first."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._idle: list[_Connection] = []
        self._all: list[_Connection] = []

    async def ask(self, method: str, path: str, headers: bytes, body: bytes = b"") -> Answer:
        """Send one request; `headers` are lines that end with CRLF. Raises `ConnectionError` when no answer comes."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Length: {len(body)}\r\n".encode()
        )
        connection = await self._connected()
        answer = await connection.ask(head + headers + b"\r\n", body)
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close all connections."""
        for connection in self._all:
            connection.close()

    async def _connected(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, self._host, self._port)
        self._all.append(connection)
        return connection


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[Wire]:
    """Give connections to the server at `url`."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._parts: list[bytes] = []
        self._missing = 0
        self._status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            head, end, data = (b"".join(self._parts) + data).partition(_END_OF_HEAD)
            if not end:
                self._parts = [head]
                return
            self._parts = []
            self._status, self._missing = int(head[9:12]), length_in(head)
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing <= 0 and self._answer is not None:
            self._answer.set_result(Answer(self._status, b"".join(self._parts)))
            self._parts, self._missing, self._answer = [], 0, None

    async def ask(self, head: bytes, body: bytes) -> Answer:
        assert self._transport is not None
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._transport.writelines((head, body))
        return await answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def length_in(head: bytes) -> int:
    """Return the length of the body that a head announces; raise `ValueError` when it announces none."""
    _, found, rest = head.lower().partition(_LENGTH)
    if not found:
        raise ValueError(f"a head without a length: {head!r}")
    return int(rest.partition(b"\r\n")[0])
