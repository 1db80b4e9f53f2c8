"""What kind of document a tree holds, before anything of it is believed."""

from lxml.etree import XPath, _Element

from schemas.edxml import names, sentences
from schemas.edxml.codes import Kind
from schemas.errors import UnknownDocumentType

#: only a status has a StatusCode; no element says so outright
_HAS_STATUS_CODE = XPath(
    "boolean(e:edXMLEnvelope[1]/e:edXMLHeader[1]/e:MessageHeader[1]/e:StatusCode)",
    namespaces={"e": names.NAMESPACE},
)


def identify(root: _Element) -> Kind:
    """Return the kind of package under `root`, so that it can be decided whether it must be signed.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    if root.tag != names.ROOT:
        raise UnknownDocumentType(sentences.unknown_root(root))
    return Kind.STATUS if _HAS_STATUS_CODE(root) else Kind.DOCUMENT
