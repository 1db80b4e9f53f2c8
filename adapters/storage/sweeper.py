"""Removing content files that no row needs: their submission died between the file and the commit, or they were purged."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from adapters.storage.content import ContentFiles
from adapters.storage.database import Database
from adapters.storage.errors import translated
from adapters.storage.tables import contents

OLD = timedelta(days=1)  #: much longer than any submission lasts
_PORTION = 1_000  #: files that the database is asked about, and that are removed, at once

_known = select(contents.c.sha256).where(
    contents.c.sha256.in_(bindparam("names", expanding=True)), contents.c.purged_at.is_(None)
)


class Sweeper:
    """Sweeps the content folder, one of its 256 folders at a time.

    The disk may be slow and the folders full: it is not waited for inside a transaction.
    """

    def __init__(self, database: Database, files: ContentFiles) -> None:
        self._database = database
        self._files = files

    async def sweep(self, older_than: timedelta = OLD) -> int:
        """Remove what no row names and nobody has touched for `older_than`; return how many files went."""
        since = datetime.now(UTC) - older_than
        removed = 0
        with translated():
            for folder in self._files.folders():
                removed += await self._sweep(folder, since)
        return removed

    async def _sweep(self, folder: Path, since: datetime) -> int:
        removed = 0
        old = iter(await asyncio.to_thread(self._files.untouched, folder, since))
        while names := list(islice(old, _PORTION)):
            known = await self._database.read(partial(_known_among, names))
            orphans = [name for name in names if name not in known]
            removed += await asyncio.to_thread(self._files.remove, folder, orphans, since)
        return removed


def _known_among(names: list[str], connection: Connection) -> set[str]:
    return set(connection.execute(_known, {"names": names}).scalars())
