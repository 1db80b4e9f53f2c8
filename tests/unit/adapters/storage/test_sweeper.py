import os
import time
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.contract.samples import submission

from .bodies import chunked, files


def age(path, days):
    past = time.time() - days * 86_400
    os.utime(path, (past, past))


@pytest.fixture
async def kept(storage):
    """Keep a body; return its file."""

    async def keep(body):
        spooled = await storage.spool.receive(chunked(body), len(body))
        content = await storage.spool.keep(spooled)
        return storage.sweeper._files.path(content.sha256), content

    return keep


async def test_recorded_content_stays(storage, kept):
    """A file that a row names is kept, however old."""
    path, content = await kept(os.urandom(40_000))
    from msgspec.structs import replace

    await storage.store.record(replace(submission(), content=content))
    age(path, 400)
    assert await storage.sweeper.sweep() == 0
    assert path.exists()


async def test_orphans_go_after_a_day(storage, kept):
    """A file that no row names goes when it is older than a day, not before: its commit may be on the way."""
    old, _ = await kept(os.urandom(40_000))
    new, _ = await kept(os.urandom(40_000))
    age(old, 1.1)
    age(new, 0.9)
    assert await storage.sweeper.sweep() == 1
    assert (old.exists(), new.exists()) == (False, True)


async def test_orphan_that_is_kept_again_stays(storage, kept):
    """Handing an orphan's bytes in again makes it young."""
    body = os.urandom(40_000)
    path, _ = await kept(body)
    age(path, 2)
    await kept(body)
    assert await storage.sweeper.sweep() == 0
    assert sha256(path.read_bytes()).hexdigest() == path.name


async def test_unfinished_files_go(storage, settings):
    """What a dying process was just writing goes after a day."""
    unfinished = settings.content_dir / ".incoming" / "half"
    unfinished.write_bytes(b"x")
    age(unfinished, 2)
    assert await storage.sweeper.sweep() == 1
    assert files(settings.content_dir) == []


async def test_sweeping_an_empty_folder(storage):
    """A new hub has nothing to sweep."""
    assert await storage.sweeper.sweep(timedelta(0)) == 0
