"""Canonical XML: the one form of an element that is digested.

`etree.tostring` and not a stream into the hash: measured, the stream calls back every few kilobytes, which is a fifth
slower up to 1 MB, no faster at 20 MB, and takes the interpreter lock back each time. The whole form at once costs
memory of about three times the document for a moment, and runs without the lock.
"""

from collections.abc import Iterator, Mapping
from os.path import commonprefix
from types import MappingProxyType

from lxml import etree
from lxml.etree import _Element
from msgspec import Struct

from signing import names
from signing.elements import check_attributes, elements_in
from signing.errors import FOREIGN, Code, Untrusted

#: No text stands beside the tree.
NO_TEXTS: Mapping[str, bytes] = MappingProxyType({})
_WRITTEN_DIFFERENTLY = (b"&", b"<", b">", b"\r")


class Canonicalisation(Struct, frozen=True):
    """Exclusive or inclusive canonical form, without comments."""

    is_exclusive: bool

    def apply(self, element: _Element) -> bytes:
        """Return the canonical bytes of an element in the context of its document.

        Inclusive 1.0 and 1.1 differ only in the xml: attributes that a part inherits from outside itself;
        `apply_to_part` refuses those, so one implementation serves both.

        Raises:
            Untrusted: signature-invalid when the tree has no canonical form (a relative namespace name).
        """
        try:
            # lxml keeps comments unless told otherwise.
            return etree.tostring(element, method="c14n", exclusive=self.is_exclusive, with_comments=False)
        except FOREIGN as error:
            raise Untrusted(
                Code.SIGNATURE_INVALID,
                "The document has no canonical form: a namespace name is relative or not a URI.",
                "Văn bản không có dạng chuẩn tắc: có tên không gian tên là tương đối hoặc không phải URI.",
            ) from error

    def apply_to_part(self, element: _Element) -> bytes:
        """Return the canonical bytes of an element below the root; inclusive, there may be no xml: attribute to inherit.

        libxml2 alone carries them over, lxml does not: two verifiers would see different bytes.
        """
        if not self.is_exclusive and any(_has_xml_attribute(above) for above in element.iterancestors()):
            raise Untrusted(
                Code.TRANSFORM_FORBIDDEN,
                "Inclusive canonicalisation below an xml: attribute is ambiguous; use exclusive canonicalisation.",
                "Chuẩn tắc hóa bao hàm bên dưới thuộc tính xml: là không rõ ràng; hãy dùng chuẩn tắc hóa loại trừ.",
            )
        return self.apply(element)


#: What a reference without any canonicalisation means (XML Signature 1.1, 4.4.3.2).
IMPLIED = Canonicalisation(is_exclusive=False)

_METHODS = {
    names.EXCLUSIVE: Canonicalisation(is_exclusive=True),
    names.INCLUSIVE_10: IMPLIED,
    names.INCLUSIVE_11: IMPLIED,
}


def read(element: _Element) -> Canonicalisation:
    """Read a CanonicalizationMethod, or a Transform that is one.

    Raises:
        Untrusted: signature-transform-forbidden for every other algorithm (#WithComments, XPath, XSLT, unknown ones), and
            for an InclusiveNamespaces PrefixList: signxml refuses any, lxml and xmlsec1 read `#default` differently.
    """
    check_attributes(element, ("Algorithm",))
    method = _METHODS.get(element.get("Algorithm", ""))
    if method is None:
        raise forbidden(element.get("Algorithm", ""))
    if elements_in(element):
        raise forbidden("a parameter of the canonicalisation (PrefixList)")
    return method


def whole(form: bytes, texts: Mapping[str, bytes]) -> Iterator[bytes | memoryview]:
    """Yield a canonical form piece by piece, with each text in the place of the mark that stands for it.

    Sound because a text that holds none of the four characters that canonical XML writes differently (Canonical XML 1.1,
    2.3, "Text Nodes") is its own canonical form, wherever it stands, and because each mark stands there exactly once.

    Args:
        form: the canonical form of a tree in which marks stand for texts.
        texts: mark → text, in document order. Marks have a beginning in common, which stands nowhere else.

    Raises:
        Untrusted: signature-invalid when a mark does not stand there once, or a text is not its own canonical form.
    """
    rest = memoryview(form)
    at = 0
    # Every mark begins alike, and no other text does. So this is one search; one for each mark is a minute of a processor.
    beginning = commonprefix(list(texts)).encode()  # noqa: RUF071 - these are no paths
    if texts and form.count(beginning) != len(texts):
        raise _unbuildable()
    for mark, text in texts.items():
        word = mark.encode()
        place = form.find(word, at)
        if place < 0 or any(each in text for each in _WRITTEN_DIFFERENTLY):
            raise _unbuildable()
        yield rest[at:place]
        yield text
        at = place + len(word)
    yield rest[at:]


def _unbuildable() -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_INVALID,
        "The canonical form of the document cannot be put together.",
        "Không dựng được dạng chuẩn tắc của văn bản.",
    )


def forbidden(what: str) -> Untrusted:
    """Return the refusal of a transform or canonicalisation that is not on the list."""
    shown = what[:100]
    return Untrusted(
        Code.TRANSFORM_FORBIDDEN,
        f"The transform or canonicalisation is not allowed: {shown!r}. Use enveloped-signature and exclusive"
        " canonicalisation without comments.",
        f"Phép biến đổi hoặc chuẩn tắc hóa không được phép: {shown!r}. Hãy dùng enveloped-signature và chuẩn tắc hóa"
        " loại trừ không chú thích.",
    )


def _has_xml_attribute(element: _Element) -> bool:
    return any(str(name).startswith(f"{{{names.XML}}}") for name in element.attrib)
