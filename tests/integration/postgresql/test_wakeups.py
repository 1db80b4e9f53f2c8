import asyncio

import pytest

from adapters.storage.opening import open_storage
from adapters.storage.wakeups import payloads
from tests.contract.samples import submission

LIMIT = 10  # seconds; a wake-up that never comes fails the test


class Heard:
    """Topics as they come in, to be waited for."""

    def __init__(self):
        self.topics = []
        self._came = asyncio.Event()

    def __call__(self, topic):
        self.topics.append(topic)
        self._came.set()

    async def until(self, wanted):
        async with asyncio.timeout(LIMIT):
            while wanted not in self.topics:
                await self._came.wait()
                self._came.clear()


@pytest.fixture
async def other(settings):
    """Another process's storage, as far as the database can tell, and what it hears."""
    heard = Heard()
    async with open_storage(settings, inline_bytes=65_536, notify=heard) as opened:
        await _is_listening(opened, 1)
        yield heard


async def _is_listening(storage, count):
    from sqlalchemy import text

    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'"
    )
    async with asyncio.timeout(LIMIT):
        while await storage.database.read(lambda connection: connection.execute(asked).scalar()) < count:
            await asyncio.sleep(0.02)


async def test_commit_wakes_other_processes(storage, other):
    """A package that one process records wakes the outbox of another."""
    await storage.store.record(submission())
    await other.until("outbox")


async def test_change_of_the_register_is_told(storage, other):
    """Work that names topics tells them too."""
    await storage.database.writer.run(lambda _connection: None, "register", "queue")
    await other.until("register")
    await other.until("queue")


async def test_own_commits_are_heard_once(settings):
    """A process does not wake itself a second time by its own notification."""
    heard = Heard()
    async with open_storage(settings, inline_bytes=65_536, notify=heard) as opened:
        await _is_listening(opened, 1)
        await opened.database.writer.run(lambda _connection: None, "queue")
        async with open_storage(settings, inline_bytes=65_536) as second:
            await second.database.writer.run(lambda _connection: None, "end")
            await heard.until("end")
    assert heard.topics == ["queue", "end"]


async def test_topics_that_a_process_sees_to_itself_are_kept(settings, other):
    """A process that relays what it accepts wakes no other for it, only for what else came of its commit."""
    async with open_storage(settings, inline_bytes=65_536, kept=frozenset({"outbox"})) as keeping:
        await keeping.database.writer.run(lambda _connection: None, "outbox", "end")
        await other.until("end")
    assert other.topics == ["end"]


async def test_broken_work_tells_nothing(storage, other):
    """What was rolled back wakes nobody."""

    def break_off(_connection):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await storage.database.writer.run(break_off, "queue")
    await storage.database.writer.run(lambda _connection: None, "end")
    await other.until("end")
    assert other.topics == ["end"]


async def test_listening_survives_a_restart_of_the_server(storage, other, postgresql):
    """After the server was killed and started, wake-ups come again without a restart of the hub."""
    postgresql.kill()
    postgresql.start()
    await _is_listening(storage, 2)
    await storage.database.writer.run(lambda _connection: None, "queue")
    await other.until("queue")


def test_payloads_are_bounded():
    """Many topics travel in several notifications, none above what the server takes; one that fits nowhere is left out."""
    topics = [f"inbox:system-{i:05}" for i in range(2000)]
    packed = list(payloads("me", [*topics, "x" * 9000]))
    assert all(len(each.encode()) < 8000 for each in packed)
    assert [topic for each in packed for topic in each.split("\n")[1:]] == topics
    assert list(payloads("me", [])) == []
