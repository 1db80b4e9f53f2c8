"""From an element tree to an `Envelope`.

1. the root says what document this is;
2. structure and rules are checked, attachments fitted to the manifest: everything wrong is told at once;
3. header and trace become values;
4. attachments are decoded and measured;
5. what was accepted but is worth telling becomes notes.
"""

from datetime import datetime
from itertools import chain, islice
from typing import TypeAlias

from lxml.etree import _Element
from msgspec.structs import replace

from schemas.edxml import attachments, names, notes, rules, sentences, structure
from schemas.edxml.cardinality import Groups, grouped
from schemas.edxml.codes import Kind
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.shapes import DOCUMENT, STATUS, TRACE_HEADER_LIST
from schemas.edxml.status import StatusEnvelope
from schemas.errors import (
    MAX_VIOLATIONS,
    AttachmentMismatch,
    AttachmentNameInvalid,
    SchemaInvalid,
    UnknownDocumentType,
)

Envelope: TypeAlias = DocumentEnvelope | StatusEnvelope


def read(
    root: _Element,
    *,
    received_at: datetime,
    has_byte_order_mark: bool = False,
    max_unpacked: int = attachments.MAX_UNPACKED,
) -> Envelope:
    """Return what the package with the root element `root` says.

    Args:
        root: as `schemas.parser.parse` made it; a verified signature should be detached, one that is left is not looked into.
        received_at: aware; documents dated later are refused.
        has_byte_order_mark: whether the bytes began with one, for the notes.
        max_unpacked: bytes that all zipped attachments may have together.

    Raises:
        UnknownDocumentType: another root element or namespace.
        SchemaInvalid: all violations of structure and rules, those of attachments among them.
        AttachmentNameInvalid, AttachmentMismatch, AttachmentUnsafe: only the attachments are at fault.
    """
    kind = kind_of(root)
    header = root.find(f"{names.ENVELOPE}/{names.HEADER}")
    message_header = header.find(names.MESSAGE_HEADER) if header is not None else None
    parts = attachments.parts_of(root)
    _check(root, kind, grouped(message_header) if message_header is not None else {}, parts, received_at)
    if header is None or message_header is None:
        raise SchemaInvalid(sentences.wrong(root))  # the schema has refused this already
    told = tuple(notes.of_package(header, has_byte_order_mark=has_byte_order_mark))
    if kind is Kind.STATUS:
        status = StatusEnvelope(**STATUS.values(message_header))
        return replace(status, notes=(*told, *notes.of_status(status, header)))
    measured = attachments.measure(parts, max_unpacked)
    trace = header.find(names.TRACE_HEADER_LIST)
    document = DocumentEnvelope(
        **DOCUMENT.values(message_header),
        **(TRACE_HEADER_LIST.values(trace) if trace is not None else {}),
        attachments=measured.attachments,
    )
    return replace(document, notes=(*told, *notes.of_document(document, header), *measured.notes))


def kind_of(root: _Element) -> Kind:
    """Return whether this is a document or a status: only a status has a StatusCode.

    Raises:
        UnknownDocumentType: the root is not edXML of QCVN 102:2016.
    """
    if root.tag != names.ROOT:
        raise UnknownDocumentType(sentences.unknown_root(root))
    has_code = root.find(f"{names.ENVELOPE}/{names.HEADER}/{names.MESSAGE_HEADER}/{names.STATUS_CODE}") is not None
    return Kind.STATUS if has_code else Kind.DOCUMENT


def _check(root: _Element, kind: Kind, groups: Groups, parts: attachments.Parts, received_at: datetime) -> None:
    broken = structure.violations(root, kind, groups)
    if kind is Kind.DOCUMENT:
        broken = chain(broken, rules.violations(groups, received_at))
    found = (
        (SchemaInvalid, tuple(islice(broken, MAX_VIOLATIONS))),
        (AttachmentNameInvalid, tuple(attachments.name_violations(parts))),
        (AttachmentMismatch, tuple(attachments.fit_violations(parts))),
    )
    refusal = next((refusal for refusal, violations in found if violations), None)
    if refusal is not None:
        raise refusal(chain.from_iterable(violations for _, violations in found))
