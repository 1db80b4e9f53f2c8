"""Whom a certificate leads to: anchors, paths, validity, key usage, strength, and a short memory of checked paths.

The path is RFC 5280's, walked by pyhanko-certvalidator. It never fetches anything here, so its coroutine never waits
and is driven to its end on the spot. Building a path costs milliseconds; the result is remembered by the hash of the
whole chain, for a minute at most and never past the end of a certificate.
"""

import threading
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Generic, NoReturn, Self, TypeVar

import asn1crypto.x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct
from pyhanko_certvalidator import find_valid_path
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from signing.algorithms import DEFAULT_POLICY, AlgorithmPolicy, weakness_of
from signing.errors import FOREIGN, Code, Untrusted, foreign_errors_as
from signing.keyinfo import Embedded
from signing.keys import CertificateFacts, PublicKey, der_of, facts, load_certificates

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class Loaded(Struct, frozen=True):
    """A certificate read once, with a key of a kind and strength that the policy allows."""

    embedded: Embedded
    certificate: x509.Certificate
    key: PublicKey
    facts: CertificateFacts


class TrustedPath(Struct, frozen=True):
    """A path that was checked `at` a moment: DER certificates from the leaf to the anchor, good until `not_after`."""

    leaf: Loaded
    chain: tuple[bytes, ...]
    at: datetime
    not_after: datetime


class Memo(Generic[K, V]):
    """A bounded dictionary that forgets its oldest entry; safe between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return what is remembered, or None."""
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember a value and forget the oldest one beyond the capacity."""
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = value
            while len(self._values) > self._capacity:
                del self._values[next(iter(self._values))]


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
        self._paths: Memo[tuple[str, ...], TrustedPath] = Memo(capacity)
        self._loaded: Memo[str, Loaded] = Memo(capacity)
        self._building = threading.Lock()

    @classmethod
    def from_pem(cls, anchors: bytes, *, intermediates: bytes = b"") -> Self:
        """Read anchors (and intermediates) from PEM; raise `KeyUnreadable` when a file holds no certificate."""
        known = load_certificates(intermediates) if intermediates else ()
        return cls(load_certificates(anchors), intermediates=known)

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

    def check(self, leaf: Loaded, others: tuple[Loaded, ...], *, at: datetime) -> TrustedPath:
        """Check a leaf certificate at a moment: validity, key usage, and a path to an anchor.

        Raises:
            Untrusted: certificate-expired, -not-yet-valid, -usage, or -untrusted (self-signed, unknown
                issuer, path length, name constraints, weak signature in the path).
        """
        key = (leaf.embedded.sha256, *(other.embedded.sha256 for other in others))
        known = self._paths.get(key)
        if known is not None and known.at <= at < min(known.at + self._lifetime, known.not_after):
            return known
        _check_validity(leaf, at)
        with foreign_errors_as(Code.CERTIFICATE_UNTRUSTED, *_UNREADABLE):
            _check_usage(leaf.certificate)
        path = self._build(leaf, others, at)
        self._paths.put(key, path)
        return path

    def _build(self, leaf: Loaded, others: tuple[Loaded, ...], at: datetime) -> TrustedPath:
        ders = [*(other.embedded.der for other in others), *self._intermediates]
        try:
            target = asn1crypto.x509.Certificate.load(leaf.embedded.der)
            known = [asn1crypto.x509.Certificate.load(der) for der in ders]
            context = self._context(known, at)
            with (
                self._building
            ):  # asn1crypto reads lazily: the anchors' objects must not be read by two threads at once
                paths = context.path_builder.async_build_paths_lazy(target)
                found: ValidationPath = _run(find_valid_path(target, paths, context))
                chain = tuple(certificate.dump() for certificate in reversed(list(found)))
        except (ValidationError, PathError) as error:
            _refuse(error)
        except (*FOREIGN, KeyError, AttributeError, NotImplementedError) as error:  # asn1crypto on hostile DER
            raise Untrusted(Code.CERTIFICATE_UNTRUSTED, *_UNREADABLE) from error
        not_after = min(x509.load_der_x509_certificate(der).not_valid_after_utc for der in chain)
        return TrustedPath(leaf, chain, at, not_after)

    def _context(self, known: list[asn1crypto.x509.Certificate], at: datetime) -> ValidationContext:
        """RFC 5280 at a moment, never fetching. Revocation is off: no source is configured yet."""
        return ValidationContext(
            trust_manager=self._anchors,
            other_certs=known,
            moment=at,
            allow_fetching=False,
            revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
            time_tolerance=timedelta(0),
        )


_UNREADABLE = (
    "The certificate or its chain cannot be read.",
    "Không đọc được chứng thư số hoặc chuỗi chứng thực của nó.",
)


def _load(embedded: Embedded) -> Loaded:
    with foreign_errors_as(Code.CERTIFICATE_UNTRUSTED, *_UNREADABLE):
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


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine that never waits to its end, without an event loop (one may already run in this thread)."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("the certificate path check tried to wait; it must not fetch anything")


def _refuse(error: Exception) -> NoReturn:
    """Give a path error its code; the validator's own sentence stays in the English detail."""
    if isinstance(error, ExpiredError):
        raise Untrusted(
            Code.CERTIFICATE_EXPIRED,
            f"A certificate above the signer's expired: {error}",
            "Một chứng thư cấp trên trong chuỗi đã hết hạn.",
        ) from error
    if isinstance(error, NotYetValidError):
        raise Untrusted(
            Code.CERTIFICATE_NOT_YET_VALID,
            f"A certificate above the signer's is not valid yet: {error}",
            "Một chứng thư cấp trên trong chuỗi chưa có hiệu lực.",
        ) from error
    raise Untrusted(
        Code.CERTIFICATE_UNTRUSTED,
        f"The certificate does not lead to a trusted authority: {error}",
        "Chứng thư số không dẫn tới tổ chức chứng thực được tin cậy.",
    ) from error


def _weak(weakness: str) -> Untrusted:
    return Untrusted(
        Code.ALGORITHM_FORBIDDEN,
        f"The certificate has {weakness}; use RSA with 2048 bits or more, or ECDSA on P-256, P-384 or P-521.",
        f"Khóa trong chứng thư số không đủ mạnh ({weakness}); hãy dùng RSA từ 2048 bit hoặc ECDSA P-256, P-384, P-521.",
    )
