"""What one unit of work leaves behind."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.changes import Changes, Content, Duplicate, Finished, Postponed, Published, Reported, Stale
from hub.events import Event
from hub.ids import uuid7
from hub.lifecycle import State
from hub.package import Details
from hub.queries import RefusalQuery
from hub.record import EventRecord
from hub.trouble import Fault
from routing.values import Binding, Lane
from signing.receipt import Reason

from .samples import AT, delivery, event, move, order, package, refusal, submission


async def test_package_returns_as_recorded(store):
    """A package is read back equal to what was recorded."""
    unit = submission()
    await store.record(unit)
    assert await store.package(unit.package.id) == unit.package


async def test_package_without_details(store):
    """A package that says nothing more is read back so."""
    unit = submission(details=Details())
    await store.record(unit)
    assert (await store.package(unit.package.id)).details == Details()


async def test_unknown_things_are_none(store):
    """What does not exist is None or empty, not an error."""
    nothing = uuid7()
    assert await store.package(nothing) is None
    assert await store.delivery(nothing) is None
    assert await store.held(nothing) is None
    assert await store.event(nothing) is None
    assert await store.content("00" * 32) is None
    assert await store.deliveries(nothing) == ()
    assert await store.events(nothing) == ()
    assert await store.events(nothing, after=nothing, limit=1) == ()
    assert await store.errands([nothing]) == ()
    assert await store.errands([]) == ()
    assert await store.event_of(Event.RECALL, package_id=nothing, delivery_id=None) is None


async def test_deliveries_keep_the_order_of_recipients(store):
    """Deliveries come in the order of the envelope, whatever their ids."""
    accepted = package()
    ids = sorted((uuid7() for _ in range(5)), reverse=True)
    deliveries = tuple(delivery(accepted, id=id_, recipient=f"H99.{id_}") for id_ in ids)
    await store.record(Changes(package=accepted, deliveries=deliveries))
    assert [each.id for each in await store.deliveries(accepted.id)] == ids


async def test_delivery_comes_with_its_package(store):
    """One read gives a delivery and its package."""
    unit = submission()
    await store.record(unit)
    found, about = await store.delivery(unit.deliveries[0].id)
    assert found == unit.package
    assert about == replace(unit.deliveries[0], next_attempt_at=AT)


async def test_delivery_comes_with_its_content(store):
    """One read gives a delivery, its package and the bytes of it; nothing where these are missing."""
    unit, bare = submission(), submission()
    await store.record(unit)
    await store.record(replace(bare, content=None))
    about = unit.deliveries[0]
    assert await store.held(about.id) == (*await store.delivery(about.id), await store.content(unit.package.sha256))
    assert (await store.held(bare.deliveries[0].id))[2] is None


async def test_small_content_lies_in_the_row(store):
    """Small contents come back as bytes."""
    unit = submission()
    await store.record(unit)
    found = await store.content(unit.package.sha256)
    assert (found.size, found.data, found.path) == (5, b"<xml>", None)


async def test_large_content_lies_in_a_file(store):
    """A content without bytes is a file named by its SHA-256."""
    unit = replace(submission(), content=Content("ab" * 32, 100_000, None))
    await store.record(unit)
    found = await store.content("ab" * 32)
    assert (found.size, found.data, found.path.name) == (100_000, None, "ab" * 32)


async def test_equal_contents_are_kept_once(store):
    """Two packages may have equal bytes."""
    first, second = (submission(sha256="ab" * 32) for _ in range(2))
    await store.record(first)
    await store.record(second)
    assert (await store.content("ab" * 32)).data == b"<xml>"


async def test_same_key_is_a_duplicate(store):
    """A second package with the sender's key is refused and names the first; nothing of it is written."""
    first, second = submission(key="k"), submission(key="k")
    await store.record(first)
    with pytest.raises(Duplicate) as caught:
        await store.record(second)
    assert caught.value.package_id == first.package.id
    assert await store.package(second.package.id) is None
    assert await store.content(second.package.sha256) is None


async def test_keys_belong_to_senders(store):
    """Two senders may use the same key."""
    await store.record(submission(key="k", sender="H99.01"))
    await store.record(submission(key="k", sender="H99.02"))


async def test_consignment_sets_its_time(store):
    """Moving to consigned notes when."""
    unit = submission()
    await store.record(unit)
    await store.record(Changes(moves=(move(unit.deliveries[0], State.CONSIGNED, at=AT + timedelta(seconds=1)),)))
    _, found = await store.delivery(unit.deliveries[0].id)
    assert (found.state, found.consigned_at, found.handed_over_at) == (State.CONSIGNED, AT + timedelta(seconds=1), None)


async def test_handover_sets_its_time_and_keeps_the_other(store):
    """Moving to handed over notes when, and the time of consignment stays."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    await store.record(Changes(moves=(move(about, State.CONSIGNED),)))
    later = AT + timedelta(minutes=1)
    await store.record(Changes(moves=(move(about, State.HANDED_OVER, expected=State.CONSIGNED, at=later),)))
    _, found = await store.delivery(about.id)
    assert (found.state, found.consigned_at, found.handed_over_at) == (State.HANDED_OVER, AT, later)


async def test_moves_of_one_unit_follow_each_other(store):
    """Later moves of a unit see what earlier ones did."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    moves = (move(about, State.QUEUED), move(about, State.CONSIGNED, expected=State.QUEUED))
    await store.record(Changes(moves=moves))
    _, found = await store.delivery(about.id)
    assert found.state is State.CONSIGNED


async def test_stale_move_writes_nothing(store):
    """A unit whose delivery has moved on is refused whole."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    record = event(Event.CONTENT_CONSIGNMENT, unit.package, about)
    with pytest.raises(Stale):
        await store.record(Changes(moves=(move(about, State.CONSIGNED, expected=State.QUEUED),), events=(record,)))
    assert await store.event(record.id) is None
    assert (await store.delivery(about.id))[1].state is State.ACCEPTED


async def test_move_takes_place_from_either_state_that_was_expected(store):
    """A delivery that stands in the other state that will do moves; one that stands in neither does not."""
    unit = submission(systems=("sys-2", "sys-3"))
    await store.record(unit)
    queued, withdrawn = unit.deliveries
    await store.record(Changes(moves=(move(queued, State.QUEUED), move(withdrawn, State.WITHDRAWN))))
    either = {"expected": State.ACCEPTED, "or_expected": State.QUEUED}
    await store.record(Changes(moves=(move(queued, State.CONSIGNED, **either),)))
    assert (await store.delivery(queued.id))[1].state is State.CONSIGNED
    with pytest.raises(Stale):
        await store.record(Changes(moves=(move(withdrawn, State.CONSIGNED, **either),)))
    assert (await store.delivery(withdrawn.id))[1].state is State.WITHDRAWN


async def test_half_stale_unit_writes_nothing(store):
    """One stale move among good ones refuses them all."""
    unit = submission(systems=("sys-2", "sys-3"))
    await store.record(unit)
    good, bad = unit.deliveries
    with pytest.raises(Stale):
        await store.record(
            Changes(moves=(move(good, State.CONSIGNED), move(bad, State.CONSIGNED, expected=State.QUEUED)))
        )
    assert (await store.delivery(good.id))[1].state is State.ACCEPTED


async def test_move_of_an_unknown_delivery_is_stale(store):
    """A delivery that does not exist stands in no state."""
    with pytest.raises(Stale):
        await store.record(Changes(moves=(move(delivery(package()), State.CONSIGNED),)))


async def test_recipients_word_stands_beside_the_state(store):
    """A business status is shown and moves nothing."""
    unit = submission()
    await store.record(unit)
    await store.record(Changes(reported=(Reported(unit.deliveries[0].id, "03"),)))
    _, found = await store.delivery(unit.deliveries[0].id)
    assert (found.business_status, found.state) == ("03", State.ACCEPTED)


async def test_event_returns_as_recorded(store):
    """Events are read back equal, with reason and without, receipted or not."""
    unit = submission()
    about = unit.deliveries[0]
    failed = event(
        Event.CONTENT_CONSIGNMENT_FAILURE,
        unit.package,
        about,
        state=State.DEAD,
        reason=Reason("exhausted", "đã hết lượt"),
    )
    queued = event(Event.QUEUING, unit.package, about)
    await store.record(replace(unit, events=(*unit.events, queued, failed)))
    assert [await store.event(each.id) for each in (unit.events[0], queued, failed)] == [
        unit.events[0],
        queued,
        failed,
    ]


async def test_refusal_event_has_no_package(store):
    """An event may concern no package."""
    record = EventRecord(
        id=uuid7(),
        event=Event.SUBMISSION_REJECTION,
        at=AT,
        package_id=None,
        document_id=None,
        sender=None,
        sender_system="sys-1",
        jws="jws",
    )
    await store.record(Changes(refused=refusal(id=record.id), events=(record,)))
    assert await store.event(record.id) == record


async def test_refused_submission_returns_as_recorded(store):
    """A refusal keeps its faults."""
    refused = refusal(faults=(Fault("/a/b", 3, "required", "thiếu b", "b is missing"),), sender="H99.01")
    await store.record(Changes(refused=refused))
    assert (await store.refusals(RefusalQuery(system_id="sys-1"))).items == (refused,)


async def test_first_event_of_a_kind(store):
    """`event_of` finds the first event of a kind, of the package itself or of one delivery."""
    unit = submission(systems=("sys-2", "sys-3"))
    one, other = unit.deliveries
    about_one, again, about_other = (event(Event.CONTENT_HANDOVER, unit.package, each) for each in (one, one, other))
    of_package = event(Event.RECALL, unit.package)
    await store.record(replace(unit, events=(*unit.events, about_one, again, about_other, of_package)))
    id_ = unit.package.id
    assert await store.event_of(Event.CONTENT_HANDOVER, package_id=id_, delivery_id=one.id) == about_one
    assert await store.event_of(Event.CONTENT_HANDOVER, package_id=id_, delivery_id=other.id) == about_other
    assert await store.event_of(Event.CONTENT_HANDOVER, package_id=id_, delivery_id=None) is None
    assert await store.event_of(Event.RECALL, package_id=id_, delivery_id=None) == of_package
    assert await store.event_of(Event.RECALL, package_id=id_, delivery_id=one.id) is None


async def test_story_is_in_commit_order(store):
    """All events of a package come in the order in which they were recorded, whatever their times."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    records = [
        event(kind, unit.package, about, at=AT - timedelta(seconds=second))
        for second, kind in enumerate((Event.QUEUING, Event.CONTENT_CONSIGNMENT, Event.CONTENT_HANDOVER))
    ]
    for record in records:
        await store.record(Changes(events=(record,)))
    story = (*unit.events, *records)
    assert await store.events(unit.package.id) == story
    assert await store.events(unit.package.id, limit=2) == story[:2]
    assert await store.events(unit.package.id, after=story[0].id, limit=2) == story[1:3]
    assert await store.events(unit.package.id, after=story[-1].id) == ()


async def test_failed_attempts_show_on_the_delivery(store):
    """A delivery shows its failed attempts and the last error, also afterwards; the next attempt only while there is one."""
    unit = submission()
    await store.record(unit)
    due = AT + timedelta(minutes=5)
    await store.record(Changes(order_changes=(Postponed(unit.orders[0].id, 2, due, "HTTP 500"),)))
    (found,) = await store.deliveries(unit.package.id)
    assert (found.attempts, found.next_attempt_at, found.last_error) == (2, due, "HTTP 500")
    await store.record(Changes(order_changes=(Finished(unit.orders[0].id),)))
    (found,) = await store.deliveries(unit.package.id)
    assert (found.attempts, found.next_attempt_at, found.last_error) == (2, None, "HTTP 500")


async def test_redriven_delivery_shows_its_new_order(store):
    """A second order of a delivery counts from the beginning."""
    unit = submission()
    await store.record(unit)
    about = unit.deliveries[0]
    await store.record(
        Changes(order_changes=(Postponed(unit.orders[0].id, 9, AT, "gone"), Finished(unit.orders[0].id)))
    )
    await store.record(Changes(orders=(order(about, due_at=AT + timedelta(hours=1)),)))
    _, found = await store.delivery(about.id)
    assert (found.attempts, found.next_attempt_at, found.last_error) == (0, AT + timedelta(hours=1), None)


async def test_published_order_has_no_next_attempt(store):
    """While the broker has the order, the next attempt is now."""
    unit = submission()
    await store.record(unit)
    await store.record(Changes(order_changes=(Published(unit.orders[0].id, AT),)))
    assert (await store.delivery(unit.deliveries[0].id))[1].next_attempt_at is None


async def test_originals_with_their_deliveries(store):
    """Earlier documents of a sender are found by any of several ids, oldest first; statuses and others' are not."""
    later = submission(document_id="a", at=AT + timedelta(days=1))
    earlier = submission(document_id="b", systems=("sys-2", "sys-3"))
    others = submission(document_id="a", sender="H99.09")
    status = submission(document_id="b", kind="status")
    for unit in (later, earlier, others, status):
        await store.record(unit)
    found = await store.originals(["H99.01", "H99.09.OLD"], ["a", "b", "c"])
    assert [each.package for each in found] == [earlier.package, later.package]
    assert [len(each.deliveries) for each in found] == [2, 1]
    assert await store.originals(["H99.01"], []) == ()


async def test_packages_that_are_the_same_bytes(store):
    """They are found by their digest, oldest first, whoever handed them in, statuses too; what has other bytes is not."""
    later = submission(sha256="ab" * 32, at=AT + timedelta(days=1), kind="status")
    earlier = submission(sha256="ab" * 32, systems=("sys-2", "sys-3"), system_id="sys-4")
    for unit in (later, earlier, submission()):
        await store.record(unit)
    found = await store.of_content("ab" * 32)
    assert [each.package for each in found] == [earlier.package, later.package]
    assert [len(each.deliveries) for each in found] == [2, 1]
    assert await store.of_content("cd" * 32) == ()


async def test_what_was_recorded_wakes_those_who_wait(store, topics):
    """A commit notifies the outbox, the inboxes and the feeds that it concerns."""
    unit = submission()
    await store.record(unit)
    assert topics == ["feed:sys-1", "outbox"]
    topics.clear()
    about = unit.deliveries[0]
    told = event(Event.CONTENT_CONSIGNMENT, unit.package, about)
    finished = Finished(unit.orders[0].id)
    await store.record(Changes(moves=(move(about, State.CONSIGNED),), events=(told,), order_changes=(finished,)))
    assert topics == ["feed:sys-1", "feed:sys-2", "inbox:sys-2"]


async def test_unreceipted_event_wakes_nobody(store, topics):
    """Steps inside the hub do not appear in feeds."""
    unit = submission()
    await store.record(Changes(package=unit.package, events=(event(Event.QUEUING, unit.package),)))
    assert topics == []


async def test_postponed_order_wakes_the_outbox(store, topics):
    """The relay must learn of a new due time."""
    unit = submission()
    await store.record(unit)
    topics.clear()
    await store.record(Changes(order_changes=(Postponed(unit.orders[0].id, 1, AT, "HTTP 500"),)))
    assert topics == ["outbox"]


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("binding", Binding)
async def test_every_lane_and_binding(store, lane, binding):
    """Orders of all lanes and bindings come back as recorded."""
    unit = submission(lane=lane)
    unit = replace(unit, orders=(order(unit.deliveries[0], binding=binding),))
    await store.record(unit)
    (errand,) = await store.errands([unit.orders[0].id])
    assert errand.order == unit.orders[0]


async def test_a_recipient_is_added_once(store):
    """Who adds a recipient to a package that another has just added, in the same commit or before, is stale."""
    unit = submission(systems=("sys-2",))
    await store.record(unit)
    several = [Changes(deliveries=(delivery(unit.package, recipient="H99.07"),)) for _ in range(3)]
    outcomes = await asyncio.gather(*map(store.record, several[:2]), return_exceptions=True)
    outcomes += await asyncio.gather(store.record(several[2]), return_exceptions=True)
    assert [type(each) for each in outcomes] == [type(None), Stale, Stale]
    assert [each.recipient for each in await store.deliveries(unit.package.id)] == ["sys-2.agency", "H99.07"]


async def test_a_status_decided_on_another_is_stale(store):
    """Of two words about a delivery that were decided on at once the second is decided on again, in the same commit or later."""
    unit = submission()
    (about,) = unit.deliveries
    await store.record(unit)
    words = [Changes(reported=(Reported(about.id, code),)) for code in ("03", "01", "02")]
    outcomes = await asyncio.gather(*map(store.record, words[:2]), return_exceptions=True)
    outcomes += await asyncio.gather(store.record(words[2]), return_exceptions=True)
    assert [type(each) for each in outcomes] == [type(None), Stale, Stale]
    assert (await store.delivery(about.id))[1].business_status == "03"
    await store.record(Changes(reported=(Reported(about.id, "05", "03"),)))
    assert (await store.delivery(about.id))[1].business_status == "05"
