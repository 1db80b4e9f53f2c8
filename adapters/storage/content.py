"""Content files: large packages, each in a file named by its SHA-256, durable before the commit that mentions it.

A file that is new is written in its place, synced, and its folder synced: nobody reads a file before a row names it, so one
that a dying process left half written is an orphan like any other. Where there is a file already, a row may name it: then a
new one is written under a temporary name in the same file system, synced, and renamed. 256 folders, named by the first two
hex digits, keep folders small. A shared lock on the folder while a file is put there a second time, an exclusive one while
one is removed from it, keep the sweeper from taking a file that is just being kept again; new ones are too young for it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
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

    def put_all(self, contents: Sequence[tuple[str, bytes]]) -> list[OSError | None]:
        """Make contents durable under their SHA-256; return for each what went wrong, None when it is durable."""
        outcomes: list[OSError | None] = []
        folders: set[Path] = set()
        for sha256, data in contents:
            try:
                self._put_data(self.path(sha256), data)
            except OSError as error:
                outcomes.append(error)
            else:
                outcomes.append(None)
                folders.add(self.path(sha256).parent)
        try:
            for folder in folders:
                _sync_folder(folder)
        except OSError as error:
            return [outcome or error for outcome in outcomes]
        return outcomes

    def _put_data(self, place: Path, data: bytes) -> None:
        """Write and sync a content whose folder is synced afterwards."""
        try:
            _write_new(place, data)
        except FileNotFoundError:
            place.parent.mkdir(exist_ok=True)
            _sync_folder(self._folder)
            _write_new(place, data)
        except FileExistsError:
            self.put(Spooled(place.name, len(data), data=data))

    def sync(self) -> None:
        """Make the names of all files durable."""
        for folder in (*self.folders(), self._folder):
            _sync_folder(folder)

    def folders(self) -> tuple[Path, ...]:
        """Return the folders to sweep: that of unfinished files, and those that hold content."""
        return (self._folder / UNFINISHED, *sorted(self._folder.glob("[0-9a-f][0-9a-f]")))

    def untouched(self, folder: Path, since: datetime) -> list[str]:
        """Return the names of the files of one folder that nobody has touched since then."""
        return [path.name for path in folder.iterdir() if _is_untouched(path, since)]

    def remove(self, folder: Path, names: Iterable[str], since: datetime) -> int:
        """Remove files of one folder, but those that were touched after all; return how many."""
        with locked(folder, fcntl.LOCK_EX):
            return sum(_remove(folder / name, since) for name in names)

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


def _write_new(place: Path, data: bytes) -> None:
    """Write a file that is not there yet, and sync it; of one that could not be written nothing stays."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_DSYNC | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        with suppress(OSError):  # the sweeper will
            remove_own(place, descriptor)
        raise
    finally:
        os.close(descriptor)


def remove_own(place: Path, descriptor: int) -> None:
    """Remove an open file from its place, unless another process has put its own there meanwhile; that may have a row."""
    os.ftruncate(descriptor, 0)
    with locked(place.parent, fcntl.LOCK_EX):  # nobody puts a file there a second time meanwhile
        if os.path.samestat(place.stat(), os.fstat(descriptor)):
            place.unlink()


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


def _is_untouched(path: Path, since: datetime) -> bool:
    try:
        return path.stat().st_mtime < since.timestamp()
    except FileNotFoundError:  # it was renamed, or removed, in this moment
        return False


def _remove(path: Path, since: datetime) -> int:
    if not _is_untouched(path, since):
        return 0
    path.unlink(missing_ok=True)
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
