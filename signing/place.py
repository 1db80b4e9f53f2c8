"""Where the one signature of a package stands, and what must be true of the whole tree before it is looked at."""

from enum import Enum
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from signing import names
from signing.elements import SPACE
from signing.errors import Code, Untrusted

_ATTRIBUTES = etree.XPath("/descendant::*/@*")


class _Kind(Enum):
    IDENTIFIER = 1
    SCHEMA_INSTANCE = 2
    OTHER = 3


def has_signature(root: _Element) -> bool:
    """Tell whether a W3C XML signature stands anywhere in the tree (a `Signature` in the QCVN namespace is none)."""
    return next(root.iter(names.SIGNATURE), None) is not None


def check_tree(root: _Element) -> None:
    """Refuse a tree in which two readers could see different things (step 1 of `verify`).

    Raises:
        Untrusted: signature-ambiguous-content for a comment, a processing instruction, an entity or a DOCTYPE.
    """
    stranger = next(root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity), None)
    outside = root.getparent() is not None or root.getprevious() is not None or root.getnext() is not None
    if stranger is not None or outside or root.getroottree().docinfo.internalDTD is not None:
        raise Untrusted(
            Code.SIGNATURE_AMBIGUOUS,
            "A signed package may hold no comment, processing instruction, entity or DOCTYPE.",
            "Gói tin đã ký không được chứa chú thích, chỉ thị xử lý, thực thể hay DOCTYPE.",
        )


def find_signature(root: _Element) -> _Element:
    """Return the one signature, which is the last child of the one header of the one envelope of the root (step 2 of `verify`).

    Raises:
        Untrusted: signature-missing, signature-multiple, or signature-coverage when it stands elsewhere.
    """
    found = list(islice(root.iter(names.SIGNATURE), 2))
    if not found:
        raise Untrusted(
            Code.SIGNATURE_MISSING,
            "The package carries no XML signature; sign it as the last child of edXMLHeader.",
            "Gói tin không có chữ ký XML; hãy ký và đặt chữ ký ở cuối edXMLHeader.",
        )
    if len(found) > 1:
        raise Untrusted(
            Code.SIGNATURE_MULTIPLE,
            "The package carries more than one XML signature; exactly one is allowed.",
            "Gói tin có nhiều hơn một chữ ký XML; chỉ được có đúng một chữ ký.",
        )
    header = header_of(root)
    is_last = found[0].getnext() is None and not (found[0].tail or "").strip(SPACE)  # signxml fails on text after it
    if header is None or found[0].getparent() is not header or not is_last:
        raise Untrusted(
            Code.SIGNATURE_COVERAGE,
            "The signature must be the last child of the one edXMLHeader in the one edXMLEnvelope of the edXML root.",
            "Chữ ký phải là phần tử cuối của edXMLHeader duy nhất trong edXMLEnvelope duy nhất của phần tử gốc edXML.",
        )
    return found[0]


def header_of(root: _Element) -> _Element | None:
    """Return the one header of the one envelope of an edXML root; None when root, envelope or header is not so."""
    envelopes = list(root.iterchildren(names.ENVELOPE)) if root.tag == names.ROOT else []
    headers = list(envelopes[0].iterchildren(names.HEADER)) if len(envelopes) == 1 else []
    return headers[0] if len(headers) == 1 else None


def check_attributes(root: _Element) -> None:
    """Refuse `xsi:*` attributes, and an identifier used twice under any id-like attribute name (step 3 of `verify`).

    Any attribute counts as an identifier that some reader could take for one: Id, ID, id, xml:id, wsu:Id.

    Raises:
        Untrusted: signature-coverage for identifiers; signature-invalid for `xsi:*` (a QName inside a value is not
            covered by exclusive canonicalisation).
    """
    identifiers = []
    for value in _ATTRIBUTES(root):
        kind = _kind_of(str(value.attrname))
        if kind is _Kind.SCHEMA_INSTANCE:
            raise Untrusted(
                Code.SIGNATURE_INVALID,
                "A signed package may hold no xsi: attributes; leave xsi:type and xsi:schemaLocation out.",
                "Gói tin đã ký không được có thuộc tính xsi:; hãy bỏ xsi:type và xsi:schemaLocation.",
            )
        if kind is _Kind.IDENTIFIER:
            identifiers.append(value.strip())
    if len(set(identifiers)) != len(identifiers):
        raise Untrusted(
            Code.SIGNATURE_COVERAGE,
            "Two elements carry the same identifier; each Id, ID, id or xml:id value may stand once.",
            "Hai phần tử có cùng một định danh; mỗi giá trị Id, ID, id hoặc xml:id chỉ được xuất hiện một lần.",
        )


@lru_cache(maxsize=256)
def _kind_of(attribute: str) -> _Kind:
    namespace, _, name = attribute.rpartition("}")
    if namespace[1:] == names.XSI:
        return _Kind.SCHEMA_INSTANCE
    return _Kind.IDENTIFIER if name.lower() == "id" else _Kind.OTHER


def detach(signature: _Element) -> None:
    """Take the signature out of its tree and leave the text after it, as the enveloped-signature transform does.

    lxml's own `remove` would take that text along, and the digest would be of another document.
    """
    parent = signature.getparent()
    if parent is None:
        return
    before = signature.getprevious()
    if signature.tail and before is not None:
        before.tail = (before.tail or "") + signature.tail
    elif signature.tail:
        parent.text = (parent.text or "") + signature.tail
    signature.tail = None
    parent.remove(signature)
