"""A hub whose broker takes nothing: acceptance goes on until the outbox is full (bad-inputs.md row 51)."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from adapters.client import open_client
from tests.faults.post import Correspondence, open_codes, pull_systems
from tests.integration.amqp.exchange import new_world, running, state_of
from tests.integration.amqp.test_hub import Sound, late_node, waits_in_inbox
from tests.support.hub import HubProcess

__all__ = ["late_node"]

MOST = 3


@pytest.fixture
def hub(tmp_path, late_node):
    settings = {"AXIS_BROKER__URL": late_node.url, "AXIS_BROKER__MAX_OUTBOX": str(MOST)}
    process = HubProcess.create(tmp_path / "hub", settings)
    yield process.start()
    process.stop()


@pytest.fixture
async def post(hub):
    """Hand in another document, as `posted` does."""
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key) as client:
        letters = Correspondence(hub, system_id, await open_codes(client), Sound())
    return lambda: posted(hub, api_key, letters.next_parcel().data)


def posted(hub, api_key, data):
    """Hand in a document; return status, Retry-After and what was answered."""
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/xml"}
    request = urllib.request.Request(f"{hub.url}/v1/packages", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, None, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.status, answer.headers["Retry-After"], json.load(answer)


async def until_answered(post, status):
    """Post until the answer has this status; return all answers, that one last."""
    answers = []
    while not answers or answers[-1][0] != status:
        answers.append(await asyncio.to_thread(post))
        await asyncio.sleep(0.5)
    return answers


async def test_full_outbox(hub, post, late_node):
    """Row 51: without a broker packages are accepted until the outbox is full, then answered 503; none accepted is lost."""
    *accepted, (_, retry_after, problem) = await until_answered(post, 503)
    assert len(accepted) >= MOST
    assert {status for status, _, _ in accepted} == {201}
    assert problem["type"] == "urn:axis:problem:overloaded"
    assert int(retry_after) > 0
    await asyncio.to_thread(late_node.start)
    for _, _, package in accepted:
        await waits_in_inbox(hub, package["deliveries"][0]["id"])
    assert len(await until_answered(post, 201)) < 20


async def test_full_outbox_for_a_queue_of_its_own(tmp_path, late_node):
    """Row 51: what cannot be put into the queues that systems consume counts, too; it arrives when the broker takes it."""
    await asyncio.to_thread(late_node.start)
    world = await asyncio.to_thread(new_world, tmp_path, late_node, AXIS_BROKER__MAX_OUTBOX=str(MOST))
    await asyncio.to_thread(late_node.stop)
    async with running(world):
        *accepted, _ = await until_answered(lambda: posted(world.hub, world.asking[1], world.letter()), 503)
        assert len(accepted) >= MOST
        await asyncio.to_thread(late_node.start)
        async with world.sender() as sender:
            for _, _, package in accepted:
                while await state_of(sender, package["id"]) != "consigned":
                    await asyncio.sleep(0.1)
