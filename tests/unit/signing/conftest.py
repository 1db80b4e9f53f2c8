"""One laboratory PKI for all tests of signing; keys are made once a session."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.certificates import TrustAnchors
from signing.keys import der_of, fingerprint
from signing.lab import Identity, KeyKind, LabPki
from signing.verify import RegisteredCertificate
from tests.vectors.signatures import generate

SAMPLES = Path(__file__).parents[2] / "vectors" / "edxml" / "samples"


class Registrations(dict):
    """A registry in memory."""

    def registered(self, certificate_sha256):
        return self.get(certificate_sha256)

    def add(self, identity: Identity, code: str = "H99.01", *, is_suspended: bool = False) -> None:
        sha256 = fingerprint(identity.certificate)
        self[sha256] = RegisteredCertificate(sha256, code, der_of(identity.certificate), is_suspended)


@dataclass
class Vectors:
    """The signature vectors as files, with what must be answered to each."""

    folder: Path
    at: datetime
    expected: dict[str, str]
    registry: Registrations

    def read(self, name: str) -> bytes:
        return (self.folder / f"{name}.xml").read_bytes()

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"


def load_vectors() -> Vectors:
    data = json.loads((generate.FOLDER / "expected.json").read_text())
    registry = Registrations()
    for sha256, code in data["registered"].items():
        registry[sha256] = RegisteredCertificate(sha256, code, b"")
    return Vectors(generate.FOLDER, datetime.fromisoformat(data["at"]), data["expected"], registry)


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    return load_vectors()


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def pki(now) -> LabPki:
    return LabPki.create(now, kind=KeyKind.EC_P256)


@pytest.fixture(scope="session")
def agency_ec(pki) -> Identity:
    return pki.agency("H99.01", "Sở Mẫu")


@pytest.fixture(scope="session")
def agency_rsa(pki) -> Identity:
    return pki.agency("H99.01", "Sở Mẫu", KeyKind.RSA_2048)


@pytest.fixture(scope="session")
def hub(pki) -> Identity:
    return pki.hub("H99")


@pytest.fixture
def registry(agency_ec, agency_rsa) -> Registrations:
    registrations = Registrations()
    registrations.add(agency_ec)
    registrations.add(agency_rsa)
    return registrations


@pytest.fixture
def anchors(pki) -> TrustAnchors:
    return TrustAnchors([pki.root.certificate])
