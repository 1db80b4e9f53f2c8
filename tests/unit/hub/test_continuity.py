"""The mark of the newest known event."""

import pytest

from hub.changes import Changes
from hub.continuity import Continuity, Epoch, Point
from hub.ids import EventId
from hub.trouble import Deferral

NEWEST = Point(7, EventId("e7"))


class Past:
    """A database whose newest event is `NEWEST`."""

    async def newest(self):
        return NEWEST

    async def has(self, point):
        return point == NEWEST

    async def epoch(self):
        return Epoch()


class Mark:
    """A mark on a disk that may be full."""

    def __init__(self):
        self.point, self.trouble = None, None

    async def read(self):
        return self.point

    async def advance(self, point):
        if self.trouble is not None:
            raise self.trouble
        self.point = point


async def test_a_mark_that_could_not_be_moved_is_moved_the_next_time():
    """The mark follows the newest event also when a disk was full at first and nothing more was committed."""
    mark = Mark()
    continuity = Continuity(Past(), mark)
    continuity.observe(Changes())
    mark.trouble = Deferral("storage-full")
    with pytest.raises(Deferral):
        await continuity.keep()
    mark.trouble = None
    await continuity.keep()
    assert mark.point == NEWEST


async def test_without_news_the_mark_stays():
    """Nothing is written while nothing is committed."""
    mark = Mark()
    await Continuity(Past(), mark).keep()
    assert mark.point is None
