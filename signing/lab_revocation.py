"""What the authorities of the development PKI say about revoked certificates: CRLs and OCSP responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.lab import Authority, Identity, Validity, distinguished_name, leaf_builder
from signing.revocation import Revoked

_HASH = hashes.SHA256()
_WEEK = timedelta(days=7)


def crl(
    authority: Authority,
    at: datetime,
    revoked: Mapping[int, Revoked] | None = None,
    *,
    lifetime: timedelta = _WEEK,
    number: int | None = None,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    """Issue a CRL (DER) with thisUpdate `at`; `extensions` are (value, is critical). The number rises by itself."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(at)
        .next_update(at + lifetime)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(at.timestamp()) if number is None else number), critical=False)
    )
    for value, is_critical in extensions:
        builder = builder.add_extension(value, critical=is_critical)
    for serial, entry in (revoked or {}).items():
        builder = builder.add_revoked_certificate(_entry(serial, entry))
    return builder.sign(authority.key, _HASH).public_bytes(Encoding.DER)


def responder(authority: Authority, validity: Validity, *, is_checked: bool = False) -> Identity:
    """Issue the certificate of an OCSP responder of this authority; by default its own revocation is not checked."""
    key, builder = leaf_builder(authority, distinguished_name("OCSP responder"), validity)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    if not is_checked:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Identity(key, (builder.sign(authority.key, _HASH), *authority.chain))


def ocsp_answer(
    authority: Authority,
    certificate: x509.Certificate,
    at: datetime,
    revoked: Revoked | None = None,
    *,
    by: Identity | None = None,
    lifetime: timedelta | None = timedelta(hours=12),
    is_unknown: bool = False,
) -> bytes:
    """Answer (DER) whether a certificate of this authority is good, signed by the authority or by a responder of its."""
    status = ocsp.OCSPCertStatus.UNKNOWN if is_unknown else ocsp.OCSPCertStatus.GOOD
    reason = None
    if revoked is not None:
        status = ocsp.OCSPCertStatus.REVOKED
        reason = None if revoked.reason == "unspecified" else x509.ReasonFlags(revoked.reason)
    signer = by.certificate if by else authority.certificate
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=certificate,
            issuer=authority.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303 - only names the issuer; what responders do (RFC 5019)
            cert_status=status,
            this_update=at,
            next_update=None if lifetime is None else at + lifetime,
            revocation_time=None if revoked is None else revoked.at,
            revocation_reason=reason,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
        .certificates([signer])
    )
    return builder.sign(by.key if by else authority.key, _HASH).public_bytes(Encoding.DER)


def _entry(serial: int, revoked: Revoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked.at)
    if revoked.reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(revoked.reason)), critical=False)
    return builder.build()
