"""Where a package's bytes wait while they are received and examined."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from hub.changes import Content


class Spooled(Struct, frozen=True):
    """A received body: its SHA-256 (hex) and size in bytes, in memory (`data`) when small, else in a temporary file."""

    sha256: str
    size: int
    data: bytes | None = None
    path: Path | None = None

    @contextmanager
    def view(self) -> Iterator[bytes | mmap]:
        """Give the whole body, a file as a read-only map: read it inside the `with` only."""
        if self.path is None:
            yield self.data or b""
            return
        with self.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            yield mapped


class Spool(Protocol):
    """Takes bodies in, bounded in memory, and keeps those that were accepted."""

    async def receive(self, chunks: AsyncIterator[bytes], limit: int) -> Spooled:
        """Take a body in while hashing and counting; raise `Refusal` (body-too-large) as soon as it passes `limit` bytes."""

    async def keep(self, spooled: Spooled) -> Content:
        """Make a large body durable under its SHA-256 and return it as content to record; small ones go into the row itself."""

    async def discard(self, spooled: Spooled) -> None:
        """Remove what is left of a body; harmless after `keep` and when repeated."""
