"""Every implementation under the same tests. A new engine or broker joins by one entry in `STORES` or `BROKERS`."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from adapters.storage.migrate import migrate
from adapters.storage.opening import open_storage
from adapters.storage.queue import TableQueue
from hub.settings import StorageSettings

from .amqp import empty_broker


def new_sqlite(request):
    """Return the URL of a new, migrated file."""
    url = f"sqlite:///{request.getfixturevalue('tmp_path') / 'axis.db'}"
    migrate(url)
    return url


def new_postgresql(request):
    """Return the URL of a new database, copied from a migrated one."""
    return request.getfixturevalue("new_postgresql_url")(request.getfixturevalue("migrated_template"))


#: Name of an engine -> the URL of a new, migrated database, given the test's request.
STORES = {"sqlite": new_sqlite, "postgresql": new_postgresql}


@asynccontextmanager
async def table_queue(request, storage, clock):
    yield TableQueue(storage.database, clock=clock, visibility=timedelta(minutes=2))


@asynccontextmanager
async def rabbitmq(request, storage, clock):
    async with empty_broker(request.getfixturevalue("rabbitmq").url) as broker:
        yield broker


#: Name of a broker -> opens an empty one, given the test's request, the open storage and a clock.
BROKERS = {"table": table_queue, "rabbitmq": rabbitmq}


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.now = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **duration):
        self.now += timedelta(**duration)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def topics():
    """What was notified, in order."""
    return []


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def settings(request, tmp_path):
    """Settings of a new, migrated storage."""
    return StorageSettings(url=request.param(request), content_dir=tmp_path / "content", spool_dir=tmp_path / "spool")


@pytest.fixture
async def storage(settings, topics, clock):
    async with open_storage(settings, inline_bytes=65_536, notify=topics.append, clock=clock) as opened:
        yield opened


@pytest.fixture
def store(storage):
    return storage.store


@pytest.fixture(params=BROKERS.values(), ids=BROKERS.keys())
async def broker(request, storage, clock):
    async with request.param(request, storage, clock) as opened:
        yield opened
