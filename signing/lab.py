"""A development PKI in the shape of the real hierarchy: root authority, subordinate authority, seal certificates below.

For `axis init --demo`, development installations and tests. Its keys are made on the spot and protect nothing;
certificates carry the fields that the checks look at, and every defect that a test or a demonstration may want
(expired, not yet valid, wrong usage, weak key, self-signed, path length, name constraints, cross-signed, rolled over, an
unknown duty) is an argument. What these authorities say about revocation is made in `signing.lab_revocation`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from msgspec import Struct

from signing.keys import PrivateKey
from signing.receipt import hub_uri

_HASH = hashes.SHA256()
_SIGNING = frozenset({"digital_signature", "content_commitment"})


class KeyKind(StrEnum):
    """The kinds of keys met in the field, and one that is too weak."""

    EC_P256 = "ec-p256"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_1024_WEAK = "rsa-1024"


class Validity(Struct, frozen=True):
    """From when until when a certificate is valid."""

    not_before: datetime
    not_after: datetime

    @classmethod
    def around(cls, at: datetime, *, days: int = 730) -> Self:
        """From a day before a moment until some days after it."""
        return cls(at - timedelta(days=1), at + timedelta(days=days))

    @classmethod
    def ended_before(cls, at: datetime) -> Self:
        """Ended an hour before a moment: an expired certificate."""
        return cls(at - timedelta(days=400), at - timedelta(hours=1))

    @classmethod
    def beginning_after(cls, at: datetime) -> Self:
        """Begins an hour after a moment: a certificate that is not valid yet."""
        return cls(at + timedelta(hours=1), at + timedelta(days=400))


class Addresses(Struct, frozen=True):
    """Where a certificate says that its status is found: URLs of CRLs and of OCSP responders."""

    crl: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()

    def added_to(self, builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
        """Write them into a certificate (RFC 5280, 4.2.1.13 and 4.2.2.1); none, nothing."""
        if self.crl:
            points = [
                x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in self.crl
            ]
            builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
        if self.ocsp:
            access = [
                x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url))
                for url in self.ocsp
            ]
            builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
        return builder


NOWHERE = Addresses()


class Identity(Struct, frozen=True):
    """A key and its certificate chain, leaf first, without the root."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        return self.chain[0]


class Authority(Struct, frozen=True):
    """A certification authority: its key, its certificate, and the chain that its leaves carry (empty for a root)."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @classmethod
    def root(cls, name: str, validity: Validity, kind: KeyKind = KeyKind.RSA_3072) -> Self:
        """Make a self-signed root authority."""
        key = new_key(kind)
        subject = distinguished_name(name)
        builder = _certificate(subject, subject, key, validity, key)
        return cls(key, _as_authority(builder, path_length=None).sign(key, _HASH))

    def subordinate(
        self,
        name: str,
        validity: Validity,
        kind: KeyKind = KeyKind.EC_P256,
        *,
        path_length: int | None = 0,
        only_below: x509.Name | None = None,
        addresses: Addresses = NOWHERE,
    ) -> Self:
        """Make an authority below this one.

        `path_length` 0 lets it issue leaves only, `only_below` (name constraints) only for subjects below a name.
        """
        key = new_key(kind)
        builder = _certificate(distinguished_name(name), self.certificate.subject, key, validity, self.key)
        builder = addresses.added_to(_as_authority(builder, path_length=path_length))
        if only_below is not None:
            permitted = x509.NameConstraints([x509.DirectoryName(only_below)], None)
            builder = builder.add_extension(permitted, critical=True)
        certificate = builder.sign(self.key, _HASH)
        return type(self)(key, certificate, (certificate, *self.chain))

    def cross_signed(self, other: Authority, validity: Validity, *, addresses: Addresses = NOWHERE) -> x509.Certificate:
        """Return a certificate of this authority for the name and key of another, which then has two issuers."""
        builder = _certificate(other.certificate.subject, self.certificate.subject, other.key, validity, self.key)
        return addresses.added_to(_as_authority(builder, path_length=None)).sign(self.key, _HASH)

    def rolled_over(self, validity: Validity, kind: KeyKind = KeyKind.EC_P256) -> RollOver:
        """Return this root with a new key, and the two certificates by which old and new vouch for each other.

        RFC 4210, 4.4: the new key under the old one, and the old key under the new one.
        """
        name = self.certificate.subject
        key = new_key(kind)
        root = _as_authority(_certificate(name, name, key, validity, key), path_length=None).sign(key, _HASH)
        new_by_old = _as_authority(_certificate(name, name, key, validity, self.key), path_length=None)
        old_by_new = _as_authority(_certificate(name, name, self.key, validity, key), path_length=None)
        return RollOver(Authority(key, root), new_by_old.sign(self.key, _HASH), old_by_new.sign(key, _HASH))

    def issue(
        self,
        subject: x509.Name,
        validity: Validity,
        kind: KeyKind = KeyKind.EC_P256,
        *,
        usage: frozenset[str] = _SIGNING,
        uri: str | None = None,
        addresses: Addresses = NOWHERE,
        duty: x509.ObjectIdentifier | None = None,
        key: PrivateKey | None = None,
    ) -> Identity:
        """Issue a leaf certificate with these key usages (names as in `cryptography`), and a URI as alternative name.

        `duty` is a critical extension that nobody understands; `key` is certified again instead of a new one.
        """
        key = key or new_key(kind)
        builder = _as_leaf(_certificate(subject, self.certificate.subject, key, validity, self.key), usage)
        if uri is not None:
            names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)])
            builder = builder.add_extension(names, critical=False)
        if duty is not None:
            builder = builder.add_extension(x509.UnrecognizedExtension(duty, b"\x05\x00"), critical=True)
        return Identity(key, (addresses.added_to(builder).sign(self.key, _HASH), *self.chain))


class RollOver(Struct, frozen=True):
    """A root that changed its key: the new root, its key certified by the old one, and the old key by the new."""

    root: Authority
    new_by_old: x509.Certificate
    old_by_new: x509.Certificate


class LabPki(Struct, frozen=True):
    """The whole hierarchy; `agency` and `hub` issue what a demonstration needs."""

    root: Authority
    subordinate: Authority
    validity: Validity

    @classmethod
    def create(cls, at: datetime, *, kind: KeyKind = KeyKind.RSA_3072) -> Self:
        """Make root and subordinate authority, valid around a moment; `kind` is of their keys."""
        validity = Validity.around(at, days=3650)
        root = Authority.root("Trục liên thông - Lab Root CA", validity, kind)
        subordinate = root.subordinate("Trục liên thông - Lab Sub CA", validity, kind)
        return cls(root, subordinate, Validity.around(at))

    def agency(
        self,
        code: str,
        name: str,
        kind: KeyKind = KeyKind.EC_P256,
        *,
        validity: Validity | None = None,
        usage: frozenset[str] = _SIGNING,
        addresses: Addresses = NOWHERE,
    ) -> Identity:
        """Issue the seal of an agency; a second one for the same agency may overlap the first."""
        return self.subordinate.issue(
            distinguished_name(name, code), validity or self.validity, kind, usage=usage, addresses=addresses
        )

    def hub(self, code: str, *, validity: Validity | None = None) -> Identity:
        """Issue the seal of a hub: EC P-256, and the alternative name that entitles it to sign receipts of that code."""
        subject = distinguished_name(f"Trục liên thông {code}", code)
        return self.subordinate.issue(subject, validity or self.validity, KeyKind.EC_P256, uri=hub_uri(code))

    def self_signed(self, code: str, name: str, kind: KeyKind = KeyKind.EC_P256) -> Identity:
        """Make a seal that no authority issued."""
        key = new_key(kind)
        subject = distinguished_name(name, code)
        builder = _as_leaf(_certificate(subject, subject, key, self.validity, key), _SIGNING)
        return Identity(key, (builder.sign(key, _HASH),))


def new_key(kind: KeyKind) -> PrivateKey:
    """Make a key."""
    if kind is KeyKind.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.value.removeprefix("rsa-")))


def leaf_builder(
    authority: Authority, subject: x509.Name, validity: Validity
) -> tuple[PrivateKey, x509.CertificateBuilder]:
    """Begin a leaf certificate with a new key, for a purpose that `Authority.issue` does not know; sign it yourself."""
    key = new_key(KeyKind.EC_P256)
    issuer = authority.certificate.subject
    return key, _as_leaf(_certificate(subject, issuer, key, validity, authority.key), frozenset({"digital_signature"}))


def distinguished_name(common_name: str, code: str | None = None) -> x509.Name:
    """Write the name of a laboratory subject; the code of an agency or hub goes into UID."""
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Axis Hub Lab"),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
    ]
    if code is not None:
        attributes.append(x509.NameAttribute(NameOID.USER_ID, code))
    return x509.Name(attributes)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, validity: Validity, issuer_key: PrivateKey
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
        .add_extension(identifier, critical=False)
        .add_extension(above, critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, *, path_length: int | None) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    usage = _usage(frozenset({"key_cert_sign", "crl_sign"}))
    return builder.add_extension(constraints, critical=True).add_extension(usage, critical=True)


def _as_leaf(builder: x509.CertificateBuilder, usage: frozenset[str]) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    return builder.add_extension(constraints, critical=True).add_extension(_usage(usage), critical=True)


def _usage(named: frozenset[str]) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="digital_signature" in named,
        content_commitment="content_commitment" in named,
        key_encipherment="key_encipherment" in named,
        data_encipherment="data_encipherment" in named,
        key_agreement="key_agreement" in named,
        key_cert_sign="key_cert_sign" in named,
        crl_sign="crl_sign" in named,
        encipher_only=False,
        decipher_only=False,
    )
