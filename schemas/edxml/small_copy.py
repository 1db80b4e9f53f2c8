"""A copy of a tree that is small whatever the original is, and that knows the originals of its elements."""

from itertools import islice

from lxml import etree
from lxml.etree import _Element

from schemas.edxml import names

_MAX_TEXT = 10_000  #: characters of one text: more than any field may have
_MAX_CHILDREN = 1_000  #: of one element: more than are ever told of
_LEFT_OUT = frozenset({names.DUMMY_SIGNATURE, names.DIGITAL_SIGNATURE, names.SIGNATURE})


class SmallCopy:
    """The copy: no attachment contents, no signatures, no endless texts, no endless rows of children."""

    def __init__(self, root: _Element) -> None:
        # Keys are elements of the copy; holding them also keeps them the same objects for as long as the copy lives.
        self._originals: dict[_Element, _Element] = {}
        self.root = self._copied(root)
        waiting = [self.root]
        while waiting:
            twin = waiting.pop()
            for child in self._children(twin):
                small = self._copied(child)
                twin.append(small)
                waiting.append(small)

    def original(self, twin: _Element) -> _Element:
        """Return the element that `twin`, an element of the copy, stands for."""
        return self._originals[twin]

    def _children(self, twin: _Element) -> list[_Element]:
        kept = (child for child in self._originals[twin] if child.tag not in _LEFT_OUT)
        return list(islice(kept, _MAX_CHILDREN))

    def _copied(self, element: _Element) -> _Element:
        twin = etree.Element(element.tag, element.attrib, element.nsmap)
        twin.text = None if element.tag == names.CONTENT else _cut(element.text)
        twin.tail = _cut(element.tail)
        self._originals[twin] = element
        return twin


def _cut(text: str | None) -> str | None:
    return text[:_MAX_TEXT] if text else text
