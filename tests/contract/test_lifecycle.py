"""The life of deliveries under whatever comes, on every store with every broker, beside a model that is a dictionary.

Packages come and come again, orders are relayed, taken, carried or not, given back; recipients acknowledge and reject;
deliveries are recalled, expire, die and are redriven; queues are lost and the process restarts. After every step each
delivery stands where the model says; at the end what was not ended has come to its recipient, and every story is legal.

A few examples run each time. `AXIS_EXAMPLES=500` runs more, other ones each time, and shortens one that fails.
"""

import asyncio
import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from adapters.storage.migrate import migrate
from hub.events import Event
from hub.lifecycle import State, advance, may
from hub.settings import StorageSettings
from hub.trouble import Refusal

from .world import DEADLINE, RECIPIENTS, World

EXAMPLES = int(os.environ.get("AXIS_EXAMPLES", "0"))
STEPS = 40
RETRIES = (5, 30)  #: seconds, those of the world's schedule
UNDER_WAY = frozenset({State.ACCEPTED, State.QUEUED})


class Model:
    """One delivery as it should stand, and the order that carries it."""

    def __init__(self, about, now):
        self.id = about.id
        self.system_id = about.system_id
        self.package_id = about.package_id
        self.state = State.ACCEPTED
        self.deadline_at = now + DEADLINE
        self.receipts = {}

    def wait(self, due_at, attempts=0, claimed_until=None):
        """Wait for the relay, for that of this process alone until `claimed_until`."""
        self.order, self.due_at, self.attempts = "waiting", due_at, attempts
        self.claimed_until = claimed_until

    def is_due(self, now):
        return self.order == "waiting" and self.due_at <= now

    def move(self, *events):
        for event in events:
            self.state = advance(self.state, event)


class Deliveries(RuleBasedStateMachine):
    """`new_world` is given by the test: a world on an empty database."""

    keys = Bundle("keys")
    ids = Bundle("ids")
    tickets = Bundle("tickets")

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = self.new_world()
        self.models = {}
        self.packages = {}
        self.epoch = 0
        self.run(self.world.begin())

    def run(self, awaitable):
        return self.runner.run(awaitable)

    def teardown(self):
        try:
            self.drain()
            self.check_stories()
        finally:
            self.run(self.world.end())
            self.runner.close()

    @rule(target=ids, systems=st.lists(st.sampled_from(RECIPIENTS), min_size=1, max_size=3))
    def submit(self, systems):
        key = f"k{len(self.packages)}"
        package_id, deliveries = self.run(self.world.submit(key, systems))
        self.packages[key] = package_id
        for about in deliveries:
            self.models[about.id] = Model(about, self.world.now)
            self.models[about.id].wait(self.world.now, claimed_until=self.world.claim())
        return multiple(*(about.id for about in deliveries))

    @rule(data=st.data())
    def submit_again(self, data):
        if self.packages:
            key = data.draw(st.sampled_from(sorted(self.packages)))
            assert self.run(self.world.submit(key, ("a",))) == (self.packages[key], ())

    @rule()
    def relay(self):
        self.run(self.world.relay())
        for each in self.models.values():
            if each.is_due(self.world.now):
                each.order = "published"
                if each.state is State.ACCEPTED:
                    each.move(Event.QUEUING)

    @rule(target=tickets, limit=st.integers(1, 5))
    def take(self, limit):
        taken = self.run(self.world.take(limit))
        return multiple(*((self.epoch, ticket) for ticket in taken))

    @rule(held=consumes(tickets), succeeds=st.booleans())
    def conclude(self, held, succeeds):
        epoch, ticket = held
        if epoch != self.epoch:
            return
        errands = self.run(self.world.store.errands([ticket.order_id]))
        self.run(self.world.conclude(ticket, succeeds=succeeds))
        for errand in errands:
            self.concluded(self.models[errand.delivery.id], succeeds=succeeds)

    def concluded(self, model, *, succeeds):
        if not may(model.state, Event.CONTENT_CONSIGNMENT):
            model.order = "done"
        elif succeeds:
            model.move(Event.CONTENT_CONSIGNMENT)
            model.order = "done"
        elif model.attempts < len(RETRIES):
            delay = timedelta(seconds=RETRIES[model.attempts])
            model.wait(self.world.now + delay, model.attempts + 1)
        else:
            model.move(Event.CONTENT_CONSIGNMENT_FAILURE)
            model.order = "done"

    @rule(succeeds=st.booleans(), times=st.integers(1, 3))
    def carry(self, succeeds, times):
        """Carry all that waits, as often as asked, each time when the next order is due."""
        for _ in range(times):
            due = [each.due_at for each in self.models.values() if each.order == "waiting"]
            self.world.now = max(self.world.now, min(due, default=self.world.now))
            self.relay()
            for ticket in self.run(self.world.take(50)):
                self.conclude((self.epoch, ticket), succeeds=succeeds)

    @rule(held=consumes(tickets))
    def release(self, held):
        epoch, ticket = held
        if epoch == self.epoch:
            self.run(self.world.release(ticket))

    @rule(delivery_id=ids)
    def acknowledge(self, delivery_id):
        self.end_by(delivery_id, Event.CONTENT_HANDOVER, State.HANDED_OVER, self.world.acknowledge)

    @rule(delivery_id=ids)
    def reject(self, delivery_id):
        self.end_by(delivery_id, Event.CONTENT_HANDOVER_FAILURE, State.REFUSED, self.world.reject)

    def end_by(self, delivery_id, event, state, say):
        model = self.models[delivery_id]
        saying = say(model.system_id, delivery_id)
        if model.state is state:
            assert self.run(saying) == model.receipts[state]
        elif model.state in {*UNDER_WAY, State.CONSIGNED}:  # a system that is called may answer before it is recorded
            model.receipts[state] = self.run(saying)
            model.move(*([Event.CONTENT_CONSIGNMENT] if model.state in UNDER_WAY else []), event)
        else:
            with pytest.raises(Refusal):
                self.run(saying)

    @rule(delivery_id=ids)
    def recall(self, delivery_id):
        model = self.models[delivery_id]
        assert self.run(self.world.withdraw(delivery_id)) == (not model.state.is_final)
        if not model.state.is_final:
            model.move(Event.WITHDRAWAL)

    @rule(seconds=st.sampled_from((1, 5, 30, 150)))
    def wait(self, seconds):
        self.world.now += timedelta(seconds=seconds)

    @rule()
    def expire(self):
        """Let the oldest delivery that is not final come to its deadline."""
        open_ = [each.deadline_at for each in self.models.values() if not each.state.is_final]
        if not open_:
            return
        self.world.now = max(self.world.now, min(open_))
        self.run(self.world.expire())
        for each in self.models.values():
            if not each.state.is_final and each.deadline_at <= self.world.now:
                each.move(Event.EXPIRY)

    @rule()
    def redrive(self):
        dead = [each for each in self.models.values() if each.state is State.DEAD]
        claim = self.world.claim()
        assert self.run(self.world.redrive()) == len(dead)
        for each in dead:
            each.move(Event.REDRIVE)
            each.wait(self.world.now, claimed_until=claim)

    @rule()
    def restart(self):
        self.epoch += 1  # tickets of the old process mean nothing to the new one
        self.run(self.world.restart())
        for each in self.models.values():
            if each.order == "waiting" and each.claimed_until is not None and not self.world.ends_claims:
                each.wait(max(each.due_at, each.claimed_until), each.attempts)

    @rule()
    def lose_queues(self):
        self.epoch += 1
        self.run(self.world.lose_queues())
        systems = {each.system_id for each in self.models.values() if each.order == "published"}
        for each in self.models.values():
            if each.order == "published":
                each.wait(self.world.now, each.attempts)
            elif each.order == "waiting" and each.system_id in systems:
                each.claimed_until = None

    @invariant()
    def every_delivery_stands_where_it_should(self):
        states = self.run(self.world.states(self.models))
        assert states == {each.id: each.state for each in self.models.values()}

    def drain(self):
        """Carry everything: what has not ended comes to its recipient."""
        self.restart()
        for _ in range(5):
            self.wait(RETRIES[-1])
            self.relay()
            while taken := self.run(self.world.take(50)):
                for ticket in taken:
                    self.conclude((self.epoch, ticket), succeeds=True)
        self.every_delivery_stands_where_it_should()
        assert not [each.id for each in self.models.values() if each.state in UNDER_WAY]

    def check_stories(self):
        """Every package was accepted once, and every event of a delivery is an arrow from where it stood."""
        for package_id in self.packages.values():
            story = self.run(self.world.story(package_id))
            assert [each.event for each in story].count(Event.SUBMISSION_ACCEPTANCE) == 1
            stood = {}
            for each in story:
                if each.delivery_id is not None:
                    assert each.state is advance(stood.get(each.delivery_id, State.ACCEPTED), each.event)
                    stood[each.delivery_id] = each.state
            assert all(self.models[delivery_id].state is state for delivery_id, state in stood.items())


@pytest.fixture(params=("sqlite", "postgresql"))
def new_url(request, tmp_path):
    """Makes migrated, empty databases, one for each example."""
    if request.param == "postgresql":
        new, template = (request.getfixturevalue(name) for name in ("new_postgresql_url", "migrated_template"))
        return lambda: new(template)
    first = tmp_path / "template.db"
    migrate(f"sqlite:///{first}")

    def copied():
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
        shutil.copy(first, path)
        return f"sqlite:///{path}"

    return copied


@pytest.mark.parametrize("kind, examples", [("table", 10), ("rabbitmq", 3)], ids=["table", "rabbitmq"])
def test_every_life_of_deliveries(kind, examples, new_url, request, tmp_path):
    """Whatever comes in whatever order, deliveries stand where the lifecycle says, and nothing accepted is lost."""
    broker_url = request.getfixturevalue("rabbitmq").url if kind == "rabbitmq" else None

    class Bound(Deliveries):
        def new_world(self):
            folder = tmp_path / "files"
            place = StorageSettings(url=new_url(), content_dir=folder / "content", spool_dir=folder / "spool")
            return World(place, broker_url)

    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=EXAMPLES or examples,
            stateful_step_count=STEPS,
            derandomize=not EXAMPLES,
            phases=tuple(Phase) if EXAMPLES else (Phase.generate,),  # to make a failure short takes minutes
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
