"""How much one system may have stored."""

import asyncio

import pytest

from hub.changes import Room
from hub.queries import Stored
from hub.quotas import LOOK_EVERY, RECOUNT_AFTER, Quotas
from hub.trouble import Refusal


class Stock:
    def __init__(self):
        self.bytes = 60
        self.asked = 0

    async def stored_bytes(self, system_id):
        assert system_id == "sender"
        self.asked += 1
        await asyncio.sleep(0)
        return Stored(self.bytes, 7)

    async def stored_since(self, system_id, up_to):
        assert (system_id, up_to) == ("sender", 7)
        return Stored(20, 9)


@pytest.fixture
def stock():
    return Stock()


@pytest.fixture
def quotas(stock):
    seconds = [0.0]
    found = Quotas(stock, lambda: seconds[0])
    found.seconds = seconds
    return found


async def test_within(quotas, stock):
    """What fits is let in to the last byte, with the sum that it fits into; the store is asked once."""
    for size in (1, 40):
        assert await quotas.room("sender", size, 100) == Room(60, 7, 100)
    assert stock.asked == 1


async def test_beyond(quotas):
    """One byte more is refused."""
    with pytest.raises(Refusal, match="60 of 100 bytes") as caught:
        await quotas.room("sender", 41, 100)
    assert caught.value.code == "quota-exceeded"


async def test_none(quotas, stock):
    """Without a quota nobody counts."""
    assert await quotas.room("sender", 10**12, 0) is None
    assert stock.asked == 0


async def test_together(quotas, stock):
    """One counts for all who come at once."""
    await asyncio.gather(*(quotas.room("sender", 1, 100) for _ in range(5)))
    assert stock.asked == 1


async def test_added(quotas):
    """Every second what was added meanwhile is counted."""
    await quotas.room("sender", 1, 100)
    quotas.seconds[0] += LOOK_EVERY.total_seconds()
    assert await quotas.room("sender", 1, 100) == Room(80, 9, 100)
    with pytest.raises(Refusal, match="80 of 100 bytes"):
        await quotas.room("sender", 21, 100)


async def test_recount(quotas, stock):
    """Now and then all is counted anew, for what was removed."""
    await quotas.room("sender", 1, 100)
    stock.bytes = 10
    quotas.seconds[0] += RECOUNT_AFTER.total_seconds()
    assert await quotas.room("sender", 1, 100) == Room(10, 7, 100)
