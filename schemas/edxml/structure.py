"""Whether a tree has the structure of edXML.

libxml2 decides, in microseconds and whatever the size of the attachments, whose content is only a string to it. `cardinality` adds
what XSD 1.0 cannot say. Only when libxml2 has said no does `explanation` ask the slow Python validator what exactly is wrong.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from schemas.edxml import cardinality, names
from schemas.edxml.cardinality import BUSSINESS, HEADER, MESSAGE_HEADER, TRACE_HEADER_LIST, Groups, grouped
from schemas.edxml.codes import Kind
from schemas.edxml.explanation import explained
from schemas.errors import Violation


def violations(root: _Element, kind: Kind, message_header: Groups) -> Iterator[Violation]:
    """Yield everything that is wrong with the structure of `root`; `message_header` are the children of its MessageHeader."""
    if not schema(kind).validate(root):
        yield from explained(root, schema_path(kind), schema(kind))
    header = root.find(f"{names.ENVELOPE}/{names.HEADER}")
    if header is None:
        return
    groups = grouped(header)
    yield from cardinality.violations(header, groups, HEADER)
    if kind is Kind.STATUS:
        return
    for element in groups.get(names.MESSAGE_HEADER, ())[:1]:
        yield from cardinality.violations(element, message_header, MESSAGE_HEADER)
    for element in groups.get(names.TRACE_HEADER_LIST, ()):
        hops = grouped(element)
        yield from cardinality.violations(element, hops, TRACE_HEADER_LIST)
        for business in hops.get(names.BUSSINESS, ()):
            yield from cardinality.violations(business, grouped(business), BUSSINESS)


@cache
def schema(kind: Kind) -> etree.XMLSchema:
    """Return libxml2's compiled schema for documents or statuses; safe to share between threads."""
    return etree.XMLSchema(file=str(schema_path(kind)))


@cache
def schema_path(kind: Kind) -> Path:
    """Return where the schema lies; it includes its neighbour types.xsd."""
    folder = Path(str(files("schemas") / "xsd"))
    return folder / f"{kind.value}.xsd"
