"""A document written anew, in the form that the national SDK reads right (see `sdk`)."""

from datetime import datetime

from msgspec.structs import replace

from schemas.edxml.attachment import Attachment
from schemas.edxml.attachments import extract
from schemas.edxml.carriage import carriage
from schemas.edxml.document import DocumentEnvelope, TraceHeader
from schemas.edxml.encoding import encode
from schemas.edxml.reading import read
from schemas.edxml.times import WrittenTime
from schemas.parser import Buffer, parse


def repaired(data: Buffer, *, hub: str, at: datetime) -> bytes:
    """Return an unsigned document, which was accepted at `at`, in the form that the national SDK reads right.

    A pure function of its arguments, so it need not be kept. The hub `hub` adds itself to the trace, as every hop does
    that writes a message anew. Elements that the standard does not know are left out.

    Raises:
        Malformed: `data` was not accepted, or is a status.
    """
    root = parse(data)
    envelope = read(root, received_at=at)
    if not isinstance(envelope, DocumentEnvelope):
        raise TypeError("a status needs no repair")
    files = {each.content_id: extract(root, each.content_id).data for each in envelope.attachments}
    mended = replace(
        envelope,
        given_document_id=envelope.document_id,
        trace=(*envelope.trace, TraceHeader(WrittenTime.of(at), hub)),
        attachments=tuple(_carried(each, files[each.content_id]) for each in envelope.attachments),
    )
    return encode(mended, files)


def _carried(attachment: Attachment, data: bytes) -> Attachment:
    stem, dot, extension = attachment.name.rpartition(".")
    # The reader knows a zip by the small letters of its name only.
    name = f"{stem}.zip" if dot and extension.lower() == "zip" else attachment.name
    how = carriage(name, data, attachment.content_id)
    return replace(
        attachment,
        name=name,
        declared_type=how.declared_type,
        entry_name=how.entry_name,
        is_zipped=how.entry_name is not None,
    )
