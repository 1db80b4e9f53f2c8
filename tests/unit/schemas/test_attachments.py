"""Attachments: decoded, unwrapped, measured, matched with the manifest."""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml import DocumentEnvelope, extract, read
from schemas.edxml.archive import Allowance, Archive, BrokenArchive, UnsafeArchive, wrapped
from schemas.edxml.attachments import bare_id
from schemas.edxml.base64_text import BrokenBase64, decoded
from schemas.edxml.file_names import fault_of
from schemas.edxml.media import is_binary, media_type
from schemas.errors import AttachmentMismatch, AttachmentUnsafe
from schemas.parser import parse
from tests.unit.schemas.support import RECEIVED_AT, read_bytes, sample
from tests.vectors.edxml.edits import chain, content, value, within
from tests.vectors.edxml.make import vectors
from tests.vectors.edxml.zips import zip_of

OFFICE = "application/vnd.openxmlformats-officedocument"
ODT = "application/vnd.oasis.opendocument.text"

BY_NAME = {vector.name: vector for vector in vectors()}


def _with(data: bytes, name: str = "a.pdf", declared: str = "application/zip") -> bytes:
    edit = chain(
        content(data), within("Attachment", chain(value("AttachmentName", name), value("ContentType", declared)))
    )
    return edit(sample("document_new").decode()).encode()


def _attachment(package: bytes):
    envelope = read_bytes(package)
    assert isinstance(envelope, DocumentEnvelope)
    return envelope.attachments[0]


def test_a_plain_file_is_itself():
    """A file that is no zip is measured as it stands, whatever is declared."""
    data = b"%PDF-1.4\nplain"
    found = _attachment(_with(data))
    assert (found.is_zipped, found.entry_name, found.size) == (False, None, len(data))
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.media_type == "application/pdf"


@pytest.mark.parametrize("declared", ["application/zip", "application/pdf", "text/plain"])
def test_a_wrapped_file_is_its_entry(declared: str):
    """The only entry of a zip is the file, whatever is declared."""
    found = _attachment(_with(zip_of({"x.png": b"\x89PNG\r\n\x1a\nx"}), declared=declared))
    assert (found.is_zipped, found.entry_name, found.media_type) == (True, "x.png", "image/png")
    assert (found.size, found.declared_type) == (9, declared)


@pytest.mark.parametrize(
    "data, name",
    [
        (zip_of({"a.pdf": b"a", "b.pdf": b"b"}), "a.doc"),
        (zip_of({"a.pdf": b"a"}), "a.zip"),
        (zip_of({"a.pdf": b"a"}), "a.ZIP"),
        (zip_of({"d/a.pdf": b"a"}), "a.doc"),
        (zip_of({}), "a.doc"),
    ],
)
def test_other_archives_are_files(data: bytes, name: str):
    """Several entries, an archive called .zip, an entry in a folder, no entry: the archive is the file."""
    found = _attachment(_with(data, name))
    assert (found.is_zipped, found.size, found.media_type) == (False, len(data), "application/zip")


def test_an_encrypted_archive_is_a_file():
    """An entry that needs a password is not looked into."""
    data = bytearray(zip_of({"a.pdf": b"secret"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert not _attachment(_with(bytes(data))).is_zipped


def test_a_broken_archive_of_another_type_is_a_file():
    """Only what is declared a zip has to be one."""
    data = zip_of({"a.pdf": b"%PDF"})[:40]
    assert _attachment(_with(data, "a.docx", "application/docx")).size == 40
    with pytest.raises(AttachmentMismatch):
        _attachment(_with(data, "a.docx", "Application/ZIP"))


def test_a_bomb_is_unsafe():
    """An entry that unpacks beyond the budget of the package is refused while it unpacks."""
    data = wrapped("a.txt", b"\0" * 3_000_000)
    root = parse(_with(data))
    read(root, received_at=RECEIVED_AT, max_unpacked=3_000_000)
    with pytest.raises(AttachmentUnsafe):
        read(root, received_at=RECEIVED_AT, max_unpacked=2_999_999)
    with pytest.raises(AttachmentUnsafe):
        extract(root, "209", max_unpacked=2_999_999)


def test_what_was_unpacked_of_a_broken_archive_counts():
    """Archives that unpack for a while and turn out to be broken use up what the package may unpack, like good ones."""
    good = wrapped("a.txt", b"\0" * 2_000_000)
    allowance = Allowance(3_000_000)
    broken = Archive(good.replace(zlib.crc32(b"\0" * 2_000_000).to_bytes(4, "little"), b"\1\2\3\4"), allowance)
    with pytest.raises(BrokenArchive):
        list(broken.pieces("a.txt"))
    with pytest.raises(UnsafeArchive):
        list(Archive(good, allowance).pieces("a.txt"))


def test_the_directories_of_all_archives_count_together():
    """Many archives whose entries are to be listed are refused where one of them is not: listing costs more than unpacking."""
    data, allowance = zip_of({f"{n}": b"" for n in range(100)}), Allowance(0, listed=8_000)
    Archive(data, allowance)
    with pytest.raises(UnsafeArchive):
        Archive(data, allowance)


def test_an_endless_extra_field_is_unsafe():
    """An entry with an extra field of sixty thousand bytes is not listed: no program writes such, and reading it takes long."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("a.txt")
        entry.extra = b"\xff\xff\0\0" * 15_000
        archive.writestr(entry, b"")
    with pytest.raises(UnsafeArchive):
        Archive(target.getvalue(), Allowance(0))


def test_too_many_entries_are_unsafe():
    """An archive of more than ten thousand entries is not even listed."""
    with pytest.raises(UnsafeArchive):
        Archive(zip_of({f"{n}": b"" for n in range(10_001)}), Allowance(0))


def test_dangerous_names_are_found_in_any_archive():
    """One bad name among several entries is enough, in a file called .zip too."""
    with pytest.raises(AttachmentUnsafe):
        _attachment(_with(zip_of({"a": b"", "b/../../c": b""}), "a.zip"))


def test_leading_blanks_do_not_hide_an_archive():
    """A zip behind a megabyte of blanks is still found."""
    text = sample("document_new").decode().replace("UEsDB", " " * 1_100_000 + "UEsDB")
    assert _attachment(text.encode()).is_zipped


def test_damage_is_counted_in_the_file_not_in_its_wrapping():
    """Replacement characters in a text are honest, in a wrapped PDF they are noted."""
    marks = b"\xef\xbf\xbd" * 4
    assert "damaged-file" in {note.rule for note in read_bytes(_with(wrapped("a", b"%PDF-" + marks))).notes}
    assert "damaged-file" not in {note.rule for note in read_bytes(_with(b"chu " + marks)).notes}


def test_all_bad_contents_are_told_at_once():
    """Each attachment that cannot be decoded is named, in the gravest kind of refusal."""
    one = sample("document_new").decode()
    second = (
        one[one.index("<Attachment>") : one.index("</AttachmentEncoded>")].replace("209", "210").replace("UEsDB", "*")
    )
    reference = one[one.index("<edXML:Reference>") : one.index("</edXML:edXMLManifest>")].replace("209", "210")
    both = (
        content(zip_of({"../x": b""}))(one)
        .replace("</AttachmentEncoded>", second + "</AttachmentEncoded>")
        .replace("</edXML:edXMLManifest>", reference + "</edXML:edXMLManifest>")
    )
    with pytest.raises(AttachmentMismatch) as refused:
        read_bytes(both.encode())
    assert [one.rule for one in refused.value.violations] == ["archive-unsafe", "base64"]


def test_extract_gives_the_file():
    """The decoded file is given on demand, by its id with or without `cid:`."""
    root = parse(_with(wrapped("x.txt", b"xin ch\xc3\xa0o"), "x.txt"))
    file = extract(root, "cid:209")
    assert (file.content_id, file.name, file.media_type, file.data) == (
        "209",
        "x.txt",
        "text/plain",
        b"xin ch\xc3\xa0o",
    )
    with pytest.raises(KeyError):
        extract(root, "210")


@pytest.mark.parametrize("name", ["archive_up", "base64_cut"])
def test_extract_refuses_as_reading_does(name: str):
    """A tree that was never read gives no way around the checks."""
    given = BY_NAME["archive_path_up" if name == "archive_up" else name]
    with pytest.raises((AttachmentMismatch, AttachmentUnsafe)):
        extract(parse(given.make()), "209")


@pytest.mark.parametrize(
    "given, bare",
    [("cid:1", "1"), ("1", "1"), ("cid:cid:cid:1", "1"), (" CID: 1 ", "1"), ("cid:", ""), ("acid:1", "acid:1")],
)
def test_cid_is_stripped_repeatedly(given: str, bare: str):
    """Builders put `cid:` on at every pass."""
    assert bare_id(given) == bare


# base64


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1 << 20, (1 << 20) - 1, 3_000_001])
@pytest.mark.parametrize("width", [0, 76])
def test_base64_is_decoded(size: int, width: int):
    """Any length, in one line or many, comes back whole."""
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    text = base64.b64encode(data).decode()
    if width:
        text = "\r\n\t ".join(text[start : start + width] for start in range(0, len(text), width))
    assert decoded(text.encode()) == data


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "QQ",
        "QQ=",
        "QQ==QQ==",
        "Q=Q=",
        "====",
        "QUJ\u1ea1",
        "QU-_",
        "QUJD=",
        "QUJD==",
        "\\u0051UI=",
        "QQ== QUJD",
        "QUJD" * ((1 << 18) - 1) + "QQ==" + "QUJD",
    ],
)
def test_what_is_no_base64_is_refused(text: str):
    """Missing padding, data behind it, another alphabet and stray letters are refused."""
    with pytest.raises(BrokenBase64):
        decoded(text.encode())


@given(st.text("AQgwZz09+/==", max_size=12))
def test_no_base64_is_taken_that_the_standard_library_refuses(text: str):
    """What is taken is taken by Python's strict decoder too, and means the same to it."""
    try:
        data = decoded(text.encode())
    except BrokenBase64:
        return
    assert binascii.a2b_base64(text, strict_mode=True) == data


# archives


def test_wrapping_is_repeatable_and_reads_back():
    """Equal files give equal zips, which hold the file and nothing else."""
    assert wrapped("a.txt", b"abc") == wrapped("a.txt", b"abc")
    with zipfile.ZipFile(io.BytesIO(wrapped("a.txt", b"abc"))) as archive:
        assert archive.namelist() == ["a.txt"]
    archive = Archive(wrapped("a.txt", b"abc"), Allowance(3))
    assert archive.sole_entry == "a.txt"
    assert b"".join(archive.pieces("a.txt")) == b"abc"


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_cut_archive_is_broken(cut: int):
    """Wherever an archive is cut, the answer is typed."""
    data = wrapped("a.txt", b"abc" * 100)
    with pytest.raises(BrokenArchive):
        Archive(data[:cut], Allowance(300))


# types


@pytest.mark.parametrize(
    "data, name, expected",
    [
        (b"%PDF-1.7", "x", "application/pdf"),
        (b"\n\n%PDF-1.7", "x", "application/pdf"),
        (b"PK\x03\x04....", "x.docx", "application/zip"),
        (
            zip_of({"[Content_Types].xml": b"", "word/document.xml": b""}),
            "x.docx",
            f"{OFFICE}.wordprocessingml.document",
        ),
        (zip_of({"_rels/.rels": b"", "xl/workbook.xml": b""}), "x.XLSX", f"{OFFICE}.spreadsheetml.sheet"),
        (zip_of({"[Content_Types].xml": b""}), "x.pdf", "application/zip"),
        (zip_of({"mimetype": ODT.encode(), "content.xml": b""}), "x.odt", ODT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xls", "application/vnd.ms-excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x", "application/x-ole-storage"),
        (b"MZ\x90", "x.pdf", "application/x-msdownload"),
        (b"<?xml version='1.0'?>", "x", "application/xml"),
        ("xin chào".encode(), "x", "text/plain"),
        ("a" * 4095 + "ế", "x", "text/plain"),
        (b"", "x", "text/plain"),
        (b"abc\0", "x", "application/octet-stream"),
        (b"abc\xff", "x", "application/octet-stream"),
    ],
)
def test_the_type_is_told_by_the_bytes(data: bytes | str, name: str, expected: str):
    """The first bytes tell the type; the name only chooses among the kinds of one container."""
    assert media_type(data.encode() if isinstance(data, str) else data, name) == expected


def test_texts_are_not_binary():
    """Replacement characters mean damage only in binary types."""
    assert [is_binary(kind) for kind in ("application/pdf", "text/plain", "application/xml")] == [True, False, False]


# names


@pytest.mark.parametrize(
    "name",
    [
        "125-BC-SM.signed.pdf",
        "Báo cáo số 5 (lần 2).docx",
        "console.pdf",
        "com.pdf",
        "a..pdf",
        "công văn.PDF",
        "a" * 500,
        "№ 1 – “x”.pdf",
    ],
)
def test_honest_names_are_taken(name: str):
    """Any text that harms nobody is a name."""
    assert fault_of(name) is None


@pytest.mark.parametrize(
    "name, rule",
    [
        ("", "name-empty"),
        (" ", "name-empty"),
        ("a" * 501, "name-too-long"),
        ("/etc/passwd", "name-path"),
        ("..\\x", "name-path"),
        ("a\0b", "name-control"),
        ("a\nb", "name-control"),
        ("a\x85b", "name-control"),
        ("a\u202eb", "name-bidi"),
        ("a\u2066b", "name-bidi"),
        ("nul", "name-reserved"),
        ("Com1.txt", "name-reserved"),
        ("LPT9 .x.y", "name-reserved"),
        (".", "name-reserved"),
        ("..", "name-reserved"),
        (". .", "name-reserved"),
    ],
)
def test_harmful_names_are_refused(name: str, rule: str):
    """Paths, control characters, turned reading directions, reserved and endless names are faults."""
    fault = fault_of(name)
    assert fault
    assert fault[0] == rule
