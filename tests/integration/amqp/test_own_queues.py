"""The queues that systems consume themselves, as the hub keeps them."""

import pytest

from adapters.amqp.connection import Line
from adapters.amqp.own_queues import OwnQueues
from hub.trouble import Deferral
from tests.contract.amqp import count, delete_queues


async def test_a_loss_that_could_not_be_recorded_is_told_again(rabbitmq):
    """Queues that were lost while the database was away, too, are told as lost when it is back, and made."""
    await delete_queues(rabbitmq.url, ("a",))
    told = []

    async def lost(system_id):
        told.append(system_id)
        if len(told) == 1:
            raise Deferral("storage-unavailable")

    queues = OwnQueues(Line(rabbitmq.url, "keeping"), systems=lambda: ("a",), lost=lost)
    try:
        with pytest.raises(Deferral):
            await queues.look()
        for _ in range(2):
            await queues.look()
    finally:
        await queues.close()
    assert told == ["a", "a"]
    assert await count(rabbitmq.url, "axis.a.normal") == 0
