"""Rows 31 to 33 and 38 of the bad inputs: repeats, conflicts, and what is large but good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from schemas.edxml.compose import NewFile
from signing.sign import sign
from tests.integration.http.conftest import TRANSPORT
from tests.integration.http.stored import Stored
from tests.support.hub import axis
from tests.support.two_hubs import eventually

MIB = 1_048_576


def test_row_31_same_again(world):
    """Row 31: the same bytes again get the first answer, byte for byte, and make no second package."""
    package = world.signed()
    first = world.api().submit(package)
    before = Stored.at(world.hub.folder).rows["packages"]
    again = world.api().submit(package)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert Stored.at(world.hub.folder).rows["packages"] == before


def test_row_31_after_the_handover(world):
    """Row 31: the answer to a repeat does not change with what happened since."""
    package = world.signed()
    first = world.api().submit(package)
    delivery_id = world.collected(first.json)
    world.api("sys-h99-02").post(f"/v1/deliveries/{delivery_id}/ack")
    assert world.api().submit(package).body == first.body


def test_row_31_after_its_recipient_was_suspended(world):
    """Row 31: who did not get the answer still gets it when the package would be refused by now."""
    agency = ("H99.71", "--config", str(world.hub.config))
    axis("agency", "add", *agency, "--name", "Sở Bảy", "--system", "sys-h99-02")
    package = world.signed(recipients=["H99.71"])
    first = eventually(lambda: (found := world.api().submit(package)).status == 201 and found)
    axis("agency", "suspend", *agency)
    eventually(lambda: world.api().submit(world.signed(recipients=["H99.71"])).status == 422)
    again = world.api().submit(package)
    assert (again.status, again.body) == (200, first.body)
    assert world.api(TRANSPORT).submit(package).status >= 400  # others are told nothing


def test_row_32_conflict(world):
    """Row 32: the same document id with other content is a conflict; the first stays as it was."""
    draft = world.letter(subject="Bản một")
    other = draft.replace("Bản một".encode(), "Bản hai".encode())
    signer = world.signers["H99.01"]
    first = world.api().submit(sign(draft, signer.key, signer.chain)).json
    answer = world.api().submit(sign(other, signer.key, signer.chain))
    assert (answer.status, answer.code) == (409, "message-id-conflict")
    assert world.api().get(f"/v1/packages/{first['id']}").json["subject"] == "Bản một"


def test_row_33_twins(world):
    """Row 33: fifty equal posts at once make one package, and all get the same receipt."""
    package = world.signed()
    before = Stored.at(world.hub.folder).rows["packages"]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: world.api().submit(package), range(50)))
    assert sorted(answer.status for answer in answers) == [200] * 49 + [201]
    assert len({answer.json["receipt"] for answer in answers}) == 1
    assert Stored.at(world.hub.folder).rows["packages"] == before + 1


@pytest.mark.parametrize("size", [9 * MIB, 37 * MIB])
def test_row_38_large(world, size):
    """Row 38: packages of 12 MB and 50 MB are taken; the same bytes come out, and memory stays bounded."""
    package = world.letter(sender=TRANSPORT, files=[NewFile("a.pdf", b"%PDF-1.7\n" + b"x" * size)])
    answer = world.api(TRANSPORT).submit(package)
    assert answer.status == 201, answer.body
    content = world.api(TRANSPORT).get(f"/v1/packages/{answer.json['id']}/content")
    assert content.body == package
    assert psutil.Process(world.hub.pid).memory_info().rss < 700 * MIB


def test_row_38_just_below_the_limit(world):
    """Row 38: a package of exactly the limit is taken."""
    limit = 58_720_256
    package = world.letter(sender=TRANSPORT, files=[NewFile("a.pdf", b"%PDF-1.7\n" + b"x" * (41 * MIB))])
    padding = b"<!--" + b"x" * (limit - len(package) - 7) + b"-->"
    padded = package.replace(b"?>", b"?>" + padding, 1)
    assert len(padded) == limit
    answer = world.api(TRANSPORT).submit(padded)
    assert answer.status == 201, answer.body
