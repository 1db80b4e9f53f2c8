"""What a package may do that is accepted but worth telling.

Found on the values; the elements are looked up only to say where.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from schemas.edxml import names, sentences
from schemas.edxml.agency_codes import has_official_form
from schemas.edxml.codes import StatusCode
from schemas.edxml.document import DocumentEnvelope
from schemas.edxml.names import qualified
from schemas.edxml.skeleton import Skeleton
from schemas.edxml.status import StatusEnvelope
from schemas.edxml.times import WrittenDate, WrittenTime, read_date, read_time
from schemas.errors import Violation

_ORGAN_ID = qualified("OrganId")
_DAYS = (qualified("PromulgationDate"), qualified("DueDate"))
_MOMENT = qualified("Timestamp")
_ADDRESSED = (qualified("From"), qualified("To"), qualified("ResponseFor"))


def of_package(package: Skeleton, *, has_byte_order_mark: bool) -> Iterator[Violation]:
    """Yield what is told of packages of both kinds."""
    if has_byte_order_mark:
        yield sentences.BYTE_ORDER_MARK
    for tag in (names.DUMMY_SIGNATURE, names.DIGITAL_SIGNATURE):
        yield from map(sentences.unverifiable_signature, package.header_children.get(tag, ()))


def of_document(envelope: DocumentEnvelope, package: Skeleton) -> Iterator[Violation]:
    """Yield what is told of a document."""
    if not all(map(has_official_form, (envelope.sender, *envelope.recipients))):
        yield from _odd_codes(package)
    days = (envelope.promulgation.issued, envelope.due, *(response.promulgated for response in envelope.responses))
    if _is_any_impossible(days, [hop.stamped for hop in envelope.trace]):
        yield from _impossible_dates(package)


def of_status(envelope: StatusEnvelope, package: Skeleton) -> Iterator[Violation]:
    """Yield what is told of a status."""
    if not all(map(has_official_form, (envelope.sender, *envelope.recipients))):
        yield from _odd_codes(package)
    if _is_any_impossible([envelope.response.promulgated], [envelope.stamped]):
        yield from _impossible_dates(package)
    if envelope.status_code is StatusCode.REFUSED and not envelope.description:
        yield from map(sentences.reason_missing, package.fields[names.STATUS_CODE])


def _is_any_impossible(days: Iterable[WrittenDate | None], moments: Iterable[WrittenTime]) -> bool:
    return any(day is not None and day.day is None for day in days) or any(moment.at is None for moment in moments)


def _odd_codes(package: Skeleton) -> Iterator[Violation]:
    for organization in chain.from_iterable(package.fields.get(tag, ()) for tag in _ADDRESSED):
        code = organization.find(_ORGAN_ID)
        if code is not None and code.text and not has_official_form(code.text.strip(names.XML_BLANKS)):
            yield sentences.unknown_code_form(code)


def _impossible_dates(package: Skeleton) -> Iterator[Violation]:
    if package.header is None:
        return
    for element in package.header.iter(*_DAYS, _MOMENT):
        text = (element.text or "").strip(names.XML_BLANKS)
        understood = read_time(text).at if element.tag == _MOMENT else read_date(text).day
        if text and understood is None:
            yield sentences.impossible_date(element)
