"""Facts about what is handed from relay to courier."""

from hub.changes import Changes
from hub.freight import Freight
from hub.order import Purpose
from hub.queries import Errand
from tests.unit.hub.values import delivery, order, package


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
