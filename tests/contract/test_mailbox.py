"""The recipient's inbox: consigned deliveries, leased."""

from datetime import timedelta

from hub.changes import Changes
from hub.lifecycle import State
from routing.values import Lane

from .samples import AT, move, submission

LEASE = timedelta(minutes=5)


async def consigned(store, count=1, **values):
    """Record submissions whose deliveries are consigned; return the deliveries, oldest first."""
    units = [submission(**values) for _ in range(count)]
    for unit in units:
        await store.record(unit)
        await store.record(Changes(moves=tuple(move(each, State.CONSIGNED) for each in unit.deliveries)))
    return sorted((unit.deliveries[0] for unit in units), key=lambda each: each.id)


def ids(items):
    return [each.id for each in items]


async def test_item_says_what_the_recipient_needs(store):
    """An item names the delivery and describes its package."""
    unit = submission()
    await store.record(unit)
    assert await store.lease("sys-2", None, 10, AT, LEASE) == ()
    await store.record(Changes(moves=(move(unit.deliveries[0], State.CONSIGNED),)))
    (item,) = await store.lease("sys-2", None, 10, AT, LEASE)
    accepted, about = unit.package, unit.deliveries[0]
    assert (item.id, item.package_id, item.document_id) == (about.id, accepted.id, accepted.document_id)
    assert (item.kind, item.sender, item.recipient) == ("document", "H99.01", about.recipient)
    assert (item.lane, item.subject) == (Lane.NORMAL, accepted.subject)
    assert (item.sha256, item.size) == (accepted.sha256, accepted.size)
    assert (item.consigned_at, item.lease_until) == (AT, AT + LEASE)


async def test_urgent_first_then_oldest(store):
    """The urgent lane comes first; inside a lane the oldest."""
    normal = await consigned(store, 3)
    urgent = await consigned(store, 2, lane=Lane.URGENT)
    assert ids(await store.lease("sys-2", None, 10, AT, LEASE)) == [each.id for each in (*urgent, *normal)]


async def test_limit_spans_lanes(store):
    """The limit counts urgent and normal items together."""
    normal = await consigned(store, 3)
    urgent = await consigned(store, 2, lane=Lane.URGENT)
    assert ids(await store.lease("sys-2", None, 2, AT, LEASE)) == [each.id for each in urgent]
    assert ids(await store.lease("sys-2", None, 2, AT, LEASE)) == [each.id for each in normal[:2]]


async def test_one_lane_only(store):
    """A caller may ask for one lane."""
    normal = await consigned(store)
    urgent = await consigned(store, lane=Lane.URGENT)
    assert ids(await store.lease("sys-2", Lane.NORMAL, 10, AT, LEASE)) == [normal[0].id]
    assert ids(await store.lease("sys-2", Lane.URGENT, 10, AT, LEASE)) == [urgent[0].id]


async def test_leased_items_return_when_the_lease_ends(store):
    """What is leased is not given out again before the lease is over, and then in its old place."""
    held = await consigned(store)
    (item,) = await store.lease("sys-2", None, 10, AT, LEASE)
    newer = await consigned(store)
    assert ids(await store.lease("sys-2", None, 10, AT + timedelta(minutes=4), timedelta(0))) == [newer[0].id]
    assert ids(await store.lease("sys-2", None, 10, AT + LEASE, LEASE)) == [held[0].id, newer[0].id]
    assert item.id == held[0].id


async def test_only_own_consigned_deliveries(store):
    """A system sees its own deliveries, and no more once they are handed over."""
    (mine,) = await consigned(store)
    await consigned(store, systems=("sys-3",))
    await store.record(Changes(moves=(move(mine, State.HANDED_OVER, expected=State.CONSIGNED),)))
    assert await store.lease("sys-2", None, 10, AT, LEASE) == ()
