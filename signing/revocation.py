"""What authorities say about revoked certificates: frozen values that the path check is given, never fetches.

A certificate revocation list (RFC 5280, section 5) speaks for every certificate of its issuer, an OCSP response (RFC 6960)
for one. Both are only a claim until the path check has verified their signatures. `RevocationEvidence` is everything
known at a moment; whoever keeps it replaces it whole, and its `version` tells remembered paths apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self

import asn1crypto.x509  # type: ignore[import-untyped]
from cryptography import x509
from msgspec import Struct

import signing.asn1  # noqa: F401 - sets asn1crypto up before threads read
from signing.errors import FOREIGN


class Revoked(Struct, frozen=True, gc=False):
    """When a certificate ceased to be good, and why (the names of RFC 5280, 5.3.1: `keyCompromise`, `superseded`, …)."""

    at: datetime
    reason: str

    @property
    def is_final(self) -> bool:
        """Whether it stands for ever: a certificate on hold may be released again."""
        return self.reason != "certificateHold"


class RevocationList(Struct, frozen=True):
    """A complete CRL, read once.

    `issuer` is the normalised name that issuers are matched by, `frame` the list without its entries (DER), and `serials`
    holds every entry's serial number: looking one up must not scan a list of a hundred thousand.
    """

    der: bytes
    sha256: str
    issuer: str
    issuer_name: str
    number: int | None
    this_update: datetime
    next_update: datetime
    serials: frozenset[int]
    frame: bytes
    parsed: x509.CertificateRevocationList

    def entry(self, serial: int) -> Revoked | None:
        """Return what the list says about a serial number; None when it does not name it."""
        if serial not in self.serials:
            return None
        found = self.parsed.get_revoked_certificate_by_serial_number(serial)
        return None if found is None else Revoked(found.revocation_date_utc, _reason_of(found))


class OcspAnswer(Struct, frozen=True):
    """A successful OCSP response about one certificate. Without `nextUpdate` it serves for half an hour.

    `issuer_key_hash` and `serial` are those of the answer's CertID; `revoked` is None for "good" and for "unknown".
    """

    der: bytes
    sha256: str
    serial: int
    issuer_key_hash: bytes
    this_update: datetime
    next_update: datetime
    revoked: Revoked | None


class RevocationEvidence(Struct, frozen=True):
    """Everything known about revocation at a moment, indexed once."""

    lists: tuple[RevocationList, ...]
    answers: tuple[OcspAnswer, ...]
    version: str
    lists_by_issuer: Mapping[str, tuple[RevocationList, ...]]
    answers_by_serial: Mapping[int, tuple[OcspAnswer, ...]]

    @classmethod
    def of(cls, items: Iterable[RevocationList | OcspAnswer] = ()) -> Self:
        """Collect lists and answers, each once; several of one issuer and of different times are welcome."""
        unique = {item.sha256: item for item in items}
        lists = tuple(item for item in unique.values() if isinstance(item, RevocationList))
        answers = tuple(item for item in unique.values() if isinstance(item, OcspAnswer))
        by_issuer: dict[str, tuple[RevocationList, ...]] = {}
        for each in lists:
            by_issuer[each.issuer] = (*by_issuer.get(each.issuer, ()), each)
        by_serial: dict[int, tuple[OcspAnswer, ...]] = {}
        for answer in answers:
            by_serial[answer.serial] = (*by_serial.get(answer.serial, ()), answer)
        version = hashlib.sha256("".join(sorted(unique)).encode()).hexdigest()
        return cls(lists, answers, version, by_issuer, by_serial)

    def names_revoked(self, certificate: bytes) -> bool:
        """Tell whether a list of its issuer names this certificate (DER); for those who know it by itself.

        False says nothing more than that: the list may be missing or old. That a list was signed by its issuer is for
        whoever collects evidence to see to. A certificate that cannot be read is named by none.
        """
        try:
            parsed = asn1crypto.x509.Certificate.load(certificate, strict=True)
            issuer, serial = str(parsed.issuer.hashable), int(parsed.serial_number)
        except FOREIGN:
            return False
        return any(each.entry(serial) is not None for each in self.lists_by_issuer.get(issuer, ()))


class Revocation(Struct, frozen=True):
    """The policy `require`: every certificate below the anchor must be shown good by this evidence.

    `grace` is how long after its nextUpdate a piece of evidence still serves, for when its source is down.
    """

    evidence: RevocationEvidence
    basis: str
    grace: timedelta = timedelta(0)

    @classmethod
    def required(cls, evidence: RevocationEvidence, *, grace: timedelta = timedelta(0)) -> Self:
        """Require evidence, with this grace. `basis` names both, for those who remember what was decided by them."""
        return cls(evidence, f"{evidence.version}+{grace.total_seconds():g}", grace)


def _reason_of(entry: x509.RevokedCertificate) -> str:
    """Return the reason code of an entry; what cannot be read is `unspecified`, and revoked all the same."""
    try:
        return str(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return "unspecified"
