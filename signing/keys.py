"""Keys and certificates from bytes, and the facts about a certificate that people and programs ask for."""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeyUnreadable(ValueError):
    """The bytes are not a PEM key or certificate of a kind that signs here (RSA or elliptic curve)."""


class CertificateFacts(Struct, frozen=True):
    """What a certificate says about itself; names are RFC 4514 text, the serial number is hexadecimal."""

    sha256: str
    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    key: str


def load_private_key(pem: bytes, password: bytes | None = None) -> PrivateKey:
    """Read a PEM private key; raise `KeyUnreadable` when it is damaged, locked, or neither RSA nor elliptic curve."""
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(f"This is no readable PEM private key: {error}") from error
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KeyUnreadable(f"A {type(key).__name__} cannot sign here; use RSA or an elliptic curve.")
    return key


def load_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Read every certificate of a PEM file in its order; raise `KeyUnreadable` when there is none or one is damaged."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except (ValueError, x509.InvalidVersion) as error:
        raise KeyUnreadable(f"This is no readable PEM certificate: {error}") from error


def pem_of_key(key: PrivateKey) -> bytes:
    """Write a private key as unencrypted PKCS#8 PEM; the caller keeps the file at mode 600."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def pem_of_certificates(*certificates: x509.Certificate) -> bytes:
    """Write certificates as PEM, in the given order."""
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the DER form of a certificate."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the DER form, hexadecimal: the name by which a certificate is registered."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def facts(certificate: x509.Certificate) -> CertificateFacts:
    """Return what the certificate says about itself."""
    return CertificateFacts(
        sha256=fingerprint(certificate),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=kind_of(certificate.public_key()),
    )


def belongs(key: PrivateKey, certificate: x509.Certificate) -> bool:
    """Tell whether the certificate was issued for this key."""
    return key.public_key() == certificate.public_key()


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is an authority's (RFC 5280, 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def is_intermediate(certificate: x509.Certificate) -> bool:
    """Tell whether it is the certificate of an authority that another one certified."""
    if not is_authority(certificate):
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return True
    return False


def kind_of(key: object) -> str:
    """Name a public key as people do: `RSA-3072`, `EC secp256r1`."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey")


def expiry_of(der: bytes) -> datetime | None:
    """Return when a certificate (DER) ends; None when it cannot be read."""
    try:
        return x509.load_der_x509_certificate(der).not_valid_after_utc
    except ValueError:
        return None
