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

_AT_ONCE = 8


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
    """Works off its calls, a few at a time; a delivery that could not be taken is tried again until it could."""

    def __init__(self, recipient: Recipient, secret: str) -> None:
        self._recipient = recipient
        self._secret = secret
        self._calls: asyncio.Queue[InboxItem] = asyncio.Queue()
        self._known: set[str] = set()
        self._open = 0  #: deliveries that were called about and are not taken over
        self.quiet_since: float | None = 0.0  #: when the last one was taken over; None while one is not

    async def answer(self, request: web.Request) -> web.Response:
        """Take a call: a repeated one is as good as the first."""
        body = await request.read()
        if not is_genuine(self._secret, request.headers, body, datetime.now(UTC)):
            return web.Response(status=401)
        call = msgspec.json.decode(body, type=_Call)
        if call.type == CONSIGNED:
            self._add(msgspec.json.decode(call.data, type=_Data))
        return web.Response(status=204)

    def _add(self, data: _Data) -> None:
        if data.id in self._known:
            return
        self._known.add(data.id)
        self._open += 1
        self.quiet_since = None
        at = datetime.now(UTC)
        self._calls.put_nowait(InboxItem(**msgspec.structs.asdict(data), consigned_at=at, lease_until=at))

    async def run(self) -> None:
        """Take over for ever."""
        await asyncio.gather(*(self._work() for _ in range(_AT_ONCE)))

    async def _work(self) -> None:
        while True:
            item = await self._calls.get()
            if await self._recipient.take_over(item):
                self._open -= 1
                if not self._open:
                    self.quiet_since = asyncio.get_running_loop().time()
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
