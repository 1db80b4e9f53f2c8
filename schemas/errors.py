"""What can be wrong with a document, and how it is told.

Each kind of refusal is one exception class whose `code` is the last segment of a problem type; what exactly is wrong, and where,
stands in its `violations`, one or many, each with a sentence in Vietnamese and in English that says what to do.
"""

from collections.abc import Iterable
from itertools import islice
from typing import ClassVar

from msgspec import Struct

MAX_VIOLATIONS = 100  #: more are counted by nobody: mend these first


class Violation(Struct, frozen=True, gc=False):
    """One thing that is wrong, or (in an envelope's `notes`) accepted but worth telling."""

    path: str  #: of the element, by local names: /edXML/edXMLEnvelope/…/To[2]/OrganId; "" for the whole document
    line: int | None  #: 1-based line of the received bytes, when there is one
    rule: str  #: stable name of the rule, for programs
    vi: str
    en: str
    column: int | None = None  #: 1-based, known only for what the parser itself stumbles over


class Malformed(Exception):
    """The document is not acceptable as it stands."""

    code: ClassVar[str] = "malformed"

    def __init__(self, violations: Violation | Iterable[Violation]) -> None:
        found = (violations,) if isinstance(violations, Violation) else tuple(islice(violations, MAX_VIOLATIONS))
        self.violations: tuple[Violation, ...] = found
        super().__init__(self.violations[0].en if self.violations else type(self).__doc__)


class NotWellFormed(Malformed):
    """The bytes are not XML."""

    code: ClassVar[str] = "xml-not-well-formed"


class DtdForbidden(Malformed):
    """The document brings a DOCTYPE."""

    code: ClassVar[str] = "xml-dtd-forbidden"


class EncodingUnsupported(Malformed):
    """The document is not XML 1.0 in UTF-8."""

    code: ClassVar[str] = "xml-encoding-unsupported"


class LimitExceeded(Malformed):
    """The document is deeper, wider or longer than any honest one."""

    code: ClassVar[str] = "xml-limit-exceeded"


class UnknownDocumentType(Malformed):
    """The root element is none that is exchanged here."""

    code: ClassVar[str] = "document-type-unknown"


class SchemaInvalid(Malformed):
    """The document breaks the schema or a rule beside it; all violations are listed."""

    code: ClassVar[str] = "schema-invalid"


class AmbiguousContent(Malformed):
    """Two readers could read two different things."""

    code: ClassVar[str] = "signature-ambiguous-content"


class AttachmentMismatch(Malformed):
    """Manifest and attachments do not fit, or a content cannot be decoded."""

    code: ClassVar[str] = "attachment-mismatch"


class AttachmentNameInvalid(Malformed):
    """A file name would harm whoever saves the file under it."""

    code: ClassVar[str] = "attachment-name-invalid"


class AttachmentUnsafe(Malformed):
    """An archive would harm whoever unpacks it."""

    code: ClassVar[str] = "attachment-unsafe"
