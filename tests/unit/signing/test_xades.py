"""XAdES properties: what they may be bound by, and what stands in those that others write."""

from __future__ import annotations

import hashlib

import pytest

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.verify import Verified, verify
from tests.unit.signing.conftest import Registrations
from tests.vectors.signatures.forge import C14N_10, DS, Forge, c14n, parse
from tests.vectors.signatures.signers import Lab, xades


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab()


def verified(lab: Lab, forge: Forge) -> Verified:
    registry = Registrations()
    registry.add(lab.ec)
    anchors = TrustAnchors([lab.pki.root.certificate])
    return verify(parse(forge.sign(lab.template)), registry=registry, anchors=anchors, at=lab.at)


def code_of(lab: Lab, forge: Forge) -> str:
    with pytest.raises(Untrusted) as caught:
        verified(lab, forge)
    return caught.value.code


def test_an_empty_name_names_nothing(lab):
    """A reference to "#" covers no KeyInfo, also one without an identifier: no other verifier finds what is meant."""
    forge = xades(lab, with_key_info=True)
    whole = next(parse(forge.sign(lab.template)).iter(f"{{{DS}}}KeyInfo"))
    del whole.attrib["Id"]
    forge.key_info = c14n(whole).decode().replace(f' xmlns:ds="{DS}"', "")
    forge.references[-1].uri = "#"
    forge.references[-1].digest = b""
    placed = next(parse(forge.sign(lab.template)).iter(f"{{{DS}}}KeyInfo"))
    forge.references[-1].digest = hashlib.sha256(c14n(placed, C14N_10)).digest()
    assert code_of(lab, forge) == "signature-coverage"
