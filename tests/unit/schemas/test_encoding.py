"""Writing: the SDK's very form, and every value back."""

from datetime import UTC, datetime

import pytest
from lxml import etree
from msgspec.structs import replace

from schemas.edxml import encode
from schemas.edxml.compose import NewFile, new_document, new_status
from schemas.edxml.names import NAMESPACE
from schemas.edxml.parts import ResponseFor
from schemas.edxml.structure import schema
from schemas.edxml.writer import escaped
from tests.unit.schemas.support import NAMES, contents_of, read_bytes, sample, without_notes
from tests.vectors.edxml.make import vectors

SENT_AT = datetime(2025, 3, 14, 2, 5, tzinfo=UTC)
DRAFT = new_document(
    sender="H37.01",
    recipients=["G22"],
    subject="Báo cáo & kế hoạch <2025>",
    number="125",
    notation="BC-SM",
    sent_at=SENT_AT,
    files=[NewFile("a.pdf", b"%PDF-1.4", "Bản ký số")],
)
ID = DRAFT.envelope.attachments[0].content_id

WRITTEN = f"""<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="{NAMESPACE}">
  <edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>H37.01</edXML:OrganId>
        </edXML:From>
        <edXML:To>
          <edXML:OrganId>G22</edXML:OrganId>
        </edXML:To>
        <edXML:DocumentId>H37.01,2025/03/14,125/BC-SM</edXML:DocumentId>
        <edXML:Code>
          <edXML:CodeNumber>125</edXML:CodeNumber>
          <edXML:CodeNotation>BC-SM</edXML:CodeNotation>
        </edXML:Code>
        <edXML:PromulgationInfo>
          <edXML:PromulgationDate>2025/03/14</edXML:PromulgationDate>
        </edXML:PromulgationInfo>
        <edXML:DocumentType>
          <edXML:Type>2</edXML:Type>
          <edXML:TypeName>Công văn</edXML:TypeName>
        </edXML:DocumentType>
        <edXML:Subject>Báo cáo &amp; kế hoạch &lt;2025&gt;</edXML:Subject>
        <edXML:OtherInfo>
          <edXML:Priority>0</edXML:Priority>
          <edXML:Direction>false</edXML:Direction>
        </edXML:OtherInfo>
      </edXML:MessageHeader>
      <edXML:TraceHeaderList>
        <edXML:Bussiness>
          <edXML:BussinessDocType>0</edXML:BussinessDocType>
          <edXML:Paper>0</edXML:Paper>
        </edXML:Bussiness>
        <edXML:TraceHeader>
          <edXML:OrganId>H37.01</edXML:OrganId>
          <edXML:Timestamp>2025/03/14 09:05:00</edXML:Timestamp>
        </edXML:TraceHeader>
      </edXML:TraceHeaderList>
    </edXML:edXMLHeader>
    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
        <edXML:Reference>
          <edXML:ContentId>cid:{ID}</edXML:ContentId>
          <edXML:ContentType>application/zip</edXML:ContentType>
          <edXML:Description>Bản ký số</edXML:Description>
          <edXML:AttachmentName>a.pdf</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded>
    <Attachment>
      <ContentId>cid:{ID}</ContentId>
      <AttachmentName>a.pdf</AttachmentName>
      <Description>Bản ký số</Description>
      <ContentType>application/pdf</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="{NAMESPACE}">JVBERi0xLjQ=</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
</edXML>
"""


def test_a_document_is_written_in_the_form_of_the_sdk():
    """Mixed prefixes, Bussiness before TraceHeader, CR LF, two blanks of indentation, nothing for absent fields."""
    assert DRAFT.encode().decode() == WRITTEN.replace("\n", "\r\n")


def test_a_document_without_files_has_empty_manifest_and_attachments():
    """Both elements are written even when they hold nothing."""
    data = encode(replace(DRAFT.envelope, attachments=())).decode()
    assert '<edXML:edXMLManifest version="1.0">' in data
    assert "<AttachmentEncoded>" in data
    assert read_bytes(data.encode()) == replace(DRAFT.envelope, attachments=())


def test_a_status_is_header_only():
    """A status has no trace, no body, no attachments, and keeps the SDK's order."""
    status = new_status(
        sender="G22",
        response=ResponseFor("H37.01", "125/BC-SM", "H37.01,2025/03/14,125/BC-SM"),
        code="03",
        at=SENT_AT,
        description="Đã tiếp nhận",
    )
    root = etree.fromstring(encode(status))
    assert [element.tag.rpartition("}")[2] for element in root.iter()] == [
        "edXML", "edXMLEnvelope", "edXMLHeader", "MessageHeader", "From", "OrganId", "ResponseFor", "OrganId", "Code",
        "DocumentId", "StatusCode", "Description", "Timestamp",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_a_sample_survives(name: str):
    """Reading what was written of a sample gives an equal envelope, and the schema takes it."""
    data = sample(name)
    envelope = read_bytes(data)
    written = encode(envelope, contents_of(data))
    assert without_notes(read_bytes(written)) == without_notes(envelope)
    assert schema(envelope.kind).validate(etree.fromstring(written))


@pytest.mark.parametrize("vector", [one for one in vectors() if not one.code], ids=lambda one: one.name)
def test_every_value_of_an_accepted_oddity_survives(vector):
    """Odd dates, padded texts, several entries: all come back."""
    data = vector.make()
    envelope = read_bytes(data)
    assert without_notes(read_bytes(encode(envelope, contents_of(data)))) == without_notes(envelope)


def test_contents_may_be_given_with_cid():
    """The key of a content is its id with or without `cid:`."""
    assert encode(DRAFT.envelope, {f"cid:{ID}": b"%PDF-1.4"}) == DRAFT.encode()


def test_a_missing_content_is_told():
    """An attachment without its bytes cannot be written."""
    with pytest.raises(KeyError):
        encode(DRAFT.envelope)


@pytest.mark.parametrize("letter", ["\0", "\x0b", "\ud800", "\ufffe"])
def test_what_xml_cannot_carry_is_refused(letter: str):
    """A control character or half a surrogate pair is an error of the caller."""
    with pytest.raises(ValueError, match="XML"):
        encode(replace(DRAFT.envelope, subject=f"a{letter}b", attachments=()))


def test_every_letter_comes_back_unchanged():
    """Carriage returns, angle brackets and the end of CDATA are escaped so that every parser gives them back."""
    text = "a\r\nb\rc & <d> ]]> \"'\u00a0\U0001f600\u1ea1"
    assert etree.fromstring(f"<a>{escaped(text)}</a>").text == text
