"""A hub's use cases on a real store and a real broker, moved step by step: what the state machine of deliveries drives."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from adapters.storage.dialects import is_in_process
from adapters.storage.opening import open_storage
from adapters.storage.queue import TableQueue
from adapters.storage.tables import queue
from hub.accounts import Caller, Register, Role, Snapshot
from hub.changes import Changes, Content, Duplicate, Finished, Move, Stale
from hub.commits import Commits
from hub.conclusion import Concluder
from hub.events import Event
from hub.expiry import Expiry
from hub.freight import Freight
from hub.handover import Handover
from hub.lifecycle import advance
from hub.marks import Marks
from hub.order import Consigned, Failed
from hub.own_orders import CLAIM, OwnOrders
from hub.redrive import Redrive
from hub.relay import Relay
from hub.signals import Signals
from hub.telling import consign
from routing.schedule import RetrySchedule
from routing.values import Binding, SignaturePolicy, System
from signing.receipt import Reason
from tests.contract.amqp import PatientBroker, delete_queues
from tests.contract.samples import delivery, package
from tests.unit.hub.values import FixedRegister, attestor

RECIPIENTS = ("a", "b")
DEADLINE = timedelta(days=30)
#: Two retries, then dead; no random spread.
SCHEDULE = RetrySchedule.of_seconds(5, 30, spread=0.0)


def _register():
    bindings = {"sender": Binding.PULL, **dict.fromkeys(RECIPIENTS, Binding.WEBHOOK)}
    systems = [System(id=i, name=i, binding=b, policy=SignaturePolicy.REQUIRED) for i, b in bindings.items()]
    return FixedRegister(Snapshot.of(Register(1, tuple(systems), (), (), (), (), {})))


class World:
    """One hub process: `restart` ends it and begins another one on the same state. `settings` name its store."""

    def __init__(self, settings, broker_url):
        self.now = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
        self._settings = settings
        self._broker_url = broker_url
        self._register = _register()
        self._attestor = attestor()

    async def begin(self):
        """Start on empty queues."""
        if self._broker_url:
            await delete_queues(self._broker_url, RECIPIENTS)
        await self._open()

    async def _open(self):
        self._open_things = AsyncExitStack()
        freight, signals, commits = Freight(), Signals(), Commits()
        self._own = own = OwnOrders(signals=signals, clock=self.clock)
        commits.subscribe(freight.observe)
        commits.subscribe(own.observe)
        opened = open_storage(
            self._settings, inline_bytes=65_536, committed=commits.announce, claimed=own.claimed, clock=self.clock
        )
        self.storage = await self._open_things.enter_async_context(opened)
        self.store = store = self.storage.store
        if self._broker_url:
            self.broker = PatientBroker(self._broker_url, RECIPIENTS)
            self._open_things.push_async_callback(self.broker.close)
        else:
            self.broker = TableQueue(self.storage.database, clock=self.clock)
            await self.broker.restart()
        if self.ends_claims:
            await store.end_claims(self.clock)
        parts = {"store": store, "register": self._register, "attestor": self._attestor, "clock": self.clock}
        marks = Marks(store=store, clock=self.clock, patience=timedelta(0))
        self._relay = Relay(
            store=store, broker=self.broker, freight=freight, marks=marks, own=own, signals=signals, clock=self.clock
        )
        self._concluder = Concluder(**{name: parts[name] for name in parts if name != "store"}, schedule=SCHEDULE)
        self._handover, self._expiry = Handover(**parts), Expiry(**parts)
        self._redrive = Redrive(store=store, register=self._register, clock=self.clock)

    async def end(self):
        """Stop as a process that is killed: nothing that was taken is given back."""
        await self._open_things.aclose()

    async def restart(self):
        """Stop, and start again."""
        await self.end()
        await self._open()

    def clock(self):
        return self.now

    @property
    def ends_claims(self):
        """Whether a process that starts knows that nobody else has claimed anything."""
        return is_in_process(self._settings.url)

    def claim(self):
        """Return until when what is recorded now belongs to the relay of this process; None: it is anybody's."""
        return self.now + CLAIM if self._own.is_open else None

    async def submit(self, key, systems):
        """Hand a package in; return its id and deliveries, of one that had the key already the id alone."""
        accepted = package(key=key, sender="sender", system_id="sender", at=self.now)
        deliveries = tuple(
            delivery(accepted, system_id=each, recipient=each, deadline_at=self.now + DEADLINE) for each in systems
        )
        changes = Changes(
            package=accepted,
            content=Content(accepted.sha256, 5, b"<xml>"),
            deliveries=deliveries,
            orders=tuple(
                consign(each, self._register.snapshot.directory.system(each.system_id), accepted) for each in deliveries
            ),
            events=(self._attestor.acceptance(accepted),),
        )
        try:
            await self.store.record(changes)
        except Duplicate as duplicate:
            return duplicate.package_id, ()
        return accepted.id, deliveries

    async def relay(self):
        """Bring what is due to the broker."""
        await self._relay.relay_own()
        await self._relay.relay_once()

    async def take(self, limit):
        """Take tickets."""
        return await self.broker.take(limit, frozenset())

    async def conclude(self, ticket, *, succeeds):
        """Carry what a ticket stands for, record what came of it, then tell the broker."""
        outcome = Consigned() if succeeds else Failed("HTTP 500")
        for errand in await self.store.errands([ticket.order_id]):
            try:
                await self.store.record(self._concluder.conclude(errand, outcome))
            except Stale:
                await self.store.record(Changes(order_changes=(Finished(order_id=errand.order.id),)))
        await self.broker.settle([ticket])

    async def release(self, ticket):
        """Give a ticket back."""
        await self.broker.release([ticket])

    async def acknowledge(self, system_id, delivery_id):
        """Say for the recipient that it has a delivery; return the receipt."""
        return (await self._handover.acknowledge(_caller(system_id), delivery_id)).receipt

    async def reject(self, system_id, delivery_id):
        """Say for the recipient that it cannot take a delivery; return the receipt."""
        concluded = await self._handover.reject(_caller(system_id), delivery_id, Reason(code="damaged", text="x"))
        return concluded.receipt

    async def withdraw(self, delivery_id):
        """Recall one delivery; return whether it was in time."""
        about, current = await self.store.delivery(delivery_id)
        if current.state.is_final:
            return False
        to = advance(current.state, Event.WITHDRAWAL)
        record = self._attestor.happened(Event.WITHDRAWAL, about, current, at=self.now, state=to)
        move = Move(delivery_id=delivery_id, expected=current.state, to=to, at=self.now)
        await self.store.record(Changes(moves=(move,), events=(record,)))
        return True

    async def expire(self):
        """End what is overdue."""
        await self._expiry.expire_once()

    async def redrive(self):
        """Put what is dead on its way again."""
        return await self._redrive.redrive_all()

    async def lose_queues(self):
        """The broker loses everything; what it had is published again from the database."""
        if self._broker_url:
            await self.broker.close()
            await delete_queues(self._broker_url, RECIPIENTS)
            self.broker = PatientBroker(self._broker_url, RECIPIENTS)
            self._open_things.push_async_callback(self.broker.close)
            self._relay._broker = self.broker
        else:
            await self.storage.database.writer.run(lambda connection: connection.execute(delete(queue)))
        await self.store.unpublish(None, self.now + timedelta(microseconds=1))

    async def states(self, delivery_ids):
        """Return where deliveries stand."""
        return {each: (await self.store.delivery(each))[1].state for each in delivery_ids}

    async def story(self, package_id):
        """Return what happened to a package."""
        return await self.store.events(package_id)


def _caller(system_id):
    return Caller(name=system_id, role=Role.SYSTEM)
