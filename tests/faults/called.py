"""A system that wants to be called: it answers webhook calls at once, and takes what they name as other recipients do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
from aiohttp import web
from msgspec import Struct

from adapters.client.values import InboxItem
from adapters.webhook.body import CONSIGNED
from adapters.webhook.signature import is_genuine

from .systems import Recipient


class _Data(Struct):
    id: str
    package_id: str
    document_id: str
    kind: str
    sender: str
    recipient: str
    lane: str
    subject: str
    sha256: str
    size: int


class _Call(Struct):
    type: str
    data: msgspec.Raw


class CalledRecipient:
    """Works off its calls one by one; a delivery that could not be taken is tried again until it could."""

    def __init__(self, recipient: Recipient, secret: str) -> None:
        self._recipient = recipient
        self._secret = secret
        self._calls: asyncio.Queue[InboxItem] = asyncio.Queue()
        self._done: set[str] = set()
        self.quiet_since: float | None = None  #: when the last call was worked off; None while one is not

    async def answer(self, request: web.Request) -> web.Response:
        """Take a call: a repeated one is as good as the first."""
        body = await request.read()
        if not is_genuine(self._secret, request.headers, body, datetime.now(UTC)):
            return web.Response(status=401)
        call = msgspec.json.decode(body, type=_Call)
        if call.type == CONSIGNED:
            data = msgspec.json.decode(call.data, type=_Data)
            at = datetime.now(UTC)
            self._calls.put_nowait(InboxItem(**msgspec.structs.asdict(data), consigned_at=at, lease_until=at))
        return web.Response(status=204)

    async def run(self) -> None:
        """Take over for ever."""
        loop = asyncio.get_running_loop()
        while True:
            if self._calls.empty():
                self.quiet_since = loop.time()
            item = await self._calls.get()
            self.quiet_since = None
            if item.id in self._done:
                continue
            if await self._recipient.take_over(item):
                self._done.add(item.id)
            else:
                await asyncio.sleep(0.1)
                self._calls.put_nowait(item)


@asynccontextmanager
async def called(recipient: CalledRecipient, port: int) -> AsyncIterator[None]:
    """Listen for calls on 127.0.0.1."""
    app = web.Application()
    app.router.add_post("/axis", recipient.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()
