import asyncio

from msgspec import structs
from sqlalchemy import text

from hub.changes import Content
from tests.contract.samples import submission


async def test_look_ups_asked_at_once_are_answered_each_with_its_own(storage):
    """More look-ups than one statement takes, of several kinds and some for nothing, get each what they asked for."""
    units = [submission() for _ in range(70)]
    await asyncio.gather(*(storage.store.record(unit) for unit in units))
    packages = (storage.store.package(unit.package.id) for unit in units)
    contents = (storage.store.content(unit.package.sha256) for unit in units)
    nothing = (storage.store.delivery(f"no-{number}") for number in range(3))
    found = await asyncio.gather(*packages, *contents, *nothing)
    assert found[:70] == [unit.package for unit in units]
    assert [each.data for each in found[70:140]] == [unit.content.data for unit in units]
    assert found[140:] == [None, None, None]


async def test_look_up_whose_caller_has_gone_harms_no_other(storage):
    """A caller that gives up while its look-up waits leaves those beside it their answers."""
    unit = submission()
    await storage.store.record(unit)
    leaving, staying = (asyncio.create_task(storage.store.package(unit.package.id)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == unit.package


async def test_look_up_sees_what_was_committed_before_it_was_asked(storage):
    """A look-up that is asked while another one runs sees what was committed meanwhile."""
    first, second = submission(), submission()
    await storage.store.record(first)
    running = asyncio.create_task(storage.store.package(first.package.id))
    await storage.store.record(second)
    assert await storage.store.package(second.package.id) == second.package
    assert await running == first.package


async def test_contents_are_compressed_the_fast_way(storage):
    """Where the server has lz4, contents are compressed by it."""
    unit = submission()
    large = Content(unit.package.sha256, 20_000, b"<edXML/>" * 2_500)
    await storage.store.record(structs.replace(unit, content=large))
    used = text("SELECT pg_column_compression(data) FROM contents")
    has = text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")

    def read(connection):
        return connection.execute(used).scalar_one(), connection.execute(has).scalar_one()

    used_by_server, has_lz4 = await storage.database.read(read)
    assert used_by_server == ("lz4" if has_lz4 else "pglz")
