"""How much one system may have stored."""

from datetime import timedelta

import pytest

from hub.changes import Changes
from hub.quotas import RECOUNT_AFTER, Quotas
from hub.trouble import Refusal

from .values import NOW, package


class Stock:
    def __init__(self):
        self.bytes = 60
        self.asked = 0

    async def stored_bytes(self, system_id):
        assert system_id == "sender"
        self.asked += 1
        return self.bytes


@pytest.fixture
def stock():
    return Stock()


@pytest.fixture
def quotas(stock):
    at = [NOW]
    found = Quotas(stock, lambda: at[0])
    found.at = at
    return found


async def test_within(quotas, stock):
    """What fits is let in to the last byte, and the store is asked once."""
    for size in (1, 40):
        await quotas.require("sender", size, 100)
    assert stock.asked == 1


async def test_beyond(quotas):
    """One byte more is refused."""
    with pytest.raises(Refusal, match="60 of 100 bytes") as caught:
        await quotas.require("sender", 41, 100)
    assert caught.value.code == "quota-exceeded"


async def test_none(quotas, stock):
    """Without a quota nobody counts."""
    await quotas.require("sender", 10**12, 0)
    assert stock.asked == 0


async def test_what_is_accepted_counts(quotas):
    """What this process accepts counts at once."""
    await quotas.require("sender", 1, 100)
    quotas.observe(Changes(package=package(size=40)))
    with pytest.raises(Refusal):
        await quotas.require("sender", 1, 100)


async def test_recount(quotas, stock):
    """Now and then the store is asked again, for what others accepted or removed."""
    await quotas.require("sender", 1, 100)
    stock.bytes = 100
    quotas.at[0] += RECOUNT_AFTER - timedelta(seconds=1)
    await quotas.require("sender", 1, 100)
    quotas.at[0] += timedelta(seconds=1)
    with pytest.raises(Refusal):
        await quotas.require("sender", 1, 100)
