"""The one XML parser: hardened, UTF-8 only, no DTD, no entities, no network.

1. the bytes are screened (`screening`): encoding, declaration, DOCTYPE, number and length of tags;
2. libxml2 builds the tree, comments left out so that texts join again, no limit lifted below 8 MB;
3. the tree is judged: depth, attributes, names, processing instructions, `xsi:` attributes, signature references.

Whatever the bytes, the answer is a root element or a subclass of `Malformed`.
"""

import threading
from functools import cache
from typing import cast

from lxml import etree
from lxml.etree import XMLParser, XMLSyntaxError, XPath, _Element

from schemas.errors import (
    AmbiguousContent,
    DtdForbidden,
    EncodingUnsupported,
    LimitExceeded,
    Malformed,
    NotWellFormed,
    SchemaInvalid,
    Violation,
)
from schemas.paths import line_of, local_name, path_of, tag_of
from schemas.screening import (
    DEFAULT_LIMITS,
    Buffer,
    Limits,
    has_byte_order_mark,
    has_long_tag,
    holds_more,
    limit_violation,
    screen,
)

__all__ = ["DEFAULT_LIMITS", "Buffer", "Limits", "has_byte_order_mark", "parse"]

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"

_INSTRUCTIONS = XPath("//processing-instruction()")
_SCHEMA_HINTS = XPath("//@xsi:*/..", namespaces={"xsi": _XSI})
_SIGNATURE_REFERENCES = XPath("count(//ds:Reference)", namespaces={"ds": _DSIG})
_ATTRIBUTES = XPath("count(/descendant::*/@*)")
_LONG_TAG = 1024  #: bytes; a longer tag is looked at closely
_USUAL_DEPTH = 16  #: levels; a deeper tree is looked at closely

_parsers = threading.local()

#: libxml2's error numbers (xmlParserErrors) that mean more than "not well-formed"
_ENCODING_ERRORS = frozenset({31, 32, 81})
_LIMIT_ERRORS = frozenset({110, 114})

#: libxml2's error number → what to do, for the mistakes that senders really make
_ADVICE = {
    4: ("tài liệu rỗng hoặc không bắt đầu bằng thẻ", "the document is empty or does not begin with a tag"),
    5: ("có nội dung thừa sau thẻ gốc, hãy xóa", "something stands after the root element: remove it"),
    9: ("có ký tự điều khiển không được phép trong XML, hãy xóa", "a control character that XML forbids: remove it"),
    26: ("dùng thực thể chưa khai báo, hãy viết ký tự thật", "an undeclared entity: write the character itself"),
    41: ("thuộc tính thiếu giá trị", "an attribute has no value"),
    42: ("một thuộc tính được viết hai lần", "an attribute is written twice"),
    68: (
        "tên phần tử hoặc ký tự & < viết sai, hãy dùng &amp; &lt;",
        "a wrong name, or a bare & or <: write &amp; or &lt;",
    ),
    76: ("thẻ đóng không khớp thẻ mở", "an end tag does not match its start tag"),
    77: ("tài liệu bị cắt cụt, thiếu thẻ đóng", "the document is cut short, an end tag is missing"),
    201: ("tiền tố chưa được khai báo, hãy thêm xmlns", "a prefix is not declared: add its xmlns"),
}


def parse(data: Buffer, limits: Limits = DEFAULT_LIMITS) -> _Element:
    """Return the root element of `data`; large buffers (a `memoryview` or `mmap`) are read in place.

    Raises:
        EncodingUnsupported: not XML 1.0 in UTF-8 (a byte-order mark is fine, see `has_byte_order_mark`).
        DtdForbidden: there is a DOCTYPE.
        NotWellFormed: libxml2 cannot read it; line and column tell where.
        LimitExceeded: too deep, too wide, too many.
        AmbiguousContent: a processing instruction, which readers treat differently.
        SchemaInvalid: an `xsi:` attribute, which could change the meaning of signed content.
    """
    screen(data, limits)
    root = _build(data, limits)
    _check_document(root)
    _check_tree(root, data, limits)
    return root


def _build(data: Buffer, limits: Limits) -> _Element:
    try:
        return etree.fromstring(cast("bytes", data), _parser(is_huge=len(data) > limits.huge_from))
    except XMLSyntaxError as error:
        raise _translated(error, limits) from None


def _parser(*, is_huge: bool) -> XMLParser:
    """Return this thread's parser: making one costs a tenth of a small parse, sharing one makes threads wait for each other."""
    name = "huge" if is_huge else "normal"
    parser: XMLParser | None = getattr(_parsers, name, None)
    if parser is None:
        parser = XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            collect_ids=False,
            huge_tree=is_huge,
        )
        setattr(_parsers, name, parser)
    return parser


def _translated(error: XMLSyntaxError, limits: Limits) -> Malformed:
    line, column = error.lineno, (error.offset or 0) + 1
    if error.code in _LIMIT_ERRORS:
        return LimitExceeded(
            limit_violation(
                "parser", limits.max_depth, "cấp lồng nhau, hoặc tên quá dài", "levels, or a name too long", line=line
            )
        )
    if error.code in _ENCODING_ERRORS:
        return EncodingUnsupported(
            Violation(
                "",
                line,
                "encoding",
                f"Dòng {line}, cột {column}: có byte không phải UTF-8, hãy lưu lại tệp bằng UTF-8.",
                f"Line {line}, column {column}: a byte that is not UTF-8, save the file as UTF-8.",
                column,
            )
        )
    vi, en = _ADVICE.get(error.code, ("XML viết sai", "the XML is broken here"))
    return NotWellFormed(
        Violation(
            "", line, "well-formed", f"Dòng {line}, cột {column}: {vi}.", f"Line {line}, column {column}: {en}.", column
        )
    )


def _check_document(root: _Element) -> None:
    """Judge once more what libxml2 understood, should it have read the prolog differently than `screening` did."""
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise DtdForbidden(
            Violation("", 1, "doctype", "Không được dùng DOCTYPE: hãy xóa.", "A DOCTYPE is not allowed: remove it.")
        )
    if info.xml_version != "1.0":
        raise EncodingUnsupported(
            Violation("", 1, "encoding", "Chỉ nhận XML 1.0.", "Only XML 1.0 is read: declare version 1.0.")
        )


def _check_tree(root: _Element, data: Buffer, limits: Limits) -> None:
    """Judge the tree: one cheap look at the whole; where anything is odd, element by element to say what."""
    if not (_is_wide(root, data, limits) or _is_odd(root, data, limits)):
        return
    if _is_deeper_than(limits.max_depth)(root):
        raise LimitExceeded(limit_violation("depth", limits.max_depth, "cấp lồng nhau", "levels of elements"))
    for element in root.iter(etree.Element):
        _check_element(element, limits)
    if _most_declared(root) > limits.max_attributes:
        vi, en = "khai báo không gian tên lồng nhau", "namespace declarations inside each other"
        raise LimitExceeded(limit_violation("declarations", limits.max_attributes, vi, en))
    _check_content(root, limits)


def _is_wide(root: _Element, data: Buffer, limits: Limits) -> bool:
    """Tell whether the whole document has more attributes or namespace declarations than one element may have."""
    # Each of them is written with an equal sign, and those are counted quickly.
    if not holds_more(data, b"=", limits.max_attributes):
        return False
    return bool(_ATTRIBUTES(root) > limits.max_attributes) or holds_more(data, b"xmlns", limits.max_attributes)


def _is_odd(root: _Element, data: Buffer, limits: Limits) -> bool:
    """Tell whether anything has to be looked at closely; a few microseconds on an honest document."""
    return _oddity(limits)(root) or has_long_tag(data, _LONG_TAG) or bool(_INSTRUCTIONS(root))


@cache
def _oddity(limits: Limits) -> XPath:
    depth = min(_USUAL_DEPTH, limits.max_depth)
    return XPath(
        f"boolean({_levels(depth + 1)})"
        f" or boolean(/descendant::*/@*[string-length(name()) > {limits.max_name} or namespace-uri() = '{_XSI}'])"
        f" or count(//ds:Reference) > {limits.max_signature_references}",
        namespaces={"ds": _DSIG},
    )


@cache
def _is_deeper_than(depth: int) -> XPath:
    return XPath(f"boolean({_levels(depth + 1)})")


def _levels(count: int) -> str:
    return "/*" * count  # the steps die out where the tree ends


def _check_element(element: _Element, limits: Limits) -> None:
    line = line_of(element)
    declared = len(element.nsmap) if element.nsmap else 0
    if len(element.attrib) > limits.max_attributes or declared > limits.max_attributes:
        raise LimitExceeded(
            limit_violation(
                "attributes", limits.max_attributes, "thuộc tính một phần tử", "attributes on one element", line=line
            )
        )
    names = (tag_of(element), *element.keys())
    if any(len(name.rpartition("}")[2].encode()) > limits.max_name for name in names):
        raise LimitExceeded(
            limit_violation("name", limits.max_name, "byte trong một tên", "bytes in one name", line=line)
        )


def _most_declared(root: _Element) -> int:
    """Return how many namespace declarations the way from the root to any element has, those of one prefix each counted.

    Inclusive canonicalisation looks for each of them at every element below: seconds, for two hundred kilobytes.
    """
    now = most = 0
    for event, _ in etree.iterwalk(root, events=("start-ns", "end-ns")):
        now += 1 if event == "start-ns" else -1
        most = max(most, now)
    return most


def _check_content(root: _Element, limits: Limits) -> None:
    """Refuse what schemas and signatures do not see alike."""
    for instruction in cast("list[_Element]", _INSTRUCTIONS(root)):
        raise AmbiguousContent(
            Violation(
                "",
                line_of(instruction),
                "processing-instruction",
                "Không được dùng chỉ thị xử lý (<?…?>) trong tài liệu: hãy xóa.",
                "A processing instruction (<?…?>) is not allowed: remove it.",
            )
        )
    if hinted := cast("list[_Element]", _SCHEMA_HINTS(root)):
        raise SchemaInvalid(_schema_hint_violation(element) for element in hinted)
    if _SIGNATURE_REFERENCES(root) > limits.max_signature_references:
        raise LimitExceeded(
            limit_violation("references", limits.max_signature_references, "tham chiếu chữ ký", "signature references")
        )


def _schema_hint_violation(element: _Element) -> Violation:
    return Violation(
        path_of(element),
        line_of(element),
        "xsi-attribute",
        f"Thuộc tính xsi: trên {local_name(element)} không được phép: hãy xóa.",
        f"An xsi: attribute on {local_name(element)} is not allowed: remove it.",
    )
