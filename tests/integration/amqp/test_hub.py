"""A hub and its RabbitMQ as processes: the order in which they start does not matter (bad-inputs.md row 49)."""

import asyncio
import json
import random
import urllib.request

import pytest

from adapters.client import open_client
from tests.faults.post import Correspondence, open_codes, pull_systems
from tests.services.rabbitmq import RabbitNode
from tests.support.hub import HubProcess, axis


class Sound(random.Random):
    """Chance that always takes the first choice and forges nothing."""

    def random(self):
        return 1.0

    def choice(self, seq):
        return seq[0]

    def sample(self, population, k):
        return population[:k]


@pytest.fixture
def late_node(tmp_path_factory):
    """A node that is not started yet."""
    node = RabbitNode(tmp_path_factory.mktemp("rabbitmq"))
    yield node
    node.stop()


@pytest.fixture
def hub(tmp_path, late_node):
    process = HubProcess.create(tmp_path / "hub", {"AXIS_BROKER__URL": late_node.url})
    yield process.start()
    process.stop()


def readiness(hub):
    with urllib.request.urlopen(f"{hub.url}/readyz?verbose", timeout=5) as answer:
        return json.load(answer)


async def submitted(hub):
    """Hand in a document for one recipient; return the delivery's id."""
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key) as client:
        letters = Correspondence(hub, system_id, await open_codes(client), Sound())
        accepted = await client.submit(letters.next_parcel().data)
        return accepted.package.deliveries[0].id


async def waits_in_inbox(hub, delivery_id):
    """Wait until somebody's inbox has the delivery."""
    while True:
        for api_key in pull_systems(hub).values():
            async with open_client(hub.url, api_key) as client:
                items = await client.inbox(limit=20, lease=1)
                if delivery_id in [each.id for each in items]:
                    return
        await asyncio.sleep(0.2)


async def test_broker_comes_after_the_hub(hub, late_node):
    """Row 49: without its broker a hub starts, accepts, and says that it is degraded; it delivers when the broker comes."""
    delivery_id = await submitted(hub)
    seen = readiness(hub)
    (check,) = (each for each in seen["checks"] if each["name"] == "broker")
    assert (seen["status"], check["is_ok"]) == ("degraded", False)
    assert "broker-unavailable" in check["detail"]
    await asyncio.to_thread(late_node.start)
    await waits_in_inbox(hub, delivery_id)
    assert readiness(hub)["status"] == "ready"
    assert "1 " not in axis("queue", "rebuild", "--config", str(hub.config)).stdout  # nothing is left in the queues
