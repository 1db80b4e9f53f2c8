"""What kind of document a tree holds, before anything of it is believed."""

from lxml.etree import _Element

from schemas.edxml.codes import Kind
from schemas.edxml.skeleton import skeleton_of


def identify(root: _Element) -> Kind:
    """Return the kind of package under `root`, so that it can be decided whether it must be signed.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    return skeleton_of(root).kind
