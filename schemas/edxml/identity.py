"""What kind of document a tree holds, before anything of it is believed."""

from lxml.etree import _Element

from schemas.edxml import names, sentences
from schemas.edxml.codes import Kind
from schemas.edxml.skeleton import skeleton_of
from schemas.errors import UnknownDocumentType


def identify(root: _Element) -> Kind:
    """Return the kind of package under `root`, so that it can be decided whether it must be signed.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    if root.tag != names.ROOT:
        raise UnknownDocumentType(sentences.unknown_root(root))
    return skeleton_of(root).kind
