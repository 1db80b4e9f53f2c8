"""Taking a backup of a hub, running or not."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, select

from adapters.storage.backup.errors import BackupDamaged, PlaceInUse
from adapters.storage.backup.manifest import FORMAT, Contents, Manifest, Newest, TableFile, write_manifest
from adapters.storage.backup.rows import write_rows
from adapters.storage.content import ContentFiles
from adapters.storage.dialects import open_engines, take_time
from adapters.storage.errors import translated
from adapters.storage.leases import BACKUP, hold, let_go
from adapters.storage.tables import contents, events, leases, queue
from adapters.storage.times import moment
from hub.settings import StorageSettings

T = TypeVar("T")
Progress = Callable[[str, int], None]  #: told what is being done, and how much more of it is done

#: Made anew: rights that run out, the table queue, which orders fill, and the version, which the manifest names.
LEFT_OUT = frozenset({leases.name, queue.name, "alembic_version"})
_LEASE = timedelta(minutes=5)  #: a backup that died keeps purges away, and other backups, no longer than this
_RENEW_AFTER = 60.0  #: seconds
_BATCH = 1000


def take_backup(settings: StorageSettings, folder: Path, hub: str, progress: Progress) -> Manifest:
    """Write a backup into a new or empty folder; return its manifest.

    Raises:
        PlaceInUse: the folder holds something.
        BackupDamaged: a content file is missing or is not what was accepted.
        OSError: the folder cannot be made.
        Deferral: the database or the disk cannot be used.
    """
    if folder.exists() and any(folder.iterdir()):
        raise PlaceInUse(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    engines = open_engines(settings.url, readers=1)
    try:
        with translated(), _keeping_purges_away(engines.writer, progress) as told:
            (folder / "contents").mkdir()
            with engines.reader.connect() as connection:
                manifest = _take(connection, ContentFiles(settings.content_dir), folder, hub, told)
            write_manifest(folder, manifest)
        return manifest
    finally:
        engines.dispose()


@contextmanager
def _keeping_purges_away(engine: Engine, progress: Progress) -> Iterator[Progress]:
    """Hold the lease of backups, prolonged with the progress of this one; give a `progress` that does so."""
    holder = secrets.token_hex(8)
    renewed = 0.0

    def renew() -> None:
        nonlocal renewed
        renewed = time.monotonic()
        now = datetime.now(UTC)
        with engine.begin() as connection:
            if not hold(connection, BACKUP, holder, now=now, until=now + _LEASE):
                raise PlaceInUse("another backup of this database is being taken")

    def told(what: str, more: int) -> None:
        if time.monotonic() - renewed > _RENEW_AFTER:
            renew()
        progress(what, more)

    renew()
    try:
        yield told
    finally:
        with engine.begin() as connection:
            let_go(connection, BACKUP, holder)


def _take(connection: Connection, files: ContentFiles, folder: Path, hub: str, progress: Progress) -> Manifest:
    """Write everything that one snapshot of the database holds."""
    take_time(connection)
    revisions = MigrationContext.configure(connection).get_current_heads()  # the first read: the snapshot begins
    made_at = datetime.now(UTC)
    written = []
    for table in _tables(connection):
        name = str(table.name)  # SQLAlchemy's own kind of text is no text to others
        file = f"{name}.rows.gz"
        rows = counted(_rows(connection, table), partial(progress, name))
        written.append(TableFile(name, file, write_rows(folder / file, [str(c.name) for c in table.columns], rows)))
    return Manifest(
        format=FORMAT,
        hub=hub,
        made_at=made_at,
        engine=connection.dialect.name,
        revision=revisions[0],
        tables=tuple(written),
        contents=_copy_contents(connection, files, folder / "contents", progress),
        newest=_newest(connection),
    )


def _tables(connection: Connection) -> list[Table]:
    """Return the tables that the database has, parents before children: asked of itself, so that none is forgotten."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    statement = select(*table.columns).order_by(*table.primary_key.columns)
    return iter(connection.execution_options(yield_per=_BATCH).execute(statement))


def counted(rows: Iterable[T], progress: Callable[[int], None]) -> Iterator[T]:
    """Pass rows on, telling of every thousand."""
    for number, row in enumerate(rows, 1):
        if number % _BATCH == 0:
            progress(_BATCH)
        yield row


def _newest(connection: Connection) -> Newest | None:
    row = connection.execute(
        select(events.c.seq, events.c.id, events.c.at).order_by(events.c.seq.desc()).limit(1)
    ).first()
    return None if row is None else Newest(row.seq, row.id, moment(row.at))


def _copy_contents(connection: Connection, files: ContentFiles, folder: Path, progress: Progress) -> Contents:
    named = select(contents.c.sha256, contents.c.size).where(contents.c.data.is_(None), contents.c.purged_at.is_(None))
    count = total = 0
    for sha256, size in connection.execution_options(yield_per=_BATCH).execute(named):
        copy_content(files.path(sha256), folder / sha256[:2] / sha256)
        count, total = count + 1, total + size
        progress("contents", 1)
    return Contents(count, total)


def copy_content(source: Path, place: Path) -> None:
    """Copy a content file durably, and see on the way that it is what its name says; raise `BackupDamaged`."""
    place.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reading, place.open("xb") as writing:
            while piece := reading.read(1 << 20):
                digest.update(piece)
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
    except FileNotFoundError:
        raise BackupDamaged(f"the content {source.name} is missing") from None
    if digest.hexdigest() != source.name:
        place.unlink()
        raise BackupDamaged(f"the content {source.name} is not what was accepted")
