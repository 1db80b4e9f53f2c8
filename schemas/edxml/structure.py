"""Whether a tree has the structure of edXML.

libxml2 decides, in microseconds and whatever the size of the attachments, whose content is only a string to it.
`cardinality` adds what XSD 1.0 cannot say. Only when libxml2 has said no does `explanation` ask the slow Python
validator what exactly is wrong.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from lxml import etree

from schemas.edxml import cardinality, names
from schemas.edxml.cardinality import BUSSINESS, HEADER, MESSAGE_HEADER, TRACE_HEADER_LIST
from schemas.edxml.codes import Kind
from schemas.edxml.explanation import explained
from schemas.edxml.skeleton import Skeleton, grouped
from schemas.errors import Violation


def violations(package: Skeleton) -> Iterator[Violation]:
    """Yield everything that is wrong with the structure of `package`."""
    kind = package.kind
    compiled = schema(kind)
    if not compiled.validate(package.root):
        yield from explained(package.root, schema_path(kind), compiled)
    if package.header is None:
        return
    yield from cardinality.violations(package.header, package.header_children, HEADER)
    if kind is Kind.DOCUMENT:
        yield from _violations_of_document(package)


def _violations_of_document(package: Skeleton) -> Iterator[Violation]:
    if package.message_header is not None:
        yield from cardinality.violations(package.message_header, package.fields, MESSAGE_HEADER)
    if package.trace_header_list is None:
        return
    hops = grouped(package.trace_header_list)
    yield from cardinality.violations(package.trace_header_list, hops, TRACE_HEADER_LIST)
    for business in hops.get(names.BUSSINESS, ()):
        yield from cardinality.violations(business, grouped(business), BUSSINESS)


def prepare() -> None:
    """Compile the schemas now: the first package may come when no file can be opened."""
    for kind in Kind:
        schema(kind)


@cache
def schema(kind: Kind) -> etree.XMLSchema:
    """Return libxml2's compiled schema for documents or statuses; safe to share between threads."""
    return etree.XMLSchema(file=str(schema_path(kind)))


@cache
def schema_path(kind: Kind) -> Path:
    """Return where the schema lies; it includes its neighbour types.xsd."""
    folder = Path(str(files("schemas") / "xsd"))
    return folder / f"{kind.value}.xsd"
