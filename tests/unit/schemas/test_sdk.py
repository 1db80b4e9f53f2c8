"""What the national SDK would misread is named, and written anew so that it is read right."""

import base64
import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from schemas.edxml import names, read, sdk
from schemas.edxml.compose import NewFile, new_document
from schemas.edxml.names import qualified
from schemas.edxml.repair import repaired
from schemas.parser import parse

AT = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)
VECTORS = sorted((Path(__file__).parents[2] / "vectors" / "edxml" / "accepted").glob("[!s]*.edxml"))
_TWO = {"a.txt": b"one", "b.txt": b"two"}


def document(*files):
    draft = new_document(
        sender="H37.01",
        recipients=["G22"],
        subject="Báo cáo",
        number="125",
        notation="BC-SM",
        sent_at=AT,
        files=[NewFile(name, data) for name, data in files],
    )
    return draft.encode()


def zipped(**entries):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def declared(data, name, declared_type, content):
    """Put an attachment's bytes and declaration into a document that `document` made with one file."""
    root = parse(data)
    (attachment,) = root.iter(names.ATTACHMENT)
    attachment.find(qualified("AttachmentName")).text = name
    next(root.iter(names.REFERENCE)).find(qualified("AttachmentName")).text = name
    attachment.find(qualified("ContentType")).text = declared_type
    attachment.find(names.CONTENT).text = base64.b64encode(content).decode()
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def as_the_sdk_reads(data):
    """Unpack attachments by the SDK's rules (wire contract, section 8.2), which look at declaration and name only."""
    files = []
    for attachment in parse(data).iter(names.ATTACHMENT):
        content = base64.b64decode(attachment.find(names.CONTENT).text or "")
        name = attachment.find(qualified("AttachmentName")).text
        if attachment.find(qualified("ContentType")).text == "application/zip" and not name.endswith(".zip"):
            archive = zipfile.ZipFile(io.BytesIO(content))
            assert "/" not in archive.namelist()[0]
            content = archive.read(archive.namelist()[0])
        files.append(hashlib.sha256(content).hexdigest())
    return files


def rules(data):
    return [note.rule for note in read(parse(data), received_at=AT).notes if note.rule.startswith("sdk-")]


ODD = {
    "several files in a zip": ("two.pdf", "application/zip", zipped(**_TWO)),
    "no zip though declared one": ("plain.txt", "application/zip", b"plain text"),
    "first entry in a folder": ("one.pdf", "application/zip", zipped(**{"d/one.pdf": b"%PDF-1.4"})),
    "name in capitals": ("ALL.ZIP", "application/zip", zipped(**_TWO)),
    "zip declared text": ("note.txt", "text/plain", zipped(**{"note.txt": b"hello"})),
    "zip declared pdf": ("r.pdf", "application/pdf", zipped(**{"x.pdf": b"%PDF-1.4"})),
    "workbook not wrapped": (
        "t.xlsx",
        "application/zip",
        zipped(**{"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<R/>"}),
    ),
    "empty zip": ("none.pdf", "application/zip", zipped()),
    "type in capitals": ("c.pdf", "Application/ZIP", zipped(**{"c.pdf": b"%PDF-1.4"})),
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_attachment_that_would_be_misread(name):
    """It is named; written anew, the SDK reads the very file that we read."""
    data = declared(document(("x.pdf", b"%PDF-1.4")), *ODD[name])
    assert rules(data) == ["sdk-attachment"]
    mended = repaired(data, hub="H99", at=AT)
    meant = [each.sha256 for each in read(parse(data), received_at=AT).attachments]
    assert as_the_sdk_reads(mended) == meant
    assert rules(mended) == []


@pytest.mark.parametrize(
    "file",
    [
        ("a.pdf", b"%PDF-1.4"),
        ("b.xlsx", b"PK\x03\x04junk"),
        ("c.docx", zipped(**_TWO)),
        ("d.zip", zipped(**_TWO)),
        ("e.txt", b"x"),
    ],
    ids=lambda file: file[0],
)
def test_what_the_builder_makes_needs_no_repair(file):
    """The SDK's own five kinds of attachments are left alone."""
    data = document(file)
    assert rules(data) == []
    assert as_the_sdk_reads(data) == [hashlib.sha256(file[1]).hexdigest()]


def test_a_missing_document_id_is_written():
    """Without DocumentId the SDK would invent one at every reading; the hub's is written."""
    data = document()
    root = parse(data)
    (given,) = root.iter(qualified("DocumentId"))
    given.text = ""
    without = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    assert rules(without) == ["sdk-document-id"]
    mended = read(parse(repaired(without, hub="H99", at=AT)), received_at=AT)
    assert mended.given_document_id == read(parse(without), received_at=AT).document_id


def test_an_empty_reference_is_left_out():
    """An empty ResponseFor would become an entry without content."""
    data = document().replace(b"</edXML:MessageHeader>", b"<edXML:ResponseFor/></edXML:MessageHeader>")
    assert rules(data) == ["sdk-shell"]
    assert b"ResponseFor" not in repaired(data, hub="H99", at=AT)


def test_an_impossible_day_cannot_be_repaired():
    """30 February is named with its line, under a rule of its own."""
    data = document().replace(b"<edXML:PromulgationDate>2026/03/14<", b"<edXML:PromulgationDate>2026/02/30<")
    notes = [note for note in read(parse(data), received_at=AT).notes if note.rule in sdk.UNREPAIRABLE]
    assert [(note.path.rpartition("/")[2], note.line is not None) for note in notes] == [("PromulgationDate", True)]


def test_repairing_is_a_function_of_the_package():
    """The same package gives the same bytes, and the hub stands last in the trace, after Bussiness."""
    data = declared(document(("x.pdf", b"%PDF-1.4")), *ODD["several files in a zip"])
    mended = repaired(data, hub="H99", at=AT)
    assert mended == repaired(data, hub="H99", at=AT)
    assert mended.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert [hop.agency_code for hop in read(parse(mended), received_at=AT).trace] == ["H37.01", "H99"]
    assert mended.index(b"<edXML:Bussiness>") < mended.index(b"<edXML:TraceHeader>")


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_accepted_documents_keep_their_meaning(path):
    """Whatever the hub accepts, written anew says the same: sender, recipients, subject, Bussiness block, files."""
    data = path.read_bytes()
    before = read(parse(data), received_at=AT)
    after = read(parse(repaired(data, hub="H99", at=AT)), received_at=AT)
    for name in ("sender", "recipients", "subject", "document_id", "notation", "business_info", "responses"):
        assert getattr(after, name) == getattr(before, name), name
    assert [each.sha256 for each in after.attachments] == [each.sha256 for each in before.attachments]
    assert not sdk.REPAIRABLE & {note.rule for note in after.notes}
