"""Hubs on PostgreSQL, and documents that go through them."""

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

from adapters.client import open_client
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from tests.support.enrolment import Member, enrol
from tests.support.hub import HubProcess, axis, free_port

SENDER, RECIPIENT = "X01.01", "X01.02"
LIMIT = 60.0  #: seconds; a busy machine needs half a minute for a hub of two processes


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


class ManyWorkers(PatientHub):
    """A hub of two processes on one port."""

    options = ("--workers", "2")

    def _wait_until_ready(self, deadline):
        self.wait_for("/readyz")


def create(kind, url, folder):
    """Return a hub of this kind whose database is at `url`, and the bearer keys of two systems."""
    axis("init", str(folder))
    made = kind(folder, free_port())
    text, count = re.subn("^url = .sqlite.*$", f'url = "{url}"', made.config.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1
    made.config.write_text(text, encoding="utf-8")
    return made, enrol(made, tuple(map(_member, (SENDER, RECIPIENT))), {})


def _member(code):
    system = System(id=code, name=code, binding=Binding.PULL, policy=SignaturePolicy.TRANSPORT, webhook_url=None)
    return Member(system, (Agency(code=code, name=f"Cơ quan {code}", parent=None, system_id=code),))


def document(number):
    return new_document(
        sender=SENDER,
        recipients=(RECIPIENT,),
        subject="Thử liên thông",
        number=number,
        notation="BC-X",
        sent_at=datetime.now(UTC),
    ).encode()


async def exchange(sending, asking, keys, number):
    """Hand a document in at one hub and take it at another, which waits for it before it comes."""
    async with open_client(sending.url, keys[SENDER]) as sender, open_client(asking.url, keys[RECIPIENT]) as recipient:
        waiting = asyncio.create_task(recipient.inbox(wait=15))
        package = (await sender.submit(document(number))).package
        (item,) = await waiting
        await recipient.acknowledge(item.id)
        seen = await sender.package(package.id)
        assert [each.state for each in seen.deliveries] == ["handed_over"]
