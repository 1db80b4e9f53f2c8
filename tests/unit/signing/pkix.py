"""What the tests of certificates share: one package signed by an identity, and its verdict."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from signing.certificates import TrustAnchors
from signing.errors import Undetermined, Untrusted
from signing.lab import Authority, LabPki
from signing.lab_revocation import crl
from signing.revocation import Revocation, RevocationEvidence, Revoked
from signing.revocation_reading import read_crl, read_ocsp
from signing.verify import verify
from tests.unit.signing.conftest import Registrations
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import Forge, parse

HOUR = timedelta(hours=1)


def verify_by(identity, anchors, at, *, chain=None, revocation=None):
    """Sign the small package by an identity that is registered, and verify it."""
    registry = Registrations()
    registry.add(identity)
    data = Forge(identity.key, list(identity.chain if chain is None else chain)).sign(package())
    return verify(parse(data), registry=registry, anchors=anchors, at=at, revocation=revocation)


def verdict_of(identity, anchors, at, **choices):
    """Verify and return the verdict that must come."""
    with pytest.raises((Untrusted, Undetermined)) as refusal:
        verify_by(identity, anchors, at, **choices)
    return refusal.value


def code_of(identity, anchors, at, **choices):
    return verdict_of(identity, anchors, at, **choices).code


def entry(certificate, at: datetime, reason: str = "keyCompromise") -> dict[int, Revoked]:
    """One certificate as revoked."""
    return {certificate.serial_number: Revoked(at, reason)}


def required(*items: bytes, grace: timedelta = timedelta(0)) -> Revocation:
    """Require evidence: CRLs (PEM or DER) and OCSP responses, in any order."""
    return Revocation.required(RevocationEvidence.of(_read(item) for item in items), grace=grace)


def lists_of(pki: LabPki, at: datetime, revoked: dict[int, Revoked] | None = None, **choices) -> tuple[bytes, bytes]:
    """Return fresh CRLs of root and subordinate; both name what is revoked (serial numbers do not meet)."""
    return crl(pki.root, at, revoked, **choices), crl(pki.subordinate, at, revoked, **choices)


def anchored(*authorities: Authority, intermediates=()) -> TrustAnchors:
    return TrustAnchors([each.certificate for each in authorities], intermediates=intermediates)


def _read(item: bytes):
    try:
        return read_crl(item)
    except ValueError:
        return read_ocsp(item)
