"""Opening the door and closing it again: the listening socket, the server behind it, and a stop that drops nothing."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

import structlog
from aiohttp import web

from adapters.http.app import build
from adapters.http.context import LIFETIME, METRICS
from adapters.http.guard import Gate, GuardedHandler
from adapters.http.lifetime import Lifetime
from adapters.http.logs import RequestLog
from hub.services import Services
from hub.settings import ListenSettings

BACKLOG = 1024
#: How long an unread body is read on after its refusal, so that the sender sees the answer and not a reset.
LINGER = 2.0
_LONGEST_HEADER = 16_384

Result = TypeVar("Result")

_log = structlog.get_logger()


def listening_socket(listen: ListenSettings, *, is_shared: bool = False) -> socket.socket:
    """Return a socket bound to the configured address; `is_shared`: several processes listen on it (SO_REUSEPORT).

    Raises `OSError` when the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    return socket.create_server((listen.host, listen.port), family=family, backlog=BACKLOG, reuse_port=is_shared)


@asynccontextmanager
async def serving(services: Services, listening: socket.socket) -> AsyncIterator[tuple[str, int]]:
    """Serve the API on a bound socket; give its address. On leaving: refuse new work, finish what is under way, close."""
    listen = services.settings.listen
    app = build(services)
    services.commits.subscribe(app[METRICS].observe)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    server = await asyncio.get_running_loop().create_server(_factory(runner, listen), sock=listening, backlog=BACKLOG)
    try:
        host, port = listening.getsockname()[:2]
        yield host, port
    finally:
        server.close()
        await _drain(app[LIFETIME], timedelta(seconds=listen.shutdown_timeout))
        await runner.cleanup()


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on the fastest event loop that is installed."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


async def until_told_to_stop() -> None:
    """Wait for SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.set)
    try:
        await told.wait()
    finally:
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)


async def _drain(lifetime: Lifetime, within: timedelta) -> None:
    # aiohttp's own shutdown stops reading the bodies of requests under way, so they are waited for before it starts.
    lifetime.stop()
    if not await lifetime.finished(within):
        _log.warning("stopped-with-work-under-way", waited_seconds=within.total_seconds())


def _factory(runner: web.AppRunner, listen: ListenSettings) -> partial[GuardedHandler]:
    return partial(
        GuardedHandler,
        cast("web.Server", runner.server),
        Gate(listen),
        loop=asyncio.get_running_loop(),
        keepalive_timeout=listen.idle_timeout,
        lingering_time=LINGER,
        auto_decompress=False,
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
        access_log_class=partial(RequestLog, runner.app[METRICS]),
        access_log=logging.getLogger("axis.requests"),
        access_log_format="",
    )
