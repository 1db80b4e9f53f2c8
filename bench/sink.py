"""A server that does nothing: it reads requests whole and answers them, so many in a second at most."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.wire import length_in

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def sink(rate: float) -> AsyncIterator[str]:
    """Serve; give the address. Evenly spaced, one of those who wait is answered `rate` times a second, the first one first."""
    waiting: deque[asyncio.StreamWriter] = deque()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(length_in(head))
                waiting.append(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer() -> None:
        while True:
            await asyncio.sleep(1 / rate)
            if waiting:
                waiting.popleft().write(_ANSWER)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    answering = asyncio.create_task(answer())
    try:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        answering.cancel()
        server.close()
