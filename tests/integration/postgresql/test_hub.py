"""A whole hub on PostgreSQL: start order, restarts of the server, two hubs on one database."""

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from adapters.client import open_client
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from tests.support.enrolment import Member, enrol
from tests.support.hub import HubProcess, axis, free_port

SENDER, RECIPIENT = "X01.01", "X01.02"
LIMIT = 20.0


class PatientHub(HubProcess):
    """A hub that counts as started when it answers at all, ready or not."""

    def _wait_until_ready(self, deadline):
        self.wait_for("/livez")

    def wait_for(self, path, status=200):
        deadline = time.monotonic() + LIMIT
        while (answer := self.ask(path))[0] != status:
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} answered {answer}:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)
        return answer[1]

    def ask(self, path, key=None):
        """Return status and body of a GET."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.status, json.load(answer)
        except OSError:
            return None, None


@pytest.fixture
def on_postgresql(settings, tmp_path):
    """A hub's folder whose database is PostgreSQL, and the bearer keys of two systems."""
    folder = tmp_path / "hub"
    axis("init", str(folder))
    made = PatientHub(folder, free_port())
    text, count = re.subn(
        "^url = .sqlite.*$", f'url = "{settings.url}"', made.config.read_text("utf-8"), flags=re.MULTILINE
    )
    assert count == 1
    made.config.write_text(text, encoding="utf-8")
    keys = enrol(made, tuple(map(_member, (SENDER, RECIPIENT))), {})
    yield made, keys
    made.kill()


def _member(code):
    system = System(id=code, name=code, binding=Binding.PULL, policy=SignaturePolicy.TRANSPORT, webhook_url=None)
    return Member(system, (Agency(code=code, name=f"Cơ quan {code}", parent=None, system_id=code),))


def _document(number):
    return new_document(
        sender=SENDER,
        recipients=(RECIPIENT,),
        subject="Thử liên thông",
        number=number,
        notation="BC-X",
        sent_at=datetime.now(UTC),
    ).encode()


async def _exchange(sending, asking, keys, number):
    """Hand a document in at one hub and take it at another, which waits for it before it comes."""
    async with open_client(sending.url, keys[SENDER]) as sender, open_client(asking.url, keys[RECIPIENT]) as recipient:
        waiting = asyncio.create_task(recipient.inbox(wait=15))
        package = (await sender.submit(_document(number))).package
        (item,) = await waiting
        await recipient.acknowledge(item.id)
        seen = await sender.package(package.id)
        assert [each.state for each in seen.deliveries] == ["handed_over"]


async def test_hub_started_before_its_database(on_postgresql, postgresql):
    """Without its database a hub comes up, is not ready and turns nobody away; it heals when the database is there."""
    hub, keys = on_postgresql
    postgresql.stop()
    try:
        hub.start()
        assert hub.ask("/readyz") == (503, {"status": "not-ready"})
        status, problem = hub.ask("/v1/inbox", keys[RECIPIENT])
        assert (status, problem["type"]) == (503, "urn:axis:problem:storage-unavailable")
    finally:
        postgresql.start()
    hub.wait_for("/readyz")
    await _exchange(hub, hub, keys, "1")
    assert hub.stop() == 0


async def test_database_killed_under_a_running_hub(on_postgresql, postgresql):
    """A killed database makes the hub say 503; when it is back the same process exchanges documents again."""
    hub, keys = on_postgresql
    hub.start()
    hub.wait_for("/readyz")
    await _exchange(hub, hub, keys, "1")
    postgresql.kill()
    try:
        hub.wait_for("/readyz", 503)
    finally:
        postgresql.start()
    hub.wait_for("/readyz")
    await _exchange(hub, hub, keys, "2")
    assert hub.stop() == 0


async def test_two_hubs_on_one_database(on_postgresql):
    """What is handed in at one process is taken at another, with one register and one truth."""
    hub, keys = on_postgresql
    other = PatientHub(hub.folder, free_port())
    try:
        for each in (hub, other):
            each.start()
            each.wait_for("/readyz")
        await _exchange(hub, other, keys, "1")
        await _exchange(other, hub, keys, "2")
        assert (hub.stop(), other.stop()) == (0, 0)
    finally:
        other.kill()
