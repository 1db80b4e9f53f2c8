"""Facts about wake-ups."""

import asyncio
from datetime import timedelta

import pytest

from hub.accounts import Caller, Role
from hub.feed import Feed
from hub.inbox import Inbox
from hub.signals import Signals
from hub.trouble import Deferral
from hub.waiting import Pace, pause
from tests.unit.hub.values import NOW


async def test_a_notification_wakes_who_subscribed_before():
    """A signal between the look and the wait is not missed."""
    signals = Signals()
    signal = signals.subscribe("topic")
    signals.notify("topic")
    await pause(signals, "topic", signal, timedelta(seconds=60))
    assert signal.done()


async def test_a_notification_of_another_topic_wakes_nobody():
    """Topics are apart."""
    signals = Signals()
    signal = signals.subscribe("topic")
    signals.notify("other")
    await pause(signals, "topic", signal, timedelta(milliseconds=5))
    assert not signal.done()


async def test_waiting_leaves_nothing_behind():
    """Who gave up waiting is forgotten."""
    signals = Signals()
    signal = signals.subscribe("topic")
    await pause(signals, "topic", signal, timedelta(milliseconds=1))
    assert not signals._waiting


class Nothing:
    """A mailbox and a feed that cannot be read: the database is away, or says nothing yet."""

    def __init__(self, trouble):
        self._trouble = trouble

    async def lease(self, *_):
        if self._trouble is not None:
            raise self._trouble
        await asyncio.Event().wait()

    feed = lease


def polls(signals, trouble):
    caller, nothing = Caller("s", Role.SYSTEM), Nothing(trouble)
    inbox = Inbox(mailbox=nothing, signals=signals, clock=lambda: NOW)
    feed = Feed(reader=nothing, signals=signals)
    second = timedelta(seconds=1)
    yield inbox.collect(caller, lane=None, limit=1, lease=second, wait=second)
    yield feed.read(caller, after=0, limit=1, wait=second)


async def test_a_poll_that_fails_leaves_nothing_behind():
    """However often long polls are repeated while the database is away, nobody is remembered who waits no more."""
    signals = Signals()
    for poll in polls(signals, Deferral("storage-unavailable")):
        with pytest.raises(Deferral):
            await poll
    assert not signals._waiting


async def test_a_poll_whose_client_has_gone_leaves_nothing_behind():
    """Nor is one whose client has gone while the database was asked."""
    signals = Signals()
    for poll in polls(signals, None):
        task = asyncio.create_task(poll)
        await asyncio.sleep(0)
        assert signals._waiting
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not signals._waiting


async def test_turns_are_kept_apart_and_the_first_comes_at_once():
    """A busy loop gets a turn in each period, not more."""
    loop = asyncio.get_running_loop()
    pace = Pace(timedelta(milliseconds=30))
    began = loop.time()
    await pace.keep()
    assert loop.time() - began < 0.03
    await pace.keep()
    assert loop.time() - began >= 0.03
