"""Our evidence in the form that pyhanko-certvalidator reads, so that RFC 5280 section 6.3 is the library's and cost is ours.

The library scans a CRL entry by entry in Python and checks its signature for every path. It is therefore handed each list
*narrowed* to the entries of the certificates in question, and a signature check that answers for the whole list which
the narrowed one was cut from; the answer is remembered. Containers also say until when evidence serves (nextUpdate and
grace), and that a revocation once stated stands: neither an old list nor one from after the moment may hide it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import asn1crypto.core  # type: ignore[import-untyped]
import asn1crypto.crl  # type: ignore[import-untyped]
import asn1crypto.keys  # type: ignore[import-untyped]
import asn1crypto.ocsp  # type: ignore[import-untyped]
import asn1crypto.x509  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko_certvalidator.ltv.types import ValidationTimingParams
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy
from pyhanko_certvalidator.revinfo.archival import (
    CRLContainer,
    OCSPContainer,
    RevinfoUsability,
    RevinfoUsabilityRating,
)
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from signing.memo import Memo
from signing.revocation import OcspAnswer, Revocation, RevocationList, Revoked

#: Reason of `Revoked` -> asn1crypto's name of it.
_REASONS = {
    "keyCompromise": "key_compromise",
    "cACompromise": "ca_compromise",
    "affiliationChanged": "affiliation_changed",
    "superseded": "superseded",
    "cessationOfOperation": "cessation_of_operation",
    "certificateHold": "certificate_hold",
    "privilegeWithdrawn": "privilege_withdrawn",
    "aACompromise": "aa_compromise",
}


class CrlSignatures:
    """Remembers which CRL was signed by which key: hashing a list of a hundred thousand once is enough."""

    def __init__(self, capacity: int = 1024) -> None:
        self._answers: Memo[tuple[str, bytes], bool] = Memo(capacity)

    def holds(self, crl: RevocationList, key_der: bytes) -> bool:
        """Tell whether the key (SubjectPublicKeyInfo) signed the list."""
        known = self._answers.get((crl.sha256, key_der))
        if known is None:
            key = load_der_public_key(key_der)
            known = crl.parsed.is_signature_valid(key)  # type: ignore[arg-type] # other kinds of key raise TypeError
            self._answers.put((crl.sha256, key_der), known)
        return known


class Matter:
    """The evidence that concerns the certificates of one path, judged at a moment.

    Of no others: a list that is too old counts when it revokes one of them, for the path fails then; were it to count because of
    a certificate that only lies in the KeyInfo, it would show the rest good.
    """

    def __init__(
        self,
        certificates: Iterable[asn1crypto.x509.Certificate],
        revocation: Revocation,
        at: datetime,
        signatures: CrlSignatures,
    ) -> None:
        evidence, self._grace, self._at = revocation.evidence, revocation.grace, at
        issued: defaultdict[str, set[int]] = defaultdict(set)  # serial numbers are an issuer's own
        for certificate in certificates:
            issued[str(certificate.issuer.hashable)].add(certificate.serial_number)
        self._lists = [each for name in issued for each in evidence.lists_by_issuer.get(name, ())]
        serials = set().union(*issued.values())
        self._answers = [each for serial in serials for each in evidence.answers_by_serial.get(serial, ())]
        self.crls: list[CRLContainer] = []
        self._listed: set[int] = set()
        wholes: dict[bytes, RevocationList] = {}
        for each in self._lists:
            entries = {serial: found for serial in issued[each.issuer] if (found := each.entry(serial)) is not None}
            self._listed |= entries.keys()
            narrowed = _narrowed(each, entries)
            wholes[narrowed["tbs_cert_list"].dump()] = each
            decides = any(entry.is_final and entry.at < at for entry in entries.values())
            self.crls.append(_List(narrowed, _Serving(each.this_update, self._until(each), decides)))
        self.validator = _Validator(wholes, signatures)

    @property
    def ocsps(self) -> list[OCSPContainer]:
        """The OCSP answers; none about a certificate that a list names: the library would let a good answer win."""
        return [
            _Answer(asn1crypto.ocsp.OCSPResponse.load(each.der), 0, _Serving(*self._window(each), self._decides(each)))
            for each in self._answers
            if each.serial not in self._listed
        ]

    def answers_about(self, certificate: asn1crypto.x509.Certificate) -> bool:
        """Tell whether any OCSP answer is about a certificate with this serial number."""
        return any(each.serial == certificate.serial_number for each in self._answers)

    def serves_until(self, certificates: Iterable[asn1crypto.x509.Certificate]) -> datetime:
        """Return until when the evidence for all of these certificates serves."""
        return min(
            (self._serves_until(each) for each in certificates), default=datetime.max.replace(tzinfo=self._at.tzinfo)
        )

    def _serves_until(self, certificate: asn1crypto.x509.Certificate) -> datetime:
        issuer = str(certificate.issuer.hashable)
        lists = [self._until(each) for each in self._lists if each.issuer == issuer and each.this_update <= self._at]
        answers = [self._until(each) for each in self._answers if each.serial == certificate.serial_number]
        return max((*lists, *answers), default=self._at)

    def _until(self, item: RevocationList | OcspAnswer) -> datetime:
        return item.next_update + self._grace

    def _window(self, item: OcspAnswer) -> tuple[datetime, datetime]:
        return item.this_update, self._until(item)

    def _decides(self, item: OcspAnswer) -> bool:
        return item.revoked is not None and item.revoked.is_final and item.revoked.at <= self._at


@dataclass(frozen=True)
class _Serving:
    """From when until when a piece of evidence serves, and whether it decides whatever the time."""

    since: datetime
    until: datetime
    decides: bool

    def usability(self, at: datetime) -> RevinfoUsability:
        if self.decides or self.since <= at <= self.until:
            return RevinfoUsability(RevinfoUsabilityRating.OK)
        if at < self.since:
            return RevinfoUsability(RevinfoUsabilityRating.TOO_NEW)
        return RevinfoUsability(RevinfoUsabilityRating.STALE, last_usable_at=self.until, compared_to=at)


@dataclass(frozen=True)
class _List(CRLContainer):
    serving: _Serving

    def usable_at(self, policy: CertRevTrustPolicy, timing_params: ValidationTimingParams) -> RevinfoUsability:  # noqa: ARG002
        return self.serving.usability(timing_params.validation_time)


@dataclass(frozen=True)
class _Answer(OCSPContainer):
    serving: _Serving = None  # type: ignore[assignment] # follows a field with a default; always given

    def usable_at(self, policy: CertRevTrustPolicy, timing_params: ValidationTimingParams) -> RevinfoUsability:  # noqa: ARG002
        return self.serving.usability(timing_params.validation_time)


class _Validator(DefaultSignatureValidator):
    """Answers for a narrowed list with the signature of the whole one; everything else is checked as usual."""

    def __init__(self, wholes: dict[bytes, RevocationList], signatures: CrlSignatures) -> None:
        self._wholes = wholes
        self._signatures = signatures

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: asn1crypto.keys.PublicKeyInfo,
        signature_algorithm: asn1crypto.core.Sequence,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Return when the key signed the data; raise `InvalidSignature` otherwise."""
        whole = self._wholes.get(signed_data)
        if whole is None:
            super().validate_signature(signature, signed_data, public_key_info, signature_algorithm, context)
        elif signature != whole.parsed.signature or not self._signatures.holds(whole, public_key_info.dump()):
            raise InvalidSignature


def _narrowed(crl: RevocationList, entries: dict[int, Revoked]) -> asn1crypto.crl.CertificateList:
    """Return the list with these entries only."""
    narrowed = asn1crypto.crl.CertificateList.load(crl.frame)
    if entries:
        narrowed["tbs_cert_list"]["revoked_certificates"] = [
            _entry(serial, revoked) for serial, revoked in entries.items()
        ]
    return narrowed


def _entry(serial: int, revoked: Revoked) -> dict[str, object]:
    reason = _REASONS.get(revoked.reason, "unspecified")
    return {
        "user_certificate": serial,
        "revocation_date": asn1crypto.x509.Time({"general_time": revoked.at + timedelta(0)}),
        "crl_entry_extensions": [{"extn_id": "crl_reason", "critical": False, "extn_value": reason}],
    }
