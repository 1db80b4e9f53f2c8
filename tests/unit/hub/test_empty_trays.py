"""What is known of empty trays ends with a signal, with its time, and with every doubt."""

import asyncio

import pytest

from hub.empty_trays import FRESH, EmptyTrays
from hub.signals import Signals
from hub.trouble import Deferral


class Shelf:
    """The trays of a database, and every look into them. `before_answer` runs while a look is under way."""

    def __init__(self):
        self.full = set()
        self.looks = []
        self.before_answer = None

    async def with_consigned(self, system_ids):
        self.looks.append(sorted(system_ids))
        found = frozenset(self.full & set(system_ids))
        if self.before_answer is not None:
            await self.before_answer()
        return found


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def signals():
    return Signals()


@pytest.fixture
def time():
    return [100.0]


@pytest.fixture
def trays(shelf, signals, time):
    return EmptyTrays(shelf, signals, lambda: time[0])


async def test_nothing_is_known_without_a_look(trays):
    """At first no tray is known to be empty."""
    assert not trays.knows("a")


async def test_a_look_is_remembered(trays, shelf):
    """Who asks again at once is answered without a look."""
    assert await trays.look("a")
    assert trays.knows("a")
    assert await trays.look("a")
    assert shelf.looks == [["a"]]


async def test_a_full_tray_is_never_remembered(trays, shelf):
    """Something waits: every question is a look."""
    shelf.full.add("a")
    assert [await trays.look("a") for _ in range(2)] == [False, False]
    assert not trays.knows("a")
    assert len(shelf.looks) == 2


async def test_a_consignment_ends_it_at_once(trays, shelf, signals):
    """After the signal the next one looks, and finds what came; other trays are not concerned."""
    await trays.look("a")
    await trays.look("b")
    shelf.full.add("a")
    signals.notify("inbox:a")
    assert (trays.knows("a"), trays.knows("b")) == (False, True)
    assert not await trays.look("a")


async def test_a_consignment_during_the_look_is_not_missed(trays, shelf, signals):
    """What is committed after the database was read and before the look ends makes the look worth nothing."""

    async def consign():
        shelf.full.add("a")
        signals.notify("inbox:a")

    shelf.before_answer = consign
    await trays.look("a")
    assert not trays.knows("a")
    assert not await trays.look("a")


async def test_it_ends_without_a_signal(trays, shelf, time):
    """What another process consigned without our hearing of it is found in time, also while nobody gets an answer."""
    await trays.look("a")
    shelf.full.add("a")
    looking = asyncio.Event()

    async def hang():
        looking.set()
        await asyncio.Event().wait()

    time[0] += FRESH * 0.9
    shelf.before_answer = hang
    hanging = asyncio.create_task(trays.look("b"))
    await looking.wait()
    assert trays.knows("a")
    time[0] += FRESH * 0.1
    assert not trays.knows("a")
    shelf.before_answer = None
    assert not await trays.look("a")
    hanging.cancel()


async def test_one_renews_it_for_all(trays, shelf, time):
    """Before it ends, the first who asks looks into every tray that was asked for; meanwhile the others use what they know."""
    for each in ("a", "b"):
        await trays.look(each)
    time[0] += FRESH * 0.9
    known = []

    async def ask():
        known.append(trays.knows("b"))

    shelf.before_answer = ask
    assert not trays.knows("a")
    await trays.look("a")
    assert known == [True]
    assert shelf.looks[2:] == [["a", "b"]]
    time[0] += FRESH * 0.5
    assert trays.knows("b")


async def test_a_look_that_fails_leaves_nothing_known(trays, shelf, time):
    """When the database cannot be read, nobody is told that nothing waits."""
    await trays.look("a")
    time[0] += FRESH * 0.9

    async def fail():
        raise Deferral("storage-unavailable")

    shelf.before_answer = fail
    for _ in range(2):
        with pytest.raises(Deferral):
            await trays.look("a")
        assert not trays.knows("a")


async def test_what_nobody_asks_for_is_forgotten(trays, shelf, signals, time):
    """A system that stopped asking is neither looked for nor waited for."""
    await trays.look("a")
    time[0] += 60
    await trays.look("b")
    assert shelf.looks[1:] == [["b"]]
    assert not trays.knows("a")
    assert set(signals._waiting) == {"inbox:b"}


async def test_waiting_does_not_pile_up(trays, signals, time):
    """However often it is looked, one signal is waited for."""
    for _ in range(5):
        await trays.look("a")
        time[0] += FRESH
    assert [len(each) for each in signals._waiting.values()] == [1]
