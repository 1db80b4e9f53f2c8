"""Restoring a backup into an empty database and content folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, select

from adapters.storage.backup.errors import BackupDamaged, ForeignBackup, PlaceInUse
from adapters.storage.backup.manifest import Manifest, TableFile
from adapters.storage.backup.rows import Row, digest_of, read_rows
from adapters.storage.backup.taking import Progress, copy_content, counted
from adapters.storage.bulk import BulkInsert
from adapters.storage.content import ContentFiles
from adapters.storage.dialects import open_engines
from adapters.storage.epochs import begin_epoch
from adapters.storage.errors import translated
from adapters.storage.migrate import is_empty, knows, upgrade
from adapters.storage.outbox import wait_again
from adapters.storage.tables import metadata
from hub.continuity import Epoch, Point
from hub.settings import StorageSettings

_BATCH = 512


def restore_backup(
    folder: Path,
    manifest: Manifest,
    settings: StorageSettings,
    *,
    mark: Point | None,
    accepts_loss: bool,
    progress: Progress,
) -> Epoch:
    """Bring back what a backup holds, all of the database or nothing; return the epoch that begins with it.

    `mark`: the newest event that is known to have been. When the backup does not have it, the hub will not start on what was
    restored unless the restore `accepts_loss`.

    Raises:
        PlaceInUse: the database is not empty.
        ForeignBackup: the backup is of a newer version.
        BackupDamaged: a file is missing or is not what was written.
        Deferral: the database or the disk cannot be used.
    """
    if not is_empty(settings.url):
        raise PlaceInUse("the database is not empty")
    if not knows(manifest.revision):
        raise ForeignBackup(f"the backup has the schema {manifest.revision}, which this version does not know")
    for table in manifest.tables:
        _require_whole(folder, table)
        progress("checked", 1)
    engines = open_engines(settings.url, readers=1)
    try:
        with translated():
            _restore_contents(folder / "contents", manifest, ContentFiles(settings.content_dir), progress)
            with engines.writer.begin() as connection:
                upgrade(connection, manifest.revision)
                for table in manifest.tables:
                    _fill(connection, folder, table, progress)
                upgrade(connection)
                _advance_counters(connection)
                wait_again(connection, datetime.now(UTC))
                return begin_epoch(connection, "restored", mark=mark, accepts_loss=accepts_loss)
    finally:
        engines.dispose()


def _require_whole(folder: Path, table: TableFile) -> None:
    try:
        sha256, size = digest_of(folder / table.file)
    except OSError as error:
        raise BackupDamaged(f"{table.file}: {error.strerror}") from error
    if (sha256, size) != (table.written.sha256, table.written.size):
        raise BackupDamaged(f"{table.file} is not what was written")


def _fill(connection: Connection, folder: Path, file: TableFile, progress: Progress) -> None:
    table = Table(file.table, MetaData(), autoload_with=connection)
    connection.execute(table.delete())  # of rows that the migrations made
    with read_rows(folder / file.file) as (columns, rows):
        insert = BulkInsert(table, columns)
        filled = 0
        for batch in _batches(counted(rows, partial(progress, file.table))):
            insert(connection, batch)
            filled += len(batch)
    if filled != file.written.rows:
        raise BackupDamaged(f"{file.file} has {filled} rows, not {file.written.rows}")


def _advance_counters(connection: Connection) -> None:
    """Have PostgreSQL's sequences go on after the rows that were given their numbers; SQLite looks for itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        counter = table.autoincrement_column
        if counter is not None:
            greatest = connection.execute(select(func.max(counter))).scalar() or 0
            sequence = func.pg_get_serial_sequence(table.name, counter.name)
            connection.execute(select(func.setval(sequence, greatest + 1)))


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _restore_contents(folder: Path, manifest: Manifest, files: ContentFiles, progress: Progress) -> None:
    """Copy the content files; those that are there already, from a restore that was broken off, are looked at instead."""
    files.prepare()
    found = sorted(path for path in folder.glob("[0-9a-f][0-9a-f]/*") if path.is_file())
    if len(found) != manifest.contents.files:
        raise BackupDamaged(f"there are {len(found)} content files, not {manifest.contents.files}")
    for source in found:
        place = files.path(source.name)
        if not (place.exists() and digest_of(place)[0] == source.name):
            place.unlink(missing_ok=True)
            copy_content(source, place)
        progress("contents", 1)
    files.sync()
