"""The verdict on one file, in the form that `axis verify --json` prints."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml.etree import _Element
from msgspec import Struct

from adapters.cli.language import current
from schemas.errors import Malformed
from schemas.parser import parse
from signing.algorithms import DEFAULT_POLICY, LAB_SHA1_POLICY
from signing.certificates import TrustAnchors
from signing.errors import FOREIGN, Undetermined, Untrusted
from signing.keys import is_authority
from signing.receipt import Receipt, canonical, open_receipt
from signing.report import Step
from signing.revocation import Revocation
from signing.verify import RegisteredCertificate
from signing.verify import verify as verify_signature

_X509 = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


class VerdictKind(StrEnum):
    """What can be said of a file."""

    VALID = "valid"
    REFUSED = "refused"
    UNDETERMINED = "undetermined"


class Verdict(Struct, frozen=True, kw_only=True):
    """The answer. `code` is that of the problem catalogue, `sentence` in the language of the command."""

    verdict: VerdictKind
    code: str | None = None
    sentence: str = ""
    signer: Mapping[str, Any] | None = None
    signed_sha256: str | None = None
    steps: tuple[Step, ...] = ()
    receipt: Receipt | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints; a receipt adds what it says."""
        members: dict[str, Any] = {
            "verdict": self.verdict,
            "code": self.code,
            "detail": self.sentence or None,
            "signer": self.signer,
            "signed_sha256": self.signed_sha256,
            "steps": self.steps,
        }
        return members if self.receipt is None else {**members, "receipt": self.receipt}


class _Presented:
    """The certificates that a package itself presents, in the place of a register: who is checked is who it says."""

    def __init__(self, root: _Element) -> None:
        self._known: dict[str, RegisteredCertificate] = {}
        for element in root.iter(_X509):
            try:
                der = base64.b64decode("".join((element.text or "").split()), validate=True)
                certificate = x509.load_der_x509_certificate(der)
                if not is_authority(certificate):
                    sha256 = hashlib.sha256(der).hexdigest()
                    self._known[sha256] = RegisteredCertificate(sha256, _code_in(certificate), der)
            except (binascii.Error, *FOREIGN):
                continue  # `verify` says what is wrong with it

    def registered(self, certificate_sha256: str) -> RegisteredCertificate | None:
        """Return a presented end-entity certificate."""
        return self._known.get(certificate_sha256)


def of_package(
    data: bytes, anchors: TrustAnchors, at: datetime, *, allow_sha1: bool, revocation: Revocation | None = None
) -> Verdict:
    """Judge the signature of a package."""
    policy = LAB_SHA1_POLICY if allow_sha1 else DEFAULT_POLICY
    try:
        root = parse(data)
        verified = verify_signature(
            root, registry=_Presented(root), anchors=anchors, at=at, policy=policy, revocation=revocation
        )
    except Malformed as error:
        sentences = " ".join(each.vi if current() == "vi" else each.en for each in error.violations)
        return Verdict(verdict=VerdictKind.REFUSED, code=error.code, sentence=sentences)
    except (Untrusted, Undetermined) as error:
        return _not_valid(error)
    return Verdict(
        verdict=VerdictKind.VALID,
        signer=msgspec.to_builtins(verified.signer),
        signed_sha256=verified.signed_sha256,
        steps=verified.report,
    )


def of_receipt(
    sealed: bytes, anchors: TrustAnchors, at: datetime | None, revocation: Revocation | None = None
) -> Verdict:
    """Judge a receipt, as of its own time unless another is given."""
    try:
        opened = open_receipt(sealed.decode("ascii", "replace"), anchors=anchors, at=at, revocation=revocation)
    except (Untrusted, Undetermined) as error:
        return _not_valid(error)
    return Verdict(
        verdict=VerdictKind.VALID,
        signer=msgspec.to_builtins(opened.signer),
        signed_sha256=hashlib.sha256(canonical(opened.receipt)).hexdigest(),
        steps=opened.report,
        receipt=opened.receipt,
    )


def _not_valid(error: Untrusted | Undetermined) -> Verdict:
    return Verdict(
        verdict=VerdictKind.REFUSED if isinstance(error, Untrusted) else VerdictKind.UNDETERMINED,
        code=error.code,
        sentence=error.detail_vi if current() == "vi" else error.detail_en,
        steps=error.report,
    )


def _code_in(certificate: x509.Certificate) -> str:
    """Return the agency code that the certificate states as its user id; empty when it states none."""
    stated = certificate.subject.get_attributes_for_oid(NameOID.USER_ID)
    return str(stated[0].value) if stated else ""
