"""Reading the few elements of a signature strictly: known children, known attributes, nothing between them.

A general reader skips what it does not know; an attacker hides there. These helpers refuse instead.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Collection

from lxml.etree import _Element

from signing.errors import Code, Untrusted

SPACE = " \t\r\n"  # XML white space; str.strip() alone would also drop Unicode spaces
_NO_ATTRIBUTES: frozenset[str] = frozenset()


def local(element: _Element) -> str:
    """Return the name of an element without its namespace, for messages."""
    return str(element.tag).rpartition("}")[2]


def unknown(element: _Element) -> Untrusted:
    """Return the refusal of an element that the profile does not know in its place."""
    return Untrusted(
        Code.SIGNATURE_INVALID,
        f"{local(element)} is not known in this place of the signature; leave it out.",
        f"{local(element)} không được phép ở vị trí này của chữ ký; hãy bỏ phần tử đó.",
    )


def check_attributes(element: _Element, allowed: Collection[str] = _NO_ATTRIBUTES) -> None:
    """Refuse any attribute that is not in the list."""
    for name in element.keys():  # noqa: SIM118 - an element is no mapping: without keys() these were its children
        if name not in allowed:
            raise Untrusted(
                Code.SIGNATURE_INVALID,
                f"{local(element)} carries the unknown attribute {str(name).rpartition('}')[2]}; leave it out.",
                f"{local(element)} có thuộc tính lạ {str(name).rpartition('}')[2]}; hãy bỏ thuộc tính đó.",
            )


def children(element: _Element, attributes: Collection[str] = _NO_ATTRIBUTES) -> list[_Element]:
    """Return the child elements of an element that holds elements only; refuse text between them and unknown attributes."""
    check_attributes(element, attributes)
    return elements_in(element)


def elements_in(element: _Element) -> list[_Element]:
    """Return the child elements as `children` does, of an element whose attributes were checked before."""
    inside = list(element)
    between = element.text
    for child in inside:
        if between and between.strip(SPACE):
            break
        between = child.tail
    if between and between.strip(SPACE):
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            f"{local(element)} holds text where only elements may stand; leave the text out.",
            f"{local(element)} chứa chữ ở chỗ chỉ được có phần tử; hãy bỏ phần chữ đó.",
        )
    return inside


def sequence(element: _Element, tags: tuple[str, ...], attributes: Collection[str] = _NO_ATTRIBUTES) -> list[_Element]:
    """Return the child elements when they are exactly these, in this order; refuse anything else."""
    inside = children(element, attributes)
    if len(inside) != len(tags) or any(child.tag != tag for child, tag in zip(inside, tags, strict=True)):
        names = ", ".join(tag.rpartition("}")[2] for tag in tags)
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            f"{local(element)} must hold exactly {names}, in this order.",
            f"{local(element)} phải chứa đúng {names}, theo thứ tự này.",
        )
    return inside


def text_of(element: _Element, attributes: Collection[str] = _NO_ATTRIBUTES) -> str:
    """Return the text of an element that holds text only, without the white space around it."""
    check_attributes(element, attributes)
    return text_in(element)


def text_in(element: _Element) -> str:
    """Return the text as `text_of` does, of an element whose attributes were checked before."""
    if len(element):
        raise unknown(element[0])
    return (element.text or "").strip(SPACE)


def base64_of(element: _Element, attributes: Collection[str] = _NO_ATTRIBUTES) -> bytes:
    """Decode the base64 text of an element; see `base64_bytes`."""
    return base64_bytes(text_of(element, attributes), local(element))


def base64_bytes(text: str, name: str) -> bytes:
    """Decode base64; white space is allowed, any other second spelling of the same bytes is not, nor no bytes at all."""
    try:
        packed = text.encode("ascii").translate(None, b" \t\r\n")
        data = a2b_base64(packed)
    except ValueError:
        packed = data = b""
    if not data or b2a_base64(data, newline=False) != packed:
        raise Untrusted(Code.SIGNATURE_INVALID, f"{name} is not proper base64.", f"{name} không phải base64 hợp lệ.")
    return data
