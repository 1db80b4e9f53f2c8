"""edXML of QCVN 102:2016/BTTTT: what agencies write to each other.

`read` takes the element tree that the parser made (for signed packages: the very tree whose canonical form was
digested), lets libxml2 judge it against the schemas, checks the few rules that no schema can state, decodes and measures
the attachments, and returns an `Envelope`: a `DocumentEnvelope` or a `StatusEnvelope`. Any prefix and any order of
elements is understood. What is wrong is told all at once; what is odd but common is accepted and stands in `notes`.

`lean.parse_lean` makes such a tree without the large contents of attachments, which stand beside it, decoded.

`encode` writes an envelope in the very form of the national SDK, so that `read` of it gives an equal one; `compose`
makes new envelopes. One table of shapes (`shapes`) serves both directions.
"""

from schemas.edxml.attachment import Attachment, AttachmentFile
from schemas.edxml.attachments import extract
from schemas.edxml.codes import Business, Kind, StatusCode, Urgency
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.encoding import encode
from schemas.edxml.reading import Envelope, read
from schemas.edxml.status import StatusEnvelope
from schemas.edxml.structure import prepare

__all__ = [
    "Attachment",
    "AttachmentFile",
    "Business",
    "DocumentEnvelope",
    "Envelope",
    "Kind",
    "StatusCode",
    "StatusEnvelope",
    "Urgency",
    "encode",
    "extract",
    "prepare",
    "read",
]
