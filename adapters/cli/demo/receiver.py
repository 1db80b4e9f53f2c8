"""An agency's system that wants to be called: a webhook receiver as an integrator would write it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web
from msgspec import Struct

from adapters.cli.credentials import SystemEntry
from adapters.client import AxisClient
from adapters.client.values import Concluded
from adapters.webhook.body import CONSIGNED
from adapters.webhook.signature import is_genuine

_LARGEST_CALL = 64 * 1024


class _Data(Struct, frozen=True):
    id: str
    sha256: str


class _Call(Struct, frozen=True):
    """What a receiver reads of a call; everything else it asks the hub for."""

    id: str
    type: str
    data: msgspec.Raw


class Taken(Struct, frozen=True):
    """A package that was called, fetched, checked and acknowledged."""

    path: Path
    concluded: Concluded


class Receiver:
    """Answers calls at once and works afterwards, one delivery after the other; a repeated call changes nothing."""

    def __init__(self, system: SystemEntry, client: AxisClient, folder: Path) -> None:
        self._secret = system.secret or ""
        self._client = client
        self._folder = folder
        self._seen: set[str] = set()
        self._called: asyncio.Queue[_Data] = asyncio.Queue()
        self.taken: asyncio.Queue[Taken] = asyncio.Queue()
        self.false_calls = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Take a call: 401 when the signature does not prove it, else 204 before anything is done."""
        body = await request.read()
        if not is_genuine(self._secret, request.headers, body, datetime.now(UTC)):
            self.false_calls += 1
            return web.Response(status=401)
        call = msgspec.json.decode(body, type=_Call)
        if call.type == CONSIGNED and call.id not in self._seen:
            self._seen.add(call.id)
            self._called.put_nowait(msgspec.json.decode(call.data, type=_Data))
        return web.Response(status=204)

    async def work(self) -> None:
        """Fetch and acknowledge what was called about, for ever."""
        while True:
            data = await self._called.get()
            path = self._folder / f"webhook-{secrets.token_hex(4)}.edxml"
            content = await self._client.delivery_content(data.id, path)
            if content.sha256 == data.sha256:
                self.taken.put_nowait(Taken(path, await self._client.acknowledge(data.id)))


@asynccontextmanager
async def receiving(receiver: Receiver, port: int) -> AsyncIterator[None]:
    """Listen on 127.0.0.1 and work until the block ends."""
    app = web.Application(client_max_size=_LARGEST_CALL)
    app.router.add_post("/axis", receiver.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    worker = asyncio.create_task(receiver.work())
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await runner.cleanup()
