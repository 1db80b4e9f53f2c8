"""How much one system may have stored."""

import asyncio

import pytest

from hub.changes import Room
from hub.queries import Stored
from hub.quotas import LOOK_EVERY, RECOUNT_AFTER, Quotas
from hub.trouble import Deferral, Refusal


class Stock:
    def __init__(self):
        self.bytes = 60
        self.asked = 0
        self.is_away = False

    async def stored_bytes(self, system_id):
        assert system_id == "sender"
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise Deferral("storage-unavailable")
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


async def test_store_away(quotas, stock):
    """While nothing can be counted all who came at once are told so at once, and the next one asks anew."""
    stock.is_away = True
    found = await asyncio.gather(*(quotas.room("sender", 1, 100) for _ in range(5)), return_exceptions=True)
    assert [each.code for each in found] == ["storage-unavailable"] * 5
    assert len({id(each) for each in found}) == 5
    assert stock.asked == 1
    stock.is_away = False
    assert await quotas.room("sender", 1, 100) == Room(60, 7, 100)


async def test_who_goes_away_stops_nobody(quotas, stock):
    """When the one that came first does not wait any more, the others get the sum that it asked for."""
    first, second = (asyncio.create_task(quotas.room("sender", 1, 100)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Room(60, 7, 100)
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
