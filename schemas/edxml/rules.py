"""Rules of the exchange that no schema language states: who is addressed, when it was issued, what must not travel.

Each rule looks at elements, so that it can say where.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml.etree import _Element

from schemas.edxml import sentences
from schemas.edxml.names import XML_BLANKS, qualified
from schemas.edxml.secrecy import is_marked_kind, is_marked_subject
from schemas.edxml.skeleton import Groups
from schemas.edxml.times import VIETNAM, read_date
from schemas.errors import Violation

CLOCK_TOLERANCE = timedelta(minutes=10)  #: how far a sender's clock may be ahead at midnight

_LONGEST = 1_000  #: characters that are looked at for a marking: more than the schema allows

_TO, _ORGAN_ID = qualified("To"), qualified("OrganId")
_PROMULGATION, _ISSUED = qualified("PromulgationInfo"), qualified("PromulgationDate")
_TYPE, _TYPE_NAME = qualified("DocumentType"), qualified("TypeName")
_OTHER, _SPHERE = qualified("OtherInfo"), qualified("SphereOfPromulgation")
_SUBJECT, _CONTENT = qualified("Subject"), qualified("Content")


def violations(groups: Groups, received_at: datetime) -> Iterator[Violation]:
    """Yield every broken rule of a document's MessageHeader, given by its children."""
    yield from _repeated_recipients(groups)
    yield from _issued_in_future(groups, received_at)
    yield from _secrecy_markings(groups)


def _repeated_recipients(groups: Groups) -> Iterator[Violation]:
    seen: set[str] = set()
    for code in _leaves(groups, _TO, _ORGAN_ID):
        text = (code.text or "").strip(XML_BLANKS)
        if text in seen:
            yield sentences.repeated_recipient(code, text)
        seen.add(text)


def _issued_in_future(groups: Groups, received_at: datetime) -> Iterator[Violation]:
    today = (received_at + CLOCK_TOLERANCE).astimezone(VIETNAM).date()
    for issued in _leaves(groups, _PROMULGATION, _ISSUED):
        day = read_date(issued.text or "").day
        if day is not None and day > today:
            yield sentences.issued_in_future(issued)


def _secrecy_markings(groups: Groups) -> Iterator[Violation]:
    kinds = (*_leaves(groups, _TYPE, _TYPE_NAME), *_leaves(groups, _OTHER, _SPHERE))
    subjects = (*groups.get(_SUBJECT, ()), *groups.get(_CONTENT, ()))
    for element in kinds:
        if is_marked_kind(_start_of(element)):
            yield sentences.secrecy_marking(element)
    for element in subjects:
        if is_marked_subject(_start_of(element)):
            yield sentences.secrecy_marking(element)


def _start_of(element: _Element) -> str:
    return (element.text or "")[:_LONGEST]  # anything longer is refused for its length


def _leaves(groups: Groups, parent: str, tag: str) -> Iterator[_Element]:
    for element in groups.get(parent, ()):
        for child in element:  # for so few children twice as fast as iterchildren(tag)
            if child.tag == tag:
                yield child
