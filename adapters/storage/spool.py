"""The spool: bodies on their way in, small ones in memory, larger ones in a temporary file; all of them when many are held.

Bytes are hashed and counted while they arrive, and the limit is enforced then. Every process has a folder of its own
and holds a lock on it for life; at start, folders whose lock is free are left-overs of processes that died, and are
removed.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from adapters.storage.content import ContentFiles, locked
from adapters.storage.errors import translated
from adapters.storage.keeping import Keeper
from adapters.storage.recent import RecentContents
from hub.changes import Content
from hub.failpoints import reached
from hub.spool import Spooled
from hub.trouble import Refusal

T = TypeVar("T")

SMALL = 32_768  #: bytes; up to here content lies in the database row (a row of 100 KB costs PostgreSQL 3 ms)
_PIECE = 1_048_576  # bytes gathered before a thread writes them
_MOST_PIECES = 64
#: Bytes of received bodies in memory at once; what comes beyond goes to files unless it is small.
_MOST_HELD = 67_108_864


class FileSpool:
    """Implements `hub.spool.Spool` on a folder of one process."""

    def __init__(
        self,
        folder: Path,
        files: ContentFiles,
        keeper: Keeper,
        recent: RecentContents,
        *,
        inline_bytes: int,
        most_held: int = _MOST_HELD,
    ) -> None:
        self._folder = folder
        self._files = files
        self._keeper = keeper
        self._recent = recent
        self._inline_bytes = inline_bytes
        self._most_held = most_held
        self._held: dict[int, Spooled] = {}
        self._held_bytes = 0

    async def receive(self, chunks: AsyncIterator[bytes], limit: int) -> Spooled:
        """Take a body in; raise `Refusal` (body-too-large) or `Deferral` (storage-full, storage-unavailable)."""
        pieces: list[bytes] = []
        size = 0
        async for chunk in chunks:
            pieces.append(chunk)
            size += len(chunk)
            reached("K1")
            if len(pieces) == _MOST_PIECES:  # each is an object, which a sender of single bytes pays nothing for
                pieces = [b"".join(pieces)]
            if size > limit:
                raise _too_large(limit)
            if size > self._inline_bytes or (size > SMALL and self._held_bytes + size > self._most_held):
                return await self._receive_file(chunks, limit, bytearray(b"").join(pieces))
        return self._hold(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def _hold(self, body: bytes) -> Spooled:
        spooled = Spooled(hashlib.sha256(body).hexdigest(), len(body), data=bytes(body))
        if spooled.size > SMALL:
            self._held[id(spooled)] = spooled
            self._held_bytes += spooled.size
        return spooled

    async def keep(self, spooled: Spooled) -> Content:
        """Make a large body durable under its SHA-256; a small one stays in memory for its row."""
        if spooled.size > SMALL:
            if spooled.data is None:
                await _in_thread(lambda: self._files.put(spooled))
            else:
                await self._keeper.keep(spooled.sha256, spooled.data)
                self._recent.put(spooled.sha256, spooled.data)
            return Content(spooled.sha256, spooled.size, None)
        if spooled.path is None:
            return Content(spooled.sha256, spooled.size, spooled.data or b"")
        return Content(spooled.sha256, spooled.size, await _in_thread(spooled.path.read_bytes))

    async def discard(self, spooled: Spooled) -> None:
        """Remove the temporary file, if there is one left, or let go of the memory."""
        if self._held.pop(id(spooled), None) is not None:
            self._held_bytes -= spooled.size
        if (path := spooled.path) is not None:
            await _in_thread(lambda: path.unlink(missing_ok=True))

    async def _receive_file(self, chunks: AsyncIterator[bytes], limit: int, gathered: bytearray) -> Spooled:
        digest = hashlib.sha256()
        path = self._folder / secrets.token_hex(16)
        file = await _in_thread(lambda: path.open("xb"))
        try:
            size = len(gathered)
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                gathered += chunk
                if len(gathered) >= _PIECE:
                    await _in_thread(partial(_take, file, digest, gathered))
                    gathered = bytearray()
            await _in_thread(partial(_take, file, digest, gathered))
            await _in_thread(file.close)
        except BaseException:
            with suppress(OSError):  # what could not be written is not wanted any more
                file.close()
            path.unlink(missing_ok=True)
            raise
        return Spooled(digest.hexdigest(), size, path=path)


def _take(file: BinaryIO, digest: hashlib._Hash, piece: bytearray) -> None:
    digest.update(piece)
    file.write(piece)


@contextmanager
def own_folder(parent: Path) -> Iterator[Path]:
    """Give a locked folder of this process below `parent`; remove it afterwards, and left-overs of dead processes before."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / secrets.token_hex(8)
    with locked(parent, fcntl.LOCK_EX):  # no other process may take a new folder for a left-over before it is locked
        for left in parent.iterdir():
            _remove_if_dead(left)
        folder.mkdir()
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _remove_if_dead(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return  # its process lives
    finally:
        os.close(descriptor)


async def _in_thread(work: Callable[[], T]) -> T:
    with translated():
        return await asyncio.to_thread(work)


def _too_large(limit: int) -> Refusal:
    return Refusal(
        "body-too-large",
        detail=f"The body is larger than the limit of {limit} bytes. Send a smaller package.",
        detail_vi=f"Nội dung vượt quá giới hạn {limit} byte. Hãy gửi gói tin nhỏ hơn.",
    )
