"""Where a message names its recipients: for whoever has to say which of them cannot be reached."""

from lxml.etree import _Element

from schemas.edxml.codes import Kind
from schemas.edxml.names import XML_BLANKS, qualified
from schemas.edxml.skeleton import skeleton_of

_ORGAN_ID = qualified("OrganId")
_HOLDERS = {Kind.DOCUMENT: qualified("To"), Kind.STATUS: qualified("ResponseFor")}


def recipient_elements(root: _Element) -> dict[str, _Element]:
    """Return the element that names each recipient of the message under `root`, by the code that it holds.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    package = skeleton_of(root)
    found: dict[str, _Element] = {}
    for holder in package.fields.get(_HOLDERS[package.kind], ()):
        for element in holder.iterchildren(_ORGAN_ID):
            found.setdefault((element.text or "").strip(XML_BLANKS), element)
    return found
