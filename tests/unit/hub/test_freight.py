"""Facts about what is handed from relay to courier."""

from hub.freight import Freight
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


def test_the_oldest_are_dropped_first():
    """Nobody asking costs bounded memory."""
    freight = Freight(most=2)
    for number in range(3):
        freight.put(_errand(number))
    assert freight.take(["order-0"])[1] == ["order-0"]
    assert len(freight.take(["order-1", "order-2"])[0]) == 2
