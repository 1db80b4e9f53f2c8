"""The unix socket that a proxy on the same machine connects to: taken from nobody who listens there, left behind by nobody."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MODE = 0o660  #: its owner and its group: whoever may write is believed


class SocketTaken(OSError):
    """A living process listens on this unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), str(path))


@contextmanager
def unix_socket(path: Path, backlog: int) -> Iterator[socket.socket]:
    """Give a socket that listens at `path`, and remove it on the way out unless another process has made its own there.

    One that a killed process left behind is replaced. Raises `SocketTaken`, or `OSError` with the path: something else is
    there, its folder is missing or not ours, or the path is too long (107 bytes on Linux).
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        try:
            with _alone_in(path.parent):
                _clear(path)
                listening.bind(str(path))
                path.chmod(_MODE)
                listening.listen(backlog)
                own = _identity(path)
        except SocketTaken:
            raise
        except OSError as error:
            raise OSError(error.errno or errno.EINVAL, error.strerror or str(error), str(path)) from error
        try:
            yield listening
        finally:
            with suppress(FileNotFoundError):
                if _identity(path) == own:
                    path.unlink()


def _clear(path: Path) -> None:
    """Remove a socket on which nobody listens; raise `SocketTaken` when somebody does."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            return  # not ours to remove: binding will fail
        if _is_heard(path):
            raise SocketTaken(path)
        path.unlink()


def _is_heard(path: Path) -> bool:
    """Whether a process listens there. It sees a connection that ends at once."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except BlockingIOError:
            return True  # so many wait there already that it takes no more
    return True


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep two hubs that start at once from removing each other's new socket. Where folders cannot be locked (NFS), in vain."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _identity(path: Path) -> tuple[int, int, int]:
    """Tell files apart; the number of one that was removed is used again, its time is not."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns
