"""K9 on RabbitMQ: published and confirmed, but the hub dies before it hears of it."""

import asyncio
from random import Random

import pytest

from adapters.client import open_client
from tests.support.hub import HubProcess

from .confirms import Fate, Nth
from .post import Correspondence, open_codes, pull_systems
from .proxy import proxy_to


@pytest.fixture
async def proxy(rabbitmq):
    rabbitmq.wipe()
    async with proxy_to(rabbitmq.port, is_amqp=True) as opened:
        yield opened


@pytest.fixture
def hub(tmp_path, rabbitmq, proxy):
    url = rabbitmq.url.replace(f":{rabbitmq.port}/", f":{proxy.port}/")
    process = HubProcess.create(tmp_path / "hub", {"AXIS_BROKER__URL": url})
    yield process
    process.kill()


async def until(condition):
    """Wait until something is true; pytest's time limit ends what never is."""
    while not condition():
        await asyncio.sleep(0.05)


async def test_killed_before_the_confirmation(hub, proxy):
    """Rows 47, 52: an order whose confirmation died with its hub (K9) is published again, and is consigned and offered once."""
    await asyncio.to_thread(hub.start)
    (sender, sender_key), (_, recipient_key) = pull_systems(hub).items()
    proxy.confirmation = Nth(1, Fate.DROP, times=1000)
    async with open_client(hub.url, sender_key) as client:
        letters = Correspondence(hub, sender, await open_codes(client), Random(1))
        parcel = letters.parcel(("H99.02",))
        package = (await client.submit(parcel.data)).package
        await until(lambda: proxy.confirmations > 0)
        hub.kill()
        proxy.confirmation = None
        await asyncio.to_thread(hub.start)
        async with open_client(hub.url, recipient_key) as recipient:
            items = ()
            while not items:
                items = await recipient.inbox(wait=5)
            await recipient.acknowledge(items[0].id)
            assert [each.package_id for each in items] == [package.id]
            await asyncio.sleep(1.0)
            assert await recipient.inbox() == ()
        events = [each.event for each in await client.package_receipts(package.id)]
    assert sorted(events) == ["ContentConsignment", "ContentHandover", "SubmissionAcceptance"]
