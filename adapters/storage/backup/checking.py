"""Whether what was restored is what was backed up, and still proves what it proved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from adapters.storage.backup.manifest import Manifest
from adapters.storage.backup.rows import digest_of
from adapters.storage.backup.taking import Progress, counted
from adapters.storage.content import ContentFiles
from adapters.storage.dialects import open_engines, take_time
from adapters.storage.epochs import newest_point
from adapters.storage.errors import translated
from adapters.storage.tables import contents, events, metadata, packages
from adapters.storage.terms import RECEIPTED, of
from adapters.storage.upkeep_tables import epochs
from hub.settings import StorageSettings
from signing.errors import Undetermined, Untrusted
from signing.receipt import Receipt

OpenReceipt = Callable[[str], Receipt]  #: returns what a JWS says; raises `Untrusted` or `Undetermined`

_BATCH = 1000
_MOST_FAULTS = 100  #: more say nothing new


class Checked(Struct, frozen=True):
    """What was looked at, and what is wrong; nothing: all is well."""

    rows: int
    receipts: int
    contents: int
    faults: tuple[str, ...]


def check_restored(
    manifest: Manifest, settings: StorageSettings, open_receipt: OpenReceipt, progress: Progress
) -> Checked:
    """Compare a restored hub with its backup's manifest: rows, the newest event, every receipt, every content."""
    engines = open_engines(settings.url, readers=1)
    faults = _Faults()
    try:
        with translated(), engines.reader.connect() as connection:
            take_time(connection)
            rows = faults.gather(_rows(connection, manifest))
            faults.gather(_newest(connection, manifest))
            receipts = faults.gather(_receipts(connection, open_receipt, partial(progress, "receipts")))
            looked_at = faults.gather(
                _contents(connection, ContentFiles(settings.content_dir), partial(progress, "contents"))
            )
            faults.gather(_orphans(connection))
    finally:
        engines.dispose()
    return Checked(rows, receipts, looked_at, tuple(faults.found))


class _Faults:
    """Collects sentences about what is wrong, and counts what was looked at: each check yields one or None for every thing."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def gather(self, outcomes: Iterator[tuple[int, str | None]]) -> int:
        """Run a check to its end; return how many things it looked at."""
        total = 0
        for count, fault in outcomes:
            total += count
            if fault is not None and len(self.found) < _MOST_FAULTS:
                self.found.append(fault)
        return total


def _rows(connection: Connection, manifest: Manifest) -> Iterator[tuple[int, str | None]]:
    for file in manifest.tables:
        table = metadata.tables.get(file.table)
        if table is None:  # a later migration removed it
            continue
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        expected = file.written.rows + (1 if table is epochs else 0)  # the one that the restore began
        yield count, None if count == expected else f"{file.table}: {count} rows instead of {expected}"


def _newest(connection: Connection, manifest: Manifest) -> Iterator[tuple[int, str | None]]:
    newest, found = manifest.newest, newest_point(connection)
    expected = (newest.seq, newest.event_id) if newest else (0, None)
    yield 1, None if (found.seq, found.event_id) == expected else f"the newest event is {found.seq}, not {expected[0]}"


def _receipts(
    connection: Connection, open_receipt: OpenReceipt, progress: Callable[[int], None]
) -> Iterator[tuple[int, str | None]]:
    receipted = (
        select(events.c.id, events.c.event, events.c.jws, events.c.package_id, packages.c.sha256)
        .select_from(events.outerjoin(packages, packages.c.id == events.c.package_id))
        .where(of("events", RECEIPTED))
        .order_by(events.c.seq)
    )
    for row in counted(connection.execution_options(yield_per=_BATCH).execute(receipted), progress):
        yield 1, _fault_of(row, open_receipt)


def _fault_of(row: Row[*tuple[Any, ...]], open_receipt: OpenReceipt) -> str | None:
    try:
        receipt = open_receipt(row.jws)
    except (Untrusted, Undetermined) as error:
        return f"receipt {row.id}: {error.detail_en}"
    said = (receipt.id, receipt.event, receipt.package.id)
    digest = row.sha256 if row.package_id else receipt.package.sha256
    if said != (row.id, row.event, row.package_id) or receipt.package.sha256 != digest:
        return f"receipt {row.id} speaks of something else"
    return None


def _contents(
    connection: Connection, files: ContentFiles, progress: Callable[[int], None]
) -> Iterator[tuple[int, str | None]]:
    kept = select(contents.c.sha256, contents.c.data).where(contents.c.purged_at.is_(None))
    for row in counted(connection.execution_options(yield_per=_BATCH).execute(kept), progress):
        yield 1, None if _digest(row.sha256, row.data, files) == row.sha256 else f"content {row.sha256} is damaged"


def _digest(sha256: str, data: bytes | None, files: ContentFiles) -> str | None:
    if data is not None:
        return hashlib.sha256(data).hexdigest()
    try:
        return digest_of(files.path(sha256))[0]
    except OSError:
        return None


def _orphans(connection: Connection) -> Iterator[tuple[int, str | None]]:
    without = (
        select(packages.c.id)
        .select_from(packages.outerjoin(contents, contents.c.sha256 == packages.c.sha256))
        .where(contents.c.sha256.is_(None))
    )
    for (package_id,) in connection.execution_options(yield_per=_BATCH).execute(without):
        yield 0, f"package {package_id} has no content"
