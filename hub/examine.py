"""Hops 2 to 5 of a package: bytes in, a verified envelope with routes out; synchronous, CPU only.

Everything that is decided later comes from the one tree whose canonical form was digested. The errors of the leaf libraries
are mapped to the roots of trouble here and nowhere else.
"""

from __future__ import annotations

import mmap
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from lxml import etree
from msgspec import Struct

from hub.accounts import Snapshot
from hub.package import Signature, SignatureResult
from hub.trouble import Deferral, Fault, Refusal
from routing.clocks import VIETNAM
from routing.directory import Directory
from routing.resolve import NoRoute, Route, Unroutable, resolve
from routing.values import Binding, SignaturePolicy, System
from schemas.edxml import DocumentEnvelope, Envelope, Kind, read, sdk
from schemas.edxml.identity import identify
from schemas.edxml.lean import LIFT_FROM, LeanTree, parse_lean
from schemas.edxml.recipients import recipient_elements
from schemas.errors import MAX_VIOLATIONS, Malformed, Violation
from schemas.paths import line_of, path_of
from signing.algorithms import DEFAULT_POLICY, AlgorithmPolicy
from signing.certificates import TrustAnchors
from signing.errors import Undetermined, Unregistered, Untrusted
from signing.report import Step
from signing.revocation import Revocation
from signing.verify import Verified, has_signature, verify

_SOURCE_MAY_BE_BACK = timedelta(seconds=60)
_IN_DETAIL = 10  #: recipients that a sentence names
#: What stands where a signature would, but is none, or is one of somebody unknown here.
_SIGNATURES = (
    "{http://www.mic.gov.vn/TBT/QCVN_102_2016}Signature",
    "{http://www.w3.org/2000/09/xmldsig#}Signature",
)


class Window(Struct, frozen=True):
    """When a package may say it was sent, relative to its receipt. `oldest` None: any age."""

    newest: timedelta = timedelta(hours=24)
    oldest: timedelta | None = None


class Rules(Struct, frozen=True):
    """What a submission is examined against: the register of the moment, the trust anchors, the sending window.

    `revocation` is the evidence of the moment; None: whether certificates were revoked is not checked. `lift_from` is the
    number of bytes from which an attachment's content stays out of the tree; `hub_code` is how this hub names itself in the list
    of hops.
    """

    snapshot: Snapshot
    anchors: TrustAnchors
    window: Window
    revocation: Revocation | None = None
    lift_from: int = LIFT_FROM
    algorithms: AlgorithmPolicy = DEFAULT_POLICY
    hub_code: str = ""


class Examined(Struct, frozen=True, kw_only=True):
    """A package that may be accepted. `sender` is the agency's current code, whatever code the message used."""

    envelope: Envelope
    sender: str
    routes: tuple[Route, ...]
    signature: Signature
    report: tuple[Step, ...]


def examine(
    data: bytes | mmap.mmap, *, system: System, rules: Rules, at: datetime, recipient: str | None = None
) -> Examined:
    """Examine a package that `system` handed in at `at`; when it came for one `recipient` only, it goes to nobody else.

    2. parse, hardened;
    3. verify the signature, when there is one or the system's policy demands one;
    4. validate and decode, from the signed tree;
    5. agree on the sender (system, `From` and certificate name the same agency) and resolve every recipient. What another
       axis hands in must not have been here before, and goes to those of its recipients that stand on this side.

    Raises `Refusal` (the sender must change something) or `Deferral` (revocation data out of reach).
    """
    with _mapped():
        lean = parse_lean(data, lift_from=rules.lift_from)  # 2
        try:
            verified = _verify(lean, system, rules, at)  # 3
        except Unregistered:
            if not _answers_for_others(system):
                raise
            # Whose certificate it is cannot be said here, so it proves nothing; a refused tree is not read any further.
            lean, verified = parse_lean(data, lift_from=rules.lift_from), None
        tree = verified.tree if verified else lean.root
        envelope = read(  # 4
            tree,
            received_at=at,
            has_byte_order_mark=data[:3] == BOM_UTF8,
            contents=lean.contents,
        )
        sender = _agree_on_sender(envelope, verified, system, rules.snapshot)  # 5
        _check_window(envelope, rules.window, at)
        try:
            routes = _routes(envelope, system, rules, at, recipient)
        except NoRoute as error:
            raise _unreachable(error, tree) from error
        _require_readable(envelope, routes, is_signed=verified is not None)
    return Examined(
        envelope=envelope,
        sender=sender,
        routes=routes,
        signature=_signature(lean.root, verified, system.policy),
        report=verified.report if verified else (),
    )


def _verify(lean: LeanTree, system: System, rules: Rules, at: datetime) -> Verified | None:
    kind = identify(lean.root)
    if has_signature(lean.root):
        return verify(
            lean.root,
            registry=rules.snapshot,
            anchors=rules.anchors,
            at=at,
            policy=rules.algorithms,
            revocation=rules.revocation,
            texts=lean.texts,
        )
    # Statuses are unsigned in the standard: the authentication of the system suffices for them.
    if system.policy is SignaturePolicy.REQUIRED and kind is Kind.DOCUMENT:
        raise _unsigned(lean, at)
    return None


def _answers_for_others(system: System) -> bool:
    """Whether it is another axis whose word suffices: for agencies that nobody registered here."""
    return system.binding is Binding.UPSTREAM and system.policy is SignaturePolicy.TRANSPORT


def _unsigned(lean: LeanTree, at: datetime) -> Refusal:
    """Return the refusal of a package that must be signed, with whatever else is wrong, so that all is mended at once."""
    try:
        read(lean.root, received_at=at, contents=lean.contents)
    except Malformed as error:
        faults = _faults_of(error)
    else:
        faults = ()
    return Refusal(
        "signature-missing",
        detail="The package carries no XML signature of the sending agency; sign it and send it again.",
        detail_vi="Gói tin chưa có chữ ký số XML của cơ quan gửi; hãy ký số rồi gửi lại.",
        faults=faults,
    )


def _signature(root: etree._Element, verified: Verified | None, policy: SignaturePolicy) -> Signature:
    if verified:
        return Signature(result=SignatureResult.VALID, signer=verified.signer.certificate_sha256, policy=policy)
    is_dummy = next(root.iter(*_SIGNATURES), None) is not None
    result = SignatureResult.UNVERIFIABLE if is_dummy else SignatureResult.ABSENT
    # Whatever is asked of the system's documents: this package was let in by the system's credentials alone.
    return Signature(result=result, signer=None, policy=SignaturePolicy.TRANSPORT)


def _routes(envelope: Envelope, system: System, rules: Rules, at: datetime, recipient: str | None) -> tuple[Route, ...]:
    directory = rules.snapshot.directory
    today = at.astimezone(VIETNAM).date()  # agencies open and close at midnight there, not at seven in the morning
    if system.binding is not Binding.UPSTREAM:
        return resolve(directory, envelope.recipients, today)
    _check_hops(envelope, rules)
    wanted = envelope.recipients if recipient is None else _meant(directory, envelope, recipient)
    near = tuple(code for code in wanted if not directory.acts_for(system.id, code))
    if wanted and not near:
        named = ", ".join(wanted[:_IN_DETAIL])
        raise _loop(f"{named} stands behind the axis that this came from", named)
    return resolve(directory, near, today)


def _meant(directory: Directory, envelope: Envelope, recipient: str) -> tuple[str, ...]:
    """Return the recipients of the message that are the agency which the axis listed it for; all when it lists another."""
    wanted = directory.canonical(recipient) or recipient
    found = tuple(code for code in envelope.recipients if (directory.canonical(code) or code) == wanted)
    return found or envelope.recipients


def _check_hops(envelope: Envelope, rules: Rules) -> None:
    """Refuse a document that has been here before: a hop of it is this hub."""
    hops = envelope.trace if isinstance(envelope, DocumentEnvelope) else ()
    if any(hop.agency_code and hop.agency_code.strip() == rules.hub_code for hop in hops):
        raise _loop(f"{rules.hub_code} is one of its hops already", rules.hub_code)


def _loop(en: str, vi: str) -> Refusal:
    return Refusal(
        "relay-loop",
        detail=f"The package goes in a circle: {en}.",
        detail_vi=f"Gói tin chạy vòng giữa các trục, liên quan đến {vi}.",
    )


def _agree_on_sender(envelope: Envelope, verified: Verified | None, system: System, snapshot: Snapshot) -> str:
    agency = snapshot.directory.agency(envelope.sender)
    if not snapshot.directory.acts_for(system.id, envelope.sender):
        if system.binding is Binding.UPSTREAM and agency is not None:
            raise _loop(f"its sender {agency.code} is not behind the axis that it came from", agency.code)
        raise Refusal(
            "sender-mismatch",
            detail=f"The package says it comes from {envelope.sender!r}; this system does not act for that agency.",
            detail_vi=f"Gói tin ghi cơ quan gửi là {envelope.sender!r}; hệ thống này không được gửi thay cơ quan đó.",
        )
    if agency is not None and agency.is_suspended:
        raise Refusal(
            "not-authorised",
            detail=f"Agency {agency.code} is suspended.",
            detail_vi=f"Cơ quan {agency.code} đang bị tạm ngừng.",
        )
    # Behind an upstream there are agencies that the directory does not list; the axis answers for them.
    sender = envelope.sender if agency is None else agency.code
    if verified and snapshot.directory.canonical(verified.signer.agency_code) != sender:
        raise Refusal(
            "certificate-untrusted",
            detail=f"The certificate belongs to {verified.signer.agency_code}, the package comes from {sender}.",
            detail_vi=f"Chứng thư số thuộc {verified.signer.agency_code}, còn gói tin gửi từ {sender}.",
        )
    return sender


def _require_readable(envelope: Envelope, routes: tuple[Route, ...], *, is_signed: bool) -> None:
    """Raise `Refusal` sdk-misreading for what a recipient's SDK would misread: signed packages cannot be written anew."""
    if not envelope.notes or all(route.binding is not Binding.VXP for route in routes):
        return
    fatal = sdk.UNREPAIRABLE | sdk.REPAIRABLE if is_signed else sdk.UNREPAIRABLE
    faults = tuple(_fault_of(note) for note in envelope.notes if note.rule in fatal)
    if faults:
        raise Refusal("sdk-misreading", detail=faults[0].en, detail_vi=faults[0].vi, faults=faults)


def _check_window(envelope: Envelope, window: Window, at: datetime) -> None:
    sent_at = envelope.sent_at
    if sent_at is None:
        return
    if sent_at > at + window.newest:
        raise _stale(sent_at, "lies in the future", "nằm trong tương lai")
    if window.oldest is not None and sent_at < at - window.oldest:
        raise _stale(sent_at, "is too long ago", "đã quá lâu")


def _stale(sent_at: datetime, en: str, vi: str) -> Refusal:
    stated = sent_at.isoformat()
    return Refusal(
        "message-stale",
        detail=f"The sending time {stated} {en}; check the clock of the sending system.",
        detail_vi=f"Thời điểm gửi {stated} {vi}; hãy kiểm tra đồng hồ của hệ thống gửi.",
    )


@contextmanager
def _mapped() -> Iterator[None]:
    """Map what the leaf libraries raise to the roots of trouble."""
    try:
        yield
    except Malformed as error:
        faults = _faults_of(error)
        first = faults[0] if faults else None
        raise Refusal(
            error.code, detail=first.en if first else str(error), detail_vi=first.vi if first else "", faults=faults
        ) from error
    except Untrusted as error:
        raise Refusal(error.code, detail=error.detail_en, detail_vi=error.detail_vi) from error
    except Undetermined as error:
        raise Deferral(
            error.code, retry_after=_SOURCE_MAY_BE_BACK, detail=error.detail_en, detail_vi=error.detail_vi
        ) from error


def _unreachable(error: NoRoute, tree: etree._Element) -> Refusal:
    """Return the refusal of a package of which at least one recipient cannot be reached: each of them, and where it stands.

    Of very many only the first are told, as of whatever else is wrong: a package may name ten thousand.
    """
    elements = recipient_elements(tree)
    faults = tuple(_fault_of_recipient(each, elements.get(each.code)) for each in error.unroutable[:MAX_VIOLATIONS])
    more = len(error.unroutable) - _IN_DETAIL
    return Refusal(
        "recipient-unknown",
        detail=" ".join(each.en for each in faults[:_IN_DETAIL]) + (f" And {more} more." if more > 0 else ""),
        detail_vi=" ".join(each.vi for each in faults[:_IN_DETAIL])
        + (f" Và {more} nơi nhận khác." if more > 0 else ""),
        faults=faults,
    )


def _fault_of_recipient(unroutable: Unroutable, element: etree._Element | None) -> Fault:
    path, line = ("", None) if element is None else (path_of(element), line_of(element))
    return Fault(path=path, line=line, rule=f"recipient-{unroutable.reason}", vi=unroutable.vi, en=unroutable.en)


def _faults_of(error: Malformed) -> tuple[Fault, ...]:
    return tuple(map(_fault_of, error.violations))


def _fault_of(violation: Violation) -> Fault:
    return Fault(path=violation.path, line=violation.line, rule=violation.rule, vi=violation.vi, en=violation.en)
