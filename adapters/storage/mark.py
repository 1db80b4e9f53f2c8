"""The mark of the newest known event (`hub.continuity`): a small file beside the configuration, replaced whole."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from pathlib import Path

import msgspec

from adapters.storage.content import locked
from adapters.storage.errors import translated
from hub.continuity import Point
from hub.trouble import Deferral


class MarkFile:
    """One file, which several processes of a machine move on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> Point | None:
        """Return the mark; None when there is none yet; raise `Deferral` when it cannot be read."""
        return await asyncio.to_thread(self.look)

    async def advance(self, point: Point) -> None:
        """Move the mark to `point`, durably, unless it is further already."""
        await asyncio.to_thread(self._advance, point)

    def look(self) -> Point | None:
        """Return the mark, at once."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Point)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise Deferral("storage-unavailable", detail=f"{self._path} cannot be read: {error}") from error

    def set(self, point: Point) -> None:
        """Replace the mark, further back too."""
        with translated():
            temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
            try:
                with temporary.open("xb") as file:
                    file.write(msgspec.json.encode(point) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                temporary.rename(self._path)
            finally:
                temporary.unlink(missing_ok=True)

    def _advance(self, point: Point) -> None:
        with translated(), locked(self._path.parent, fcntl.LOCK_EX):
            mark = self.look()
            if mark is None or mark.seq < point.seq:
                self.set(point)
