"""Removing content files that no row needs: their submission died between the file and the commit, or they were purged."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from adapters.storage.content import ContentFiles
from adapters.storage.database import Database
from adapters.storage.tables import contents

OLD = timedelta(days=1)  #: much longer than any submission lasts

_known = select(contents.c.sha256).where(
    contents.c.sha256.in_(bindparam("names", expanding=True)), contents.c.purged_at.is_(None)
)


class Sweeper:
    """Sweeps the content folder, one of its 256 folders at a time."""

    def __init__(self, database: Database, files: ContentFiles) -> None:
        self._database = database
        self._files = files

    async def sweep(self, older_than: timedelta = OLD) -> int:
        """Remove what no row names and nobody has touched for `older_than`; return how many files went."""
        removed = 0
        for folder in self._files.folders():
            removed += await self._database.read(partial(self._sweep, folder, older_than))
        return removed

    def _sweep(self, folder: Path, older_than: timedelta, connection: Connection) -> int:
        def known(names: list[str]) -> set[str]:
            return set(connection.execute(_known, {"names": names}).scalars())

        return self._files.sweep(folder, known, older_than)
