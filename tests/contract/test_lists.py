"""Pages, and what is found in them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.changes import Changes
from hub.events import Event
from hub.lifecycle import State
from hub.package import Attachment, Details
from hub.queries import PackageQuery, ReceiptQuery, RefusalQuery
from hub.trouble import Fault, Refusal
from routing.values import Lane

from .samples import AT, delivery, event, move, package, refusal, submission


async def pages(ask, query):
    """Follow the cursors to the end; return the items of every page."""
    found = []
    while True:
        page = await ask(query)
        found.append(page.items)
        if page.cursor is None:
            return found
        query = replace(query, cursor=page.cursor)


def minutes(count):
    return AT + timedelta(minutes=count)


async def recorded(store, *packages):
    for each in packages:
        await store.record(Changes(package=each))
    return packages


async def test_packages_newest_first_page_by_page(store):
    """Following the cursors gives every package once, newest first."""
    all_ = await recorded(store, *(package(at=minutes(i // 2)) for i in range(7)))
    found = await pages(store.packages, PackageQuery(system_id="sys-1", limit=3))
    assert [len(page) for page in found] == [3, 3, 1]
    newest_first = sorted(all_, key=lambda each: (each.accepted_at, each.id), reverse=True)
    assert [each for page in found for each in page] == newest_first


@pytest.mark.parametrize("of", ["recipients", "attachments"])
async def test_pages_of_large_packages_end_early(store, of):
    """A page of packages with many recipients or attachments ends before its limit, with at least one; none is left out."""
    all_ = []
    for minute, size in enumerate((2, 2, 4_000, 11_000, 2, 2)):
        attachments = tuple(Attachment(f"{i}", "a/b", "a/b", 1, "cd" * 200) for i in range(size))
        of_some = package(at=minutes(minute), details=Details(attachments=attachments if of == "attachments" else ()))
        recipients = tuple(f"H99.{i}" for i in range(1 if of == "attachments" else size))
        deliveries = tuple(delivery(of_some, recipient=each) for each in recipients)
        await store.record(Changes(package=of_some, deliveries=deliveries))
        all_.append(of_some)
    found = await pages(store.packages, PackageQuery(system_id="sys-1", limit=4))
    assert [len(page) for page in found] == [2, 1, 3]
    assert [each for page in found for each in page] == all_[::-1]


async def test_pages_of_long_refusals_end_early(store):
    """A page of refusals with many long faults ends before its limit; none is left out."""
    faults = tuple(Fault(path="/a/b", line=i, rule="rule", vi="câu", en="sentence" * 2000) for i in range(100))
    refused = [refusal(at=minutes(i), faults=faults) for i in range(5)]
    for each in refused:
        await store.record(Changes(refused=each))
    found = await pages(store.refusals, RefusalQuery(system_id="sys-1", limit=5))
    assert [len(page) for page in found] == [3, 2]
    assert [each for page in found for each in page] == refused[::-1]


async def test_last_full_page_has_no_cursor(store):
    """A page that ends the list says so, also when it is full."""
    await recorded(store, *(package() for _ in range(4)))
    assert [len(page) for page in await pages(store.packages, PackageQuery(system_id="sys-1", limit=2))] == [2, 2]


async def test_pages_stand_still_while_packages_arrive(store):
    """What arrives between two pages neither hides nor repeats anything."""
    known = await recorded(store, *(package(at=minutes(i)) for i in range(4)))
    first = await store.packages(PackageQuery(system_id=None, limit=2))
    await recorded(store, package(at=minutes(9)))
    second = await store.packages(PackageQuery(system_id=None, limit=2, cursor=first.cursor))
    assert first.items + second.items == known[::-1]


async def test_packages_of_one_system(store):
    """A system's list holds what it sent; without a system all is listed."""
    mine, others = await recorded(store, package(), package(system_id="sys-9", at=minutes(1)))
    assert (await store.packages(PackageQuery(system_id="sys-1"))).items == (mine,)
    assert (await store.packages(PackageQuery(system_id=None))).items == (others, mine)


async def test_packages_by_their_names(store):
    """Packages are found by document id and by notation."""
    one, other = await recorded(
        store, package(document_id="a", notation="1/X"), package(document_id="b", notation="2/X")
    )
    assert (await store.packages(PackageQuery(system_id="sys-1", document_id="a"))).items == (one,)
    assert (await store.packages(PackageQuery(system_id=None, notation="2/X"))).items == (other,)
    assert (await store.packages(PackageQuery(system_id="sys-1", document_id="a", notation="2/X"))).items == ()


async def test_packages_of_a_time(store):
    """The range includes its beginning and not its end."""
    _, one, two, _ = await recorded(store, *(package(at=minutes(i)) for i in range(4)))
    query = PackageQuery(system_id="sys-1", since=minutes(1), until=minutes(3))
    assert (await store.packages(query)).items == (two, one)


@pytest.mark.parametrize("cursor", ["", "x", "-1", "z.z", "f" * 40])
async def test_foreign_cursor_is_refused(store, cursor):
    """A cursor that is none of ours is the caller's mistake."""
    for ask, query in (
        (store.packages, PackageQuery(system_id=None, cursor=cursor)),
        (store.receipts, ReceiptQuery(system_id=None, cursor=cursor)),
        (store.refusals, RefusalQuery(system_id=None, cursor=cursor)),
    ):
        with pytest.raises(Refusal) as caught:
            await ask(query)
        assert caught.value.code == "cursor-invalid"


async def test_what_is_shown_beside_packages(store):
    """Beside each package of a page stand its own deliveries, in their order, and the receipt of its acceptance."""
    units = [submission(systems=("sys-2", "sys-3")), submission(systems=("sys-4",))]
    for unit in units:
        await store.record(unit)
    wanted = [units[1].package.id, "unknown", units[0].package.id]
    last, none, first = await store.standings(wanted)
    assert [each.id for each in first.deliveries] == [each.id for each in units[0].deliveries]
    assert [each.id for each in last.deliveries] == [each.id for each in units[1].deliveries]
    assert (first.acceptance, last.acceptance) == (units[0].events[0], units[1].events[0])
    assert (none.deliveries, none.acceptance) == ((), None)
    assert await store.standings(()) == ()


async def test_refusals_by_what_is_known_of_them(store):
    """Refusals are found by system, code, digest and time, newest first, page by page."""
    refused = [
        refusal(at=minutes(i), system_id=f"sys-{i % 2}", code=("schema-invalid", "signature-invalid")[i % 3 == 0])
        for i in range(6)
    ]
    odd = refusal(at=minutes(9), sha256="aa" * 32)
    for each in (*refused, odd):
        await store.record(Changes(refused=each))

    async def found(**query):
        return [each for page in await pages(store.refusals, RefusalQuery(limit=2, **query)) for each in page]

    assert await found(system_id=None) == [odd, *refused[::-1]]
    assert await found(system_id="sys-0") == [refused[4], refused[2], refused[0]]
    assert await found(system_id=None, code="signature-invalid") == [refused[3], refused[0]]
    assert await found(system_id=None, sha256="aa" * 32) == [odd]
    assert await found(system_id=None, since=minutes(1), until=minutes(3)) == [refused[2], refused[1]]


@pytest.fixture
async def story(store):
    """Three packages of two systems and what happened to them: events by short names."""
    one = submission(systems=("sys-2",), sender="A")
    two = submission(systems=("sys-3",), sender="B", system_id="sys-4", at=minutes(60))
    three = submission(systems=("sys-1",), sender="C", system_id="sys-2", at=minutes(120))
    events = {}
    for name, unit, at in (("one", one, 0), ("two", two, 60), ("three", three, 120)):
        about = unit.deliveries[0]
        consigned = event(Event.CONTENT_CONSIGNMENT, unit.package, about, at=minutes(at + 1))
        queued = event(Event.QUEUING, unit.package, about, at=minutes(at))
        await store.record(unit)
        await store.record(Changes(events=(queued, consigned)))
        events |= {name: unit.events[0], f"{name} consigned": consigned}
    failed = event(Event.RELAY_FAILURE, one.package, one.deliveries[0], at=minutes(180))
    await store.record(Changes(events=(failed,)))
    return events | {"failed": failed}


@pytest.mark.parametrize(
    "query, expected",
    [
        ({}, "failed, three consigned, three, two consigned, two, one consigned, one"),
        ({"system_id": "sys-1"}, "failed, three consigned, one consigned, one"),
        ({"system_id": "sys-2"}, "failed, three consigned, three, one consigned"),
        ({"system_id": "sys-9"}, ""),
        ({"event": "ContentConsignment"}, "three consigned, two consigned, one consigned"),
        ({"event": "RelayFailure"}, "failed"),
        ({"event": "RelayFailure", "system_id": "sys-1"}, "failed"),
        ({"event": "RelayFailure", "system_id": "sys-4"}, ""),
        ({"event": "Queuing"}, ""),
        ({"agency": "A"}, "failed, one consigned, one"),
        ({"agency": "sys-1.agency"}, "three consigned"),
        ({"agency": "A", "system_id": "sys-2"}, "failed, one consigned"),
        ({"agency": "old", "also": ("A",)}, "failed, one consigned, one"),
        ({"agency": "A", "also": ("sys-1.agency",)}, "failed, three consigned, one consigned, one"),
        ({"agency": "old", "also": ("A",), "system_id": "sys-2"}, "failed, one consigned"),
        ({"agency": "B", "system_id": "sys-2"}, ""),
        ({"since": minutes(60)}, "failed, three consigned, three, two consigned, two"),
        ({"until": minutes(60)}, "one consigned, one"),
        ({"since": minutes(1), "until": minutes(120)}, "two consigned, two, one consigned"),
        ({"since": minutes(1), "until": minutes(120), "agency": "A"}, "one consigned"),
        ({"since": minutes(999)}, ""),
        ({"until": AT}, ""),
        ({"since": minutes(100), "system_id": "sys-1", "event": "ContentConsignment"}, "three consigned"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_receipts_by_what_is_asked(store, story, query, expected, limit):
    """Receipts are found by every combination, newest first, whatever the size of pages; unreceipted events never are."""
    names = {record.id: name for name, record in story.items()}
    found = await pages(store.receipts, ReceiptQuery(**{"system_id": None, "limit": limit} | query))
    assert ", ".join(names[each.id] for page in found for each in page) == expected


async def test_receipts_of_a_package(store, story):
    """The receipts of one package, for those who may see it."""
    about = story["one"].package_id
    for system, expected in ((None, 3), ("sys-1", 3), ("sys-2", 2), ("sys-3", 0)):
        page = await store.receipts(ReceiptQuery(system_id=system, package_id=about))
        assert len(page.items) == expected


async def test_receipt_inside_one_system(store):
    """A package from a system to itself is listed once."""
    unit = submission(systems=("sys-1",))
    told = event(Event.CONTENT_CONSIGNMENT, unit.package, unit.deliveries[0])
    await store.record(replace(unit, events=(*unit.events, told)))
    assert (await store.receipts(ReceiptQuery(system_id="sys-1"))).items == (told, *unit.events)


async def test_overdue_deliveries(store):
    """Overdue is what is not final when its deadline has come, most overdue first."""
    unit = submission(systems=("a", "b", "c", "d"))
    early, late, done, future = (
        replace(each, deadline_at=minutes(deadline))
        for each, deadline in zip(unit.deliveries, (1, 5, 3, 99), strict=True)
    )
    done = replace(done, state=State.CONSIGNED)
    await store.record(replace(unit, deliveries=(late, early, done, future)))
    await store.record(Changes(moves=(move(done, State.HANDED_OVER),)))
    assert [each.id for _, each in await store.overdue(minutes(5), 10)] == [early.id, late.id]
    assert [each.id for _, each in await store.overdue(minutes(5), 1)] == [early.id]
    assert (await store.overdue(minutes(5), 1))[0][0] == unit.package


async def test_unfinished_deliveries_are_counted(store):
    """What is not final is counted by system, lane and state."""
    for systems, lane, state in (
        (("a", "a"), Lane.NORMAL, State.ACCEPTED),
        (("a",), Lane.URGENT, State.CONSIGNED),
        (("b",), Lane.NORMAL, State.DEAD),
        (("b",), Lane.NORMAL, State.HANDED_OVER),
    ):
        await store.record(submission(systems=systems, lane=lane, state=state))
    assert await store.unfinished() == {
        ("a", Lane.NORMAL, State.ACCEPTED): 2,
        ("a", Lane.URGENT, State.CONSIGNED): 1,
        ("b", Lane.NORMAL, State.DEAD): 1,
    }


@pytest.mark.parametrize("state", State)
async def test_deliveries_in_a_state(store, state):
    """Deliveries in any state are found, of all systems or of one, oldest first."""
    units = [submission(systems=("a", "b"), state=state) for _ in range(3)]
    other = next(each for each in State if each is not state)
    for unit in (*units, submission(systems=("a",), state=other)):
        await store.record(unit)
    everywhere = sorted(each.id for unit in units for each in unit.deliveries)
    assert [each.id for _, each in await store.in_state(state, None, 10)] == everywhere
    assert [each.id for _, each in await store.in_state(state, "b", 2)] == sorted(
        unit.deliveries[1].id for unit in units
    )[:2]
    assert [each.id for _, each in await store.in_state(state, None, 10, everywhere[2])] == everywhere[3:]
