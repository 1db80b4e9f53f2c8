"""A hub whose broker takes nothing: acceptance goes on until the outbox is full (bad-inputs.md row 51)."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from adapters.client import open_client
from tests.faults.post import Correspondence, open_codes, pull_systems
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
    """Hand in another document; return status, Retry-After and what was answered."""
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key) as client:
        letters = Correspondence(hub, system_id, await open_codes(client), Sound())
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/xml"}

    def posted():
        request = urllib.request.Request(f"{hub.url}/v1/packages", letters.next_parcel().data, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, None, json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.status, answer.headers["Retry-After"], json.load(answer)

    return posted


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
