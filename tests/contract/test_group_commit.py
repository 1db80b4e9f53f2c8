"""Units of work that are written at the same time."""

import asyncio
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, text

from adapters.storage.opening import open_storage
from hub.changes import Changes, Duplicate, Stale
from hub.events import Event
from hub.lifecycle import State
from hub.trouble import Deferral, Trouble

from .samples import event, move, submission


async def at_once(store, units):
    """Record all units at once; return what each gave."""
    return await asyncio.gather(*(store.record(unit) for unit in units), return_exceptions=True)


async def test_fifty_equal_submissions_are_one(store):
    """Of fifty submissions with one key at once one wins and forty-nine are told of it."""
    units = [submission(key="k") for _ in range(50)]
    outcomes = await at_once(store, units)
    assert outcomes.count(None) == 1
    winner = units[outcomes.index(None)].package.id
    duplicates = [each for each in outcomes if isinstance(each, Duplicate)]
    assert [each.package_id for each in duplicates] == [winner] * 49


async def test_one_of_many_equal_moves_wins(store):
    """Of several decisions about one delivery at once one holds and the others are stale."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    outcomes = await at_once(store, [Changes(moves=(move(about, State.CONSIGNED),)) for _ in range(20)])
    assert outcomes.count(None) == 1
    assert sum(isinstance(each, Stale) for each in outcomes) == 19


async def test_later_units_see_earlier_ones(store):
    """Inside one commit a unit may build on the unit before it."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    steps = [(State.ACCEPTED, State.QUEUED), (State.QUEUED, State.CONSIGNED), (State.CONSIGNED, State.HANDED_OVER)]
    outcomes = await at_once(store, [Changes(moves=(move(about, to, expected=state),)) for state, to in steps])
    assert outcomes == [None, None, None]
    assert (await store.delivery(about.id))[1].state is State.HANDED_OVER


async def test_refused_units_leave_the_others_alone(store):
    """A duplicate and a stale unit do not keep their neighbours from being written."""
    known = submission(key="k")
    await store.record(known)
    good = [submission() for _ in range(10)]
    bad = [submission(key="k"), Changes(moves=(move(known.deliveries[0], State.HANDED_OVER, expected=State.QUEUED),))]
    outcomes = await at_once(store, [*good[:5], *bad, *good[5:]])
    assert [type(each) for each in outcomes] == [type(None)] * 5 + [Duplicate, Stale] + [type(None)] * 5
    assert [await store.package(unit.package.id) for unit in good] == [unit.package for unit in good]


async def test_a_unit_that_breaks_the_commit_fails_alone(store):
    """A unit that the database refuses is found out and fails; its neighbours are written."""
    good = [submission() for _ in range(10)]
    broken = replace(
        submission(), events=(event(Event.RECALL, submission().package),)
    )  # of a package that nobody recorded
    outcomes = await at_once(store, [*good[:5], broken, *good[5:]])
    assert isinstance(outcomes[5], Trouble)
    assert outcomes[:5] + outcomes[6:] == [None] * 10
    assert await store.package(broken.package.id) is None
    assert None not in [await store.package(unit.package.id) for unit in good]


async def test_more_than_one_commit_of_units(store):
    """Hundreds of units at once are all written."""
    units = [submission() for _ in range(300)]
    assert set(await at_once(store, units)) == {None}
    assert None not in [await store.package(unit.package.id) for unit in units]


async def test_new_work_is_deferred_when_too_much_waits(settings):
    """Beyond the limit of waiting writes new packages are deferred, and begun work still goes on."""
    async with open_storage(replace(settings, max_pending=10), inline_bytes=65_536) as storage:
        known = submission()
        await storage.store.record(known)
        units = [submission() for _ in range(30)]
        finish = Changes(moves=(move(known.deliveries[0], State.CONSIGNED),))
        outcomes = await at_once(storage.store, [*units, finish])
        deferred = [each for each in outcomes if isinstance(each, Deferral)]
        assert deferred
        assert {each.code for each in deferred} == {"overloaded"}
        assert outcomes[-1] is None
        written = [await storage.store.package(unit.package.id) is not None for unit in units]
        assert written == [outcome is None for outcome in outcomes[:-1]]


@contextmanager
def locked(url):
    """Hold the lock that every writer of packages needs, as somebody else's long transaction would."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE packages IN EXCLUSIVE MODE"))
        yield
        connection.connection.dbapi_connection.rollback()
    engine.dispose()


async def test_new_work_is_deferred_when_what_waits_has_waited_long(settings):
    """Behind a database that hangs new packages are deferred at once; what waits is written when it answers again."""
    async with open_storage(replace(settings, max_wait=0.2), inline_bytes=65_536) as storage:
        units = [submission() for _ in range(3)]
        with locked(settings.url):
            writing = [asyncio.ensure_future(storage.store.record(unit)) for unit in units[:1]]
            await asyncio.sleep(0.05)  # it is being written, in vain
            writing.append(asyncio.ensure_future(storage.store.record(units[1])))
            await asyncio.sleep(0.3)
            with pytest.raises(Deferral) as raised:
                await storage.store.record(units[2])
            assert raised.value.code == "overloaded"
        assert await asyncio.gather(*writing) == [None, None]
        await storage.store.record(units[2])
        assert None not in [await storage.store.package(unit.package.id) for unit in units]


async def test_closing_writes_what_is_pending(settings):
    """What was waiting when the hub stops is written before it has stopped."""
    units = [submission() for _ in range(200)]
    async with open_storage(settings, inline_bytes=65_536) as storage:
        writing = [asyncio.ensure_future(storage.store.record(unit)) for unit in units]
        await asyncio.sleep(0)
    assert await asyncio.gather(*writing) == [None] * 200
    async with open_storage(settings, inline_bytes=65_536) as storage:
        assert None not in [await storage.store.package(unit.package.id) for unit in units]


async def test_waiter_who_left_is_not_missed(store):
    """A caller that is cancelled while its unit waits harms nobody else."""
    units = [submission() for _ in range(20)]
    writing = [asyncio.ensure_future(store.record(unit)) for unit in units]
    await asyncio.sleep(0)
    writing[7].cancel()
    outcomes = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(each) for i, each in enumerate(outcomes) if i != 7] == [type(None)] * 19
    assert isinstance(outcomes[7], asyncio.CancelledError)


async def test_two_stores_of_one_database(settings):
    """Two processes' worth of writers on one database agree about who was first."""
    async with open_storage(settings, inline_bytes=65_536) as one, open_storage(settings, inline_bytes=65_536) as other:
        units = [submission(key=f"k{i // 2}") for i in range(40)]
        stores = [one.store, other.store] * 20
        outcomes = await asyncio.gather(
            *(store.record(unit) for store, unit in zip(stores, units, strict=True)), return_exceptions=True
        )
    pairs = list(zip(outcomes[::2], outcomes[1::2], strict=True))
    assert [pair.count(None) for pair in pairs] == [1] * 20
    assert all(isinstance(each, Duplicate) for pair in pairs for each in pair if each is not None)


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 127, 130])
async def test_any_number_of_rows(store, count):
    """Units of every size are written whole."""
    unit = submission(systems=tuple(f"sys-{i}" for i in range(count)))
    await store.record(unit)
    assert [each.id for each in await store.deliveries(unit.package.id)] == [each.id for each in unit.deliveries]
    moved = Changes(moves=tuple(move(each, State.QUEUED) for each in unit.deliveries))
    await store.record(moved)
    assert {each.state for each in await store.deliveries(unit.package.id)} == {State.QUEUED}


async def test_only_committed_units_are_counted(settings):
    """Whoever counts is told of every unit that was written, and of no other."""
    counted = []
    async with open_storage(settings, inline_bytes=65_536, committed=counted.append) as storage:
        units = [submission(key=f"k{i // 2}") for i in range(20)]
        outcomes = await at_once(storage.store, units)
    assert counted == [unit for unit, outcome in zip(units, outcomes, strict=True) if outcome is None]
