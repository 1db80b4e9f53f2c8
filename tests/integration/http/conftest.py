"""One running hub for all tests of the HTTP edge, with the demo's systems and a laboratory's certificates beside them."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct

from adapters.storage.opening import open_storage
from hub.compose import located
from hub.configuration import load
from schemas.edxml.compose import NewFile, new_document
from signing.keys import der_of, fingerprint
from signing.lab import Identity, Validity
from signing.sign import sign
from signing.verify import RegisteredCertificate
from tests.integration.http.client import Answer, Api
from tests.integration.http.stored import Stored, refusals
from tests.support.enrolment import trust_lab
from tests.support.hub import HubProcess, axis
from tests.vectors.signatures import generate, signers

A, B, TRANSPORT = "sys-h99-01", "sys-h99-02", "H99.05"
NOW = datetime.now(UTC)

_numbers = itertools.count(1)
_mark = secrets.token_hex(2).upper()


class World(Struct, frozen=True):
    """The hub, the keys of its callers by name, the signers, and the signature vectors by name."""

    hub: HubProcess
    keys: dict[str, str]
    signers: dict[str, Identity]
    vectors: dict[str, bytes]

    def api(self, caller: str | None = A) -> Api:
        return Api(self.hub.port, self.keys[caller] if caller else None)

    def letter(self, **changes: Any) -> bytes:
        """Compose an unsigned document with a new number; `changes` are arguments of `new_document`."""
        number = f"{next(_numbers)}"
        usual = {
            "sender": "H99.01",
            "recipients": ["H99.02"],
            "subject": "V/v kiểm thử",
            "number": number,
            "notation": f"CV-{_mark}",
            "sent_at": datetime.now(UTC),
        }
        return new_document(**(usual | changes)).encode()

    def signed(self, data: bytes | None = None, signer: str = "H99.01", **changes: Any) -> bytes:
        identity = self.signers[signer]
        return sign(self.letter(**changes) if data is None else data, identity.key, identity.chain)

    def accepted(self, **changes: Any) -> dict[str, Any]:
        """Hand in a new signed package as A and return what the hub says."""
        answer = self.api().submit(self.signed(**changes))
        assert answer.status == 201, answer.body
        return answer.json

    def collected(self, package: dict[str, Any], caller: str = B) -> str:
        """Collect the inbox of a system until the package is in it; return the id of the delivery."""
        for _ in range(20):
            for item in self.api(caller).get("/v1/inbox?wait=1&limit=200&lease=1").json["items"]:
                if item["package_id"] == package["id"]:
                    return item["id"]
        raise AssertionError("the delivery never came")


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Iterator[World]:
    """A demo hub that also believes the laboratory of the signature vectors."""
    # All tests call from one address, and made-up requests alone show about fifty wrong keys: on a quick machine within a minute.
    unlimited = {"AXIS_LIMITS__FAILED_LOGINS_PER_MINUTE": "0"}
    hub = HubProcess.create(tmp_path_factory.mktemp("http") / "hub", unlimited)
    vectors, lab = make_vectors()
    trust_lab(hub, lab.pki)
    extra = signers_of(lab)
    asyncio.run(
        register(hub, lab.registered | {fingerprint(each.certificate): "H99.01" for each in extra.values()}, lab)
    )
    keys = {each["id"]: each["api_key"] for each in hub.credentials["systems"]}
    for user in ("operator", "auditor", "admin"):
        made = axis("key", "add", "--user", user, "--json", "--config", str(hub.config))
        keys[user] = json.loads(made.stdout)["api_key"]
    known = {"H99.01": lab.ec, "H99.02": lab.other, "stranger": lab.stranger, **extra}
    hub.start()
    yield World(hub, keys, known, vectors)
    assert hub.stop() == 0


def make_vectors() -> tuple[dict[str, bytes], signers.Lab]:
    """Make the signature vectors valid now: their files are frozen in time, a hub has a clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signers, "AT", NOW)
        lab = signers.Lab()
        return {name: data for vectors in generate.SETS for _, name, data in vectors(lab)}, lab


def signers_of(lab: signers.Lab) -> dict[str, Identity]:
    """Registered signers whose certificates have one defect each."""
    name = ("H99.01", "Sở Mẫu")
    return {
        "expired": lab.pki.agency(*name, validity=Validity.ended_before(NOW)),
        "not-yet-valid": lab.pki.agency(*name, validity=Validity.beginning_after(NOW)),
        "usage": lab.pki.agency(*name, usage=frozenset({"key_encipherment"})),
        "self-signed": lab.pki.self_signed(*name),
        "suspended": lab.pki.agency(*name),
    }


async def register(hub: HubProcess, registered: dict[str, str], lab: signers.Lab) -> None:
    settings, base_dir = load(hub.config)
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        await storage.registers.import_entries(
            certificates=[
                RegisteredCertificate(sha256, code, der_of(lab.ec.certificate)) for sha256, code in registered.items()
            ]
        )


class Watch:
    """Sees that nothing was stored and nothing was leaked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = Stored.at(world.hub.folder)
        self._refusals = refusals(world.hub.folder)
        self._secrets = [str(world.hub.folder), *(key.rpartition("_")[2] for key in world.keys.values())]

    def refused(self, answer: Answer, status: int, *codes: str, is_recorded: bool = True) -> None:
        """The answer is this problem; it says nothing of the inside; nothing is stored but the refusal itself."""
        assert (answer.status, answer.code in codes) == (status, True), answer.body
        self.nothing_leaked(answer)
        self.nothing_stored()
        expected = self._refusals + (1 if is_recorded else 0)
        assert refusals(self._world.hub.folder) == expected
        assert (answer.problem.refusal_id is not None) == (answer.problem.receipt is not None)
        self._refusals = expected

    def nothing_stored(self) -> None:
        assert Stored.at(self._world.hub.folder) == self._before

    def nothing_leaked(self, answer: Answer) -> None:
        # A receipt is base64: sooner or later any four letters stand in it. What it says is compared elsewhere.
        text = re.sub(r'"receipt":"[^"]*"', "", answer.body.decode()) + str(answer.headers)
        inside = ("Traceback", 'File "', "lxml", "sqlalchemy", "sqlite", ".py", "aiohttp", "Python/", *self._secrets)
        assert [each for each in inside if each in text] == []


@pytest.fixture
def watch(world) -> Watch:
    """Take stock now; `watch.refused` compares."""
    return Watch(world)


@pytest.fixture
def listener():
    """An address on loopback that must never be asked for anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(BlockingIOError):
            listening.accept()


__all__ = ["NewFile", "Watch", "World"]
