"""Writing units of work: several `Changes` in one transaction, each of them all or nothing.

1. Read what the guards of all units speak of: packages with the same (sender, key), deliveries that are to move or of which
something is reported, recipients of packages that are to get more of them, what systems with a quota have had accepted since
they were counted.
2. Admit unit by unit in memory, later ones seeing what earlier ones change; who fails is left out: `Duplicate`, `Stale`, `Full`.
3. Write the rows of all admitted units, a few statements per table. The guards on states are repeated in SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from sqlalchemy import Connection

from adapters.storage import rows
from adapters.storage.bulk import BulkInsert, BulkRenew, BulkSelect, BulkUpdate, BulkUpsert, Ran, Row
from adapters.storage.dialects import queue_for_append
from adapters.storage.pipeline import pipelined
from adapters.storage.tables import contents, deliveries, events, orders, packages, refusals
from adapters.storage.terms import ORDER_DONE, ORDER_PUBLISHED, ORDER_WAITING, RECEIPTED
from adapters.storage.times import micros, micros_or_none
from adapters.storage.upkeep_tables import purge_later
from adapters.storage.wakeups import Announce
from hub.changes import Changes, Duplicate, Finished, Full, Move, Postponed, Published, Reported, Room, Stale
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, PackageId
from hub.lifecycle import State
from hub.package import Package

Outcome = frozenset[str] | Duplicate | Stale | Full  #: topics to notify, or why the unit was left out

_insert_packages = BulkInsert(packages)
_insert_contents = BulkRenew(  # what was purged and is handed in again is there again
    contents,
    ("sha256", "size", "data"),
    assignments="data = excluded.data, purged_at = NULL",
    condition="contents.purged_at IS NOT NULL",
)
_insert_deliveries = BulkInsert(deliveries)
_insert_events = BulkInsert(events, rows.EVENT_COLUMNS)
_insert_orders = BulkInsert(orders)
_insert_refusals = BulkInsert(refusals)
_look_again = BulkUpsert(purge_later)
_move = BulkUpdate(
    deliveries,
    width=5,
    assignments="state = v.column3, consigned_at = COALESCE(CAST(v.column4 AS BIGINT), consigned_at), "
    "handed_over_at = COALESCE(CAST(v.column5 AS BIGINT), handed_over_at)",
    condition="deliveries.id = v.column1 AND deliveries.state = v.column2",
)
_move_to_system = BulkUpdate(
    deliveries, width=2, assignments="system_id = v.column2", condition="deliveries.id = v.column1"
)
_report = BulkUpdate(
    deliveries, width=2, assignments="business_status = v.column2", condition="deliveries.id = v.column1"
)
# A courier may have concluded, even postponed, an order before the relay's word that it was published comes; and its queue may
# have been lost: then its claim was ended (`lost`).
_publish = BulkUpdate(
    orders,
    width=3,
    assignments=f"state = '{ORDER_PUBLISHED}', published_at = CAST(v.column2 AS BIGINT)",
    condition=f"orders.id = v.column1 AND orders.state = '{ORDER_WAITING}' AND orders.is_postponed = 0 "
    "AND orders.due_at = COALESCE(CAST(v.column3 AS BIGINT), orders.due_at)",
)
_postpone = BulkUpdate(
    orders,
    width=4,
    assignments=f"state = '{ORDER_WAITING}', is_postponed = 1, attempts = CAST(v.column2 AS INTEGER), "
    "due_at = CAST(v.column3 AS BIGINT), error = v.column4",
    condition=f"orders.id = v.column1 AND orders.state <> '{ORDER_DONE}'",
)
_finish = BulkUpdate(
    orders,
    width=1,
    assignments=f"state = '{ORDER_DONE}'",
    condition=f"orders.id = v.column1 AND orders.state <> '{ORDER_DONE}'",
)

_same_keys = BulkSelect(
    packages,
    width=2,
    columns="packages.sender, packages.key, packages.id",
    condition="packages.sender = v.column1 AND packages.key = v.column2",
)
_same_deliveries = BulkSelect(
    deliveries,
    width=1,
    columns="deliveries.id, deliveries.state, deliveries.system_id, deliveries.business_status",
    condition="deliveries.id = v.column1",
)
_recipients_of = BulkSelect(
    deliveries,
    width=1,
    columns="deliveries.package_id, deliveries.recipient",
    condition="deliveries.package_id = v.column1",
)
_accepted_since = BulkSelect(
    events,
    width=2,
    columns="events.sender_system, events.seq, (SELECT size FROM packages WHERE packages.id = events.package_id)",
    condition=f"events.sender_system = v.column1 AND events.seq > CAST(v.column2 AS BIGINT) AND events.{RECEIPTED} "
    f"AND events.event = '{Event.SUBMISSION_ACCEPTANCE}'",
)


def record_units(connection: Connection, units: Sequence[Changes], announce: Announce) -> list[Outcome]:
    """Write all units that may be written, in order; return one outcome for each. The caller commits.

    Their topics are announced with them.
    """
    if not units:
        return []
    with pipelined(connection):
        queue_for_append(connection)
        keys, standings = _ask_for_keys(connection, units), _ask_for_standings(connection, units)
        recipients = _recipients_of(
            connection, [(each,) for each in {unit.deliveries[0].package_id for unit in _adding(units)}]
        )
        accepted = _accepted_since(connection, _counted_up_to(units))
    batch = _Batch(keys.rows(), standings.rows(), recipients.rows(), accepted.rows())
    outcomes: list[Outcome] = []
    for unit in units:
        try:
            outcomes.append(batch.admit(unit))
        except (Duplicate, Stale, Full) as refusal:
            outcomes.append(refusal)
    with pipelined(connection):
        moved = batch.write(connection)
        announce(connection, frozenset(topic for each in outcomes if isinstance(each, frozenset) for topic in each))
    moved.require_all()
    return outcomes


class _Standing(Struct):
    """Where a delivery stands inside the batch, and where it stood before."""

    before: str
    now: str
    system_id: str
    status: str | None = None
    consigned_at: int | None = None
    handed_over_at: int | None = None


class _Moved(Struct):
    """The moves of a batch that were sent, and how many they are."""

    ran: Ran
    wanted: int

    def require_all(self) -> None:
        """Raise `Stale` unless each matched."""
        if self.ran.count != self.wanted:
            raise Stale("a delivery moved between the guard and the update")


class _Batch:
    """The guards and the rows of one transaction."""

    def __init__(
        self, keys: Iterable[Row], standings: Iterable[Row], recipients: Iterable[Row], accepted: Iterable[Row]
    ) -> None:
        """Take what the guards need: sender, key and package id; delivery id, state, system and status; package, recipient.

        And of each package accepted meanwhile its system, the number of the event, and its size.
        """
        self._keys = {(sender, key): PackageId(id_) for sender, key, id_ in keys}
        self._standings = {DeliveryId(id_): _Standing(state, state, *rest) for id_, state, *rest in standings}
        self._recipients = {(package_id, recipient) for package_id, recipient in recipients}
        self._accepted = [(system_id, seq, size) for system_id, seq, size in accepted]
        self._admitted: Counter[str] = Counter()  # bytes of packages
        self._units: list[Changes] = []

    def admit(self, unit: Changes) -> frozenset[str]:
        """Check the guards of one unit against everything admitted so far, then take it in; return its topics."""
        package = unit.package
        if package is not None and (existing := self._keys.get((package.sender, package.key))) is not None:
            raise Duplicate(existing)
        moved = self._moved(unit.moves)
        self._require_status(unit.reported)
        if package is not None:
            if unit.room is not None:
                self._require_room(package, unit.room)
            self._keys[package.sender, package.key] = package.id
            self._admitted[package.system_id] += package.size
        elif unit.deliveries:
            self._add_recipients(unit.deliveries)
        for each in unit.deliveries:
            self._standings[each.id] = _Standing(each.state.value, each.state.value, each.system_id)
        self._standings.update(moved)
        for said in unit.reported:
            self._standings[said.delivery_id].status = said.status_code
        self._units.append(unit)
        return _topics(unit, moved.values())

    def _add_recipients(self, added: Iterable[Delivery]) -> None:
        to = {(each.package_id, each.recipient) for each in added}
        if not to.isdisjoint(self._recipients):
            raise Stale(min(to & self._recipients))
        self._recipients |= to

    def _require_room(self, package: Package, room: Room) -> None:
        meanwhile = sum(
            size for system, seq, size in self._accepted if system == package.system_id and seq > room.up_to
        )
        stored = room.stored + meanwhile + self._admitted[package.system_id]
        if stored + package.size > room.most:
            raise Full(stored, room.most)

    def _require_status(self, reported: Iterable[Reported]) -> None:
        for said in reported:
            standing = self._standings.get(said.delivery_id)
            if standing is None or standing.status != said.instead_of:
                raise Stale(said.delivery_id)

    def _moved(self, moves: Iterable[Move]) -> dict[DeliveryId, _Standing]:
        moved: dict[DeliveryId, _Standing] = {}
        for move in moves:
            standing = moved.get(move.delivery_id) or self._standings.get(move.delivery_id)
            if standing is None or standing.now not in (move.expected, move.or_expected):
                raise Stale(move.delivery_id)
            moved[move.delivery_id] = _after(standing, move)
        return moved

    def write(self, connection: Connection) -> _Moved:
        """Write the rows of all admitted units, parents before children; the moves are to be counted in the end."""
        units = self._units
        _insert_packages(connection, [rows.package_row(unit.package) for unit in units if unit.package is not None])
        _insert_contents(
            connection, _last((c.sha256, c.size, c.data) for unit in units if (c := unit.content) is not None)
        )
        _insert_deliveries(
            connection, [rows.delivery_row(each, i) for unit in units for i, each in enumerate(unit.deliveries)]
        )
        _insert_events(connection, [rows.event_row(each) for unit in units for each in unit.events])
        _insert_orders(connection, [rows.order_row(each) for unit in units for each in unit.orders])
        _insert_refusals(connection, [rows.refusal_row(unit.refused) for unit in units if unit.refused is not None])
        _look_again(connection, _last(_renewed(unit) for unit in _adding(units) if unit.content is not None))
        moved = self._write_moves(connection)
        _move_to_system(connection, _last(_moved_to(units)))
        _report(connection, _last((each.delivery_id, each.status_code) for unit in units for each in unit.reported))
        _write_order_changes(connection, units)
        return moved

    def _write_moves(self, connection: Connection) -> _Moved:
        moved: list[Row] = [
            (delivery_id, standing.before, standing.now, standing.consigned_at, standing.handed_over_at)
            for delivery_id, standing in self._standings.items()
            if standing.now != standing.before
        ]
        return _Moved(_move(connection, moved), len(moved))


def _after(standing: _Standing, move: Move) -> _Standing:
    return _Standing(
        before=standing.before,
        now=move.to.value,
        system_id=move.system_id or standing.system_id,
        status=standing.status,
        consigned_at=micros(move.at) if move.to is State.CONSIGNED else standing.consigned_at,
        handed_over_at=micros(move.at) if move.to is State.HANDED_OVER else standing.handed_over_at,
    )


def _adding(units: Iterable[Changes]) -> list[Changes]:
    """Return the units that add deliveries to a package which is there."""
    return [unit for unit in units if unit.package is None and unit.deliveries]


def _moved_to(units: Iterable[Changes]) -> Iterator[Row]:
    """Yield the deliveries that are for another system from now on, and the system."""
    for unit in units:
        for move in unit.moves:
            if move.system_id is not None:
                yield move.delivery_id, move.system_id


def _renewed(unit: Changes) -> Row:
    """Return the package and when retention must look at it again: it may have purged its content, and forgotten it."""
    return unit.deliveries[0].package_id, max(micros(each.deadline_at) for each in unit.deliveries)


def _counted_up_to(units: Iterable[Changes]) -> list[Row]:
    """Return the systems that have a quota, each with the earliest of the events up to which it was counted."""
    counted: dict[str, int] = {}
    for unit in units:
        if unit.room is not None and unit.package is not None:
            system_id = unit.package.system_id
            counted[system_id] = min(unit.room.up_to, counted.get(system_id, unit.room.up_to))
    return list(counted.items())


def _ask_for_keys(connection: Connection, units: Sequence[Changes]) -> Ran:
    return _same_keys(
        connection, [(unit.package.sender, unit.package.key) for unit in units if unit.package is not None]
    )


def _ask_for_standings(connection: Connection, units: Sequence[Changes]) -> Ran:
    moved = {each.delivery_id for unit in units for each in unit.moves}
    reported = {each.delivery_id for unit in units for each in unit.reported}
    return _same_deliveries(connection, [(each,) for each in moved | reported])


def _write_order_changes(connection: Connection, units: Sequence[Changes]) -> None:
    changes = [change for unit in units for change in unit.order_changes]
    if not changes:
        return
    # In this order whatever the order of units: a late "published" must not undo "postponed" or "finished".
    _publish(
        connection,
        _last(
            (each.order_id, micros(each.at), micros_or_none(each.claimed_until))
            for each in changes
            if isinstance(each, Published)
        ),
    )
    _postpone(
        connection,
        _last(
            (each.order_id, each.attempts, micros(each.due_at), each.error)
            for each in changes
            if isinstance(each, Postponed)
        ),
    )
    _finish(connection, _last((each.order_id,) for each in changes if isinstance(each, Finished)))


def _last(changed: Iterable[Row]) -> list[Row]:
    """Return the last row for each id: `UPDATE … FROM` takes any one of several."""
    return list({row[0]: row for row in changed}.values())


def _topics(unit: Changes, moved: Iterable[_Standing]) -> frozenset[str]:
    topics: set[str] = set()
    if (unit.orders and not unit.are_orders_claimed) or any(
        isinstance(change, Postponed) for change in unit.order_changes
    ):
        topics.add("outbox")
    topics.update(f"inbox:{each.system_id}" for each in moved if each.now == State.CONSIGNED.value)
    topics.update(f"inbox:{each.system_id}" for each in unit.deliveries if each.state is State.CONSIGNED)
    for record in unit.events:
        if record.jws is not None:
            topics.update(f"feed:{system}" for system in (record.sender_system, record.recipient_system) if system)
    return frozenset(topics)
