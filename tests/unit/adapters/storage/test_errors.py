import asyncio
import errno
import os
import sqlite3
from datetime import timedelta

import pytest

from adapters.storage.content import ContentFiles
from adapters.storage.database import opened
from adapters.storage.errors import translated
from adapters.storage.store import SqlStore
from hub.trouble import Defect, Deferral
from tests.contract.samples import submission


@pytest.fixture
async def impatient(settings):
    """A store that waits for locks a second only."""
    patience = timedelta(seconds=1)
    async with opened(settings.url, max_pending=100, notify=lambda _topic: None, patience=patience) as database:
        yield SqlStore(database, ContentFiles(settings.content_dir))


def foreign(settings):
    """Another process's connection."""
    return sqlite3.connect(settings.url.removeprefix("sqlite:///"), isolation_level=None)


async def test_locked_database_is_a_deferral(impatient, settings):
    """Row 53: while another process holds the lock too long, writes are deferred and reads go on; afterwards writes go on too."""
    first, second = submission(), submission()
    await impatient.record(first)
    other = foreign(settings)
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(impatient.record(second), impatient.record(submission()), return_exceptions=True)
    assert [each.code for each in outcomes] == ["storage-unavailable"] * 2
    assert outcomes[0] is not outcomes[1]
    assert await impatient.package(first.package.id) == first.package
    other.execute("ROLLBACK")
    other.close()
    await impatient.record(second)


async def test_full_database_is_a_deferral(impatient, settings):
    """Row 54: when the disk is full, nothing is half written, and after room was made the same unit goes through."""
    await impatient.record(submission())
    unit = submission(subject="x" * 1_000_000)

    def limit(pages):
        def work(connection):
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        return work

    await impatient._database.writer.run(limit(1))  # SQLite takes it as "no more than now"
    with pytest.raises(Deferral) as caught:
        await impatient.record(unit)
    assert caught.value.code == "storage-full"
    assert await impatient.package(unit.package.id) is None
    await impatient._database.writer.run(limit(1_000_000))
    await impatient.record(unit)
    assert await impatient.package(unit.package.id) == unit.package


async def test_vanished_database_is_a_deferral(tmp_path):
    """Row 53: a database that cannot be opened is a deferral, for readers and writers, and is found again when it is back."""
    url = f"sqlite:///{tmp_path / 'none' / 'axis.db'}"
    async with opened(url, max_pending=100, notify=lambda _topic: None) as database:
        store = SqlStore(database, ContentFiles(tmp_path))
        for asking in (store.package("x"), store.record(submission())):
            with pytest.raises(Deferral) as caught:
                await asking
            assert caught.value.code == "storage-unavailable"


async def test_missing_table_is_a_defect(tmp_path):
    """A database without our tables is our own mistake."""
    async with opened(f"sqlite:///{tmp_path / 'axis.db'}", max_pending=100, notify=lambda _topic: None) as database:
        with pytest.raises(Defect):
            await SqlStore(database, ContentFiles(tmp_path)).package("x")


@pytest.mark.parametrize(
    "number, code",
    [
        (errno.ENOSPC, "storage-full"),
        (errno.EDQUOT, "storage-full"),
        (errno.EFBIG, "storage-full"),
        (errno.EIO, "storage-unavailable"),
        (errno.EMFILE, "overloaded"),
    ],
)
def test_trouble_of_the_disk(number, code):
    """Rows 54, 55: errors of the file system are deferrals that tell a full disk from others."""
    with pytest.raises(Deferral) as caught, translated():
        raise OSError(number, os.strerror(number))
    assert caught.value.code == code


def test_reader_sees_durable_settings(settings):
    """The database file itself says that it is in WAL mode."""
    connection = foreign(settings)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_writer_syncs_every_commit(impatient):
    """The writing connection waits for the disk at every commit, keeps foreign keys, and waits for locks."""

    def pragmas(connection):
        names = ("synchronous", "foreign_keys", "busy_timeout")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await impatient._database.writer.run(pragmas) == [2, 1, 1000]
