"""Where a certificate says that its status is found, and the question to put to an OCSP responder."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from msgspec import Struct

from signing.errors import FOREIGN
from signing.revocation import OcspAnswer, RevocationList
from signing.revocation_reading import is_signed_by

_MOST = 4  #: places read of one certificate; a certificate is no directory


class Places(Struct, frozen=True):
    """URLs (http, https) of CRLs and of OCSP responders, in the certificate's order."""

    crl: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()


def places_of(certificate: x509.Certificate) -> Places:
    """Return the places that a certificate names (RFC 5280, 4.2.1.13 and 4.2.2.1); none when they cannot be read.

    Only complete lists of the issuer itself are named: points for some reasons or of another CRL issuer are left out.
    """
    try:
        extensions = certificate.extensions
        return Places(_http(_crl_names(extensions)), _http(_ocsp_names(extensions)))
    except FOREIGN:
        return Places()


def issuer_of(certificate: x509.Certificate, candidates: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """Return the candidate that signed the certificate; None when there is none."""
    for candidate in candidates:
        if candidate.subject == certificate.issuer:
            try:
                certificate.verify_directly_issued_by(candidate)
            except FOREIGN:
                continue
            return candidate
    return None


def is_issued_by(crl: RevocationList, candidates: Iterable[x509.Certificate]) -> bool:
    """Tell whether one of the candidates signed the CRL under its own name."""
    for candidate in candidates:
        key = candidate.public_key()
        if (
            candidate.subject == crl.parsed.issuer
            and isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey))
            and is_signed_by(crl, key)
        ):
            return True
    return False


def is_answered_by(answer: OcspAnswer, candidates: Iterable[x509.Certificate]) -> bool:
    """Tell whether one of the candidates signed the OCSP answer, or a responder that one of them made (RFC 6960, 4.2.2.2).

    Whether that was the certificate's own issuer is for the path check to see.
    """
    known = tuple(candidates)
    try:
        response = ocsp.load_der_ocsp_response(answer.der)
        responders = [each for each in response.certificates if _is_responder(each) and issuer_of(each, known)]
    except FOREIGN:
        return False
    return any(_has_signed(each, response) for each in (*known, *responders))


def _is_responder(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _has_signed(certificate: x509.Certificate, response: ocsp.OCSPResponse) -> bool:
    key, algorithm = certificate.public_key(), response.signature_hash_algorithm
    try:
        if algorithm is not None and isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, PKCS1v15(), algorithm)
            return True
        if algorithm is not None and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
            return True
    except FOREIGN:
        return False
    return False


def ocsp_question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the OCSP request (DER) about one certificate.

    SHA-1 only names the issuer here, as RFC 5019 wants it and as every responder understands it.
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def _crl_names(extensions: x509.Extensions) -> Iterable[x509.GeneralName]:
    try:
        points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return ()
    return [name for point in points if not point.reasons and not point.crl_issuer for name in point.full_name or ()]


def _ocsp_names(extensions: x509.Extensions) -> Iterable[x509.GeneralName]:
    try:
        access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ()
    return [each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.OCSP]


def _http(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    urls = (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    return tuple(url for url in urls if url.lower().startswith(("http://", "https://")))[:_MOST]
