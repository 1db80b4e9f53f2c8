"""What the bytes may look like before a parser sees them.

A tree costs many times its bytes and libxml2 decodes what nobody asked for (UTF-7, UTF-16, entities). So encoding,
declaration and DOCTYPE are judged on the bytes, and the number and length of tags bound the tree before it exists.
"""

import re
from itertools import islice
from mmap import mmap
from typing import TypeAlias

from msgspec import Struct

from schemas.errors import DtdForbidden, EncodingUnsupported, LimitExceeded, NotWellFormed, Violation

Buffer: TypeAlias = bytes | memoryview | mmap

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MAX_TAG = 65_536  #: bytes; a tag that long is an attack, whatever the other limits say

_FOREIGN_STARTS = (
    (b"\xff\xfe", "UTF-16 or UTF-32"),
    (b"\xfe\xff", "UTF-16"),
    (b"\x4c\x6f\xa7\x94", "EBCDIC"),
    (b"+ADw", "UTF-7"),
    (b"+/v", "UTF-7"),
)
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']([^"']*)["'](?:\s+encoding\s*=\s*["']([^"']*)["'])?(?:\s+standalone\s*=\s*["'][^"']*["'])?\s*\?>"""
)
_PROLOG = re.compile(rb"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)


class Limits(Struct, frozen=True, gc=False):
    """How large a document's structure may be; its text is bounded by whoever bounds the body."""

    max_depth: int = 64
    max_attributes: int = 64  #: per element, namespace declarations counted apart with the same bound
    max_name: int = 1024  #: bytes of an element's or attribute's name
    max_elements: int = 20_000
    max_equal_signs: int = 60_000  #: in the whole document: no more attributes and namespace declarations than that
    max_signature_references: int = 64  #: ds:Reference elements in the whole document
    huge_from: int = 8_000_000  #: bytes from which libxml2's own limit of 10 MB per text is lifted


DEFAULT_LIMITS = Limits()


def screen(data: Buffer, limits: Limits) -> None:
    """Raise what the bytes alone show to be wrong.

    Raises `EncodingUnsupported`, `NotWellFormed`, `DtdForbidden` or `LimitExceeded`.
    """
    head = bytes(data[:1024])
    start = len(BYTE_ORDER_MARK) if head.startswith(BYTE_ORDER_MARK) else 0
    _check_encoding(head)
    _check_start(head, start)
    _check_declaration(head, start)
    _check_doctype(data, start)
    _check_amount(data, limits)


def has_byte_order_mark(data: Buffer) -> bool:
    """Tell whether the document begins with a UTF-8 byte-order mark, which is accepted and noted."""
    return bytes(data[:3]) == BYTE_ORDER_MARK


def _check_encoding(head: bytes) -> None:
    for start, name in _FOREIGN_STARTS:
        if head.startswith(start):
            raise EncodingUnsupported(_encoding_violation(name))
    if b"\0" in head[:4]:
        raise EncodingUnsupported(_encoding_violation("UTF-16 or UTF-32"))


def _encoding_violation(name: str) -> Violation:
    return Violation(
        "",
        1,
        "encoding",
        f"Tài liệu được mã hóa {name}: hãy lưu và gửi lại bằng XML 1.0, UTF-8.",
        f"The document is written in {name}: send it as XML 1.0 in UTF-8.",
    )


def _check_start(head: bytes, start: int) -> None:
    if not head[start:].strip():
        raise NotWellFormed(
            Violation(
                "", 1, "empty", "Tài liệu rỗng: hãy gửi tệp edXML.", "The document is empty: send the edXML file."
            )
        )
    declared_at = head.find(b"<?xml ", start)
    if declared_at > start:
        count = declared_at - start
        raise NotWellFormed(
            Violation(
                "",
                1,
                "junk-before-declaration",
                f"Có {count} byte thừa trước khai báo XML: tệp phải bắt đầu bằng <?xml, hãy xóa phần thừa.",
                f"{count} bytes stand before the XML declaration: the file must begin with <?xml, remove them.",
                column=1,
            )
        )
    if not head[start:].lstrip(b" \t\r\n").startswith(b"<"):
        raise NotWellFormed(
            Violation(
                "",
                1,
                "not-xml",
                "Tài liệu không phải XML: ký tự đầu phải là <.",
                "This is not XML: the first character must be <.",
                column=1,
            )
        )


def _check_declaration(head: bytes, start: int) -> None:
    if not head.startswith(b"<?xml", start) or head[start + 5 : start + 6].strip():
        return
    declaration = _DECLARATION.match(head, start)
    if declaration is None:
        raise NotWellFormed(
            Violation("", 1, "declaration", 'Khai báo XML sai: hãy viết <?xml version="1.0" encoding="UTF-8"?>.',
                      'The XML declaration is wrong: write <?xml version="1.0" encoding="UTF-8"?>.', column=1)
        )  # fmt: skip
    version, encoding = declaration.groups()
    if version != b"1.0":
        raise EncodingUnsupported(_encoding_violation(f"XML {_shown(version)}"))
    if encoding is not None and encoding.lower() not in {b"utf-8", b"utf8"}:
        raise EncodingUnsupported(_encoding_violation(_shown(encoding)))


def _shown(raw: bytes) -> str:
    """Return a hostile word fit for a sentence: short and printable."""
    return "".join(c if c.isprintable() else "?" for c in raw[:40].decode("ascii", "replace"))


def _check_doctype(data: Buffer, start: int) -> None:
    prolog = _PROLOG.match(data, start)
    at = prolog.end() if prolog else start
    if bytes(data[at : at + 9]) == b"<!DOCTYPE":
        line, column = _position(data, at)
        raise DtdForbidden(
            Violation(
                "",
                line,
                "doctype",
                "Không được dùng DOCTYPE: hãy xóa khai báo này.",
                "A DOCTYPE is not allowed: remove it.",
                column,
            )
        )


def _position(data: Buffer, at: int) -> tuple[int, int]:
    before = bytes(data[:at])
    return before.count(b"\n") + 1, at - (before.rfind(b"\n") + 1) + 1


def _check_amount(data: Buffer, limits: Limits) -> None:
    allowed = 2 * limits.max_elements + 64  # a start and an end tag each, and a little of everything else
    if len(data) > allowed and holds_more(data, b"<", allowed):
        raise LimitExceeded(limit_violation("elements", limits.max_elements, "phần tử", "elements"))
    # Sixty attributes on each of nineteen thousand elements would be a tree of 300 MB (measured).
    if len(data) > limits.max_equal_signs and holds_more(data, b"=", limits.max_equal_signs):
        raise LimitExceeded(
            limit_violation("all-attributes", limits.max_equal_signs, "dấu = trong tài liệu", "equal signs in all")
        )
    if has_long_tag(data, _MAX_TAG):
        raise LimitExceeded(limit_violation("tag", _MAX_TAG, "byte trong một thẻ", "bytes in one tag"))


def holds_more(data: Buffer, word: bytes, allowed: int) -> bool:
    """Tell whether `word` stands more than `allowed` times in `data`."""
    if isinstance(data, bytes):
        return data.count(word) > allowed
    return next(islice(re.finditer(re.escape(word), data), allowed, None), None) is not None


def has_long_tag(data: Buffer, size: int) -> bool:
    """Tell whether a tag has more than `size` bytes, or something that looks like one; what begins with "<!" is none.

    Such a stretch covers a multiple of `size`, and there it is looked for: a few steps instead of one for each tag.
    """
    for at in range(size, len(data), size):
        before = bytes(data[at - size : at + 2])
        begun = before.rfind(b"<", 0, size + 1)
        if begun < 0 or b">" in before[begun:] or before[begun + 1 : begun + 2] == b"!":
            continue
        after = bytes(data[at : at + begun + 1])
        if len(after) > begun and b">" not in after:
            return True
    return False


def limit_violation(rule: str, limit: int, vi: str, en: str, path: str = "", line: int | None = None) -> Violation:
    """Return the violation of a limit, in one form for all of them."""
    return Violation(
        path,
        line,
        f"limit-{rule}",
        f"Vượt giới hạn {limit} {vi}: hãy kiểm tra phần mềm tạo tài liệu.",
        f"More than {limit} {en}: check the software that made the document.",
    )
