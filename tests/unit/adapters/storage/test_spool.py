import asyncio
import fcntl
import os
from hashlib import sha256
from mmap import mmap

import pytest

from adapters.storage.keeping import keeping
from adapters.storage.recent import RecentContents
from adapters.storage.spool import FileSpool, own_folder
from hub.trouble import Deferral, Refusal

from .bodies import broken_off, chunked, files

INLINE = 65_536


@pytest.fixture
def spool(storage):
    return storage.spool


@pytest.mark.parametrize("size", [0, 1, 32_768, INLINE])
async def test_small_body_stays_in_memory(spool, settings, size):
    """Up to the inline limit a body is bytes, and no file is made."""
    body = os.urandom(size)
    spooled = await spool.receive(chunked(body), 100_000_000)
    assert (spooled.sha256, spooled.size, spooled.path) == (sha256(body).hexdigest(), size, None)
    with spooled.view() as view:
        assert view == body
    assert files(settings.spool_dir) == []


@pytest.mark.parametrize("size", [INLINE + 1, 3_000_000])
async def test_large_body_goes_to_a_file(spool, settings, size):
    """Above the inline limit a body is a temporary file, read as a map."""
    body = os.urandom(size)
    spooled = await spool.receive(chunked(body), size)
    assert (spooled.sha256, spooled.size, spooled.data) == (sha256(body).hexdigest(), size, None)
    with spooled.view() as view:
        assert isinstance(view, mmap)
        assert view[:] == body
    assert len(files(settings.spool_dir)) == 1
    await spool.discard(spooled)
    await spool.discard(spooled)
    assert files(settings.spool_dir) == []


@pytest.mark.parametrize("limit", [10, INLINE + 10, 2_000_000])
async def test_too_large_body_is_refused_while_it_arrives(spool, settings, limit):
    """A body is refused as soon as it passes the limit, is not read further and leaves nothing."""
    arrived = 0

    async def endless():
        nonlocal arrived
        while True:
            arrived += 10_000
            yield bytes(10_000)

    with pytest.raises(Refusal) as caught:
        await spool.receive(endless(), limit)
    assert caught.value.code == "body-too-large"
    assert arrived <= limit + 10_000
    assert files(settings.spool_dir) == []


@pytest.mark.parametrize("size", [100, 3_000_000])
async def test_broken_connection_leaves_nothing(spool, settings, size):
    """A body that breaks off leaves no file behind."""
    with pytest.raises(ConnectionResetError):
        await spool.receive(broken_off(bytes(size)), 100_000_000)
    assert files(settings.spool_dir) == []


async def test_cancelled_reception_leaves_nothing(spool, settings):
    """A caller that gives up leaves no file behind."""
    blocked = asyncio.Event()

    async def stalling():
        async for chunk in chunked(bytes(3_000_000)):
            yield chunk
        blocked.set()
        await asyncio.sleep(3600)

    receiving = asyncio.ensure_future(spool.receive(stalling(), 100_000_000))
    await blocked.wait()
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert files(settings.spool_dir) == []


@pytest.mark.parametrize("size", [0, 5, 32_768])
async def test_small_content_is_kept_for_its_row(spool, settings, size):
    """Up to 32 KB the bytes themselves are recorded."""
    body = os.urandom(size)
    content = await spool.keep(await spool.receive(chunked(body), 100_000))
    assert (content.sha256, content.size, content.data) == (sha256(body).hexdigest(), size, body)
    assert files(settings.content_dir) == []


@pytest.mark.parametrize("size", [32_769, INLINE, 3_000_000])
async def test_large_content_is_kept_as_a_file(spool, settings, size):
    """Above 32 KB the content is a file named by its SHA-256, and nothing stays in the spool."""
    body = os.urandom(size)
    digest = sha256(body).hexdigest()
    spooled = await spool.receive(chunked(body), size)
    content = await spool.keep(spooled)
    assert (content.sha256, content.size, content.data) == (digest, size, None)
    assert (settings.content_dir / digest[:2] / digest).read_bytes() == body
    await spool.discard(spooled)
    assert files(settings.spool_dir) == []
    assert files(settings.content_dir) == [digest]


async def test_keeping_the_same_content_twice(spool, settings):
    """The same bytes may be kept any number of times, also at once."""
    body = os.urandom(100_000)
    bodies = await asyncio.gather(*(spool.receive(chunked(body), 100_000) for _ in range(10)))
    contents = await asyncio.gather(*(spool.keep(spooled) for spooled in bodies))
    assert len(set(contents)) == 1
    assert files(settings.content_dir) == [sha256(body).hexdigest()]


async def test_body_may_wait_in_memory_above_the_row_limit(spool, settings):
    """What was received in memory but is too large for a row is written to a file."""
    body = os.urandom(50_000)
    spooled = await spool.receive(chunked(body), 50_000)
    assert spooled.path is None
    await spool.keep(spooled)
    assert files(settings.content_dir) == [sha256(body).hexdigest()]


async def test_vanished_folder_is_a_deferral(spool, settings):
    """Trouble of the disk is nobody's fault: the sender may try again."""
    spooled = await spool.receive(chunked(bytes(100_000)), 100_000)
    spooled.path.unlink()
    with pytest.raises(Deferral) as caught:
        await spool.keep(spooled)
    assert caught.value.code == "storage-unavailable"


async def test_no_more_is_held_in_memory_than_there_is_room_for(settings, contents, tmp_path):
    """Bodies above 32 KB go to files while others take the room in memory; when those are gone they stay in memory again."""
    async with keeping(contents) as keeper:
        spool = FileSpool(tmp_path, contents, keeper, RecentContents(), inline_bytes=INLINE, most_held=100_000)
        first = await spool.receive(chunked(bytes(60_000)), 100_000)
        second = await spool.receive(chunked(bytes(60_000)), 100_000)
        small = await spool.receive(chunked(bytes(32_768)), 100_000)
        assert [each.path is None for each in (first, second, small)] == [True, False, True]
        with second.view() as view:
            assert view[:] == bytes(60_000)
        for each in (first, first, second):
            await spool.discard(each)
        third = await spool.receive(chunked(bytes(60_000)), 100_000)
        assert third.path is None


async def test_single_bytes_are_a_body_like_any_other(spool):
    """However small its pieces, a body is what was sent."""
    body = os.urandom(1_000)
    spooled = await spool.receive(chunked(body, 1), 100_000)
    assert (spooled.data, spooled.sha256) == (body, sha256(body).hexdigest())


def test_left_overs_of_dead_processes_are_removed(tmp_path):
    """At start, what a dead process left in the spool goes; what a living one has there stays."""
    for name in ("dead", "alive"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "body").write_bytes(b"x")
    (tmp_path / "no-folder").write_bytes(b"x")
    alive = os.open(tmp_path / "alive", os.O_RDONLY)
    fcntl.flock(alive, fcntl.LOCK_EX)
    with own_folder(tmp_path) as own:
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["alive", "no-folder", own.name])
        with own_folder(tmp_path) as second:
            assert own.exists()
            assert second != own
    os.close(alive)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alive", "no-folder"]
