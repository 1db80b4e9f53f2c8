"""Rows 18 and 23 of the bad inputs: certificates beside the signer's that lead astray, or cost much to follow."""

from __future__ import annotations

import time

import pytest

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.lab import KeyKind, LabPki
from signing.verify import RegisteredCertificate, verify
from tests.attacks.certificates import hostile_chains
from tests.vectors.signatures.forge import Forge, parse

NAMES = (
    "issuer-with-a-giant-key",
    "issuer-with-an-impossible-key",
    "issuers-in-a-ring-of-one-name",
    "issuers-in-a-ring-of-two-names",
)


class Registry(dict):
    def registered(self, certificate_sha256):
        code = self.get(certificate_sha256)
        return None if code is None else RegisteredCertificate(certificate_sha256, code, b"")


@pytest.mark.parametrize("other_root", [KeyKind.EC_P256, KeyKind.RSA_2048])
@pytest.mark.parametrize("name", NAMES)
def test_row_23_hostile_chains(name, other_root, lab):
    """Row 23: false issuers of the right name, by keys of any size and kind, end in a verdict within two seconds."""
    anchors = TrustAnchors([lab.pki.root.certificate, LabPki.create(lab.at, kind=other_root).root.certificate])
    identity = dict(hostile_chains(lab))[name]
    data = Forge(identity.key, list(identity.chain)).sign(lab.template)
    began = time.process_time()
    with pytest.raises(Untrusted) as refusal:
        verify(parse(data), registry=Registry(lab.registered), anchors=anchors, at=lab.at)
    assert refusal.value.code in {"certificate-untrusted", "signature-algorithm-forbidden"}
    assert time.process_time() - began < 2
