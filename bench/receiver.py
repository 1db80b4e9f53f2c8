"""Receivers of webhook calls: one that answers, and one that takes every call and never does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

PATH = "/axis"  #: where the demo's webhook is called


@asynccontextmanager
async def answering(port: int, got: Callable[[str], None] = lambda _: None) -> AsyncIterator[None]:
    """Answer 200 to every call; `got` is called with its id."""

    async def receive(request: web.Request) -> web.Response:
        await request.read()
        got(request.headers["webhook-id"])
        return web.Response()

    async with _receiving(port, receive):
        yield


@asynccontextmanager
async def hanging(port: int) -> AsyncIterator[None]:
    """Take every call and never answer."""

    async def receive(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with _receiving(port, receive):
        yield


@asynccontextmanager
async def _receiving(port: int, receive: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_post(PATH, receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield
    await runner.cleanup()
