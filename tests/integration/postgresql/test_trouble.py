import asyncio
import contextlib
import threading
from datetime import timedelta

import pytest
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from adapters.storage.content import ContentFiles
from adapters.storage.database import opened
from adapters.storage.dialects import queue_for_append
from adapters.storage.errors import trouble_of
from adapters.storage.store import SqlStore
from hub.trouble import Defect, Deferral
from tests.contract.samples import submission


async def test_server_that_was_restarted_is_not_noticed(storage, postgresql):
    """Connections that a restarted server has ended are replaced before the next transaction: no caller sees it."""
    first, second = submission(), submission()
    await storage.store.record(first)
    await asyncio.gather(*(storage.store.package(first.package.id) for _ in range(8)))
    postgresql.crash()
    postgresql.start()
    await storage.store.record(second)
    assert await storage.store.package(first.package.id) == first.package
    assert await storage.store.package(second.package.id) == second.package


async def test_server_that_is_down_is_a_deferral(storage, postgresql):
    """While the server is killed, reads and writes are deferred; when it is back, the same process goes on."""
    unit = submission()
    await storage.store.record(unit)
    postgresql.kill()
    try:
        for asking in (lambda: storage.store.package("x"), lambda: storage.store.record(submission())):
            with pytest.raises(Deferral) as caught:
                await asking()
            assert caught.value.code == "storage-unavailable"
    finally:
        postgresql.start()
    assert await storage.store.package(unit.package.id) == unit.package
    await storage.store.record(submission())


async def test_process_that_hangs_in_a_transaction(settings):
    """A process that hangs in a transaction keeps others from writing for a few seconds, and then has written nothing."""

    def hang(connection):
        queue_for_append(connection)
        is_hanging.set()
        may_go_on.wait(60)
        connection.execute(text("SELECT 1"))

    is_hanging, may_go_on = threading.Event(), threading.Event()
    opening = {"max_pending": 100, "notify": lambda _: None}
    async with (
        opened(settings.url, patience=timedelta(seconds=1), **opening) as hanging,
        opened(settings.url, patience=timedelta(seconds=10), **opening) as living,
    ):
        stuck = asyncio.create_task(hanging.writer.run(hang))
        try:
            await asyncio.to_thread(is_hanging.wait)
            await SqlStore(living, ContentFiles(settings.content_dir)).record(submission())
        finally:
            may_go_on.set()
        with pytest.raises(Deferral) as caught:
            await stuck
        assert caught.value.code == "storage-unavailable"


async def test_server_that_hangs_is_a_deferral(settings, postgresql):
    """Row 53: while the server says nothing, reads and writes are deferred; when it goes on, so does the same process."""
    unit = submission()
    async with opened(settings.url, max_pending=100, notify=lambda _: None, patience=timedelta(seconds=1)) as database:
        store = SqlStore(database, ContentFiles(settings.content_dir))
        await store.record(unit)
        postgresql.freeze()
        try:
            asking = (store.record(submission()), store.record(submission()), *(store.package("x") for _ in range(8)))
            answers = await asyncio.gather(*asking, return_exceptions=True)
            with pytest.raises(Deferral):
                await store.record(submission())
        finally:
            postgresql.thaw()
        assert {each.code for each in answers} == {"storage-unavailable"}
        last = submission()
        for _ in range(50):
            with contextlib.suppress(Deferral):
                await store.record(last)
                break
            await asyncio.sleep(0.1)
        assert await store.package(last.package.id) == last.package


async def test_transaction_that_lost_its_server_is_a_deferral(storage, settings, postgresql):
    """A session that the server ends in the middle of a transaction writes nothing, and the next transaction is well."""

    def end_oneself(connection):
        connection.execute(text("DELETE FROM idempotency_keys"))
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await storage.store.bind_key("sys-1", "k", "one", submission().package.accepted_at)
    with pytest.raises(Deferral) as caught:
        await storage.database.writer.run(end_oneself)
    assert caught.value.code == "storage-unavailable"
    assert await storage.store.bind_key("sys-1", "k", "two", submission().package.accepted_at) == "one"


async def test_server_that_starts_late_is_found(settings, postgresql):
    """A store may be opened while the server is down: it is deferred, then well, without being opened again."""
    unit = submission()
    postgresql.stop()
    try:
        async with opened(settings.url, max_pending=100, notify=lambda _topic: None) as database:
            store = SqlStore(database, ContentFiles(settings.content_dir))
            with pytest.raises(Deferral):
                await store.record(unit)
            postgresql.start()
            await store.record(unit)
            assert await store.package(unit.package.id) == unit.package
    finally:
        postgresql.start()


async def test_lock_of_another_process_is_waited_for_a_while(settings, postgresql):
    """While another session holds what a write needs, the write is deferred in the end; afterwards it goes on."""
    name = settings.url.rpartition("/")[2]
    patience = timedelta(milliseconds=200)
    async with opened(settings.url, max_pending=100, notify=lambda _topic: None, patience=patience) as database:
        store = SqlStore(database, ContentFiles(settings.content_dir))
        with postgresql.connect(name) as other, other.transaction():
            other.execute("LOCK TABLE packages IN EXCLUSIVE MODE")
            with pytest.raises(Deferral) as caught:
                await store.record(submission())
        assert caught.value.code == "storage-unavailable"
        await store.record(submission())


async def test_connections_keep_their_promises(storage):
    """Writers wait for the disk whatever the server's default is, and readers see one snapshot."""

    def settings_of(connection):
        names = ("synchronous_commit", "transaction_isolation", "lock_timeout", "jit")
        return [connection.execute(text(f"SHOW {name}")).scalar() for name in names]

    assert await storage.database.writer.run(settings_of) == ["on", "read committed", "5s", "off"]
    assert await storage.database.read(settings_of) == ["on", "repeatable read", "5s", "off"]


@pytest.mark.parametrize(
    "raised, code",
    [
        (errors.DiskFull, "storage-full"),
        (errors.OutOfMemory, "storage-unavailable"),
        (errors.TooManyConnections, "storage-unavailable"),
        (errors.SerializationFailure, "storage-unavailable"),
        (errors.DeadlockDetected, "storage-unavailable"),
        (errors.LockNotAvailable, "storage-unavailable"),
        (errors.QueryCanceled, "storage-unavailable"),
        (errors.AdminShutdown, "storage-unavailable"),
        (errors.CrashShutdown, "storage-unavailable"),
        (errors.CannotConnectNow, "storage-unavailable"),
        (errors.ReadOnlySqlTransaction, "storage-unavailable"),
        (errors.IoError, "storage-unavailable"),
        (errors.UndefinedTable, "defect"),
        (errors.UniqueViolation, "defect"),
    ],
)
def test_meaning_of_server_errors(raised, code):
    """What passes by itself is a deferral that tells a full disk from the rest; what does not is our own mistake."""
    trouble = trouble_of(DBAPIError("SELECT 1", None, raised("x")))
    assert trouble.code == code
    assert isinstance(trouble, Defect if code == "defect" else Deferral)


def test_meaning_of_no_answer():
    """A connection that failed before the server could say why is a deferral."""
    from psycopg import OperationalError as Unreachable

    assert trouble_of(OperationalError("", None, Unreachable("connection refused"))).code == "storage-unavailable"


async def test_work_that_may_take_long(settings):
    """What is known to take long, as an import does, is waited for when the server counts as silent for everything else."""
    patience = timedelta(milliseconds=200)

    def work(connection):
        connection.execute(text("SELECT pg_sleep(1)"))
        return "done"

    async with opened(settings.url, max_pending=100, notify=lambda _topic: None, patience=patience) as database:
        assert await database.writer.run(work, may_take=timedelta(minutes=1)) == "done"
        with pytest.raises(Deferral):
            await database.writer.run(work)
