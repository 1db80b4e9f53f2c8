"""How often an element may stand where elements repeat in any order, which XSD 1.0 cannot say.

The schema lists what may stand in these four elements; this table says what must, and what may stand more than once.
"""

from collections.abc import Iterable, Iterator

from lxml.etree import _Element
from msgspec import Struct

from schemas.edxml import sentences
from schemas.edxml.names import qualified
from schemas.edxml.skeleton import Groups
from schemas.errors import Violation


class Children(Struct, frozen=True):
    """Which children an element must have, and which may repeat; all others stand at most once."""

    required: frozenset[str]
    repeatable: frozenset[str] = frozenset()
    may_be_empty: bool = False  #: a shell with no child at all is an absent element


def _tags(words: str) -> frozenset[str]:
    return frozenset(map(qualified, words.split()))


HEADER = Children(_tags("MessageHeader"))
MESSAGE_HEADER = Children(_tags("From To Code PromulgationInfo DocumentType Subject"), _tags("To ResponseFor"))
TRACE_HEADER_LIST = Children(_tags("TraceHeader"), _tags("TraceHeader"), may_be_empty=True)
BUSSINESS = Children(_tags("BussinessDocType"), _tags("BussinessDocumentInfo StaffInfo"), may_be_empty=True)


def violations(parent: _Element, groups: Groups, rule: Children) -> Iterable[Violation]:
    """Return what is missing in `parent`, and what stands there once too often."""
    return () if _holds(groups, rule) else _explained(parent, groups, rule)


def _holds(groups: Groups, rule: Children) -> bool:
    if not groups and rule.may_be_empty:
        return True
    repeated = {tag for tag, elements in groups.items() if len(elements) > 1}
    return rule.required <= groups.keys() and repeated <= rule.repeatable


def _explained(parent: _Element, groups: Groups, rule: Children) -> Iterator[Violation]:
    for tag in sorted(rule.required - groups.keys()):
        yield sentences.missing(parent, tag)
    for tag, elements in groups.items():
        if len(elements) > 1 and tag not in rule.repeatable:
            for element in elements[1:]:
                yield sentences.repeated(element)
