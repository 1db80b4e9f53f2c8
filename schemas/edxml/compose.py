"""New envelopes from little: for the command line, for the hub's own statuses, for tests.

Nothing is invented that is not told: no clock, no random number, so equal arguments give equal bytes. Document ids take the form
``OrganId,yyyy/MM/dd,Number/Notation``; content ids follow from the document id and the file.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from schemas.edxml.attachment import Attachment
from schemas.edxml.carriage import carriage
from schemas.edxml.codes import Business, StatusCode, Urgency
from schemas.edxml.document import (
    BusinessInfo,
    Code,
    DocumentEnvelope,
    DocumentType,
    OtherInfo,
    Promulgation,
    Replaced,
    TraceHeader,
)
from schemas.edxml.encoding import encode
from schemas.edxml.media import media_type
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.status import StatusEnvelope
from schemas.edxml.times import VIETNAM, WrittenDate, WrittenTime

ADMINISTRATIVE = 2  #: DocumentType/Type of ordinary papers


class NewFile(Struct, frozen=True, gc=False):
    """A file to attach."""

    name: str
    data: bytes
    description: str | None = None


class Draft(Struct, frozen=True):
    """A new document and its files."""

    envelope: DocumentEnvelope
    contents: dict[str, bytes]  #: the files by content id

    def encode(self) -> bytes:
        """Return the document as edXML."""
        return encode(self.envelope, self.contents)


def new_document(  # noqa: PLR0913 -- a form has many fields; all but five have a default
    *,
    sender: Organization | str,
    recipients: Sequence[Organization | str],
    subject: str,
    number: str,
    notation: str,
    sent_at: datetime,
    files: Iterable[NewFile] = (),
    issued_on: date | None = None,
    document_id: str | None = None,
    type_name: str = "Công văn",
    urgency: int = Urgency.NORMAL,
    due_on: date | None = None,
    responses: Sequence[ResponseFor] = (),
    business: Business = Business.NEW,
    reason: str | None = None,
    target_id: str | None = None,
    replaced: Sequence[Replaced] = (),
) -> Draft:
    """Return a document of `sender`, an organization or only its code, to `recipients`.

    Args:
        sender: who issues and sends it.
        recipients: at least one, each once.
        subject: trích yếu, at most 500 characters.
        number: as registered, at most 11 characters.
        notation: such as BC-SM, at most 30 characters.
        sent_at: aware; the first hop, and, with its Vietnamese day, the default of `issued_on`.
        files: attached in this order.
        issued_on: date of issue.
        document_id: default: made of sender, date, number and notation.
        type_name: the kind of paper.
        urgency: 0..4.
        due_on: when an answer is due.
        responses: earlier documents that this one answers or, with `business`, recalls, updates or replaces.
        business: what it means to the document `target_id`.
        reason: why it is recalled, updated or replaced.
        target_id: id of the earlier document.
        replaced: for a replacement, the documents and who held them.
    """
    issuer = _organization(sender)
    issued = WrittenDate.of(issued_on or sent_at.astimezone(VIETNAM).date())
    given_id = document_id or f"{issuer.agency_code},{issued.text},{number}/{notation}"
    attached = [_attachment(given_id, position, file) for position, file in enumerate(files)]
    envelope = DocumentEnvelope(
        issuer=issuer,
        addressees=tuple(map(_organization, recipients)),
        given_document_id=given_id,
        code=Code(number, notation),
        promulgation=Promulgation(issued),
        document_type=DocumentType(ADMINISTRATIVE, name=type_name),
        subject=subject.strip(),
        due=WrittenDate.of(due_on) if due_on else None,
        other=OtherInfo(priority=urgency, direction=False),
        responses=tuple(responses),
        trace=(TraceHeader(WrittenTime.of(sent_at), issuer.agency_code),),
        business_info=BusinessInfo(business, target_id, _filled(reason), has_paper=False, replaced=tuple(replaced)),
        attachments=tuple(attachment for attachment, _ in attached),
    )
    return Draft(envelope, {attachment.content_id: data for attachment, data in attached})


def new_status(
    *,
    sender: Organization | str,
    response: ResponseFor,
    code: StatusCode,
    at: datetime,
    description: str | None = None,
    staff: Staff | None = None,
) -> StatusEnvelope:
    """Return the status `code` of `sender` about the document that `response` names, addressed to its agency code.

    See `response_to` for making `response` of an envelope.
    """
    return StatusEnvelope(
        reporter=_organization(sender),
        response=response,
        status_code=code,
        stamped=WrittenTime.of(at),
        staff=staff,
        description=_filled(description),
    )


def response_to(document: DocumentEnvelope, addressee: str | None = None) -> ResponseFor:
    """Return the reference to `document` that a status or an answer carries; `addressee` is by default its sender."""
    return ResponseFor(
        agency_code=addressee or document.sender,
        notation=document.notation,
        document_id=document.document_id,
        promulgated=document.promulgation.issued,
    )


def _organization(given: Organization | str) -> Organization:
    return Organization(given) if isinstance(given, str) else given


def _filled(text: str | None) -> str | None:
    return (text or "").strip() or None


def _attachment(document_id: str, position: int, file: NewFile) -> tuple[Attachment, bytes]:
    digest = hashlib.sha256(file.data).hexdigest()
    content_id = str(uuid5(NAMESPACE_URL, f"{document_id}#{position}#{digest}"))
    how = carriage(file.name, file.data, content_id)
    return (
        Attachment(
            content_id=content_id,
            name=file.name,
            declared_type=how.declared_type,
            media_type=media_type(file.data, file.name),
            size=len(file.data),
            sha256=digest,
            description=_filled(file.description),
            is_zipped=how.entry_name is not None,
            entry_name=how.entry_name,
        ),
        file.data,
    )
