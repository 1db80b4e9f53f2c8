"""A good package taken apart as a tree, to be put together otherwise. `<SIG/>` stands where the signature goes."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import EVIL
from tests.vectors.signatures.forge import QCVN, parse

_PLACE = "SIG"
_PLACE_TAG = re.compile(rf"<(?:\w+:)?{_PLACE}\b[^>]*/>")


class Parts:
    """Fresh copies of the parts of one package; every call gives new elements."""

    def __init__(self, good: Good) -> None:
        self._good = good
        self._root = parse(good.template.replace("{SIG}", f"<{_PLACE}/>").encode())

    def root(self, *, is_evil: bool = False, is_signed: bool = True) -> etree._Element:
        """Return the whole document, with the true text or the attacker's, with the signature's place or without."""
        root = deepcopy(self._root)
        if is_evil:
            for element in root.iter("{*}Subject", "{*}Description"):
                if element.text and self._good.true_text in element.text:
                    element.text = EVIL
        if not is_signed:
            place = next(root.iter("{*}" + _PLACE))
            place.getparent().remove(place)
        return root

    def part(self, name: str, *, is_evil: bool = False, is_signed: bool = False) -> etree._Element:
        """Return one part by its local name, with its own declarations."""
        found = next(self.root(is_evil=is_evil, is_signed=is_signed).iter(f"{{{QCVN}}}{name}"))
        found.tail = None
        return deepcopy(found)


def within(root: etree._Element, name: str) -> etree._Element:
    """Return the first part of a document by its local name."""
    return next(root.iter(f"{{{QCVN}}}{name}"))


def written(root: etree._Element) -> str:
    """Write a tree with `{SIG}` in the signature's place."""
    return _PLACE_TAG.sub("{SIG}", etree.tostring(root, encoding="unicode"))
