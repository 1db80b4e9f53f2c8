"""Facts about what the consumer of one queue holds."""

import pytest

from adapters.amqp.stock import Stock
from adapters.amqp.topology import ORDER
from routing.values import Lane


class Message:
    """A message as the client hands it over."""

    type = ORDER

    def __init__(self, tag):
        self.delivery_tag = tag
        self.message_id = f"order-{tag}"

    def __repr__(self):
        return f"<{self.delivery_tag}>"


@pytest.fixture
async def stock():
    """Five messages on one channel."""

    async def lost(_system_id):
        """Nothing is."""

    filled = Stock("a", Lane.NORMAL, arrived=lambda _stock: None, lost=lost)
    number = filled.begin()
    for tag in range(1, 6):
        await filled.take_in(number, Message(tag))
    return filled


def tags(settled):
    return [(message.delivery_tag, with_all_before) for message, with_all_before in settled]


async def test_one_word_for_all(stock):
    """What is settled together, with nothing before it still held, is acknowledged by one word."""
    assert tags(stock.settled(reversed(stock.take(3)))) == [(3, True)]


async def test_what_is_still_out_is_not_acknowledged(stock):
    """A word for all before ends at the first that is being carried; later ones are acknowledged one by one."""
    first, second, third, fourth = stock.take(4)
    assert tags(stock.settled([first, third, fourth])) == [(1, True), (3, False), (4, False)]
    assert tags(stock.settled([second])) == [(2, True)]


async def test_what_was_given_back_is_not_acknowledged(stock):
    """A ticket in its place again is held as one that was never taken."""
    first, second = stock.take(2)
    stock.put_back(first)
    assert tags(stock.settled([second])) == [(2, False)]


async def test_settled_once(stock):
    """A ticket that is settled already, or came on a channel that is lost, is not acknowledged."""
    taken = stock.take(2)
    stock.settled(taken)
    assert tags(stock.settled(taken)) == []
    late = stock.take(2)
    stock.begin()
    assert tags(stock.settled(late)) == []
