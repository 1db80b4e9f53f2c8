"""Many deliveries whose deadline has passed at once."""

import asyncio
from datetime import timedelta

import pytest

from adapters.storage.opening import open_storage
from hub.events import Event
from hub.expiry import Expiry
from tests.unit.hub.values import FixedRegister, attestor, snapshot

from .samples import AT, submission

COUNT = 60


@pytest.fixture
def commits():
    """Every unit of work, in the order of the commits."""
    return []


@pytest.fixture
def first_end():
    """Set when the first delivery has expired."""
    return asyncio.Event()


@pytest.fixture
async def storage(settings, clock, commits, first_end):
    def committed(changes):
        commits.append(changes)
        if is_end(changes):
            first_end.set()

    async with open_storage(settings, inline_bytes=65_536, committed=committed, clock=clock) as opened:
        yield opened


def is_end(changes):
    return any(each.event is Event.EXPIRY for each in changes.events)


async def test_others_write_between(storage, clock, commits, first_end):
    """What another writes while many deliveries expire does not wait for them all."""
    for _ in range(COUNT):
        await storage.store.record(submission())
    clock.now = AT + timedelta(days=31)
    expiry = Expiry(store=storage.store, register=FixedRegister(snapshot()), attestor=attestor(), clock=clock)
    expiring = asyncio.create_task(expiry.run())
    await first_end.wait()
    other = submission(systems=())
    await storage.store.record(other)
    async with asyncio.timeout(30):
        while len(list(filter(is_end, commits))) < COUNT:
            await asyncio.sleep(0.01)
    expiring.cancel()
    behind = commits[commits.index(other) + 1 :]
    assert len(list(filter(is_end, commits))) == COUNT
    assert not await storage.store.overdue(clock.now, 1)
    assert len(list(filter(is_end, behind))) >= COUNT // 2
