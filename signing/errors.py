"""Why something was not believed: one code of the problem catalogue, two sentences, and the report of the steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree

from signing.report import Procedure, Result, Step


class Code(StrEnum):
    """The last segment of the problem type (`urn:axis:problem:<code>`)."""

    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_INVALID = "signature-invalid"
    SIGNATURE_COVERAGE = "signature-coverage"
    SIGNATURE_MULTIPLE = "signature-multiple"
    SIGNATURE_AMBIGUOUS = "signature-ambiguous-content"
    ALGORITHM_FORBIDDEN = "signature-algorithm-forbidden"
    TRANSFORM_FORBIDDEN = "signature-transform-forbidden"
    REFERENCE_FORBIDDEN = "signature-reference-forbidden"
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_USAGE = "certificate-usage"
    REVOCATION_UNAVAILABLE = "revocation-unavailable"


#: What only a look at revocation evidence can say.
REVOCATION_CODES = frozenset({Code.CERTIFICATE_REVOKED, Code.REVOCATION_UNAVAILABLE})


class _Verdict(Exception):
    """What `Untrusted` and `Undetermined` have in common."""

    result: Result

    def __init__(
        self, code: str, detail_en: str, detail_vi: str, *, step: int = 0, report: tuple[Step, ...] = ()
    ) -> None:
        super().__init__(detail_en)
        self.code = str(code)
        self.detail_en = detail_en
        self.detail_vi = detail_vi
        self.step = step
        self.report = report

    def within(self, procedure: Procedure) -> Self:
        """Return this verdict with the number of the step that reached it and the report of the whole check."""
        report = procedure.report_ended_by(self.result, self.detail_en)
        return type(self)(self.code, self.detail_en, self.detail_vi, step=procedure.current, report=report)


class Untrusted(_Verdict):
    """The signature, its certificate or the receipt is not to be believed; the sender must change something."""

    result = Result.FAILED


class Unregistered(Untrusted):
    """Nobody registered the certificate here: well formed so far, but whose it is cannot be said."""


class Undetermined(_Verdict):
    """Whether to believe it cannot be said now: a source that must be asked is out of reach. The same input may pass later."""

    result = Result.UNDETERMINED


#: What lxml, cryptography and base64 raise on hostile input (found by reading them and by fuzzing).
FOREIGN = (
    etree.LxmlError,
    InvalidSignature,
    UnsupportedAlgorithm,
    Warning,  # of cryptography about odd certificates, where warnings are errors
    x509.AttributeNotFound,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    ValueError,
    TypeError,
    OverflowError,
)


@contextmanager
def foreign_errors_as(code: Code, detail_en: str, detail_vi: str) -> Iterator[None]:
    """Translate what the libraries below raise on hostile input into one `Untrusted`; used at each border, nowhere else."""
    try:
        yield
    except FOREIGN as error:
        raise Untrusted(code, detail_en, detail_vi) from error


@contextmanager
def ended_by_verdict(procedure: Procedure) -> Iterator[None]:
    """Give a verdict reached inside the step it belongs to and the report of the whole check."""
    try:
        yield
    except (Untrusted, Undetermined) as verdict:
        raise verdict.within(procedure) from verdict.__cause__
