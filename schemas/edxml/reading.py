"""From an element tree to an `Envelope`.

1. the root says what document this is;
2. structure and rules are checked, attachments fitted to the manifest: everything wrong is told at once;
3. header and trace become values;
4. attachments are decoded and measured;
5. what was accepted but is worth telling becomes notes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeAlias

from lxml.etree import _Element
from msgspec.structs import replace

from schemas.edxml import attachments, notes, rules, sdk, structure
from schemas.edxml.codes import Kind
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.shape import Shape
from schemas.edxml.shapes import DOCUMENT, STATUS, TRACE_HEADER_LIST
from schemas.edxml.skeleton import Skeleton, skeleton_of
from schemas.edxml.status import StatusEnvelope
from schemas.errors import (
    MAX_VIOLATIONS,
    AttachmentMismatch,
    AttachmentNameInvalid,
    SchemaInvalid,
    Violation,
)

Envelope: TypeAlias = DocumentEnvelope | StatusEnvelope


def read(
    root: _Element,
    *,
    received_at: datetime,
    has_byte_order_mark: bool = False,
    max_unpacked: int = attachments.MAX_UNPACKED,
    contents: Mapping[str, bytes] = attachments.NO_CONTENTS,
) -> Envelope:
    """Return what the package with the root element `root` says.

    Args:
        root: as `schemas.parser.parse` made it; a verified signature should be detached, one that is left is not looked into.
        received_at: aware; documents dated later are refused.
        has_byte_order_mark: whether the bytes began with one, for the notes.
        max_unpacked: bytes that all zipped attachments may have together.
        contents: decoded contents by the mark that stands for each in the tree (`lean.LeanTree.contents`).

    Raises:
        UnknownDocumentType: another root element or namespace.
        SchemaInvalid: all violations of structure and rules, those of attachments among them.
        AttachmentNameInvalid, AttachmentMismatch, AttachmentUnsafe: only the attachments are at fault.
    """
    package = skeleton_of(root)
    parts = attachments.parts_of(package)
    _check(package, parts, received_at)
    told = notes.of_package(package, has_byte_order_mark=has_byte_order_mark)
    if package.kind is Kind.STATUS:
        status = StatusEnvelope(**_values(STATUS, package.message_header))
        return replace(status, notes=_limited(told, notes.of_status(status, package)))
    measured = attachments.measure(parts, max_unpacked, contents)
    document = DocumentEnvelope(
        **_values(DOCUMENT, package.message_header),
        **_values(TRACE_HEADER_LIST, package.trace_header_list),
        attachments=measured.attachments,
    )
    return replace(
        document,
        notes=_limited(told, notes.of_document(document, package), measured.notes, sdk.misreadings(document, package)),
    )


def _check(package: Skeleton, parts: attachments.Parts, received_at: datetime) -> None:
    """Raise everything that is wrong at once, as the gravest kind of refusal among it."""
    ruled = rules.violations(package.fields, received_at) if package.kind is Kind.DOCUMENT else ()
    broken = _limited(structure.violations(package), ruled)
    misnamed = _limited(attachments.name_violations(parts))
    unfitting = _limited(attachments.fit_violations(parts))
    if broken or misnamed or unfitting:
        refusal = SchemaInvalid if broken else AttachmentNameInvalid if misnamed else AttachmentMismatch
        raise refusal((*broken, *misnamed, *unfitting))


def _limited(*found: Iterable[Violation]) -> tuple[Violation, ...]:
    # Saying where costs time that grows with the package, so nobody may make us say it ten thousand times.
    return tuple(islice(chain.from_iterable(found), MAX_VIOLATIONS))


def _values(shape: Shape, element: _Element | None) -> dict[str, Any]:
    return {} if element is None else shape.values(element)
