"""The one parser: what it takes, what it refuses, how it tells."""

import mmap
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas.errors import (
    AmbiguousContent,
    DtdForbidden,
    EncodingUnsupported,
    LimitExceeded,
    Malformed,
    NotWellFormed,
    SchemaInvalid,
)
from schemas.parser import Limits, _check_document, has_byte_order_mark, parse
from schemas.screening import has_long_tag
from tests.unit.schemas.support import SAMPLES, sample

HALF_BILLION = b"<!DOCTYPE a [" + b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9)) + b"]>"


@pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf"])
def test_an_empty_document_is_not_well_formed(data: bytes):
    """Nothing, blanks or a lone byte-order mark is refused as empty."""
    with pytest.raises(NotWellFormed) as refused:
        parse(data)
    assert refused.value.violations[0].rule == "empty"


@pytest.mark.parametrize(
    "data, line, column",
    [
        (b"<a>\n<b></a>", 2, 8),
        (b"<a>", 1, 4),
        (b"<a/>\nx", 2, 1),
        (b"<a>&nbsp;</a>", 1, 10),
        (b'<a xlink:href="x"/>', 1, 18),
        (b"<a>\x01</a>", 1, 4),
        (b'<a b="1" b="2"/>', 1, 15),
        (b"<a>a & b</a>", 1, 7),
        (b"<a/>\0", 1, 5),
    ],
)
def test_a_mistake_is_told_with_line_and_column(data: bytes, line: int, column: int):
    """What libxml2 stumbles over is told with its place, in both languages."""
    with pytest.raises(NotWellFormed) as refused:
        parse(data)
    violation = refused.value.violations[0]
    assert (violation.line, violation.column) == (line, column)
    assert f"Dòng {line}" in violation.vi
    assert f"Line {line}" in violation.en


def test_junk_before_the_declaration_is_told_plainly():
    """The official sample with junk before its declaration is refused in words that say what to remove."""
    with pytest.raises(NotWellFormed, match="before the XML declaration"):
        parse(sample("dirty_junk_before_declaration"))


@pytest.mark.parametrize("junk", [b"\n", b" ", b".", b"\xef\xbb\xbf\xef\xbb\xbf"])
def test_nothing_may_stand_before_the_declaration(junk: bytes):
    """Even one blank before the declaration is refused."""
    with pytest.raises(NotWellFormed):
        parse(junk + b'<?xml version="1.0"?><a/>')


def test_a_byte_order_mark_is_accepted():
    """A UTF-8 byte-order mark changes nothing but the note."""
    data = sample("dirty_bom")
    assert has_byte_order_mark(data)
    assert etree.tostring(parse(data)) == etree.tostring(parse(data[3:]))
    assert not has_byte_order_mark(data[3:])


@pytest.mark.parametrize(
    "data",
    [
        "<a/>".encode("utf-16"),
        "<a/>".encode("utf-16-le"),
        "<a/>".encode("utf-16-be"),
        "<a/>".encode("utf-32"),
        "<a/>".encode("utf-32-be"),
        b"+ADw-a/+AD4-",
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b"<?xml version='1.0' encoding='windows-1258' standalone='yes'?><a/>",
        b'<?xml version="1.1"?><a/>',
        b'<?xml version="1.1" encoding="UTF-8"?><a/>',
        b"\x4c\x6f\xa7\x94\x93",
        b"<a>\xe9</a>",
        b'<?xml version="1.0" encoding="UTF-8"?><a b="\xc3\x28"/>',
    ],
)
def test_only_xml_1_0_in_utf_8_is_read(data: bytes):
    """Other encodings, declared or found, and XML 1.1 are refused."""
    with pytest.raises(EncodingUnsupported):
        parse(data)


@pytest.mark.parametrize("declared", ["UTF-8", "utf-8", "UTF8"])
def test_utf_8_may_be_declared_in_any_case(declared: str):
    """The declared encoding is compared without case."""
    assert parse(f'<?xml version="1.0" encoding="{declared}"?>\n<a>ế</a>'.encode()).text == "ế"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- <a> -->\n <!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><a/>',
        b'\xef\xbb\xbf<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        HALF_BILLION + b"<a>&e9;</a>",
        b"<!DOCTYPE a [ <!ELEMENT a",
    ],
)
def test_a_doctype_is_forbidden(data: bytes):
    """Any DOCTYPE is refused before a parser sees it."""
    with pytest.raises(DtdForbidden):
        parse(data)


def test_the_word_doctype_in_a_text_is_no_doctype():
    """`<!DOCTYPE` inside CDATA or a comment is text."""
    root = parse(b"<!-- <!DOCTYPE a> --><a><!-- <!DOCTYPE b> --><![CDATA[<!DOCTYPE c>]]></a>")
    assert root.text == "<!DOCTYPE c>"


@pytest.mark.parametrize(
    "data, rule",
    [
        (b"<a>" * 65 + b"</a>" * 65, "limit-depth"),
        (b"<a>" * 300 + b"</a>" * 300, "limit-parser"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "limit-parser"),
        (b"<a " + b" ".join(b'b%d="x"' % n for n in range(65)) + b"/>", "limit-attributes"),
        (b"<a " + b" ".join(b'b%d="x"' % n for n in range(50_000)) + b"/>", "limit-tag"),
        (b"<a " + b" ".join(b'xmlns:b%d="urn:x"' % n for n in range(65)) + b"/>", "limit-attributes"),
        (b'<a b=">" ' + b" ".join(b'xmlns:b%d="urn:x"' % n for n in range(65)) + b"/>", "limit-attributes"),
        (b'<a xmlns:b="urn:x" xmlns:c="urn:x">' * 33 + b"</a>" * 33, "limit-declarations"),
        (b"<" + b"a" * 1025 + b"/>", "limit-name"),
        (b"<a " + b"b" * 1025 + b'="x"/>', "limit-name"),
        (b'<a b=">" ' + b"c" * 1025 + b'="x"/>', "limit-name"),
        (b"<" + b"a" * 1_000_000 + b"/>", "limit-tag"),
        (b'<a b=">" ' + b"c" * 60_000 + b'="x"/>', "limit-parser"),
        (b"<a>" + b"<b/>" * 50_000 + b"</a>", "limit-elements"),
        (
            b"<a>" + (b"<b " + b" ".join(b"b%d = 'x'" % n for n in range(40)) + b"/>") * 1_600 + b"</a>",
            "limit-all-attributes",
        ),
        (b'<a xmlns="http://www.w3.org/2000/09/xmldsig#">' + b"<Reference/>" * 5_000 + b"</a>", "limit-references"),
    ],
)
def test_structure_is_bounded(data: bytes, rule: str):
    """Depth, attributes, namespaces, names, elements and signature references have limits."""
    with pytest.raises(LimitExceeded) as refused:
        parse(data)
    assert refused.value.violations[0].rule == rule


@pytest.mark.parametrize("kind", [memoryview, bytearray])
def test_limits_hold_for_other_buffers(kind: type):
    """A buffer that cannot count is bounded all the same."""
    with pytest.raises(LimitExceeded):
        parse(kind(b"<a>" + b"<b/>" * 50_000 + b"</a>"))
    with pytest.raises(LimitExceeded):
        parse(kind(b"<a " + b" ".join(b'xmlns:b%d="urn:x"' % n for n in range(65)) + b"/>"))
    with pytest.raises(LimitExceeded):
        parse(kind(b"<a>" + b"<b c='x'/>" * 15_000 + b"=" * 50_000 + b"</a>"))


def test_sixty_four_levels_and_attributes_are_fine():
    """The limits themselves are allowed."""
    attributes = b" ".join(b'b%d="x"' % n for n in range(64))
    parse(b"<a>" * 63 + b"<a " + attributes + b"/>" + b"</a>" * 63)


def test_limits_can_be_narrowed():
    """The caller chooses the limits."""
    with pytest.raises(LimitExceeded):
        parse(b"<a><b/></a>", Limits(max_depth=1))


def test_large_texts_are_read():
    """A text beyond libxml2's ten megabytes is read, in place from a memory map too."""
    assert len(parse(b"<a>" + b"QUJD" * 3_000_000 + b"</a>").text or "") == 12_000_000


def test_a_memory_map_is_read(tmp_path: Path):
    """A file can be parsed where it lies."""
    path = tmp_path / "x.edxml"
    path.write_bytes(sample("document_new"))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert etree.tostring(parse(mapped)) == etree.tostring(parse(sample("document_new")))


def test_comments_vanish_and_texts_join():
    """A comment inside a text neither cuts it nor stays."""
    root = parse(b"<a>C\xc3\xb4ng v<!-- x -->\xc4\x83n<!----></a>")
    assert root.text == "Công văn"
    assert len(root) == 0


@pytest.mark.parametrize("data", [b"<a><?x y?></a>", b"<?x y?><a/>", b"<a/><?x y?>", b"<a>1<?x?>2</a>"])
def test_processing_instructions_are_refused(data: bytes):
    """A processing instruction anywhere is ambiguous content."""
    with pytest.raises(AmbiguousContent):
        parse(data)


def test_schema_hints_are_refused():
    """Attributes of the schema instance namespace are refused under any prefix, the bare declaration is not."""
    declared = b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"%s/>'
    parse(declared % b"")
    with pytest.raises(SchemaInvalid) as refused:
        parse(declared % b' i:type="b"')
    assert refused.value.violations[0].path == "/a"


def test_no_file_and_no_address_is_opened():
    """XInclude stays an element."""
    root = parse(b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname"/></a>')
    assert len(root) == 1
    assert root[0].text is None


def test_what_libxml2_read_is_judged_once_more():
    """Should the bytes have fooled the first look, a DTD or another XML version is still refused."""
    with pytest.raises(DtdForbidden):
        _check_document(etree.fromstring(b"<!DOCTYPE a><a/>"))
    with pytest.raises(EncodingUnsupported):
        _check_document(etree.fromstring(b'<?xml version="1.1"?><a/>'))


@given(st.binary(max_size=300))
def test_random_bytes_give_a_root_or_malformed(data: bytes):
    """Whatever the bytes, nothing but `Malformed` escapes."""
    _parse_or_refuse(data)


@given(st.text(alphabet='<>/!?-[]&;#"= \tax:DOCTYPEnmls\0\ufeff', max_size=200))
def test_random_markup_gives_a_root_or_malformed(text: str):
    """Whatever the markup, nothing but `Malformed` escapes."""
    _parse_or_refuse(text.encode())
    _parse_or_refuse(b'<?xml version="1.0" encoding="UTF-8"?><a>' + text.encode() + b"</a>")


@given(st.data())
def test_a_changed_sample_gives_a_root_or_malformed(data: st.DataObject):
    """A sample with bytes changed, inserted or cut out is read or refused."""
    original = data.draw(st.sampled_from([path.read_bytes() for path in sorted(SAMPLES.glob("*.edxml"))]))
    at = data.draw(st.integers(0, len(original)))
    gone = data.draw(st.integers(0, 30))
    _parse_or_refuse(original[:at] + data.draw(st.binary(max_size=8)) + original[at + gone :])


def _parse_or_refuse(data: bytes) -> None:
    with suppress(Malformed):
        parse(data)


@pytest.mark.parametrize("size", [1100, 70_000])
@pytest.mark.parametrize("offset", [0, 1, 511, 1023])
def test_a_long_tag_is_seen_wherever_it_stands(size: int, offset: int):
    """A tag longer than the limit is found at any place; a text, a comment and a CDATA section of that length are no tags."""
    before, limit = b"<a>" + b"x" * offset, size - 50
    assert has_long_tag(before + b"<b c='" + b"x" * size + b"'/></a>", limit)
    assert not has_long_tag(before + b"<b c='" + b"x" * (limit - 10) + b"'/></a>", limit)
    for harmless in (b"x" * size, b"<!--" + b"x" * size + b"-->", b"<![CDATA[" + b"x" * size + b"]]>"):
        assert not has_long_tag(before + harmless + b"</a>", limit)


def test_declarations_beside_each_other_are_taken():
    """An attachment each may declare its prefix anew, as the national SDK writes it: only what is in force together counts."""
    assert len(parse(b"<a>" + b'<b xmlns:c="urn:x" xmlns:d="urn:x"/>' * 200 + b"</a>")) == 200
