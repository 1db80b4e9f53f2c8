"""Opening the door and closing it again: a server behind every listening socket, and a stop that drops nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

import structlog
import uvloop
from aiohttp import web
from aiohttp.http_parser import HttpRequestParser, HttpRequestParserPy

from adapters.http.annexes import Annex
from adapters.http.app import build
from adapters.http.context import LIFETIME
from adapters.http.door import ANNEXES, REPEATS, REQUEST_LOG
from adapters.http.doorstep import Doorsteps
from adapters.http.gate import Gate
from adapters.http.guard import GuardedHandler
from adapters.http.lifetime import Lifetime
from adapters.http.listeners import BACKLOG, Listener, allow_files
from adapters.http.peers import networks
from adapters.http.routes import ROUTES, Route
from hub.configuration import ConfigurationError
from hub.failpoints import reached
from hub.services import Services
from hub.settings import ListenSettings

#: How long an unread body is read on after its refusal, so that the sender sees the answer and not a reset.
LINGER = 2.0
_LONGEST_HEADER = 16_384

Result = TypeVar("Result")

_log = structlog.get_logger()


@asynccontextmanager
async def serving(
    services: Services,
    listeners: Sequence[Listener],
    routes: Sequence[Route] = ROUTES,
    annexes: tuple[Annex, ...] = (),
) -> AsyncIterator[tuple[str, int]]:
    """Serve `routes` and annexes on bound sockets; give the address of the first.

    On leaving: refuse new work, finish what is under way.

    Raises `ConfigurationError` when a setting of this edge makes no sense.
    """
    _require_the_strict_parser()
    listen = services.settings.listen
    allow_files(listen)
    app = build(services, routes, annexes)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    doorsteps = _doorsteps(runner, listen)
    servers = [await _serve(doorsteps, each, listen) for each in listeners]
    try:
        host, port = listeners[0].socket.getsockname()[:2]
        yield host, port
    finally:
        for server in servers:
            server.close()
        await _drain(app[LIFETIME], timedelta(seconds=listen.shutdown_timeout))
        doorsteps.close()
        app[REPEATS].close()
        await runner.cleanup()


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on uvloop, which takes less CPU for every request than asyncio's own loop."""
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


def _require_the_strict_parser() -> None:
    """Refuse to run on the parser in Python that aiohttp falls back to: it reads broken requests that llhttp refuses."""
    if HttpRequestParser is HttpRequestParserPy:
        raise ConfigurationError("aiohttp runs without its C parser; install a wheel, and unset AIOHTTP_NO_EXTENSIONS")


async def _serve(
    factory: Callable[[], asyncio.Protocol], listener: Listener, listen: ListenSettings
) -> asyncio.AbstractServer:
    loop = asyncio.get_running_loop()
    if listener.is_unix:
        return await loop.create_unix_server(factory, sock=listener.socket, backlog=BACKLOG)
    patience = listen.header_timeout if listener.tls else None
    return await loop.create_server(
        factory, sock=listener.socket, backlog=BACKLOG, ssl=listener.tls, ssl_handshake_timeout=patience
    )


async def _drain(lifetime: Lifetime, within: timedelta) -> None:
    # aiohttp's own shutdown stops reading the bodies of requests under way, so they are waited for before it starts.
    lifetime.stop()
    reached("K18")
    if not await lifetime.finished(within):
        _log.warning("stopped-with-work-under-way", waited_seconds=within.total_seconds())


def _doorsteps(runner: web.AppRunner, listen: ListenSettings) -> Doorsteps:
    loop, app = asyncio.get_running_loop(), runner.app
    gate = Gate(listen, networks(listen.trusted_proxies), app[ANNEXES])
    log = app[REQUEST_LOG]
    handler = partial(
        GuardedHandler,
        cast("web.Server", runner.server),
        gate,
        loop=loop,
        keepalive_timeout=listen.idle_timeout,
        tcp_keepalive=False,  # idle connections are closed much sooner
        lingering_time=LINGER,
        auto_decompress=False,
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
        access_log_class=lambda _logger, _format: log,
        access_log=log.logger,
    )
    return Doorsteps(gate, app[REPEATS], handler, loop)
