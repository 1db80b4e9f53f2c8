"""Places for submissions."""

import asyncio

import pytest

from hub.places import Places
from hub.settings import LimitSettings
from hub.trouble import Deferral

TWO = LimitSettings(concurrent_submissions=2, waiting_submissions=2)


class Visitors:
    """Tasks that hold a place until they are told to go."""

    def __init__(self, places):
        self.places = places
        self.inside = []
        self.doors = {}

    def send(self, visitor, name="a", limits=TWO):
        self.doors[visitor] = asyncio.Event()
        return asyncio.create_task(self._visit(visitor, name, limits))

    async def _visit(self, visitor, name, limits):
        async with self.places.hold(name, limits):
            self.inside.append(visitor)
            try:
                await self.doors[visitor].wait()
            finally:
                self.inside.remove(visitor)

    async def leave(self, visitor):
        self.doors[visitor].set()
        await settle()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def visitors():
    found = Visitors(Places())
    yield found
    for door in found.doors.values():
        door.set()
    await settle()


async def test_so_many_at_once(visitors):
    """Two of one name are inside at once; the next follow in the order of their coming."""
    for visitor in (1, 2, 3, 4):
        visitors.send(visitor)
    await settle()
    assert visitors.inside == [1, 2]
    await visitors.leave(1)
    assert visitors.inside == [2, 3]
    await visitors.leave(3)
    assert visitors.inside == [2, 4]


async def test_names_apart(visitors):
    """A full line of one name keeps nobody of another out."""
    for visitor in (1, 2, 3, 4):
        visitors.send(visitor)
    visitors.send(5, "b")
    await settle()
    assert visitors.inside == [1, 2, 5]


async def test_too_many_wait(visitors):
    """Who comes when enough of the same name wait already is told to come again."""
    tasks = [visitors.send(visitor) for visitor in (1, 2, 3, 4, 5)]
    await settle()
    with pytest.raises(Deferral, match="wait already") as caught:
        await tasks[4]
    assert caught.value.code == "rate-limited"


async def test_whether_too_many_wait_can_be_asked_before(visitors):
    """Whether one more would be sent away is known before its body is read; of another name it would not be."""
    for visitor in (1, 2, 3):
        visitors.send(visitor)
    await settle()
    visitors.places.require("a", TWO)
    visitors.send(4)
    await settle()
    with pytest.raises(Deferral, match="wait already"):
        visitors.places.require("a", TWO)
    visitors.places.require("b", TWO)


async def test_who_leaves_the_line(visitors):
    """A visitor that gives up while it waits, or in the very moment of its turn, takes no place with it."""
    tasks = [visitors.send(visitor) for visitor in (1, 2, 3, 4)]
    await settle()
    tasks[2].cancel()
    await visitors.leave(1)
    assert visitors.inside == [2, 4]
    visitors.send(5)
    await settle()
    visitors.doors[2].set()
    await asyncio.sleep(0)
    await visitors.leave(4)
    visitors.send(6)
    visitors.send(7)
    await settle()
    assert visitors.inside == [5, 6]


async def test_cancelled_in_the_moment_of_its_turn(visitors):
    """A place that was handed to somebody who is cancelled at once goes on to the next."""
    tasks = [visitors.send(visitor) for visitor in (1, 2, 3, 4)]
    await settle()
    tasks[0].cancel()
    tasks[2].cancel()
    await settle()
    assert visitors.inside == [2, 4]
    await visitors.leave(2)
    visitors.send(5)
    await settle()
    assert visitors.inside == [4, 5]
