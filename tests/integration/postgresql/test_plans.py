"""No list may read a big table from end to end: PostgreSQL says how it would go about every statement.

The tables are filled with what a few thousand packages leave behind and analysed, so that the planner decides by cost,
as it does in production; nothing is forbidden to it.
"""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event, text

from hub.changes import Changes, Finished
from hub.events import Event
from hub.lifecycle import State
from hub.queries import PackageQuery, ReceiptQuery, RefusalQuery
from tests.contract.samples import AT, submission

PACKAGES = 4000
GROWING = frozenset({"packages", "deliveries", "orders", "events", "refusals", "contents", "idempotency_keys"})
#: One row of each for every package; most deliveries are final, most orders done.
_FILL = (
    """INSERT INTO packages SELECT 'p' || i, 'k' || i, 'd' || i, 'document', 'new', 'a' || i % 50, 's' || i % 50,
    'n' || i % 900, 'subject', 0, 's' || i, 8000, :at + i * 1000000, 'valid', NULL, 'transport', ''
    FROM generate_series(CAST(1 AS BIGINT), :count) i""",
    "INSERT INTO contents SELECT 's' || i, 8000, NULL FROM generate_series(CAST(1 AS BIGINT), :count) i",
    """INSERT INTO deliveries SELECT 'v' || i, 'p' || i, 0, 'a' || (i + 1) % 50, 's' || (i + 1) % 50, 'normal',
    CASE WHEN i % 50 = 0 THEN 'consigned' WHEN i % 50 = 1 THEN 'queued' ELSE 'handed_over' END, :at + i * 1000000, NULL, :at,
    NULL, 0 FROM generate_series(CAST(1 AS BIGINT), :count) i""",
    """INSERT INTO events (id, event, at, package_id, document_id, sender, sender_system, delivery_id, recipient,
    recipient_system, state, jws) SELECT 'e' || i, CASE WHEN i % 3 = 0 THEN 'ContentHandover' WHEN i % 3 = 1 THEN
    'ContentConsignment' ELSE 'SubmissionAcceptance' END, :at + i * 300000, 'p' || (i + 2) / 3, 'd' || (i + 2) / 3, 'a' || i % 50,
    's' || i % 50, 'v' || (i + 2) / 3, 'a' || (i + 1) % 50, 's' || (i + 1) % 50, 'handed_over', 'jws'
    FROM generate_series(CAST(1 AS BIGINT), 3 * :count) i""",
    """INSERT INTO orders SELECT 'o' || i, 'consign', 's' || (i + 1) % 50, 'webhook', 'normal', :at, 'v' || i, NULL, 0,
    CASE WHEN i % 50 = 0 THEN 'waiting' WHEN i % 50 = 1 THEN 'published' ELSE 'done' END, :at, NULL, 0
    FROM generate_series(CAST(1 AS BIGINT), :count) i""",
    """INSERT INTO refusals SELECT 'r' || i, :at + i * 1000000, 's' || i % 50, 'c' || i % 20, '', 's' || i, 8000, NULL, NULL, ''
    FROM generate_series(CAST(1 AS BIGINT), :count) i""",
    "INSERT INTO idempotency_keys SELECT 's' || i % 50, 'k' || i, 'f', :at FROM generate_series(CAST(1 AS BIGINT), :count) i",
)


@pytest.fixture
async def filled(storage):
    """A storage that has seen a few thousand packages."""
    at = (AT.timestamp() - PACKAGES) * 1_000_000

    def fill(connection):
        for statement in _FILL:
            connection.execute(text(statement), {"at": int(at), "count": PACKAGES})
        connection.execute(text("ANALYZE"))

    await storage.database.writer.run(fill)
    return storage


@pytest.fixture
def statements(filled):
    """Every statement that is sent to the database, with one set of its parameters."""
    sent = {}

    def note(_connection, _cursor, statement, parameters, _context, many):
        sent.setdefault(statement, parameters[0] if many else parameters)

    for engine in (filled.database._readers._engine, filled.database.writer._connection._engine):
        event.listen(engine, "before_cursor_execute", note)
    return sent


@pytest.fixture
def scanned(filled, statements):
    """Explain all statements: those that read a growing table from end to end."""

    async def explain():
        asked = dict(statements)

        def plans(connection):
            return {
                statement: connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
                for statement, parameters in asked.items()
                if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"))
            }

        found = await filled.database.writer.run(plans)
        assert found
        return {statement: bad for statement, (plan,) in found.items() if (bad := _scans(plan["Plan"]))}

    return explain


def _scans(node):
    below = [name for child in node.get("Plans", ()) for name in _scans(child)]
    is_scan = node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    return [node["Relation Name"], *below] if is_scan else below


async def test_lists_of_packages_and_refusals(filled, scanned):
    """Every list of packages and refusals goes through an index, with any filter, any time and any page."""
    store = filled.store
    for system, since, cursor in product((None, "s7"), (None, AT - timedelta(hours=1)), (None, "1.p5")):
        until = None if since is None else since + timedelta(minutes=10)
        times = {"since": since, "until": until, "cursor": cursor}
        for names in ({}, {"document_id": "d9"}, {"notation": "n9"}, {"document_id": "d9", "notation": "n9"}):
            await store.packages(PackageQuery(system_id=system, **names, **times))
        for names in ({}, {"code": "c9"}, {"sha256": "s9"}):
            await store.refusals(RefusalQuery(system_id=system, **names, **times))
    assert await scanned() == {}


async def test_lists_of_receipts(filled, scanned):
    """Every list of receipts and the feed go through an index."""
    store = filled.store
    hour_ago = AT - timedelta(hours=1)
    for system, kind, package, agency, since in product(
        (None, "s7"),
        (None, "ContentHandover", "SubmissionAcceptance", "Expiry"),
        (None, "p9"),
        (None, "a9"),
        (None, hour_ago),
    ):
        names = {"event": kind, "package_id": package, "agency": agency, "since": since, "until": since}
        await store.receipts(ReceiptQuery(system_id=system, **names))
    await store.feed("s7", 0, 100)
    await store.feed("s7", 11_000, 100)
    assert await scanned() == {}


async def test_work_lists(filled, scanned):
    """Inbox, outbox, deadlines and deliveries by state go through an index."""
    store = filled.store
    await store.lease("s1", None, 10, AT, timedelta(minutes=5))
    await store.claim(10, AT, AT)
    await store.next_due()
    await store.count_due(AT, 100)
    await store.overdue_at_broker(AT)
    await store.unpublish("s1", AT)
    await store.overdue(AT - timedelta(minutes=50), 10)
    await store.unfinished()
    for state in State:
        if not state.is_final:
            await store.in_state(state, None, 10)
            await store.in_state(state, "s1", 10)
    await store.errands(["o1", "o2"])
    assert await scanned() == {}


async def test_single_things(filled, scanned):
    """Reading one thing, and what belongs to it, goes through an index."""
    store = filled.store
    await store.package("p9")
    await store.deliveries("p9")
    await store.standings(["p9", "p10", "p11"])
    await store.delivery("v9")
    await store.event("e9")
    await store.events("p9")
    await store.events("p9", "e9", 10)
    await store.content("s9")
    await store.of_content("s9")
    await store.event_of(Event.RECALL, package_id="p9", delivery_id=None)
    await store.event_of(Event.RECALL, package_id="p9", delivery_id="v9")
    await store.originals(["a9", "a10"], ["d9", "d10"])
    await store.bind_key("s9", "k9", "f", AT)
    await store.forget_keys(AT - timedelta(days=1))
    await store.stored_bytes("s9")
    await store.stored_since("s9", 9)
    assert await scanned() == {}


async def test_finished_orders_are_walked(filled, scanned):
    """Orders that may go are read in the order of their ids, and what they belong to is looked up."""
    unit = submission(state=State.HANDED_OVER)
    await filled.store.record(unit)
    await filled.store.record(Changes(order_changes=(Finished(unit.orders[0].id),)))
    portion = await filled.store.forget_finished(max(datetime.now(UTC), AT) + timedelta(days=1), "0", 500)
    assert portion.count == 1
    assert await scanned() == {}
