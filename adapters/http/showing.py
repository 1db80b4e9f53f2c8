"""How the hub's values look from outside: one function per shape of `views`."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec.structs import asdict

from adapters.http import views
from adapters.http.language import Language
from hub.changes import RefusedSubmission
from hub.delivery import Delivery
from hub.package import Attachment, Package, Signature
from hub.queries import InboxItem
from hub.recall import RecallOutcome
from hub.record import EventRecord
from hub.submission import Report
from hub.told import Told
from hub.trouble import Fault
from routing.values import Agency, SignaturePolicy
from schemas.edxml import Attachment as Attached
from schemas.edxml import Business, Kind
from signing.receipt import Reason


def package_view(what: Package, deliveries: Iterable[Delivery], receipt: EventRecord) -> views.Package:
    """Show a package."""
    details = what.details
    return views.Package(
        id=what.id,
        document_id=what.document_id,
        kind=Kind(what.kind),
        business=Business(what.business),
        sender=what.sender,
        notation=what.notation,
        subject=what.subject,
        urgency=what.urgency,
        sha256=what.sha256,
        size=what.size,
        accepted_at=what.accepted_at,
        sent_at=details.sent_at,
        status_code=details.status_code,
        reason=details.reason,
        signature=_signature(what.signature),
        attachments=tuple(map(_attachment, details.attachments)),
        notes=details.notes,
        deliveries=tuple(map(delivery_view, deliveries)),
        receipt=receipt.jws or "",
    )


def delivery_view(what: Delivery) -> views.Delivery:
    """Show a delivery."""
    return views.Delivery(
        id=what.id,
        package_id=what.package_id,
        recipient=what.recipient,
        system=what.system_id,
        lane=what.lane,
        state=what.state,
        business_status=what.business_status,
        consigned_at=what.consigned_at,
        handed_over_at=what.handed_over_at,
        deadline=what.deadline_at,
        attempts=what.attempts,
        next_attempt_at=what.next_attempt_at,
        last_error=what.last_error,
    )


def report_view(report: Report, language: Language) -> views.Report:
    """Show what the hub reads in a package that it would accept."""
    examined = report.examined
    envelope = examined.envelope
    return views.Report(
        kind=envelope.kind,
        business=envelope.business,
        document_id=envelope.document_id,
        sender=examined.sender,
        notation=envelope.notation,
        subject=envelope.subject,
        urgency=envelope.urgency,
        sent_at=envelope.sent_at,
        sha256=report.sha256,
        size=report.size,
        signature=_signature(examined.signature),
        attachments=tuple(map(_attachment, envelope.attachments)),
        recipients=tuple(views.Recipient(route.recipient, route.system_id) for route in examined.routes),
        steps=tuple(views.Step(each.step, each.name, str(each.result), each.detail) for each in examined.report),
        notes=tuple(
            views.Note(each.path, each.line, each.rule, each.en if language == "en" else each.vi)
            for each in envelope.notes
        ),
    )


def event_view(event: EventRecord) -> views.TimelineEvent:
    """Show one fact of a package's story."""
    return views.TimelineEvent(
        id=event.id,
        event=event.event,
        at=event.at,
        delivery=event.delivery_id,
        recipient=event.recipient,
        state=event.state,
        reason=_reason(event.reason),
        receipt=event.jws,
    )


def receipt_item(event: EventRecord) -> views.ReceiptItem:
    """Show a receipt in a list."""
    return views.ReceiptItem(
        id=event.id,
        event=event.event,
        at=event.at,
        package_id=event.package_id,
        delivery=event.delivery_id,
        recipient=event.recipient,
        jws=event.jws or "",
    )


def receipt_view(event: EventRecord) -> views.Receipt:
    """Show a receipt as it was signed."""
    jws = event.jws or ""
    signed: dict[str, Any] = msgspec.json.decode(_payload_of(jws))
    return msgspec.convert({**signed, "package_id": event.package_id, "jws": jws}, views.Receipt)


def feed_item(cursor: int, event: EventRecord) -> views.FeedItem:
    """Show something that happened."""
    told = asdict(Told.of(event))
    return views.FeedItem(cursor=cursor, **{**told, "reason": _reason(event.reason), "jws": event.jws or ""})


def inbox_item(item: InboxItem) -> views.InboxItem:
    """Show a delivery that waits for its recipient's system."""
    return views.InboxItem(
        id=item.id,
        package_id=item.package_id,
        document_id=item.document_id,
        kind=Kind(item.kind),
        sender=item.sender,
        recipient=item.recipient,
        lane=item.lane,
        subject=item.subject,
        sha256=item.sha256,
        size=item.size,
        consigned_at=item.consigned_at,
        lease_until=item.lease_until,
    )


def recall_view(outcomes: Iterable[RecallOutcome]) -> views.Recall:
    """Show what became of a recall."""
    return views.Recall(
        tuple(
            views.RecallOutcome(
                each.recipient, each.delivery_id, each.outcome, each.receipt.jws if each.receipt else None
            )
            for each in outcomes
        )
    )


def agency_view(agency: Agency) -> views.Agency:
    """Show an agency."""
    return views.Agency(
        code=agency.code,
        name=agency.name,
        old_codes=agency.old_codes,
        parent=agency.parent,
        system=agency.system_id,
        valid_from=agency.valid_from,
        valid_to=agency.valid_to,
        is_suspended=agency.is_suspended,
    )


def refusal_view(refused: RefusedSubmission, language: Language) -> views.RefusedSubmission:
    """Show a refused submission."""
    return views.RefusedSubmission(
        id=refused.id,
        at=refused.at,
        system=refused.system_id,
        code=refused.code,
        detail=refused.detail,
        sha256=refused.sha256,
        size=refused.size,
        sender=refused.sender,
        document_id=refused.document_id,
        errors=tuple(error_view(fault, language) for fault in refused.faults),
    )


def error_view(fault: Fault, language: Language) -> views.ProblemError:
    """Show one thing that is wrong."""
    return views.ProblemError(
        path=fault.path, line=fault.line, rule=fault.rule, message=fault.en if language == "en" else fault.vi
    )


def _signature(signature: Signature) -> views.Signature:
    return views.Signature(signature.result, signature.signer, SignaturePolicy(signature.policy))


def _attachment(attachment: Attachment | Attached) -> views.Attachment:
    return views.Attachment(
        name=attachment.name,
        declared_type=attachment.declared_type,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
    )


def _reason(reason: Reason | None) -> views.Reason | None:
    return views.Reason(reason.code, reason.text) if reason else None


def _payload_of(jws: str) -> bytes:
    """Return the payload of a compact JWS (RFC 7515 section 7.1); it is our own, so nothing is verified here."""
    payload = jws.split(".")[1]
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
