"""The table queue between two processes."""

import asyncio

from sqlalchemy import NullPool, create_engine, delete, select

from adapters.storage.tables import queue
from tests.contract.test_broker import NOBODY, ids, orders


async def test_published_while_another_process_settles(storage, settings):
    """An order that is published for its next attempt while another process settles the one before is in the queue afterwards."""
    (order,) = published = orders(1)
    await storage.queue.publish(published)
    await storage.queue.take(1, NOBODY)
    theirs = queue.c.order_id == order.id
    with create_engine(settings.url, poolclass=NullPool).begin() as settling:
        settling.execute(select(queue.c.position).where(theirs).with_for_update())
        publishing = asyncio.create_task(storage.queue.publish(published))
        await asyncio.sleep(0.5)  # it has come to the row by then, and waits
        settling.execute(delete(queue).where(theirs))
    await publishing
    assert ids(await storage.queue.take(1, NOBODY)) == [order.id]
