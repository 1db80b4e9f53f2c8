"""In-trays and out-trays: what systems see that list everything and acknowledge one by one."""

import asyncio
import tracemalloc
from datetime import timedelta

from hub.changes import Changes
from hub.events import Event
from hub.lifecycle import State
from hub.queries import DispatchQuery, TrayQuery
from routing.values import Lane

from .samples import AT, event, move, submission
from .test_mailbox import LEASE, consigned, ids

OWN = TrayQuery(system_id="sys-2", kind="document")
SENT = DispatchQuery(system_id="sys-1", kind="document")


async def test_everything_that_is_consigned_whoever_leased_it(store):
    """A look changes nothing: leased items are listed, urgent first, then oldest; others' are not."""
    normal = await consigned(store, 2)
    urgent = await consigned(store, 1, lane=Lane.URGENT)
    await consigned(store, 1, systems=("sys-3",))
    await store.lease("sys-2", None, 10, AT, LEASE)
    for _ in range(2):
        assert ids(await store.consigned(OWN)) == [each.id for each in (*urgent, *normal)]
    assert await store.count_consigned(OWN) == 3
    assert await store.with_consigned(("sys-1", "sys-2", "sys-3", "sys-4")) == {"sys-2", "sys-3"}


async def test_what_is_not_consigned_is_not_there(store):
    """Before the consignment and after the handover nothing is listed."""
    unit = submission()
    await store.record(unit)
    assert await store.consigned(OWN) == ()
    (delivery,) = unit.deliveries
    await store.record(Changes(moves=(move(delivery, State.CONSIGNED),)))
    assert len(await store.consigned(OWN)) == 1
    await store.record(Changes(moves=(move(delivery, State.HANDED_OVER, expected=State.CONSIGNED),)))
    assert await store.consigned(OWN) == ()
    assert await store.count_consigned(OWN) == 0
    assert await store.with_consigned(("sys-2",)) == frozenset()


async def test_kinds_are_apart(store):
    """Documents and statuses have lists and counts of their own."""
    (document,) = await consigned(store)
    (status,) = await consigned(store, kind="status")
    statuses = TrayQuery(system_id="sys-2", kind="status")
    assert ids(await store.consigned(OWN)) == [document.id]
    assert ids(await store.consigned(statuses)) == [status.id]
    assert (await store.count_consigned(OWN), await store.count_consigned(statuses)) == (1, 1)


async def test_a_page_a_recipient_and_a_time(store):
    """Pages go on where the last one ended, across lanes; recipients and times narrow list and count alike."""
    normal = await consigned(store, 3)
    urgent = await consigned(store, 1, lane=Lane.URGENT)
    pages = [await store.consigned(TrayQuery(system_id="sys-2", kind="document", offset=n, limit=2)) for n in (0, 2, 4)]
    assert [each for page in pages for each in ids(page)] == [each.id for each in (*urgent, *normal)]
    for query, count in (
        (TrayQuery(system_id="sys-2", kind="document", recipients=("sys-2.agency",)), 4),
        (TrayQuery(system_id="sys-2", kind="document", recipients=("other",)), 0),
        (TrayQuery(system_id="sys-2", kind="document", since=AT, until=AT + timedelta(seconds=1)), 4),
        (TrayQuery(system_id="sys-2", kind="document", until=AT), 0),
    ):
        assert len(await store.consigned(query)) == await store.count_consigned(query) == count


async def test_a_page_far_behind_costs_no_memory_for_those_before_it(store):
    """A client that asks for page 80 of a long tray makes the hub hold one page, as for the first."""
    units = [submission(lane=lane) for lane in (Lane.URGENT, Lane.NORMAL) for _ in range(200)]
    await asyncio.gather(*(store.record(each) for each in units))
    await asyncio.gather(*(store.record(Changes(moves=(move(each.deliveries[0], State.CONSIGNED),))) for each in units))
    peaks = []
    for offset in (0, 0, 395, 9_000_000):  # the first one also makes the statement
        tracemalloc.start()
        found = await store.consigned(TrayQuery(system_id="sys-2", kind="document", offset=offset, limit=5))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(found) == (5 if offset < 400 else 0)
    assert max(peaks[2:]) < 3 * peaks[1]


async def test_the_last_mark_is_shown(store):
    """The recipient's last word stands beside the item, in its own tray and in the sender's."""
    unit = submission()
    (delivery,) = unit.deliveries
    await store.record(unit)
    await store.record(Changes(moves=(move(delivery, State.CONSIGNED),)))
    assert (await store.consigned(OWN))[0].mark is None
    for number, kind in enumerate((Event.PROCESSING, Event.PROCESSING_FAILURE), 1):
        at = AT + timedelta(minutes=number)
        await store.record(Changes(events=(event(kind, unit.package, delivery, at=at, jws=None),)))
        (item,) = await store.consigned(OWN)
        assert (item.mark, item.marked_at) == (kind, at)
        assert [each.mark for each in await store.dispatched(SENT)] == [kind]
    assert await store.marks(delivery.id) == (Event.PROCESSING, Event.PROCESSING_FAILURE)


async def test_what_was_sent_has_a_row_for_each_recipient(store):
    """The newest package first, its recipients in order; one package alone when asked for."""
    older = submission(systems=("sys-2", "sys-3"))
    newer = submission(at=AT + timedelta(minutes=1), systems=("sys-3",))
    for unit in (older, newer):
        await store.record(unit)
    rows = await store.dispatched(SENT)
    assert [row.delivery_id for row in rows] == [each.id for each in (*newer.deliveries, *older.deliveries)]
    one = DispatchQuery(system_id="sys-1", kind="document", package_id=older.package.id)
    assert [row.recipient for row in await store.dispatched(one)] == ["sys-2.agency", "sys-3.agency"]
    late = DispatchQuery(system_id="sys-1", kind="document", since=AT + timedelta(seconds=1), limit=1)
    assert [row.package_id for row in await store.dispatched(late)] == [newer.package.id]
    assert await store.dispatched(DispatchQuery(system_id="sys-2", kind="document")) == ()
    assert await store.dispatched(DispatchQuery(system_id="sys-1", kind="document", until=AT)) == ()
