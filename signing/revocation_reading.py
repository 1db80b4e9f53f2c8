"""CRLs and OCSP responses from bytes; what the hub could not use rightly is refused here, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import asn1crypto.crl  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

import signing.asn1  # noqa: F401 - sets asn1crypto up before threads read
from signing.errors import FOREIGN
from signing.keys import PublicKey
from signing.revocation import OcspAnswer, RevocationList, Revoked

#: RFC 6960, 4.2.2.1: without nextUpdate newer information is available all the time; this long one answer serves.
WITHOUT_NEXT_UPDATE = timedelta(minutes=30)

_STRONG_HASHES = frozenset({"sha256", "sha384", "sha512"})
_KNOWN_CRITICAL = (x509.IssuingDistributionPoint, x509.AuthorityKeyIdentifier, x509.CRLNumber)


class RevocationUnreadable(ValueError):
    """The bytes are no CRL or OCSP response that the hub can use."""


def read_crl(data: bytes) -> RevocationList:
    """Read a complete CRL, DER or PEM. Its signature is not checked here; see `is_signed_by`.

    Raises:
        RevocationUnreadable: damaged, without nextUpdate, a delta list, indirect, for attribute certificates, with a
            critical extension that nobody here understands, or signed over a weak hash.
    """
    with _readable("CRL"):
        is_pem = data.lstrip().startswith(b"-----BEGIN")
        parsed = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        _check_crl(parsed)
        der = parsed.public_bytes(Encoding.DER)
        frame, issuer = _frame(der)
        next_update = parsed.next_update_utc
        if next_update is None or next_update <= parsed.last_update_utc:
            raise RevocationUnreadable("The CRL does not say when the next one comes (nextUpdate).")
        return RevocationList(
            der=der,
            sha256=hashlib.sha256(der).hexdigest(),
            issuer=issuer,
            issuer_name=parsed.issuer.rfc4514_string(),
            number=_number(parsed),
            this_update=parsed.last_update_utc,
            next_update=next_update,
            serials=frozenset(entry.serial_number for entry in parsed),
            frame=frame,
            parsed=parsed,
        )


def read_ocsp(der: bytes) -> OcspAnswer:
    """Read an OCSP response about one certificate, status good, revoked or unknown; its signature is not checked here.

    Raises:
        RevocationUnreadable: damaged, an error response (`tryLater`, …), about several certificates, or weakly signed.
    """
    with _readable("OCSP response"):
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise RevocationUnreadable(f"The OCSP responder answered {response.response_status.name}.")
        (single,) = response.responses
        if response.signature_hash_algorithm is None or response.signature_hash_algorithm.name not in _STRONG_HASHES:
            raise RevocationUnreadable("The OCSP response is signed with a weak algorithm.")
        this_update = single.this_update_utc
        return OcspAnswer(
            der=der,
            sha256=hashlib.sha256(der).hexdigest(),
            serial=single.serial_number,
            issuer_key_hash=single.issuer_key_hash,
            this_update=this_update,
            next_update=single.next_update_utc or this_update + WITHOUT_NEXT_UPDATE,
            revoked=_revoked(single),
        )


def is_signed_by(crl: RevocationList, key: PublicKey) -> bool:
    """Tell whether this key signed the CRL."""
    try:
        return crl.parsed.is_signature_valid(key)
    except FOREIGN:
        return False


def _check_crl(parsed: x509.CertificateRevocationList) -> None:
    algorithm = parsed.signature_hash_algorithm
    if algorithm is None or algorithm.name not in _STRONG_HASHES:
        raise RevocationUnreadable("The CRL is signed with a weak algorithm.")
    for extension in parsed.extensions:
        value = extension.value
        if isinstance(value, x509.DeltaCRLIndicator):
            raise RevocationUnreadable("This is a delta CRL; give the complete one.")
        if isinstance(value, x509.IssuingDistributionPoint) and (
            value.indirect_crl or value.only_contains_attribute_certs
        ):
            raise RevocationUnreadable("Indirect CRLs and those of attribute certificates are not supported.")
        if extension.critical and not isinstance(value, _KNOWN_CRITICAL):
            raise RevocationUnreadable(f"The CRL has an unknown critical extension ({extension.oid.dotted_string}).")


def _frame(der: bytes) -> tuple[bytes, str]:
    """Return the list without its entries, and its issuer's normalised name."""
    whole = asn1crypto.crl.CertificateList.load(der, strict=True)
    inner = whole["tbs_cert_list"]
    kept = ("version", "signature", "issuer", "this_update", "next_update", "crl_extensions")
    frame = asn1crypto.crl.CertificateList(
        {
            "tbs_cert_list": {name: inner[name] for name in kept},
            "signature_algorithm": whole["signature_algorithm"],
            "signature": whole["signature"],
        }
    )
    return bytes(frame.dump()), str(whole.issuer.hashable)


def _number(parsed: x509.CertificateRevocationList) -> int | None:
    try:
        return parsed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _revoked(single: ocsp.OCSPSingleResponse) -> Revoked | None:
    if single.certificate_status is not ocsp.OCSPCertStatus.REVOKED or single.revocation_time_utc is None:
        return None
    reason = single.revocation_reason
    return Revoked(single.revocation_time_utc, str(reason.value) if reason else "unspecified")


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except RevocationUnreadable:
        raise
    except (*FOREIGN, KeyError, AttributeError) as error:
        raise RevocationUnreadable(f"This is no readable {what}: {error}") from error
