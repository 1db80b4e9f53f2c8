"""A poll of the inbox that is ended: the hub stops, or the client is gone."""

import asyncio
from datetime import timedelta

import pytest

from hub.accounts import Caller, Role
from hub.inbox import Inbox
from hub.signals import Signals
from tests.unit.hub.values import NOW


class SlowMailbox:
    """Leases these items when it is told to."""

    def __init__(self, *items):
        self._items = items
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def lease(self, *_):
        self.is_asked.set()
        await self.may_answer.wait()
        return self._items


async def ended_while_leasing(mailbox):
    """Return a poll that was cancelled while its look was under way, which then came to its end."""
    inbox = Inbox(mailbox=mailbox, signals=Signals(), clock=lambda: NOW)
    minute = timedelta(minutes=1)
    poll = asyncio.create_task(
        inbox.collect(Caller("s", Role.SYSTEM), lane=None, limit=1, lease=minute, wait=minute),
    )
    await mailbox.is_asked.wait()
    poll.cancel()
    await asyncio.sleep(0)
    mailbox.may_answer.set()
    return poll


async def test_what_was_leased_is_handed_out():
    """What is leased in the moment in which a poll is ended is its answer: nobody else would be offered it for minutes."""
    assert await (await ended_while_leasing(SlowMailbox("item"))) == ("item",)


async def test_nothing_was_leased():
    """A poll that is ended while it finds nothing does not go on waiting."""
    poll = await ended_while_leasing(SlowMailbox())
    with pytest.raises(asyncio.CancelledError):
        await poll
