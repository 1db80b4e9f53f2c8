"""Stopping without dropping work."""

import asyncio
from datetime import timedelta

import pytest

from adapters.http.lifetime import Lifetime


async def test_poll_ends_when_stopping():
    """A long poll answers at once when the process stops."""
    lifetime = Lifetime()
    poll = asyncio.create_task(lifetime.poll(asyncio.sleep(60, "late"), otherwise="nothing"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    lifetime.stop()
    assert await poll == "nothing"


async def test_poll_answers():
    """A long poll that comes to something returns it."""
    assert await Lifetime().poll(asyncio.sleep(0, "it"), otherwise="nothing") == "it"


async def test_poll_is_cancelled_with_its_caller():
    """When the client leaves, what was waited for is cancelled too."""
    lifetime = Lifetime()
    left = asyncio.Event()

    async def waiting():
        try:
            await asyncio.sleep(60)
        finally:
            left.set()

    poll = asyncio.create_task(lifetime.poll(waiting(), otherwise=None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert left.is_set()


async def test_waits_for_work():
    """Stopping waits for what is under way, and says when that took too long."""
    lifetime = Lifetime()
    with lifetime.working():
        assert not await lifetime.finished(timedelta(milliseconds=1))
    assert await lifetime.finished(timedelta(0))
