"""Finding a path from a certificate to an anchor (RFC 5280, section 6), by pyhanko-certvalidator, which never fetches here.

Several paths may lead to anchors (cross-signed and rolled-over authorities); the first that holds is taken. With
revocation required each certificate below the anchor must be shown good by the evidence at hand; the library's other
modes accept a revoked certificate that names no address of a CRL, so only `require` is ever used. When no path holds,
the most telling reason is given: the certificate itself revoked, then evidence missing, then an authority revoked.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

import asn1crypto.x509  # type: ignore[import-untyped]
from msgspec import Struct
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    OCSPValidationError,
    PathError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response
from pyhanko_certvalidator.util import get_declared_revinfo
from pyhanko_certvalidator.validate import async_validate_path

import signing.asn1  # noqa: F401 - sets asn1crypto up before threads read
from signing.errors import FOREIGN, Code, Undetermined, Untrusted
from signing.revocation import Revocation
from signing.revocation_check import CrlSignatures, Matter

T = TypeVar("T")

UNREADABLE = (
    "The certificate or its chain cannot be read.",
    "Không đọc được chứng thư số hoặc chuỗi chứng thực của nó.",
)


class Found(Struct, frozen=True):
    """A path that holds: DER certificates from the leaf to the anchor, and until when the evidence about them serves."""

    chain: tuple[bytes, ...]
    serves_until: datetime | None


def find_path(
    leaf: bytes,
    others: Iterable[bytes],
    anchors: SimpleTrustManager,
    *,
    at: datetime,
    revocation: Revocation | None,
    signatures: CrlSignatures,
) -> Found:
    """Return the first path that holds at a moment.

    Args:
        leaf: the certificate in question (DER).
        others: certificates that may stand between it and an anchor (DER).
        anchors: the believed certificates.
        at: the moment, aware.
        revocation: the evidence and its grace; None leaves revocation unchecked.
        signatures: the memory of checked CRL signatures.

    Raises:
        Untrusted: certificate-expired, -not-yet-valid, -revoked or -untrusted, signature-algorithm-forbidden.
        Undetermined: revocation-unavailable.
    """
    try:
        target = asn1crypto.x509.Certificate.load(leaf)
        known = [asn1crypto.x509.Certificate.load(der) for der in others]
        return _run(_first_that_holds(target, _Search(anchors, known, at, revocation, signatures)))
    except (ValidationError, PathError) as error:
        _refuse(error)
    except (*FOREIGN, KeyError, AttributeError, NotImplementedError) as error:  # asn1crypto on hostile DER
        raise Untrusted(Code.CERTIFICATE_UNTRUSTED, *UNREADABLE) from error


class _Search(Struct, frozen=True):
    """What every candidate for a path is judged by."""

    anchors: SimpleTrustManager
    known: list[asn1crypto.x509.Certificate]
    at: datetime
    revocation: Revocation | None
    signatures: CrlSignatures

    def matter_of(self, path: ValidationPath) -> Matter | None:
        """Return the evidence about a candidate; None when none is required."""
        if self.revocation is None:
            return None
        return Matter(path.iter_certs(include_root=False), self.revocation, self.at, self.signatures)

    def context(self, matter: Matter | None = None) -> ValidationContext:
        """Return what the library validates in."""
        return ValidationContext(
            trust_manager=self.anchors,
            other_certs=self.known,
            moment=self.at,
            allow_fetching=False,
            crls=matter.crls if matter else (),
            ocsps=matter.ocsps if matter else (),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO if matter else NO_REVOCATION),
            signature_validator=matter.validator if matter else None,
            time_tolerance=timedelta(0),
        )


async def _first_that_holds(target: asn1crypto.x509.Certificate, search: _Search) -> Found:
    failures: list[ValidationError] = []
    unjudged = search.context()
    candidates = unjudged.path_builder.async_build_paths_lazy(target)
    try:
        async for candidate in candidates:
            try:
                matter = search.matter_of(candidate)
                context = unjudged if matter is None else search.context(matter)
                if matter is not None:
                    await _check_undeclared(candidate, context, matter)
                await async_validate_path(context, candidate)
                return _found(candidate, matter)
            except ValidationError as failure:
                failures.append(failure)
            except AssertionError:  # the library asserts that a signature is of the kind of the issuer's key
                failures.append(ValidationError("A signature in the path is not of the kind of its issuer's key."))
    finally:
        await candidates.cancel()  # type: ignore[no-untyped-call]
    raise min(failures, key=_rank)


def _found(path: ValidationPath, matter: Matter | None) -> Found:
    certificates = tuple(reversed(list(path)))
    until = None if matter is None else matter.serves_until(certificates[:-1])
    return Found(tuple(each.dump() for each in certificates), until)


async def _check_undeclared(path: ValidationPath, context: ValidationContext, matter: Matter) -> None:
    """Raise `RevokedError` when an answer says so of a certificate that names no responder: the library would not look."""
    for certificate in path.iter_certs(include_root=False):
        if matter.answers_about(certificate) and not get_declared_revinfo(certificate)[1]:
            try:
                await verify_ocsp_response(certificate, path, context)
            except OCSPValidationError:
                continue  # says nothing about it


def _rank(failure: ValidationError) -> int:
    """Order failures by how much they tell: see the module's docstring."""
    if isinstance(failure, RevokedError):
        return 0 if failure.is_ee_cert and not failure.is_side_validation else 2
    if isinstance(failure, InsufficientRevinfoError):
        return 1
    return 3 if isinstance(failure, PathValidationError) and "signature" not in str(failure) else 4


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
    if isinstance(error, RevokedError):
        raise _revoked(error) from error
    if isinstance(error, InsufficientRevinfoError):
        raise Undetermined(
            Code.REVOCATION_UNAVAILABLE,
            f"Whether the certificate was revoked cannot be said now; send the same package again later. {error}",
            "Hiện chưa thể kiểm tra chứng thư số có bị thu hồi hay không; hãy gửi lại chính gói tin này sau.",
        ) from error
    if isinstance(error, ExpiredError):
        raise Untrusted(
            Code.CERTIFICATE_EXPIRED,
            f"A certificate above the signer's expired ({error}); obtain a certificate whose authorities are valid.",
            "Một chứng thư cấp trên trong chuỗi đã hết hạn; hãy xin chứng thư mới từ tổ chức còn hiệu lực, đăng ký rồi ký lại.",
        ) from error
    if isinstance(error, NotYetValidError):
        raise Untrusted(
            Code.CERTIFICATE_NOT_YET_VALID,
            f"A certificate above the signer's is not valid yet ({error}); wait, or sign with another certificate.",
            "Một chứng thư cấp trên trong chuỗi chưa có hiệu lực; hãy chờ, hoặc ký bằng chứng thư khác.",
        ) from error
    if isinstance(error, DisallowedAlgorithmError):
        raise Untrusted(
            Code.ALGORITHM_FORBIDDEN,
            f"The certificate, or one above it, is signed with a weak key or algorithm ({error}); have another one issued.",
            "Chứng thư số hoặc chứng thư cấp trên được ký bằng khóa hoặc thuật toán không đủ mạnh; hãy xin cấp chứng thư khác.",
        ) from error
    raise Untrusted(
        Code.CERTIFICATE_UNTRUSTED,
        f"The certificate does not lead to a trusted authority ({error}); give those above it along with it, or sign with"
        " one of an authority that is trusted.",
        "Chứng thư số không dẫn tới tổ chức chứng thực được tin cậy; hãy kèm cả các chứng thư cấp trên, hoặc ký bằng chứng thư"
        " của tổ chức được tin cậy.",
    ) from error


_REASONS_VI = {
    "key_compromise": "lộ khóa",
    "ca_compromise": "lộ khóa của tổ chức chứng thực",
    "affiliation_changed": "thay đổi thông tin đơn vị",
    "superseded": "đã thay bằng chứng thư khác",
    "cessation_of_operation": "ngừng hoạt động",
    "certificate_hold": "tạm dừng",
    "privilege_withdrawn": "rút quyền",
    "aa_compromise": "lộ khóa của tổ chức cấp thuộc tính",
}


def _revoked(error: RevokedError) -> Untrusted:
    when = f"{error.revocation_dt:%Y-%m-%d %H:%M:%S} UTC"
    reason = error.reason.native
    if error.is_ee_cert:
        who_en, who_vi, fix_en, fix_vi = (
            "The certificate",
            "Chứng thư số",
            "sign with a certificate that is in force",
            "hãy ký bằng chứng thư còn hiệu lực",
        )
    else:
        who_en, who_vi, fix_en, fix_vi = (
            "The certificate of an authority above the signer's",
            "Chứng thư của tổ chức cấp trên trong chuỗi",
            "have a certificate issued by another authority",
            "hãy xin cấp chứng thư từ tổ chức khác",
        )
    return Untrusted(
        Code.CERTIFICATE_REVOKED,
        f"{who_en} was revoked on {when} (reason: {str(reason).replace('_', ' ')}); {fix_en}.",
        f"{who_vi} đã bị thu hồi lúc {when} (lý do: {_REASONS_VI.get(reason, 'không nêu rõ')}); {fix_vi}.",
    )
