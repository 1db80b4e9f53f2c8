"""Facts about what the relay leaves behind for couriers."""

from hub.changes import Stale
from hub.freight import Freight
from hub.queries import Errand
from hub.relay import Relay
from hub.signals import Signals
from tests.unit.hub.values import NOW, delivery, order, package


class Withdrawn:
    """A store and a broker in memory: one order, whose delivery is withdrawn before it is marked as queued."""

    def __init__(self, waiting):
        self._waiting = waiting

    async def claim(self, _limit, _now, _until):
        return (self._waiting,)

    async def publish(self, orders):
        return [each.id for each in orders]

    async def record(self, changes):
        if changes.moves:
            raise Stale(changes.moves[0].delivery_id)


async def test_nothing_stale_is_handed_to_couriers():
    """A delivery that was withdrawn meanwhile is read anew by its courier, who then carries nothing."""
    freight, waiting = Freight(), order(delivery_id=delivery().id)
    hall = Withdrawn(waiting)
    freight.put(Errand(waiting, package(), delivery=delivery()))
    relay = Relay(store=hall, broker=hall, freight=freight, signals=Signals(), clock=lambda: NOW)
    assert await relay.relay_once() == 1
    assert freight.take([waiting.id]) == ([], [waiting.id])
