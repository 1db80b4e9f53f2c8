"""From an `Envelope` to bytes, in the very form of the national SDK's builder."""

import base64
from collections.abc import Mapping

from schemas.edxml.archive import wrapped
from schemas.edxml.attachment import Attachment
from schemas.edxml.attachments import bare_id
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.names import NAMESPACE
from schemas.edxml.reading import Envelope
from schemas.edxml.shapes import DOCUMENT, STATUS, TRACE_HEADER_LIST
from schemas.edxml.writer import Writer

_DECLARED = f' xmlns:edXML="{NAMESPACE}"'
_PREFIX = "edXML:"
_MANIFEST_TYPE = "application/zip"  #: what the SDK's manifest says of every file, zipped or not


def encode(envelope: Envelope, contents: Mapping[str, bytes] | None = None) -> bytes:
    """Return `envelope` as edXML in UTF-8.

    Args:
        envelope: its `notes` are not written; sizes and digests of attachments follow from the contents.
        contents: the decoded file of each attachment by content id.

    Raises:
        KeyError: `contents` lacks an attachment.
        ValueError: a text holds a character that XML cannot carry.
    """
    given = {bare_id(content_id): data for content_id, data in (contents or {}).items()}
    writer = Writer()
    writer.line('<?xml version="1.0" encoding="UTF-8"?>')
    with writer.element("edXML", f' xmlns="{NAMESPACE}"'):
        writer.prefix = _PREFIX
        with writer.element("edXMLEnvelope", _DECLARED):
            with writer.element("edXMLHeader"):
                _header(envelope, writer)
            if isinstance(envelope, DocumentEnvelope):
                _body(envelope, writer)
        writer.prefix = ""
        if isinstance(envelope, DocumentEnvelope):
            with writer.element("AttachmentEncoded"):
                for attachment in envelope.attachments:
                    _attachment(attachment, given[attachment.content_id], writer)
    return writer.text().encode()


def _header(envelope: Envelope, writer: Writer) -> None:
    if not isinstance(envelope, DocumentEnvelope):
        STATUS.encode(envelope, "MessageHeader", writer)
        return
    DOCUMENT.encode(envelope, "MessageHeader", writer)
    if envelope.trace or envelope.business_info or envelope.has_list_paper is not None:
        TRACE_HEADER_LIST.encode(envelope, "TraceHeaderList", writer)


def _body(envelope: DocumentEnvelope, writer: Writer) -> None:
    with writer.element("edXMLBody"), writer.element("edXMLManifest", ' version="1.0"'):
        for attachment in envelope.attachments:
            with writer.element("Reference"):
                writer.leaf("ContentId", f"cid:{attachment.content_id}")
                writer.leaf("ContentType", _MANIFEST_TYPE)
                writer.leaf("Description", attachment.description or "")
                writer.leaf("AttachmentName", attachment.name)


def _attachment(attachment: Attachment, data: bytes, writer: Writer) -> None:
    carried = wrapped(attachment.entry_name, data) if attachment.entry_name is not None else data
    with writer.element("Attachment"):
        writer.leaf("ContentId", f"cid:{attachment.content_id}")
        writer.leaf("AttachmentName", attachment.name)
        writer.leaf("Description", attachment.description or "")
        writer.leaf("FieldName", attachment.field_name or "")
        writer.leaf("MimeType", attachment.mime_type or "")
        writer.leaf("Format", attachment.format or "")
        writer.leaf("ContentType", attachment.declared_type)
        writer.prefix = _PREFIX
        writer.raw_leaf("ContentTransferEncoded", base64.b64encode(carried).decode("ascii"), _DECLARED)
        writer.prefix = ""
