"""Facts about what is handed from relay to courier."""

from datetime import timedelta

from msgspec import structs

from hub.changes import Changes, Move
from hub.freight import Freight
from hub.lifecycle import State
from hub.order import Purpose
from hub.queries import Errand
from tests.unit.hub.values import NOW, delivery, order, package


def _errand(number: int) -> Errand:
    return Errand(order=order(id=f"order-{number}"), package=package(), delivery=delivery())


def test_an_errand_is_taken_once():
    """The second who asks must read the store."""
    freight = Freight()
    freight.put(_errand(1))
    assert freight.take(["order-1", "order-2"]) == ([_errand(1)], ["order-2"])
    assert freight.take(["order-1"]) == ([], ["order-1"])


def test_an_acceptance_brings_its_errands_along():
    """What was just recorded of a package need not be read again to carry it to its recipients."""
    freight = Freight()
    wanted = order(id="order-1", delivery_id=delivery().id)
    telling = order(id="order-2", purpose=Purpose.TELL, delivery_id=None)
    freight.observe(Changes(package=package(), deliveries=(delivery(),), orders=(wanted, telling)))
    assert freight.take(["order-1", "order-2"]) == ([Errand(wanted, package(), delivery=delivery())], ["order-2"])


def test_the_oldest_are_dropped_first():
    """Nobody asking costs bounded memory."""
    freight = Freight(most=2)
    for number in range(3):
        freight.put(_errand(number))
    assert freight.take(["order-0"])[1] == ["order-0"]
    assert len(freight.take(["order-1", "order-2"])[0]) == 2


def test_what_moved_is_dropped():
    """A delivery that was withdrawn meanwhile is read anew by its courier, who then carries nothing."""
    freight, errand = Freight(), Errand(order(delivery_id=delivery().id), package(), delivery=delivery())
    freight.put(errand)
    move = Move(delivery_id=delivery().id, expected=State.ACCEPTED, to=State.WITHDRAWN, at=NOW)
    freight.observe(Changes(moves=(move,)))
    assert freight.take([errand.order.id]) == ([], [errand.order.id])


def test_what_waits_long_is_dropped():
    """Another process may have moved a delivery that has waited in its queue: it is read anew."""
    freight = Freight(kept=timedelta(seconds=-1))
    freight.put(_errand(1))
    assert freight.take(["order-1"]) == ([], ["order-1"])


def test_a_claimed_order_knows_its_attempts():
    """An errand that is handed over says what was tried since its acceptance."""
    freight = Freight()
    freight.put(_errand(1))
    claimed = structs.replace(_errand(1).order, attempts=2)
    freight.renew(claimed)
    assert [errand.order for errand in freight.take(["order-1"])[0]] == [claimed]
