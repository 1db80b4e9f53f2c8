"""Where a message names its recipients: for whoever has to say which of them cannot be reached."""

from lxml.etree import _Element

from schemas.edxml.codes import Kind
from schemas.edxml.names import XML_BLANKS, qualified
from schemas.edxml.skeleton import skeleton_of

_ORGAN_ID = qualified("OrganId")
_HOLDERS = {Kind.DOCUMENT: qualified("To"), Kind.STATUS: qualified("ResponseFor")}


def recipient_element(root: _Element, code: str) -> _Element | None:
    """Return the element that names `code` as a recipient of the message under `root`; None when there is none.

    Raises:
        UnknownDocumentType: another root element or namespace.
    """
    package = skeleton_of(root)
    for holder in package.fields.get(_HOLDERS[package.kind], ()):
        for element in holder.iterchildren(_ORGAN_ID):
            if (element.text or "").strip(XML_BLANKS) == code:
                return element
    return None
