"""Keys and certificates of a new hub, as files in its `pki/`: private keys with mode 600."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from adapters.cli.demo_directory import DemoDirectory
from adapters.cli.files import write_new, write_secret
from signing.keys import PrivateKey, pem_of_certificates, pem_of_key
from signing.lab import Identity, LabPki
from signing.receipt import hub_uri


def write_development_pki(pki: Path, hub_code: str, directory: DemoDirectory, at: datetime) -> Mapping[str, Identity]:
    """Make a root and a subordinate authority, the hub's seal and one seal per agency; return these by agency code.

    The authorities' own keys are kept too: a development installation issues more certificates with them.
    """
    lab = LabPki.create(at)
    for name, authority in (("root", lab.root), ("sub", lab.subordinate)):
        _write(pki, name, authority.key, authority.certificate)
    hub = lab.hub(hub_code)
    _write(pki, "hub", hub.key, hub.certificate)
    identities = {each.code: lab.agency(each.code, each.name, each.key) for each in directory.agencies}
    for code, identity in identities.items():
        _write(pki, code, identity.key, *identity.chain)
    return identities


def write_own_keys(pki: Path, hub_code: str, at: datetime) -> None:
    """Make the hub's key, a request to have it certified, and a certificate below a root of its own until that is done.

    The root's key is not kept: it can certify nobody else.
    """
    lab = LabPki.create(at)
    hub = lab.hub(hub_code)
    for name, authority in (("root", lab.root), ("sub", lab.subordinate)):
        write_new(pki / f"{name}.cert.pem", pem_of_certificates(authority.certificate))
    _write(pki, "hub", hub.key, hub.certificate)
    write_new(pki / "hub.csr.pem", _request(hub.key, hub_code))


def _write(pki: Path, name: str, key: PrivateKey, *certificates: x509.Certificate) -> None:
    write_secret(pki / f"{name}.key.pem", pem_of_key(key))
    write_new(pki / f"{name}.cert.pem", pem_of_certificates(*certificates))


def _request(key: PrivateKey, hub_code: str) -> bytes:
    """Return a certificate request (PKCS#10) with the alternative name that entitles a hub to sign receipts."""
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(hub_uri(hub_code))])
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Axis Hub {hub_code}")]))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.PEM)
