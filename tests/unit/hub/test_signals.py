"""Facts about wake-ups."""

import asyncio
from datetime import timedelta

from hub.signals import Signals
from hub.waiting import Pace, pause


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


async def test_turns_are_kept_apart_and_the_first_comes_at_once():
    """A busy loop gets a turn in each period, not more."""
    loop = asyncio.get_running_loop()
    pace = Pace(timedelta(milliseconds=30))
    began = loop.time()
    await pace.keep()
    assert loop.time() - began < 0.03
    await pace.keep()
    assert loop.time() - began >= 0.03
