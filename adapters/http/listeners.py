"""The sockets that a process listens on: the plain one, one of its own, a unix socket for a proxy, and one with TLS."""

from __future__ import annotations

import resource
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from adapters.http.tls import server_context
from adapters.http.unix_socket import unix_socket
from hub.settings import ListenSettings, Settings

BACKLOG = 1024


class Listener(Struct, frozen=True):
    """A bound socket, and the TLS to speak on it."""

    socket: socket.socket
    tls: ssl.SSLContext | None = None

    @property
    def is_unix(self) -> bool:
        """Whether it is a unix socket."""
        return self.socket.family == socket.AF_UNIX


@contextmanager
def listeners(settings: Settings, base_dir: Path, *, worker: int | None = None) -> Iterator[tuple[Listener, ...]]:
    """Give every socket that is configured, the plain one first; close them on the way out.

    `worker`: which of the processes that listen on the same addresses this is (SO_REUSEPORT; not on a unix socket).
    Raises `OSError` when an address is taken or not ours (`SocketTaken` for the unix socket), `ConfigurationError` when TLS
    cannot be spoken.
    """
    with ExitStack() as stack:
        yield tuple(_opened(settings, base_dir, worker, stack))


def _opened(settings: Settings, base_dir: Path, worker: int | None, stack: ExitStack) -> Iterator[Listener]:
    listen, tls, is_shared = settings.listen, settings.tls, worker is not None
    yield Listener(stack.enter_context(listening_socket(listen.host, listen.port, is_shared=is_shared)))
    if listen.worker_port:
        yield Listener(stack.enter_context(listening_socket(listen.host, listen.worker_port + (worker or 0))))
    if listen.unix_socket:
        yield Listener(stack.enter_context(unix_socket(base_dir / listen.unix_socket, BACKLOG)))
    if tls.certificate:
        context = server_context(tls, base_dir)
        yield Listener(stack.enter_context(listening_socket(tls.host, tls.port, is_shared=is_shared)), context)


def listening_socket(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """Return a socket bound to an address; `is_shared`: several processes listen on it (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=is_shared)


def allow_files(listen: ListenSettings) -> None:
    """Raise this process's limit of open files as far as it may, when all allowed connections would not fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * listen.max_connections + 256
    if soft < wanted and soft != resource.RLIM_INFINITY:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
