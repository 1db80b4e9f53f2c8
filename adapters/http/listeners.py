"""The sockets that a process listens on: the plain one, one of its own, a unix socket for a proxy, and one with TLS."""

from __future__ import annotations

import resource
import socket
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from adapters.http.tls import server_context
from hub.settings import ListenSettings, Settings

BACKLOG = 1024
_UNIX_MODE = 0o660  #: its owner and its group: whoever may write is believed


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
    Raises `OSError` when an address is taken or not ours, `ConfigurationError` when TLS cannot be spoken.
    """
    opened: list[Listener] = []
    path = base_dir / settings.listen.unix_socket if settings.listen.unix_socket else None
    is_shared = worker is not None
    try:
        opened.append(Listener(listening_socket(settings.listen.host, settings.listen.port, is_shared=is_shared)))
        if settings.listen.worker_port:
            own = settings.listen.worker_port + (worker or 0)
            opened.append(Listener(listening_socket(settings.listen.host, own)))
        if path is not None:
            opened.append(Listener(_unix_socket(path)))
        if settings.tls.certificate:
            context = server_context(settings.tls, base_dir)
            opened.append(
                Listener(listening_socket(settings.tls.host, settings.tls.port, is_shared=is_shared), context)
            )
        yield tuple(opened)
    finally:
        for each in opened:
            each.socket.close()
        if path is not None and any(each.is_unix for each in opened):
            path.unlink(missing_ok=True)


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


def _unix_socket(path: Path) -> socket.socket:
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()  # left behind by a process that was killed
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(_UNIX_MODE)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
