"""A package with a quota is recorded only while its system has room, whoever else records at the same time."""

import asyncio

import pytest
from msgspec.structs import replace

from adapters.storage.opening import open_storage
from hub.changes import Duplicate, Full, Room
from hub.queries import Stored
from hub.quotas import Quotas

from .samples import submission


async def room_of(store, most):
    counted = await store.stored_bytes("sys-1")
    return Room(counted.bytes, counted.up_to, most)


def into(room, **changed):
    return replace(submission(**{"size": 10} | changed), room=room)


async def test_to_the_last_byte(store):
    """What fills the room to its last byte is recorded, one byte more is not."""
    await store.record(submission(size=5))
    await store.record(into(await room_of(store, 15)))
    refused = into(await room_of(store, 15), size=1)
    with pytest.raises(Full) as caught:
        await store.record(refused)
    assert (caught.value.stored, caught.value.most) == (15, 15)
    assert await store.package(refused.package.id) is None


async def test_what_arrived_together(store):
    """Of packages that were all counted for at once, as many are recorded as fit, and all the same of others."""
    room = await room_of(store, 35)
    units = [into(room) for _ in range(8)] + [submission(system_id="sys-9", size=100) for _ in range(3)]
    outcomes = await asyncio.gather(*map(store.record, units), return_exceptions=True)
    assert [type(each) for each in outcomes].count(Full) == 5
    assert (await store.stored_bytes("sys-1")).bytes == 30
    assert (await store.stored_bytes("sys-9")).bytes == 300


async def test_what_other_processes_recorded(settings, store, clock):
    """Processes that counted at the same time do not exceed the quota together."""
    async with open_storage(settings, inline_bytes=65_536, clock=clock) as other:
        room = await room_of(store, 35)
        units = [into(room) for _ in range(8)]
        writers = [store.record(each) for each in units[:4]] + [other.store.record(each) for each in units[4:]]
        outcomes = await asyncio.gather(*writers, return_exceptions=True)
    assert [type(each) for each in outcomes].count(Full) == 5
    assert (await store.stored_bytes("sys-1")).bytes == 30


async def test_each_with_the_room_that_it_was_given(store):
    """Packages of one transaction may have been counted for at different times: nothing is counted twice."""
    early = await room_of(store, 30)
    await store.record(submission(size=10))
    late = await room_of(store, 30)
    await asyncio.gather(store.record(into(early)), store.record(into(late)))
    assert (await store.stored_bytes("sys-1")).bytes == 30


async def test_what_is_recorded_already(store):
    """The repeat of a package is a repeat, not one too many."""
    first = into(await room_of(store, 10))
    await store.record(first)
    with pytest.raises(Duplicate):
        await store.record(into(await room_of(store, 10), key=first.package.key))


async def test_since(store):
    """What was added since it was counted is what the system had accepted after that."""
    await store.record(submission(size=5))
    counted = await store.stored_bytes("sys-1")
    assert await store.stored_since("sys-1", counted.up_to) == Stored(0, counted.up_to)
    await store.record(submission(size=7))
    await store.record(submission(system_id="sys-9", size=100))
    added = await store.stored_since("sys-1", counted.up_to)
    assert added.bytes == 7
    assert added.up_to > counted.up_to


async def test_counted_by_the_second(store):
    """What others recorded is seen within a second, before anything is examined."""
    seconds = [0.0]
    quotas = Quotas(store, lambda: seconds[0])
    assert (await quotas.room("sys-1", 1, 100)).stored == 0
    await store.record(submission(size=7))
    assert (await quotas.room("sys-1", 1, 100)).stored == 0
    seconds[0] += 1.0
    assert (await quotas.room("sys-1", 1, 100)).stored == 7
