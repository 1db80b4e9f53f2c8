import asyncio
import os
import resource
import threading
from contextlib import contextmanager
from hashlib import sha256

import pytest

from adapters.storage.content import ContentFiles, remove_own
from adapters.storage.database import opened
from adapters.storage.keeping import keeping
from adapters.storage.store import SqlStore
from hub.trouble import Deferral
from tests.contract.samples import submission

from .bodies import files


class SlowFiles(ContentFiles):
    """Files on a disk that waits to be told."""

    def __init__(self, folder):
        super().__init__(folder)
        self.may_go_on = threading.Event()
        self.batches = []

    def put_all(self, contents):
        """Wait, then put."""
        self.batches.append(len(contents))
        assert self.may_go_on.wait(30)
        return super().put_all(contents)


@pytest.fixture
def slow(settings):
    made = SlowFiles(settings.content_dir)
    made.prepare()
    yield made
    made.may_go_on.set()


def named(body):
    return sha256(body).hexdigest(), body


async def test_contents_are_files_of_their_names(contents, settings):
    """What was kept is there, whole, and nothing else is."""
    bodies = [os.urandom(100_000) for _ in range(20)]
    async with keeping(contents) as keeper:
        await asyncio.gather(*(keeper.keep(*named(body)) for body in bodies))
    assert files(settings.content_dir) == sorted(sha256(body).hexdigest() for body in bodies)
    assert [contents.path(name).read_bytes() for name, _ in map(named, bodies)] == bodies


async def test_what_a_dying_process_left_half_written_is_replaced(contents):
    """A file that is there already may be anything: the content is written anew and takes its place."""
    name, body = named(os.urandom(100_000))
    place = contents.path(name)
    place.parent.mkdir()
    place.write_bytes(body[:1000])
    async with keeping(contents) as keeper:
        await keeper.keep(name, body)
    assert place.read_bytes() == body


async def test_whoever_reads_the_older_file_reads_it_to_its_end(contents):
    """A content that is kept a second time takes nothing away from those who read it."""
    name, body = named(os.urandom(100_000))
    async with keeping(contents) as keeper:
        await keeper.keep(name, body)
        with contents.path(name).open("rb") as reading:
            await keeper.keep(name, body)
            assert reading.read() == body


@contextmanager
def room_for(size):
    """Let this process write no file larger than this inside the block, as on a full disk (EFBIG)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_what_finds_no_room_leaves_nothing(contents, settings):
    """Row 54: a content for which the disk has no room is deferred, and no file of it stays; with room it is kept."""
    name, body = named(os.urandom(100_000))
    async with keeping(contents) as keeper:
        with room_for(10_000):
            with pytest.raises(Deferral) as caught:
                await keeper.keep(name, body)
            assert caught.value.code == "storage-full"
        assert files(settings.content_dir) == []
        await keeper.keep(name, body)
    assert contents.path(name).read_bytes() == body


def test_what_another_process_put_in_its_place_stays(contents):
    """A process that could not write a content removes its own file, not the whole one that another has put there meanwhile."""
    name, body = named(os.urandom(100))
    place = contents.path(name)
    place.parent.mkdir()
    for in_its_place, left in ((None, False), (body, True)):
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        if in_its_place is not None:
            other = place.with_suffix(".other")
            other.write_bytes(in_its_place)
            other.rename(place)
        remove_own(place, descriptor)
        os.close(descriptor)
        assert place.exists() is left


async def test_one_that_cannot_be_kept_fails_alone(contents):
    """Trouble with one content is a deferral for its sender; those beside it are kept."""
    good, bad = os.urandom(50_000), os.urandom(50_001)
    contents.path(named(bad)[0]).parent.write_bytes(b"no folder")
    async with keeping(contents) as keeper:
        outcomes = await asyncio.gather(*(keeper.keep(*named(body)) for body in (bad, good)), return_exceptions=True)
    assert isinstance(outcomes[0], Deferral)
    assert outcomes[0].code == "storage-unavailable"
    assert outcomes[1] is None
    assert contents.path(named(good)[0]).read_bytes() == good


async def test_those_who_come_meanwhile_go_together(slow):
    """What comes while the disk is busy is written in one go afterwards."""
    bodies = [os.urandom(40_000) for _ in range(6)]
    async with keeping(slow) as keeper:
        first = asyncio.create_task(keeper.keep(*named(bodies[0])))
        while not slow.batches:
            await asyncio.sleep(0)
        others = [asyncio.create_task(keeper.keep(*named(body))) for body in bodies[1:]]
        await asyncio.sleep(0)
        assert not keeper.is_at_rest
        slow.may_go_on.set()
        await asyncio.gather(first, *others)
        await keeper.rest()
    assert slow.batches == [1, 5]


async def test_a_disk_that_hangs_keeps_no_other_write_waiting(slow, settings):
    """Writes wait for contents that are being kept for a moment, not for as long as that takes."""
    async with keeping(slow) as keeper:
        hanging = asyncio.create_task(keeper.keep(*named(os.urandom(40_000))))
        while not slow.batches:
            await asyncio.sleep(0)
        unit = submission()
        async with opened(settings.url, max_pending=10, notify=lambda _topic: None, keeper=keeper) as database:
            store = SqlStore(database, slow)
            await store.record(unit)
            assert await store.package(unit.package.id) == unit.package
        assert not hanging.done()
        slow.may_go_on.set()
        await hanging
