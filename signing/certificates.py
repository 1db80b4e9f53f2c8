"""Whom a certificate leads to: anchors, paths, validity, key usage, strength, and a short memory of checked paths.

The path itself is found in `signing.paths`, which costs milliseconds; the result is remembered by the hashes of the whole
chain and the version of the revocation evidence, for a minute at most, never past the end of a certificate and never past
the time for which the evidence serves.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import asn1crypto.x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct
from pyhanko_certvalidator.registry import SimpleTrustManager

import signing.asn1  # noqa: F401 - sets asn1crypto up before threads read
from signing.algorithms import DEFAULT_POLICY, AlgorithmPolicy, weakness_of
from signing.errors import Code, Untrusted, foreign_errors_as
from signing.keyinfo import Embedded
from signing.keys import CertificateFacts, PublicKey, der_of, facts
from signing.memo import Memo
from signing.paths import UNREADABLE, find_path
from signing.revocation import Revocation
from signing.revocation_check import CrlSignatures


class Loaded(Struct, frozen=True):
    """A certificate read once, with a key of a kind and strength that the policy allows."""

    embedded: Embedded
    certificate: x509.Certificate
    key: PublicKey
    facts: CertificateFacts


class TrustedPath(Struct, frozen=True):
    """A path that was checked `at` a moment by a policy: DER certificates from the leaf to the anchor.

    `not_after` is when the first of them expires, `until` when the path must be looked at again: then, or when the
    evidence that none of them was revoked no longer serves. `shown` names that evidence, empty when none was required.
    """

    leaf: Loaded
    chain: tuple[bytes, ...]
    at: datetime
    not_after: datetime
    until: datetime
    policy: AlgorithmPolicy
    shown: str


class TrustAnchors:
    """The certificates that are believed without proof, the known intermediates, and the memory of checked paths."""

    def __init__(
        self,
        anchors: Iterable[x509.Certificate],
        *,
        intermediates: Iterable[x509.Certificate] = (),
        lifetime: timedelta = timedelta(seconds=60),
        capacity: int = 4096,
    ) -> None:
        """Keep the anchors; a checked path is believed again for `lifetime`, of at most `capacity` chains."""
        self._anchor_ders = frozenset(der_of(anchor) for anchor in anchors)
        self._anchors = SimpleTrustManager.build([asn1crypto.x509.Certificate.load(der) for der in self._anchor_ders])
        self._intermediates = tuple(der_of(intermediate) for intermediate in intermediates)
        self._lifetime = lifetime
        self._paths: Memo[tuple[str | None, ...], TrustedPath] = Memo(capacity)
        self._signatures = CrlSignatures()
        self._loaded: Memo[str, Loaded] = Memo(capacity)
        self._building = threading.Lock()

    def __len__(self) -> int:
        return len(self._anchor_ders)

    def is_anchor(self, certificate: Loaded) -> bool:
        """Tell whether this very certificate is one of the anchors."""
        return certificate.embedded.der in self._anchor_ders

    def load(self, embedded: Embedded, policy: AlgorithmPolicy = DEFAULT_POLICY) -> Loaded:
        """Read a certificate and hold its key against the policy.

        Raises:
            Untrusted: certificate-untrusted when it is unreadable, signature-algorithm-forbidden when its key is weak.
        """
        loaded = self._loaded.get(embedded.sha256)
        if loaded is None:
            loaded = _load(embedded)
            self._loaded.put(embedded.sha256, loaded)
        weakness = weakness_of(loaded.key, policy)
        if weakness:
            raise _weak(weakness)
        return loaded

    def check(
        self,
        leaf: Loaded,
        others: tuple[Loaded, ...],
        *,
        at: datetime,
        policy: AlgorithmPolicy = DEFAULT_POLICY,
        revocation: Revocation | None = None,
    ) -> TrustedPath:
        """Check a leaf certificate at a moment: validity, key usage, a path of strong keys to an anchor, revocation.

        With `revocation` every certificate below the anchor must be shown good by its evidence; None leaves that out.

        Raises:
            Untrusted: certificate-expired, -not-yet-valid, -usage, -revoked, or -untrusted (self-signed, unknown
                issuer, path length, name constraints), signature-algorithm-forbidden (weak key or signature in the path).
            Undetermined: revocation-unavailable, when the evidence says nothing about that moment.
        """
        basis = None if revocation is None else revocation.basis
        key = (basis, leaf.embedded.sha256, *[other.embedded.sha256 for other in others])
        known = self._paths.get(key)
        if (
            known is not None
            and known.policy is policy
            and known.at <= at < known.until
            and at < known.at + self._lifetime
        ):
            return known
        _check_validity(leaf, at)
        with foreign_errors_as(Code.CERTIFICATE_UNTRUSTED, *UNREADABLE):
            _check_usage(leaf.certificate)
        path = self._build(leaf, others, at, policy, revocation)
        self._paths.put(key, path)
        return path

    def _build(
        self,
        leaf: Loaded,
        others: tuple[Loaded, ...],
        at: datetime,
        policy: AlgorithmPolicy,
        revocation: Revocation | None,
    ) -> TrustedPath:
        ders = [*(other.embedded.der for other in others), *self._intermediates]
        with self._building:  # asn1crypto reads lazily: the anchors' objects must not be read by two threads at once
            found = find_path(
                leaf.embedded.der, ders, self._anchors, at=at, revocation=revocation, signatures=self._signatures
            )
        above = [x509.load_der_x509_certificate(der) for der in found.chain]
        for certificate in above[1:]:
            _check_strength(certificate, policy)
        not_after = min(certificate.not_valid_after_utc for certificate in above)
        until = not_after if found.serves_until is None else min(not_after, found.serves_until)
        shown = "" if revocation is None else f"shown good until {until:%Y-%m-%dT%H:%M:%SZ} by {revocation.basis[:16]}"
        return TrustedPath(leaf, found.chain, at, not_after, until, policy, shown)


def _load(embedded: Embedded) -> Loaded:
    with foreign_errors_as(Code.CERTIFICATE_UNTRUSTED, *UNREADABLE):
        certificate = x509.load_der_x509_certificate(embedded.der)
        key = certificate.public_key()
        if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
            raise _weak(weakness_of(key, DEFAULT_POLICY))
        if certificate.serial_number <= 0:  # RFC 5280, 4.1.2.2; cryptography only warns so far
            raise ValueError("the serial number is not positive")
        return Loaded(embedded, certificate, key, facts(certificate))


def _check_validity(leaf: Loaded, at: datetime) -> None:
    if at < leaf.facts.not_before:
        when = leaf.facts.not_before
        raise Untrusted(
            Code.CERTIFICATE_NOT_YET_VALID,
            f"The certificate is valid only from {when:%Y-%m-%d %H:%M:%S} UTC on; check the clock.",
            f"Chứng thư số chỉ có hiệu lực từ {when:%Y-%m-%d %H:%M:%S} UTC; hãy kiểm tra đồng hồ.",
        )
    if at >= leaf.facts.not_after:
        when = leaf.facts.not_after
        raise Untrusted(
            Code.CERTIFICATE_EXPIRED,
            f"The certificate expired on {when:%Y-%m-%d %H:%M:%S} UTC; sign with a renewed one.",
            f"Chứng thư số đã hết hạn lúc {when:%Y-%m-%d %H:%M:%S} UTC; hãy ký bằng chứng thư đã gia hạn.",
        )


def _check_usage(leaf: x509.Certificate) -> None:
    """RFC 5280, 4.2.1.3: the leaf says digitalSignature or nonRepudiation, is no authority, and holds no unknown duty."""
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        may_sign = usage.digital_signature or usage.content_commitment
    except x509.ExtensionNotFound:
        may_sign = False
    with suppress(x509.ExtensionNotFound):
        may_sign = may_sign and not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    unknown = any(one.critical and isinstance(one.value, x509.UnrecognizedExtension) for one in leaf.extensions)
    if not may_sign or unknown:
        raise Untrusted(
            Code.CERTIFICATE_USAGE,
            "The certificate is not made for signing documents (key usage digitalSignature or nonRepudiation is missing,"
            " or it is an authority's).",
            "Chứng thư số không dùng để ký văn bản (thiếu mục đích digitalSignature hoặc nonRepudiation, hoặc là chứng thư"
            " của tổ chức cấp).",
        )


def _check_strength(authority: x509.Certificate, policy: AlgorithmPolicy) -> None:
    weakness = weakness_of(authority.public_key(), policy)
    if weakness:
        raise Untrusted(
            Code.ALGORITHM_FORBIDDEN,
            f"An authority above the signer's certificate has {weakness}; have a certificate issued by a stronger one.",
            f"Tổ chức chứng thực cấp trên dùng khóa không đủ mạnh ({weakness}); hãy xin cấp chứng thư từ tổ chức khác.",
        )


def _weak(weakness: str) -> Untrusted:
    return Untrusted(
        Code.ALGORITHM_FORBIDDEN,
        f"The certificate has {weakness}; use RSA with 2048 bits or more, or ECDSA on P-256, P-384 or P-521.",
        f"Khóa trong chứng thư số không đủ mạnh ({weakness}); hãy dùng RSA từ 2048 bit hoặc ECDSA P-256, P-384, P-521.",
    )
