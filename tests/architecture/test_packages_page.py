"""`docs/packages.md`: whoever follows it has a package that the hub accepts."""

import re
import shlex
import subprocess
from datetime import UTC, datetime

import pytest

from schemas.edxml import read
from schemas.parser import parse
from signing.certificates import TrustAnchors
from signing.keys import der_of, fingerprint, pem_of_certificates, pem_of_key
from signing.lab import KeyKind, LabPki
from signing.verify import RegisteredCertificate, verify

from .sources import ROOT

PAGE = (ROOT / "docs" / "packages.md").read_text("utf-8")
RSA = re.search(r"For an RSA key `SignatureMethod` is `(\S+)`", PAGE)
NOW = datetime.now(UTC)


class Registry(dict):
    """A registry of one agency."""

    def registered(self, certificate_sha256):
        return self.get(certificate_sha256)


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_sample_is_signed_and_accepted(tmp_path, kind):
    """The sample, signed with the page's command and a key of either kind, verifies and reads as the page says."""
    pki = LabPki.create(NOW)
    signer = pki.agency("H99.01", "Sở Mẫu", kind)
    sample = re.search(r"```xml\n(.*?)```", PAGE, re.DOTALL)[1]
    if kind is KeyKind.RSA_2048:
        sample = re.sub(r'(?<=SignatureMethod Algorithm=")[^"]+', RSA[1], sample)
    (tmp_path / "package.edxml").write_text(sample, "utf-8")
    keys = tmp_path / "var" / "pki"
    keys.mkdir(parents=True)
    (keys / "H99.01.key.pem").write_bytes(pem_of_key(signer.key))
    (keys / "H99.01.cert.pem").write_bytes(pem_of_certificates(*signer.chain))
    (keys / "sub.cert.pem").write_bytes(pem_of_certificates(pki.subordinate.certificate))
    command = shlex.split(re.search(r"^xmlsec1 .*$", PAGE, re.MULTILINE)[0])
    subprocess.run(command, cwd=tmp_path, check=True)

    sha256 = fingerprint(signer.certificate)
    registry = Registry({sha256: RegisteredCertificate(sha256, "H99.01", der_of(signer.certificate))})
    root = parse((tmp_path / "signed.edxml").read_bytes())
    verified = verify(root, registry=registry, anchors=TrustAnchors([pki.root.certificate]), at=NOW)
    envelope = read(verified.tree, received_at=NOW)
    assert verified.signer.agency_code == envelope.sender == "H99.01"
    assert list(envelope.recipients) == ["H99.02"]
    assert [each.name for each in envelope.attachments] == ["van-ban.txt"]
