"""The feed: what happened, in commit order, from any cursor on."""

import asyncio

from hub.changes import Changes
from hub.events import Event

from .samples import event, submission


async def whole(store, system, *, step=3):
    """Read a feed to its end in small steps."""
    found, after = [], 0
    while page := await store.feed(system, after, step):
        found.extend(page)
        after = page[-1][0]
    return found


async def test_both_ends_see_what_happens(store):
    """Sender and recipient see the receipts of their packages; steps inside the hub are not shown."""
    unit = submission(systems=("sys-2", "sys-3"))
    await store.record(unit)
    told = [event(Event.CONTENT_CONSIGNMENT, unit.package, each) for each in unit.deliveries]
    inside = event(Event.QUEUING, unit.package, unit.deliveries[0])
    await store.record(Changes(events=(told[0], inside, told[1])))
    assert [each for _, each in await whole(store, "sys-1")] == [unit.events[0], *told]
    assert [each for _, each in await whole(store, "sys-2")] == [told[0]]
    assert [each for _, each in await whole(store, "sys-3")] == [told[1]]


async def test_event_inside_one_system_is_told_once(store):
    """A package from a system to itself appears once."""
    unit = submission(systems=("sys-1",))
    told = event(Event.CONTENT_CONSIGNMENT, unit.package, unit.deliveries[0])
    await store.record(unit)
    await store.record(Changes(events=(told,)))
    assert [each for _, each in await whole(store, "sys-1", step=1)] == [unit.events[0], told]


async def test_resumable_from_any_cursor(store):
    """Asking again from any position gives exactly what came after it."""
    for _ in range(10):
        await store.record(submission())
    everything = await store.feed("sys-1", 0, 100)
    assert len(everything) == 10
    for index, (cursor, _) in enumerate(everything):
        assert await store.feed("sys-1", cursor, 100) == everything[index + 1 :]
        assert await store.feed("sys-1", cursor, 2) == everything[index + 1 : index + 3]


async def test_commit_order_under_load(store):
    """A reader that follows while many write sees every event once, in one order that never changes."""
    units = [submission() for _ in range(200)]
    followed, after = [], 0

    async def follow():
        nonlocal after
        while len(followed) < len(units):
            page = await store.feed("sys-1", after, 7)
            followed.extend(page)
            after = page[-1][0] if page else after
            await asyncio.sleep(0)

    await asyncio.gather(follow(), *(store.record(unit) for unit in units))
    assert tuple(followed) == await store.feed("sys-1", 0, 1000)
    assert {each.id for _, each in followed} == {unit.events[0].id for unit in units}
