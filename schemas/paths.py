"""Where an element stands, in words for people: local names, numbered where several stand side by side."""

from typing import TYPE_CHECKING

from lxml.etree import _Element

if TYPE_CHECKING:

    def tag_of(element: _Element) -> str:
        """Return the element's name; the parser leaves no comments, whose tag would be a function."""
else:
    from operator import attrgetter

    tag_of = attrgetter("tag")  # as fast as writing element.tag, and typed


def local_name(element: _Element) -> str:
    """Return the element's name without its namespace."""
    return tag_of(element).rpartition("}")[2]


def path_of(element: _Element) -> str:
    """Return the way from the root to `element`, such as ``/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]/OrganId``."""
    steps = [_step(element), *(_step(ancestor) for ancestor in element.iterancestors())]
    return "/" + "/".join(reversed(steps))


def line_of(element: _Element) -> int | None:
    """Return the 1-based line of the element's start tag, when it is known."""
    return element.sourceline or None


def _step(element: _Element) -> str:
    tag = tag_of(element)
    before = sum(1 for _ in element.itersiblings(tag, preceding=True))
    is_one_of_many = before > 0 or next(element.itersiblings(tag), None) is not None
    return f"{local_name(element)}[{before + 1}]" if is_one_of_many else local_name(element)
