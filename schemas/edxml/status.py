"""A business status as values."""

from datetime import datetime

from msgspec import Struct

from schemas.edxml.attachment import Attachment
from schemas.edxml.codes import Business, Kind, StatusCode
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.times import WrittenTime
from schemas.errors import Violation


class StatusEnvelope(Struct, frozen=True):
    """What a status package says about one document."""

    reporter: Organization  #: From
    response: ResponseFor  #: the document; its agency code is the addressee of the status
    status_code: StatusCode
    stamped: WrittenTime
    staff: Staff | None = None
    description: str | None = None
    notes: tuple[Violation, ...] = ()  #: accepted, but worth telling

    @property
    def kind(self) -> Kind:
        """Always a status."""
        return Kind.STATUS

    @property
    def business(self) -> Business:
        """A status has none of its own."""
        return Business.NEW

    @property
    def sender(self) -> str:
        """Code of the reporting agency."""
        return self.reporter.agency_code

    @property
    def recipients(self) -> tuple[str, ...]:
        """Code of the agency that the status is addressed to."""
        return ((self.response.agency_code or "").strip(),)

    @property
    def document_id(self) -> str:
        """Id of the document that the status is about."""
        return (self.response.document_id or "").strip()

    @property
    def is_document_id_derived(self) -> bool:
        """Never: a status has to name its document."""
        return False

    @property
    def notation(self) -> str:
        """Number and notation of that document."""
        return (self.response.notation or "").strip()

    @property
    def subject(self) -> str:
        """The description: what a list shows of a status."""
        return self.description or ""

    @property
    def reason(self) -> str:
        """The description: the reason for 02, 13 and 16."""
        return self.description or ""

    @property
    def urgency(self) -> int:
        """Statuses are never urgent."""
        return 0

    @property
    def sent_at(self) -> datetime | None:
        """When the agency says it happened; None for an impossible time. A status has no other time."""
        return self.stamped.at

    @property
    def targets(self) -> tuple[str, ...]:
        """Id of the document, for look-up."""
        return (self.document_id,)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """A status carries none."""
        return ()
