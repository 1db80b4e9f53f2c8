"""Content files: large packages, each in a file named by its SHA-256, durable before the commit that mentions it.

A file is written under a temporary name in the same file system, synced, renamed, and its folder synced. 256 folders,
named by the first two hex digits, keep folders small. A shared lock on the folder while a file is put there, an
exclusive one while the sweeper removes from it, keep the sweeper from taking a file that is just being kept a second
time.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from hub.spool import Spooled

UNFINISHED = ".incoming"


class ContentFiles:
    """Puts, finds and sweeps content files. Synchronous: call it in a thread. Raises `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder."""
        (self._folder / UNFINISHED).mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the content with this SHA-256 lies."""
        return self._folder / sha256[:2] / sha256

    def put(self, spooled: Spooled) -> None:
        """Make a body durable under its name; a body's own temporary file is moved when it lies in the same file system."""
        place = self.path(spooled.sha256)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _sync_folder(self._folder)
        with locked(place.parent, fcntl.LOCK_SH) as folder:
            if not _move(spooled.path, place):
                self._write(spooled, place)
            os.fsync(folder)

    def sync(self) -> None:
        """Make the names of all files durable."""
        for folder in (*self.folders(), self._folder):
            _sync_folder(folder)

    def folders(self) -> tuple[Path, ...]:
        """Return the folders to sweep: that of unfinished files, and those that hold content."""
        return (self._folder / UNFINISHED, *sorted(self._folder.glob("[0-9a-f][0-9a-f]")))

    def sweep(self, folder: Path, known: Callable[[list[str]], set[str]], older_than: timedelta) -> int:
        """Remove the files of one folder that are not `known` and not touched for a while; return how many."""
        limit = time.time() - older_than.total_seconds()
        old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
        kept = known([path.name for path in old]) if old else set()
        with locked(folder, fcntl.LOCK_EX):
            return sum(_remove(path, limit) for path in old if path.name not in kept)

    def _write(self, spooled: Spooled, place: Path) -> None:
        temporary = self._folder / UNFINISHED / secrets.token_hex(16)
        try:
            with spooled.view() as data, temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(place)
        finally:
            temporary.unlink(missing_ok=True)


def _move(source: Path | None, place: Path) -> bool:
    """Sync and rename a file; return False when there is none or it lies in another file system."""
    if source is None:
        return False
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        source.rename(place)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        raise
    return True


def _remove(path: Path, limit: float) -> int:
    try:
        if path.stat().st_mtime >= limit:
            return 0
        path.unlink()
    except FileNotFoundError:
        return 0
    return 1


@contextmanager
def locked(folder: Path, mode: int) -> Iterator[int]:
    """Hold an advisory lock (`fcntl.LOCK_*`) on a folder; give its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, mode)
        yield descriptor
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
