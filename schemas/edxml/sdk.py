"""What the national SDK's reader makes of a package that is sound otherwise, and the form that it reads right.

Most installed systems read packages with one Java library. Some of what the standard allows it reads wrongly without a word:
a missing DocumentId becomes a new random one at every reading, an attachment that is a zip of several files loses all but the
first, a day that no calendar has becomes another day. `misreadings` names these places; `repair.repaired` writes the package
anew so that they are gone. What cannot be written better has a rule in `UNREPAIRABLE`.
"""

from collections.abc import Iterator

from lxml.etree import _Element

from schemas.edxml import sdk_sentences
from schemas.edxml.carriage import is_misread_by_sdk
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.names import XML_BLANKS, qualified
from schemas.edxml.skeleton import Skeleton
from schemas.errors import Violation

REPAIRABLE = frozenset({"sdk-document-id", "sdk-attachment", "sdk-shell"})
UNREPAIRABLE = frozenset({"sdk-date"})

_RESPONSE_FOR = qualified("ResponseFor")
_PROMULGATION = qualified("PromulgationInfo")
_PROMULGATED = qualified("PromulgationDate")
_DUE = qualified("DueDate")


def misreadings(envelope: DocumentEnvelope, package: Skeleton) -> Iterator[Violation]:
    """Yield where the national SDK would read something else than `envelope` says."""
    header = package.message_header
    if envelope.is_document_id_derived and header is not None:
        yield sdk_sentences.without_document_id(header, envelope.document_id)
    for attachment, element in zip(envelope.attachments, package.attachments, strict=False):
        if is_misread_by_sdk(attachment):
            yield sdk_sentences.misread_attachment(element, attachment.name)
    if len(package.fields.get(_RESPONSE_FOR, ())) != len(envelope.responses):
        yield from map(sdk_sentences.empty_shell, filter(_is_shell, package.fields[_RESPONSE_FOR]))
    yield from _misread_dates(envelope, package)


def _is_shell(element: _Element) -> bool:
    return not any((child.text or "").strip(XML_BLANKS) for child in element.iter())


def _misread_dates(envelope: DocumentEnvelope, package: Skeleton) -> Iterator[Violation]:
    issued, due = envelope.promulgation.issued, envelope.due
    if issued.day is None:
        for parent in package.fields.get(_PROMULGATION, ()):
            yield from map(sdk_sentences.misread_date, parent.iterchildren(_PROMULGATED))
    if due is not None and due.day is None:
        yield from map(sdk_sentences.misread_date, package.fields.get(_DUE, ()))
