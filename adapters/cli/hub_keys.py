"""Keys and certificates of a new hub, as files in its `pki/`: private keys with mode 600."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from msgspec import Struct

from adapters.cli.demo_directory import DemoDirectory
from adapters.cli.files import write_new, write_secret
from signing.keys import PrivateKey, pem_of_certificates, pem_of_key
from signing.lab import Identity, KeyKind, LabPki, Validity
from signing.lab_revocation import crl
from signing.receipt import hub_uri
from signing.revocation import Revoked

#: The CRLs of a development PKI, relative to the hub's folder.
DEVELOPMENT_CRLS = ("pki/root.crl.pem", "pki/sub.crl.pem")


class DevelopmentSeals(Struct, frozen=True):
    """The seals of a demo: one in force per agency, and those of its first agency that show what is refused."""

    in_force: Mapping[str, Identity]
    refused: tuple[str, tuple[Identity, ...]]

    def registered(self) -> Iterator[tuple[str, Identity]]:
        """Return every seal with the code of its agency; an agency may register several."""
        yield from self.in_force.items()
        code, refused = self.refused
        yield from ((code, identity) for identity in refused)


def write_development_pki(pki: Path, hub_code: str, directory: DemoDirectory, at: datetime) -> DevelopmentSeals:
    """Make a root and a subordinate authority with their CRLs, the hub's seal, one seal per agency, and two bad ones.

    `revoked` and `expired` belong to the first agency, so that it can be seen what becomes of packages signed with them.
    The authorities' own keys are kept too: a development installation issues more certificates with them.
    """
    lab = LabPki.create(at, kind=KeyKind.EC_P256)
    for name, authority in (("root", lab.root), ("sub", lab.subordinate)):
        _write(pki, name, authority.key, authority.certificate)
    hub = lab.hub(hub_code)
    _write(pki, "hub", hub.key, hub.certificate)
    identities = {each.code: lab.agency(each.code, each.name, each.key) for each in directory.agencies}
    first = directory.agencies[0]
    revoked = lab.agency(first.code, first.name)
    expired = lab.agency(first.code, first.name, validity=Validity.ended_before(at))
    for name, identity in (*identities.items(), ("revoked", revoked), ("expired", expired)):
        _write(pki, name, identity.key, *identity.chain)
    _write_crls(pki, lab, revoked.certificate)
    return DevelopmentSeals(identities, (first.code, (revoked, expired)))


def write_own_keys(pki: Path, hub_code: str, at: datetime) -> None:
    """Make the hub's key, a request to have it certified, and a certificate below a root of its own until that is done.

    The root's key is not kept: it can certify nobody else.
    """
    lab = LabPki.create(at, kind=KeyKind.EC_P256)
    hub = lab.hub(hub_code)
    for name, authority in (("root", lab.root), ("sub", lab.subordinate)):
        write_new(pki / f"{name}.cert.pem", pem_of_certificates(authority.certificate))
    _write(pki, "hub", hub.key, hub.certificate)
    write_new(pki / "hub.csr.pem", _request(hub.key, hub_code))


def write_secrets_key(path: Path) -> None:
    """Make the key under which secrets are sealed in the database."""
    from adapters.trust.locker import new_secrets_key

    write_secret(path, new_secrets_key())


def _write_crls(pki: Path, lab: LabPki, revoked: x509.Certificate) -> None:
    """Write what the authorities say for as long as they live: nobody renews the CRLs of a development installation."""
    since = lab.validity.not_before
    entry = {revoked.serial_number: Revoked(since + timedelta(hours=12), "keyCompromise")}
    for name, authority, entries in (("root", lab.root, {}), ("sub", lab.subordinate, entry)):
        der = crl(authority, since, entries, lifetime=authority.certificate.not_valid_after_utc - since)
        write_new(pki / f"{name}.crl.pem", x509.load_der_x509_crl(der).public_bytes(serialization.Encoding.PEM))


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
