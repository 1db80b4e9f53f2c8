"""The bones of a package, found once: the elements that every later step asks for.

It is made before the schema has spoken, so anything may be missing; where an element stands twice the first is taken, and the
schema or `cardinality` refuses the second.
"""

from typing import TypeAlias

from lxml.etree import _Element
from msgspec import Struct

from schemas.edxml import names
from schemas.edxml.codes import Kind
from schemas.edxml.identity import identify
from schemas.paths import tag_of

Groups: TypeAlias = dict[str, list[_Element]]  #: the children of one element, by tag


class Skeleton(Struct, frozen=True):
    """Where things stand in one package."""

    root: _Element
    kind: Kind
    header: _Element | None  #: edXMLHeader
    header_children: Groups
    fields: Groups  #: children of MessageHeader
    references: list[_Element]  #: of the manifest
    attachments: list[_Element]

    @property
    def message_header(self) -> _Element | None:
        """MessageHeader."""
        return first(self.header_children, names.MESSAGE_HEADER)

    @property
    def trace_header_list(self) -> _Element | None:
        """TraceHeaderList."""
        return first(self.header_children, names.TRACE_HEADER_LIST)


def skeleton_of(root: _Element) -> Skeleton:
    """Return the bones of the package under `root`.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    kind = identify(root)
    top = grouped(root)
    envelope = grouped(first(top, names.ENVELOPE))
    header = first(envelope, names.HEADER)
    header_children = grouped(header)
    manifest = first(grouped(first(envelope, names.BODY)), names.MANIFEST)
    return Skeleton(
        root=root,
        kind=kind,
        header=header,
        header_children=header_children,
        fields=grouped(first(header_children, names.MESSAGE_HEADER)),
        references=grouped(manifest).get(names.REFERENCE, []),
        attachments=grouped(first(top, names.ATTACHMENTS)).get(names.ATTACHMENT, []),
    )


def grouped(parent: _Element | None) -> Groups:
    """Return the children of `parent` by tag."""
    groups: Groups = {}
    if parent is not None:
        for child in parent:
            tag = tag_of(child)
            if tag in groups:
                groups[tag].append(child)
            else:
                groups[tag] = [child]
    return groups


def first(groups: Groups, tag: str) -> _Element | None:
    """Return the first of the elements `tag`."""
    elements = groups.get(tag)
    return elements[0] if elements else None
