"""No list may read a table from end to end: SQLite says how it would go about every statement."""

import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event

from hub.changes import Changes, Finished, Postponed, Published, Reported
from hub.events import Event
from hub.lifecycle import State
from hub.queries import DispatchQuery, PackageQuery, ReceiptQuery, RefusalQuery, TrayQuery
from routing.values import Agency
from tests.contract.samples import AT, delivery, move, submission

GROWING = (
    "packages",
    "deliveries",
    "orders",
    "events",
    "queue",
    "refusals",
    "contents",
    "idempotency_keys",
    "agencies",
)


@pytest.fixture
def statements(storage):
    """Every statement that was sent to the database, with one set of its parameters."""
    sent = {}

    def note(_connection, _cursor, statement, parameters, _context, many):
        sent.setdefault(statement, parameters[0] if many else parameters)

    for engine in (storage.database._readers._engine, storage.database.writer._connection._engine):
        event.listen(engine, "before_cursor_execute", note)
    return sent


@pytest.fixture
def explained(statements, settings):
    """Explain all statements: those that read a growing table without looking something up, or sort what they find."""

    def explain():
        connection = sqlite3.connect(settings.url.removeprefix("sqlite:///"))
        found = {}
        for statement, parameters in statements.items():
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            bad = [step for step in plan if is_scan(step) or step == "USE TEMP B-TREE FOR ORDER BY"]
            if bad:
                found[statement] = bad
        connection.close()
        return found

    return explain


def is_scan(step):
    words = step.split()
    return words[0] == "SCAN" and words[1] in GROWING


async def test_recording_looks_everything_up(storage, explained):
    """Writing units finds duplicates, deliveries and orders by index, however many are in a commit."""
    for count in (1, 3):
        units = [submission(key=f"{count}-{i}") for i in range(count)]
        together = Changes(
            package=units[0].package,
            deliveries=tuple(each for unit in units[:1] for each in unit.deliveries),
            orders=units[0].orders,
            events=units[0].events,
        )
        await storage.store.record(together)
        about, waiting = together.deliveries[0], together.orders[0].id
        await storage.store.record(
            Changes(
                moves=(move(about, State.CONSIGNED),),
                reported=(Reported(about.id, "03"),),
                order_changes=(Published(waiting, AT), Postponed(waiting, 1, AT, "x"), Finished(waiting)),
            )
        )
        late = delivery(together.package, recipient="late")
        await storage.store.record(Changes(deliveries=(late,), content=together.content))
        await storage.database.writer.run(lambda connection, units=units: _guards(connection, units))
    await storage.store.bind_key("sys-1", "k", "f", AT)
    await storage.store.forget_keys(AT)
    assert explained() == {}


def _guards(connection, units):
    from adapters.storage.record import _ask_for_keys, _ask_for_standings

    _ask_for_keys(connection, units).rows()
    moved = Changes(moves=tuple(move(each, State.QUEUED) for unit in units for each in unit.deliveries))
    _ask_for_standings(connection, [moved]).rows()


async def test_single_things_are_looked_up(storage, explained):
    """Reading one thing, and what belongs to it, goes through an index."""
    store = storage.store
    await store.package("x")
    await store.delivery("x")
    await store.deliveries("x")
    await store.standings(["x", "y"])
    await store.event("x")
    await store.events("x")
    await store.events("x", "y", 10)
    await store.content("x")
    await store.stored_bytes("x")
    await store.stored_since("x", 9)
    await store.event_of(Event.RECALL, package_id="x", delivery_id=None)
    await store.event_of(Event.RECALL, package_id="x", delivery_id="y")
    await store.errands(["x", "y"])
    assert explained() == {}


async def test_an_agency_is_added_by_index(storage, explained):
    """Adding or moving one agency looks up those above it, not the whole directory."""
    for code, parent in (("H99", None), ("H99.01", "H99"), ("H99.01.01", "H99.01")):
        await storage.registers.add_agency(Agency(code, "Cơ quan", parent=parent))
    await storage.registers.update_agency(Agency("H99.01.01", "Cơ quan", parent="H99"))
    assert explained() == {}


async def test_work_lists_are_looked_up(storage, explained):
    """Inbox, outbox, queue, feed and deadlines go through an index that also gives their order."""
    store = storage.store
    await store.record(submission())
    await store.lease("sys-2", None, 10, AT, timedelta(minutes=5))
    await store.claim(10, AT, AT)
    await store.next_due()
    await store.count_due(AT, 10)
    await store.overdue_at_broker(AT)
    await store.unpublish(None, AT)
    await store.unpublish("x", AT)
    await store.remind("x", AT)
    await store.remind(None, AT)
    await store.feed("x", 0, 10)
    await store.overdue(AT, 10)
    for state in State:
        if not state.is_final:
            await store.in_state(state, None, 10)
            await store.in_state(state, "x", 10)
    queue = storage.queue
    await queue.publish(submission().orders)
    await queue.settle(await queue.take(5, frozenset()))
    await queue.publish(submission().orders)
    await queue.release(await queue.take(5, frozenset()))
    assert explained() == {}


async def test_finished_orders_are_walked(storage, explained):
    """Orders that may go are read in the order of their ids, and what they belong to is looked up."""
    unit = submission(state=State.HANDED_OVER)
    await storage.store.record(unit)
    await storage.store.record(Changes(order_changes=(Finished(unit.orders[0].id),)))
    portion = await storage.store.forget_finished(max(datetime.now(UTC), AT) + timedelta(days=1), "0", 10)
    assert portion.count == 1
    assert explained() == {}


async def test_trays_are_looked_up(storage, explained):
    """In-trays and out-trays go through an index, with and without a page, a recipient or a time."""
    store = storage.store
    await store.with_consigned(("x", "y", "z"))
    for since, recipients, offset in product((None, AT), (None, ("x",)), (0, 10)):
        narrowed = {"since": since, "until": since, "offset": offset, "limit": 5}
        asked = TrayQuery(system_id="x", kind="document", recipients=recipients, **narrowed)
        await store.consigned(asked)
        await store.count_consigned(asked)
        await store.dispatched(DispatchQuery(system_id="x", kind="document", **narrowed))
        await store.dispatched(DispatchQuery(system_id="x", kind="document", package_id="p", **narrowed))
    assert explained() == {}


async def test_lists_are_looked_up(storage, explained):
    """Every list of the API with a filter goes through an index that also gives its order."""
    store = storage.store
    for system, since, cursor in product((None, "x"), (None, AT), (None, "1.x")):
        times = {"since": since, "until": since, "cursor": cursor}
        for names in ({"document_id": "x"}, {"notation": "x"}, {"document_id": "x", "notation": "x"}):
            await store.packages(PackageQuery(system_id=system, **names, **times))
        for names in ({"code": "x"}, {"sha256": "x"}):
            await store.refusals(RefusalQuery(system_id=system, **names, **times))
    await store.packages(PackageQuery(system_id="x"))
    await store.refusals(RefusalQuery(system_id="x"))
    for kind, package, agency, since in product(
        (None, "ContentHandover", "Expiry"), (None, "x"), (None, "x"), (None, AT)
    ):
        names = {"event": kind, "package_id": package, "agency": agency, "since": since, "until": since}
        await store.receipts(ReceiptQuery(system_id="x", **names))
        if package or agency or since or kind == "Expiry":
            await store.receipts(ReceiptQuery(system_id=None, **names))
    assert explained() == {}


async def test_lists_of_everything_are_walked_from_the_newest(storage, explained):
    """An auditor's list without any filter is read in the order of an index, so that it stops after one page."""
    await storage.store.packages(PackageQuery(system_id=None))
    await storage.store.refusals(RefusalQuery(system_id=None))
    await storage.store.receipts(ReceiptQuery(system_id=None))
    assert sorted(step for steps in explained().values() for step in steps) == [
        "SCAN events",  # by its number, which is the table's own order
        "SCAN packages USING INDEX ix_packages_newest",
        "SCAN refusals USING INDEX ix_refusals_newest",
    ]
