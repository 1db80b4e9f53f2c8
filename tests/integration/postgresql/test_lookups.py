import asyncio

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
