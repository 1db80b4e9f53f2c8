"""What a package may do that is accepted but worth telling.

Found on the values; the elements are looked up only to say where.
"""

from collections.abc import Iterator

from lxml.etree import _Element

from schemas.edxml import names, sentences
from schemas.edxml.agency_codes import has_official_form
from schemas.edxml.codes import StatusCode
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.names import qualified
from schemas.edxml.status import StatusEnvelope
from schemas.edxml.times import WrittenDate, WrittenTime, read_date, read_time
from schemas.errors import Violation

_ORGAN_ID = qualified("OrganId")
_DAYS = (qualified("PromulgationDate"), qualified("DueDate"))
_MOMENTS = (qualified("Timestamp"),)


def of_package(header: _Element, *, has_byte_order_mark: bool) -> Iterator[Violation]:
    """Yield what is told of packages of both kinds; `header` is edXMLHeader."""
    if has_byte_order_mark:
        yield sentences.BYTE_ORDER_MARK
    for element in header:
        if element.tag in {names.DUMMY_SIGNATURE, names.DIGITAL_SIGNATURE}:
            yield sentences.unverifiable_signature(element)


def of_document(envelope: DocumentEnvelope, header: _Element) -> Iterator[Violation]:
    """Yield what is told of a document."""
    if not all(map(has_official_form, (envelope.sender, *envelope.recipients))):
        yield from _odd_codes(header)
    days = (envelope.promulgation.issued, envelope.due, *(response.promulgated for response in envelope.responses))
    if _is_any_impossible(days, (hop.stamped for hop in envelope.trace)):
        yield from _impossible_dates(header)


def of_status(envelope: StatusEnvelope, header: _Element) -> Iterator[Violation]:
    """Yield what is told of a status."""
    if not all(map(has_official_form, (envelope.sender, *envelope.recipients))):
        yield from _odd_codes(header)
    if _is_any_impossible((envelope.response.promulgated,), (envelope.stamped,)):
        yield from _impossible_dates(header)
    if envelope.status_code is StatusCode.REFUSED and not envelope.description:
        yield from map(sentences.reason_missing, header.iter(names.STATUS_CODE))


def _is_any_impossible(
    days: tuple[WrittenDate | None, ...], moments: Iterator[WrittenTime] | tuple[WrittenTime, ...]
) -> bool:
    return any(day is not None and day.day is None for day in days) or any(moment.at is None for moment in moments)


def _odd_codes(header: _Element) -> Iterator[Violation]:
    for organization in header.iterfind(f"{names.MESSAGE_HEADER}/*"):
        code = organization.find(_ORGAN_ID)
        if code is not None and code.text and not has_official_form(code.text.strip(names.XML_BLANKS)):
            yield sentences.unknown_code_form(code)


def _impossible_dates(header: _Element) -> Iterator[Violation]:
    for element in header.iter(*_DAYS, *_MOMENTS):
        text = (element.text or "").strip(names.XML_BLANKS)
        understood = read_time(text).at if element.tag in _MOMENTS else read_date(text).day
        if text and understood is None:
            yield sentences.impossible_date(element)
