"""Who signs the vectors: registered agencies, a stranger, and keys that the laboratory itself would not make."""

from base64 import b64encode
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.keys import fingerprint
from signing.lab import Identity, KeyKind, LabPki, distinguished_name
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import (
    C14N_10,
    EXC,
    SHA256,
    XADES,
    Forge,
    Reference,
    transform,
)

AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
SMALL = package()

VIETNAM = timezone(timedelta(hours=7))

#: What must be answered ("valid" or a problem code), the name of the file, its bytes.
Vector = tuple[str, str, bytes]


class Lab:
    """The signers of the vectors, and the package that they sign; `{SIG}` in `template` is the signature's place."""

    def __init__(self, at: datetime | None = None, template: str = SMALL) -> None:
        self.at = at or AT
        self.template = template
        self.pki = LabPki.create(self.at, kind=KeyKind.EC_P256)
        self.ec = self.pki.agency("H99.01", "Sở Mẫu")
        self.rsa = self.pki.agency("H99.01", "Sở Mẫu", KeyKind.RSA_2048)
        self.other = self.pki.agency("H99.02", "Sở Khác")
        self.stranger = self.pki.agency("H99.66", "Kẻ Lạ")
        self.registered = {
            fingerprint(identity.certificate): "H99.02" if identity is self.other else "H99.01"
            for identity in (self.ec, self.rsa, self.other)
        }

    def over(self, template: str) -> Self:
        """Return the same signers with another package to sign."""
        other = copy(self)
        other.template = template
        return other

    def forge(self, signer: Identity | None = None, **choices: object) -> Forge:
        """Begin an honest signature by a registered key and change what the vector is about."""
        signer = signer or self.ec
        return Forge(signer.key, list(signer.chain), **choices)  # type: ignore[arg-type]

    def issue(self, key: object, code: str = "H99.01") -> Identity:
        """Issue and register a certificate for a key that the laboratory itself would not make."""
        identity = certify(self.pki, key, code, self.at)
        self.register(identity, code)
        return identity

    def register(self, identity: Identity, code: str = "H99.01") -> None:
        """Register the certificate of an identity for an agency."""
        self.registered[fingerprint(identity.certificate)] = code


def certify(pki: LabPki, key: object, code: str = "H99.01", at: datetime | None = None) -> Identity:
    """Issue a seal for a key of any kind."""
    authority, at = pki.subordinate, at or AT
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name("Sở Mẫu", code))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365))
        .add_extension(usage, critical=True)
        .sign(authority.key, hashes.SHA256())
    )
    return Identity(key, (certificate, *authority.chain))  # type: ignore[arg-type]


def xades(
    lab: Lab,
    change: Callable[[str], str] = str,
    *,
    certificate: Identity | None = None,
    with_key_info: bool = False,
) -> Forge:
    """Begin a XAdES-B signature; `change` alters its properties before they are signed."""
    digest = b64encode((certificate or lab.ec).certificate.fingerprint(hashes.SHA256())).decode()
    claimed = (lab.at - timedelta(minutes=1)).astimezone(VIETNAM).isoformat(timespec="seconds")
    objects = change(
        f'<ds:Object><x:QualifyingProperties xmlns:x="{XADES}" Target="#s"><x:SignedProperties Id="p">'
        f"<x:SignedSignatureProperties><x:SigningTime>{claimed}</x:SigningTime><x:SigningCertificateV2>"
        f'<x:Cert><x:CertDigest><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{digest}</ds:DigestValue>'
        "</x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties><x:SignedDataObjectProperties>"
        '<x:DataObjectFormat ObjectReference="#r"><x:MimeType>text/xml</x:MimeType></x:DataObjectFormat>'
        "</x:SignedDataObjectProperties></x:SignedProperties></x:QualifyingProperties></ds:Object>"
    )
    signed = [
        Reference(attributes='Id="r"'),
        Reference(
            uri="#p",
            target="p",
            transforms=transform(EXC),
            attributes='Type="http://uri.etsi.org/01903#SignedProperties"',
        ),
    ]
    if with_key_info:
        signed.append(Reference(uri="#key-info", target="key-info", transforms="", c14n=C14N_10))
    return lab.forge(references=signed, objects=objects, signature_attributes='Id="s"')


def key_value(identity: Identity) -> str:
    """Write the KeyValue of a key."""
    public = identity.key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        modulus = b64encode(numbers.n.to_bytes(public.key_size // 8, "big")).decode()
        inside = f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
        return f"<ds:KeyValue><ds:RSAKeyValue>{inside}</ds:RSAKeyValue></ds:KeyValue>"
    point = b64encode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()
    return (
        '<ds:KeyValue><e:ECKeyValue xmlns:e="http://www.w3.org/2009/xmldsig11#"><e:NamedCurve '
        f'URI="urn:oid:1.2.840.10045.3.1.7"/><e:PublicKey>{point}</e:PublicKey></e:ECKeyValue></ds:KeyValue>'
    )
