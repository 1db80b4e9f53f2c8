"""Every sample of the national SDK goes through a hub: unsigned from a `transport` system, signed from a `required` one."""

from __future__ import annotations

import asyncio
import base64
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct
from signxml import XMLVerifier

from adapters.client import AxisClient, ProblemError, open_client
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml import encode, extract, read
from schemas.parser import parse
from signing.lab import Identity, LabPki
from signing.sign import sign
from tests.support.enrolment import Member, enrol, trust_lab
from tests.support.hub import HubProcess

FOLDER = Path(__file__).parent.parent / "vectors" / "edxml" / "samples"
SAMPLES = sorted(path.name for path in FOLDER.glob("*.edxml") if "junk" not in path.name)
CODES = ("000.00.00.A80", "000.00.00.G17", "000.00.00.G22", "000.00.00.H14", "000.00.00.H41", "28.22.H17")
NOW = datetime.now(UTC)


class World(Struct, frozen=True):
    """A hub whose one system acts for every agency of the samples."""

    hub: HubProcess
    key: str
    identities: dict[str, Identity]
    pki: LabPki
    is_signing: bool

    def prepared(self, data: bytes) -> bytes:
        """Return the sample as the system would send it."""
        if not self.is_signing:
            return data
        sender = read(parse(data), received_at=NOW).sender
        identity = self.identities[sender]
        return sign(data, identity.key, identity.chain)


@pytest.fixture(scope="module", params=[SignaturePolicy.TRANSPORT, SignaturePolicy.REQUIRED])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    hub = HubProcess.create(tmp_path_factory.mktemp("samples") / "hub")
    pki = LabPki.create(NOW)
    trust_lab(hub, pki)
    system = System(id="mau", name="Hệ thống mẫu", binding=Binding.PULL, policy=request.param)
    agencies = tuple(Agency(code=code, name=f"Cơ quan {code}", parent=None, system_id="mau") for code in CODES)
    identities = {code: pki.agency(code, f"Cơ quan {code}") for code in CODES}
    keys = enrol(hub, (Member(system, agencies),), identities)
    hub.start()
    yield World(hub, keys["mau"], identities, pki, request.param is SignaturePolicy.REQUIRED)
    assert hub.stop() == 0


async def _deliver(client: AxisClient, recipients: int) -> list[str]:
    """Take and acknowledge `recipients` deliveries; return the hand-over receipts."""
    receipts: list[str] = []
    while len(receipts) < recipients:
        receipts += [(await client.acknowledge(item.id)).receipt for item in await client.inbox(wait=10)]
    return receipts


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_accepted_delivered_and_receipted(world: World, name: str, tmp_path: Path):
    """The hub accepts the sample, shows its decoded values, hands out the very bytes, and proves every step."""
    # Some samples carry the same document id; each gets its own, or the second would rightly be a conflict.
    sample = (FOLDER / name).read_bytes().replace(b"7816/VPCP", f"{SAMPLES.index(name):04}/VPCP".encode())
    data = world.prepared(sample)
    envelope = read(parse(data), received_at=datetime.now(UTC))
    async with open_client(world.hub.url, world.key) as client:
        package = (await client.submit(data)).package
        assert package.kind == envelope.kind
        assert package.business == envelope.business
        assert package.sender == envelope.sender
        assert package.document_id == envelope.document_id
        assert package.notation == envelope.notation
        assert package.subject == envelope.subject
        assert package.urgency == envelope.urgency
        assert package.signature.result == ("valid" if world.is_signing else _unsigned(envelope.kind))
        assert {each.recipient for each in package.deliveries} == set(envelope.recipients)
        assert [each.sha256 for each in package.attachments] == [each.sha256 for each in envelope.attachments]
        handed_over = await _deliver(client, len(package.deliveries))
        await client.content(package.id, tmp_path / "content")
        assert (tmp_path / "content").read_bytes() == data
        receipts = await client.package_receipts(package.id)
    assert len([each for each in receipts if each.event == "ContentHandover"]) == len(package.deliveries)
    for each in (*(receipt.jws for receipt in receipts), *handed_over):
        _assert_receipt_holds(each)


def _unsigned(kind: str) -> str:
    # The SDK's documents carry a dummy in the wrong namespace, its statuses nothing.
    return "absent" if kind == "status" else "unverifiable"


def _assert_receipt_holds(receipt: str) -> None:
    """Check with a JOSE library that did not sign it."""
    chain = jwt.get_unverified_header(receipt)["x5c"]
    leaf = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
    said = jwt.decode(receipt, leaf.public_key(), algorithms=["ES256"], options={"verify_iat": False})
    assert said["hub"] == "H99"


@pytest.mark.parametrize("name", SAMPLES)
def test_encode_of_decode_keeps_every_value(name: str):
    """What is read from a sample, written and read again is the same."""
    root = parse((FOLDER / name).read_bytes())
    envelope = read(root, received_at=NOW)
    contents = {each.content_id: extract(root, each.content_id).data for each in envelope.attachments}
    again = read(parse(encode(envelope, contents)), received_at=NOW)
    assert _values(again) == _values(envelope)


def _values(envelope: object) -> dict[str, object]:
    derived = {"notes"}
    values = {name: getattr(envelope, name) for name in envelope.__struct_fields__ if name not in derived}
    values["attachments"] = [(a.content_id, a.name, a.sha256, a.size) for a in values.get("attachments", ())]
    return values


async def test_junk_before_the_declaration_is_refused_clearly(world: World):
    """The one sample that is no XML gets a sentence that says so."""
    data = (FOLDER / "dirty_junk_before_declaration.edxml").read_bytes()
    async with open_client(world.hub.url, world.key) as client:
        with pytest.raises(ProblemError) as refused:
            await client.submit(data)
    assert refused.value.code == "xml-not-well-formed"


@pytest.mark.parametrize("world", [SignaturePolicy.REQUIRED], indirect=True)
@pytest.mark.parametrize("name", [name for name in SAMPLES if "bom" not in name])
def test_what_the_hub_accepts_others_accept(world: World, name: str, tmp_path: Path):
    """A sample as the hub accepted it verifies with xmlsec1 and with signxml."""
    data = world.prepared((FOLDER / name).read_bytes())
    package, roots = tmp_path / "package.xml", tmp_path / "root.pem"
    package.write_bytes(data)
    roots.write_bytes(world.pki.root.certificate.public_bytes(Encoding.PEM))
    checked = subprocess.run(
        ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", str(roots), str(package)],
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr.decode()
    signer = world.identities[read(parse(data), received_at=NOW).sender].certificate
    XMLVerifier().verify(data, x509_cert=signer)


def test_fifty_equal_posts_make_one_package(world: World):
    """Fifty posts of the same bytes at once: one package, and fifty times the same answer and receipt."""
    data = world.prepared((FOLDER / "document_new.edxml").read_bytes().replace(b"7816/VPCP", b"5050/VPCP"))

    async def post() -> list[str]:
        async with open_client(world.hub.url, world.key) as client:
            answers = await asyncio.gather(*(client.submit(data) for _ in range(50)))
            await _deliver(client, len(answers[0].package.deliveries))
            assert sum(not each.is_replay for each in answers) == 1
            found = await client.packages(document_id=answers[0].package.document_id)
            assert len(found.items) == 1
            return [each.package.receipt for each in answers]

    assert len(set(asyncio.run(post()))) == 1


async def test_the_same_document_id_with_other_bytes_is_a_conflict(world: World):
    """The first package stays as it was; the second is refused with 409."""
    first = (FOLDER / "document_new.edxml").read_bytes().replace(b"7816/VPCP", b"6060/VPCP")
    second = first.replace("phần mềm quản lý".encode(), "phần mềm khác".encode())
    assert first != second
    async with open_client(world.hub.url, world.key) as client:
        package = (await client.submit(world.prepared(first))).package
        with pytest.raises(ProblemError) as refused:
            await client.submit(world.prepared(second))
        assert refused.value.problem.status == 409
        assert refused.value.code == "message-id-conflict"
        assert (await client.package(package.id)).sha256 == package.sha256
        await _deliver(client, len(package.deliveries))
