"""Facts about contents that are purged, and those that stay, on every engine."""

import asyncio
import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace

from adapters.storage.leases import BACKUP
from adapters.storage.opening import open_storage
from adapters.storage.purging import hold
from hub.changes import Changes, Content
from hub.events import Event
from hub.lifecycle import State
from hub.retention import Retention
from tests.contract.samples import AT, delivery, event, move, submission

KEEP = timedelta(days=10)
DIGEST = "ab" * 32


@pytest.fixture
def retention(storage, clock):
    return Retention(storage.purger, KEEP, clock)


async def handed_over(store, at, **changed):
    """Record a package that was consigned and handed over at `at`; return it."""
    unit = submission(state=State.CONSIGNED, at=AT, **changed)
    await store.record(unit)
    (copy,) = unit.deliveries
    ended = event(Event.CONTENT_HANDOVER, unit.package, copy, at=at)
    await store.record(Changes(moves=(move(copy, State.HANDED_OVER, at=at),), events=(ended,)))
    return unit.package


async def is_purged(store, package):
    content = await store.content(package.sha256)
    return content.purged_at is not None


async def test_purged_after_the_last_handover(store, retention, clock):
    """A content stays for the days after the handover and then goes; package, events and digest stay."""
    package = await handed_over(store, AT + timedelta(days=1))
    clock.now = AT + timedelta(days=11) - timedelta(seconds=1)
    assert await retention.purge() == 0
    assert not await is_purged(store, package)
    clock.now = AT + timedelta(days=11)
    assert await retention.purge() == 1
    content = await store.content(package.sha256)
    assert (content.purged_at, content.data, content.path, content.size) == (clock.now, None, None, 5)
    assert await store.package(package.id) == package
    assert [each.jws is not None for each in await store.events(package.id)] == [True, True]
    assert await retention.purge() == 0


async def test_what_was_purged_is_not_handed_out_from_memory(storage, store, retention, clock):
    """A content that is still in memory because it was kept just now is gone with its row."""

    async def body():
        yield bytes(40_000)

    content = await storage.spool.keep(await storage.spool.receive(body(), 40_000))
    unit = submission(state=State.CONSIGNED, sha256=content.sha256)
    await store.record(replace(unit, content=content))
    assert (await store.content(content.sha256)).data == bytes(40_000)
    (copy,) = unit.deliveries
    ended = event(Event.CONTENT_HANDOVER, unit.package, copy, at=AT)
    await store.record(Changes(moves=(move(copy, State.HANDED_OVER, at=AT),), events=(ended,)))
    clock.now = AT + KEEP
    assert await retention.purge() == 1
    purged = await store.content(content.sha256)
    assert (purged.purged_at, purged.data, purged.path) == (clock.now, None, None)


async def test_open_deliveries_keep_the_content(store, retention, clock):
    """While one recipient has not taken it, and until the days after its end, the content stays."""
    unit = submission(systems=("sys-2", "sys-3"), state=State.CONSIGNED)
    await store.record(unit)
    taken, waiting = unit.deliveries
    at = AT + timedelta(days=1)
    await store.record(
        Changes(
            moves=(move(taken, State.HANDED_OVER, at=at),),
            events=(event(Event.CONTENT_HANDOVER, unit.package, taken, at=at),),
        )
    )
    clock.now = AT + timedelta(days=29)
    assert await retention.purge() == 0
    expired_at = AT + timedelta(days=30)
    await store.record(
        Changes(
            moves=(move(waiting, State.EXPIRED, at=expired_at),),
            events=(event(Event.EXPIRY, unit.package, waiting, at=expired_at),),
        )
    )
    clock.now = expired_at + KEEP - timedelta(seconds=1)
    assert await retention.purge() == 0
    clock.now = expired_at + KEEP
    assert await retention.purge() == 1
    assert await is_purged(store, unit.package)


async def test_dead_deliveries_keep_the_content(store, retention, clock):
    """A dead delivery may be re-driven: its content stays until it has expired."""
    unit = submission(state=State.DEAD)
    await store.record(unit)
    clock.now = AT + timedelta(days=29)
    assert await retention.purge() == 0
    assert not await is_purged(store, unit.package)


async def test_hold_and_release(store, storage, retention, clock):
    """What is held stays whatever the policy says; released, it goes at the next turn."""
    package = await handed_over(store, AT)
    await storage.purger.hold(package.id, "thanh tra", AT)
    await storage.purger.hold(package.id, "again", AT + timedelta(days=1))
    assert [(each.package_id, each.at, each.reason) for each in await storage.purger.holds()] == [
        (package.id, AT, "thanh tra")
    ]
    clock.now = AT + timedelta(days=400)
    assert await retention.purge() == 0
    assert await storage.purger.release(package.id, clock.now)
    assert not await storage.purger.release(package.id, clock.now)
    assert await retention.purge() == 1
    assert await is_purged(store, package)


async def test_shared_content_stays_while_one_needs_it(store, storage, retention, clock):
    """Packages with equal bytes share a content: it goes when the last of them is due, not before."""
    first = await handed_over(store, AT, sha256=DIGEST)
    await handed_over(store, AT + timedelta(days=5), sha256=DIGEST)
    third = await handed_over(store, AT, sha256=DIGEST)
    await storage.purger.hold(third.id, "giữ", AT)
    clock.now = AT + timedelta(days=12)
    assert await retention.purge() == 0
    clock.now = AT + timedelta(days=30)
    assert await retention.purge() == 0
    await storage.purger.release(third.id, clock.now)
    assert await retention.purge() == 1
    assert await is_purged(store, first)


async def test_many_in_batches(store, retention, clock):
    """A backlog of more than one batch goes in one turn, and the cursor says how far it came."""
    for _ in range(250):
        await handed_over(store, AT)
    clock.now = AT + timedelta(days=20)
    assert await retention.purge() == 250
    measures = {each.name: each.value for each in retention.measure()}
    assert measures == {
        "axis_contents_purged": 250,
        "axis_purge_reached_timestamp_seconds": AT.timestamp(),
    }


async def test_nothing_goes_while_a_backup_is_taken(store, storage, retention, clock):
    """Whoever copies finds every content that the snapshot names."""
    package = await handed_over(store, AT)
    clock.now = AT + timedelta(days=20)
    assert await storage.leases.hold(BACKUP, "me", now=clock.now, until=clock.now + timedelta(minutes=5))
    assert await retention.purge() == 0
    assert not await is_purged(store, package)
    clock.advance(minutes=6)
    assert await retention.purge() == 1


async def test_purged_content_handed_in_again(store, retention, clock):
    """Bytes that were purged and come again with another package are there again."""
    package = await handed_over(store, AT, sha256=DIGEST)
    clock.now = AT + timedelta(days=20)
    assert await retention.purge() == 1
    await store.record(submission(sha256=DIGEST))
    content = await store.content(DIGEST)
    assert (content.purged_at, content.data) == (None, b"<xml>")
    assert package.sha256 == DIGEST


async def test_files_of_purged_contents_are_swept(store, storage, settings, retention, clock):
    """The file of a purged content goes with the sweep; that of a kept one stays."""
    purged = await handed_over(store, AT, sha256=DIGEST)
    kept = submission(sha256="cd" * 32)
    await store.record(kept)
    paths = [settings.content_dir / digest[:2] / digest for digest in (purged.sha256, kept.package.sha256)]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"<xml>")
    clock.now = AT + timedelta(days=20)
    await retention.purge()
    assert await storage.sweeper.sweep(timedelta(seconds=-1)) == 1
    assert [path.exists() for path in paths] == [False, True]


async def test_purged_and_handed_in_again_for_another_recipient(store, retention, clock):
    """A content that was purged is there again with a recipient who comes late, stays while that one needs it, and goes then."""
    first = await handed_over(store, AT)
    clock.now = AT + KEEP
    assert await retention.purge() == 1
    late = delivery(first, recipient="H99.07", state=State.CONSIGNED, deadline_at=clock.now + timedelta(days=30))
    await store.record(Changes(deliveries=(late,), content=Content(first.sha256, 5, b"<xml>")))
    assert (await store.content(first.sha256)).data == b"<xml>"
    clock.now += timedelta(days=29)
    assert await retention.purge() == 0
    ended = event(Event.CONTENT_HANDOVER, first, late, at=clock.now)
    await store.record(Changes(moves=(move(late, State.HANDED_OVER, at=clock.now),), events=(ended,)))
    clock.now += timedelta(days=9)
    assert await retention.purge() == 0
    clock.now += timedelta(days=2)
    assert await retention.purge() == 1


async def test_a_hold_that_is_being_recorded_is_waited_for(settings, store, retention, clock):
    """A purge that another process's hold comes before by a moment leaves the content alone."""
    package = await handed_over(store, AT)
    clock.now = AT + KEEP
    is_held, may_end = threading.Event(), threading.Event()

    def holding(connection):
        hold(connection, package.id, "thanh tra", AT)
        is_held.set()
        may_end.wait(10)

    async with open_storage(settings, inline_bytes=65_536, clock=clock) as other:
        recording = asyncio.create_task(other.database.writer.run(holding))
        await asyncio.to_thread(is_held.wait, 10)
        purging = asyncio.create_task(retention.purge())
        await asyncio.sleep(0.2)
        may_end.set()
        await recording
        assert await purging == 0
    assert not await is_purged(store, package)


async def test_who_goes_on_without_its_lease_purges_nothing_twice(settings, storage, store, clock):
    """Two processes that purge at the same time, one of them awake again after a stall, purge each content once."""
    for _ in range(30):
        await handed_over(store, AT)
    clock.now = AT + KEEP
    async with open_storage(settings, inline_bytes=65_536, clock=clock) as other:
        purgers = (each.purger for each in (storage, other) for _ in range(6))
        batches = await asyncio.gather(*(each.purge(KEEP, 10, clock.now) for each in purgers))
    assert sum(each.contents for each in batches) == 30
    assert sum(each.looked_at for each in batches) == 30


async def test_what_was_purged_is_not_stored_any_more(storage, store, retention, clock):
    """A system's stored bytes are those of packages whose contents are there: waiting ones, held ones, and new ones."""
    gone, held = await handed_over(store, AT, size=7), await handed_over(store, AT, size=20)
    waiting = submission(state=State.CONSIGNED, size=100)
    await store.record(waiting)
    await storage.purger.hold(held.id, "thanh tra", AT)
    assert (await store.stored_bytes("sys-1")).bytes == 127
    clock.now = AT + KEEP
    assert await retention.purge() == 1
    assert await is_purged(store, gone)
    await store.record(submission(at=clock.now, size=3000))
    assert (await store.stored_bytes("sys-1")).bytes == 3120
    assert (await store.stored_bytes("sys-2")).bytes == 0


@pytest.mark.parametrize(
    "how, to", [(Event.RELAY_ACCEPTANCE, State.HANDED_OVER), (Event.RELAY_REJECTION, State.REFUSED)]
)
async def test_what_another_axis_took_is_kept_as_long(store, retention, clock, how, to):
    """The days count from the last end of a delivery also when that was the word of another axis."""
    unit = submission(state=State.QUEUED)
    await store.record(unit)
    (copy,) = unit.deliveries
    at = AT + timedelta(days=9)
    await store.record(Changes(moves=(move(copy, to, at=at),), events=(event(how, unit.package, copy, at=at),)))
    clock.now = AT + timedelta(days=18)
    assert await retention.purge() == 0
    clock.now = AT + timedelta(days=19)
    assert await retention.purge() == 1
