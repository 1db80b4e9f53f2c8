"""Two brokers as one."""

import pytest

from hub.branches import Branches
from hub.queries import Ticket
from hub.trouble import Deferral
from routing.directory import Directory
from routing.values import Binding, Lane, SignaturePolicy, System
from tests.unit.hub.values import order

NOBODY = frozenset()
DIRECTORY = Directory.build(
    (
        System("asks", "asks", Binding.PULL, SignaturePolicy.REQUIRED),
        System("consumes", "consumes", Binding.AMQP, SignaturePolicy.REQUIRED),
    ),
    (),
    version=1,
)


class Memory:
    """A broker in memory; away when told so."""

    def __init__(self):
        self.orders = []
        self.settled = []
        self.released = []
        self.is_away = self.goes_away = False
        self.looks = 0

    async def publish(self, orders):
        self.is_away = self.is_away or self.goes_away
        self.require()
        self.orders += orders
        return tuple(each.id for each in orders)

    async def take(self, limit, busy, ailing=NOBODY):
        self.require()
        self.looks += 1
        return tuple(Ticket(each.id, each.system_id, Lane.NORMAL, None) for each in self.orders[:limit])

    async def settle(self, tickets):
        self.settled += tickets

    async def keep(self, tickets):
        return tuple(tickets)

    async def release(self, tickets):
        self.released += tickets

    async def probe(self):
        self.require()
        return "here"

    async def holding(self, systems):
        return frozenset(each.system_id for each in self.orders) & frozenset(systems)

    def require(self):
        if self.is_away:
            raise Deferral("broker-unavailable")


@pytest.fixture
def rabbit():
    return Memory()


@pytest.fixture
def table():
    return Memory()


@pytest.fixture
def branches(rabbit, table):
    return Branches(rabbit, table, directory=lambda: DIRECTORY)


ASKS = order(id="1", system_id="asks")
CONSUMES = order(id="2", system_id="consumes", binding=Binding.AMQP)


async def test_divided_by_binding(branches, rabbit, table):
    """Orders for systems that consume their own queue go to the table, the others to RabbitMQ; both are taken, and held."""
    assert set(await branches.publish([ASKS, CONSUMES])) == {"1", "2"}
    assert (rabbit.orders, table.orders) == ([ASKS], [CONSUMES])
    tickets = await branches.take(5, NOBODY)
    assert {each.order_id for each in tickets} == {"1", "2"}
    assert await branches.holding(("asks", "consumes", "x")) == {"asks", "consumes"}


async def test_tickets_go_back_where_they_came_from(branches, rabbit, table):
    """A ticket is settled, and given back, at the broker that handed it out."""
    await branches.publish([ASKS, CONSUMES])
    tickets = await branches.keep(await branches.take(5, NOBODY))
    await branches.settle(tickets)
    await branches.release(tickets)
    assert [each.order_id for each in rabbit.settled] == [each.order_id for each in rabbit.released] == ["1"]
    assert [each.order_id for each in table.settled] == [each.order_id for each in table.released] == ["2"]


async def test_rabbitmq_away(branches, rabbit, table):
    """While RabbitMQ is away everything stays in the outbox, and the table hands out nothing that it would not get back."""
    await branches.publish([CONSUMES])
    rabbit.is_away = True
    for order_ in (ASKS, CONSUMES):
        with pytest.raises(Deferral):
            await branches.publish([order_])
    assert table.orders == [CONSUMES]
    with pytest.raises(Deferral):
        await branches.take(5, NOBODY)
    assert [each.order_id for each in table.released] == ["2"]


async def test_rabbitmq_goes_away_meanwhile(branches, rabbit, table):
    """What the table has taken when RabbitMQ goes away is confirmed: it is there."""
    rabbit.goes_away = True
    assert await branches.publish([ASKS, CONSUMES]) == ("2",)
    assert table.orders == [CONSUMES]


WITHOUT_QUEUES = Directory.build((System("asks", "asks", Binding.PULL, SignaturePolicy.REQUIRED),), (), version=2)


@pytest.mark.parametrize(
    "directory, look_every, looks",
    [(WITHOUT_QUEUES, 3600.0, 1), (WITHOUT_QUEUES, 0.0, 5), (DIRECTORY, 3600.0, 5)],
    ids=["not used", "not used, time is up", "used"],
)
async def test_an_unused_table_is_looked_at_now_and_then(rabbit, table, directory, look_every, looks):
    """Without a system that consumes its own queue the table is only looked at from time to time."""
    branches = Branches(rabbit, table, directory=lambda: directory, look_every=look_every)
    for _ in range(5):
        await branches.take(5, NOBODY)
    assert (table.looks, rabbit.looks) == (looks, 5)


async def test_what_is_put_into_an_unused_table_is_taken(rabbit, table):
    """A claim that was made before its system got another binding is found at once."""
    branches = Branches(rabbit, table, directory=lambda: WITHOUT_QUEUES, look_every=3600.0)
    await branches.take(5, NOBODY)
    await branches.publish([CONSUMES])
    assert [each.order_id for each in await branches.take(5, NOBODY)] == ["2"]
