"""A document message as values."""

from datetime import datetime

from msgspec import Struct

from schemas.edxml.attachment import Attachment
from schemas.edxml.codes import Business, Kind
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.times import WrittenDate, WrittenTime
from schemas.errors import Violation


class Code(Struct, frozen=True, gc=False):
    """Number and notation, as registered by the issuer; the number is not always a number."""

    number: str
    notation: str


class Promulgation(Struct, frozen=True):
    """Where and when the paper was issued."""

    issued: WrittenDate
    place: str | None = None


class DocumentType(Struct, frozen=True, gc=False):
    """The kind of paper; `name` is the only part that senders agree about."""

    type: int
    detail: int | None = None
    name: str | None = None


class SignerInfo(Struct, frozen=True, gc=False):
    """Who signed the paper, and by what authority (TM., KT., TL., TUQ., Q.)."""

    competence: str | None = None
    position: str | None = None
    full_name: str | None = None


class OtherInfo(Struct, frozen=True):
    """Urgency and the rest of the form."""

    priority: int | None = None  #: 0..4, see `Urgency`
    sphere: str | None = None  #: SphereOfPromulgation
    typist: str | None = None  #: TyperNotation
    copies: int | None = None  #: PromulgationAmount
    pages: int | None = None  #: PageAmount
    reply_fors: str | None = None
    direction: bool | None = None
    reference_codes: str | None = None
    appendixes: tuple[str, ...] = ()


class TraceHeader(Struct, frozen=True):
    """One hop; evidence for people, never used to route."""

    stamped: WrittenTime
    agency_code: str | None = None


class Receiver(Struct, frozen=True, gc=False):
    """A recipient whom an update touches."""

    agency_code: str
    is_added: bool


class Change(Struct, frozen=True):
    """What an update changes (BussinessDocumentInfo)."""

    is_data_changed: bool
    is_receivers_changed: bool
    receivers: tuple[Receiver, ...] = ()


class Replaced(Struct, frozen=True):
    """A document that this one replaces, and who held it."""

    document_id: str
    agency_codes: tuple[str, ...] = ()


class BusinessInfo(Struct, frozen=True):
    """The Bussiness block: what this message means to an earlier one."""

    business: Business = Business.NEW
    document_id: str | None = None
    reason: str | None = None
    has_paper: bool | None = None  #: a paper copy follows
    changes: tuple[Change, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    staff: tuple[Staff, ...] = ()


class DocumentEnvelope(Struct, frozen=True):
    """What a document package says, read from the signed tree."""

    issuer: Organization  #: From
    addressees: tuple[Organization, ...]  #: To, one each
    code: Code
    promulgation: Promulgation
    document_type: DocumentType
    subject: str
    given_document_id: str | None = None  #: DocumentId as written; see `document_id`
    content: str | None = None
    signer: SignerInfo | None = None
    due: WrittenDate | None = None
    other: OtherInfo | None = None
    responses: tuple[ResponseFor, ...] = ()
    steering_type: int | None = None  #: kept, never acted on: its readings disagree
    task_codes: tuple[str, ...] = ()
    application_type: str | None = None
    to_places: tuple[str, ...] = ()
    trace: tuple[TraceHeader, ...] = ()
    business_info: BusinessInfo | None = None
    has_list_paper: bool | None = None  #: Paper written beside, not inside, Bussiness
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Violation, ...] = ()  #: accepted, but worth telling

    @property
    def kind(self) -> Kind:
        """Always a document."""
        return Kind.DOCUMENT

    @property
    def business(self) -> Business:
        """What the message means to an earlier one; new when it does not say."""
        return self.business_info.business if self.business_info else Business.NEW

    @property
    def sender(self) -> str:
        """Code of the issuing agency."""
        return self.issuer.agency_code

    @property
    def recipients(self) -> tuple[str, ...]:
        """Codes of the addressed agencies, in the order written."""
        return tuple(addressee.agency_code for addressee in self.addressees)

    @property
    def notation(self) -> str:
        """Number and notation as people write them: 125/BC-SM."""
        return f"{self.code.number.strip()}/{self.code.notation.strip()}"

    @property
    def is_document_id_derived(self) -> bool:
        """Whether the sender left DocumentId out, so that it was made of agency, date, number and notation."""
        return self.given_document_id is None

    @property
    def document_id(self) -> str:
        """Opaque id of the document, compared exactly."""
        if self.given_document_id is not None:
            return self.given_document_id.strip()
        return f"{self.sender},{self.promulgation.issued.text.strip()},{self.notation}"

    @property
    def urgency(self) -> int:
        """0 normal … 4, see `Urgency`."""
        return self.other.priority if self.other and self.other.priority is not None else 0

    @property
    def sent_at(self) -> datetime | None:
        """When the sender says it sent: its own first hop, else the first hop at all."""
        own = next((hop for hop in self.trace if hop.agency_code == self.sender), None)
        first = own or next(iter(self.trace), None)
        return first.stamped.at if first else None

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids under which the earlier document may be known, in look-up order; () for a new document.

        Senders disagree about where it stands: Bussiness/DocumentId or a replacement list, ResponseFor, or (official
        recall sample) the message's own DocumentId.
        """
        if self.business is Business.NEW:
            return ()
        info = self.business_info or BusinessInfo()
        named = [
            info.document_id,
            *(old.document_id for old in info.replaced),
            *(r.document_id for r in self.responses),
            self.document_id,
        ]
        return tuple(dict.fromkeys(name.strip() for name in named if name))

    @property
    def reason(self) -> str:
        """Why it is recalled, updated or replaced."""
        return (self.business_info.reason if self.business_info else None) or ""
