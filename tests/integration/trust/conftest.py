"""A running hub that believes a test's own authority, whose lists the test writes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from msgspec import Struct

from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from signing.lab import Identity, KeyKind, LabPki
from signing.sign import sign
from tests.support.enrolment import Member, enrol, trust_lab
from tests.support.hub import HubProcess

SENDER, RECIPIENT = "X01.01", "X01.02"
_NUMBERS = count(1)


class Answer(Struct, frozen=True):
    """What the hub said."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


class World(Struct, frozen=True):
    """A hub, an authority, and a sender whose system must sign."""

    hub: HubProcess
    pki: LabPki
    seal: Identity
    keys: dict[str, str]

    def send(self, seal: Identity | None = None, sender: str = SENDER, recipient: str = RECIPIENT) -> Answer:
        """Sign a new document and hand it in."""
        signer = seal or self.seal
        draft = new_document(
            sender=sender,
            recipients=[recipient],
            subject="Thử thu hồi",
            number=str(next(_NUMBERS)),
            notation="BC-X",
            sent_at=datetime.now(UTC),
        )
        return self.ask("POST", "/v1/packages", sign(draft.encode(), signer.key, signer.chain))

    def ask(self, method: str, path: str, data: bytes | None = None) -> Answer:
        """Call the hub as the sender."""
        request = urllib.request.Request(f"{self.hub.url}{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.keys[SENDER]}")
        request.add_header("Content-Type", "application/xml")
        request.add_header("Accept-Language", "vi")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, dict(answer.headers), json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), json.loads(error.read()))

    def until(self, is_so: Callable[[Answer], bool], seal: Identity | None = None) -> Answer:
        """Send until the answer is as wanted: changes of files and register reach the hub within seconds."""
        deadline = time.monotonic() + 15
        while not is_so(answer := self.send(seal)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.2)
        return answer

    def count(self) -> int:
        """Return how many packages the sender has in the hub."""
        return len(self.ask("GET", "/v1/packages?limit=200").body["items"])


def member(code: str) -> Member:
    system = System(id=code, name=code, binding=Binding.PULL, policy=SignaturePolicy.REQUIRED)
    return Member(system, (Agency(code=code, name=f"Cơ quan {code}", parent=None, system_id=code),))


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    hub = HubProcess.create(tmp_path / "hub")
    pki = LabPki.create(datetime.now(UTC), kind=KeyKind.EC_P256)
    trust_lab(hub, pki)
    seal = pki.agency(SENDER, "Sở Gửi")
    keys = enrol(hub, (member(SENDER), member(RECIPIENT)), {SENDER: seal})
    hub.start()
    yield World(hub, pki, seal, keys)
    assert hub.stop() == 0
