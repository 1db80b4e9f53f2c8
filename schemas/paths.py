"""Where an element stands, in words for people: local names, numbered where several stand side by side."""

from lxml.etree import _Element


def local_name(element: _Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def path_of(element: _Element) -> str:
    """Return the way from the root to `element`, such as ``/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]/OrganId``."""
    steps = [_step(element), *(_step(ancestor) for ancestor in element.iterancestors())]
    return "/" + "/".join(reversed(steps))


def line_of(element: _Element) -> int | None:
    """Return the 1-based line of the element's start tag, when it is known."""
    return element.sourceline or None


def _step(element: _Element) -> str:
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    if before or next(element.itersiblings(element.tag), None) is not None:
        return f"{local_name(element)}[{before + 1}]"
    return local_name(element)
