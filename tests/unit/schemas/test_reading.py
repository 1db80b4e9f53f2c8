"""Reading beyond the samples: odd but common forms, many errors at once, what is told."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from schemas.edxml import DocumentEnvelope, StatusCode, StatusEnvelope, read
from schemas.edxml.identity import identify
from schemas.errors import MAX_VIOLATIONS, SchemaInvalid, UnknownDocumentType
from schemas.parser import parse
from tests.unit.schemas.support import RECEIVED_AT, read_bytes, sample, without_notes
from tests.vectors.edxml.edits import chain, drop, swap, value, within
from tests.vectors.edxml.make import vectors

BY_NAME = {vector.name: vector for vector in vectors()}


def _vector(name: str) -> DocumentEnvelope:
    envelope = read_bytes(BY_NAME[name].make())
    assert isinstance(envelope, DocumentEnvelope)
    return envelope


@pytest.mark.parametrize(
    "name",
    ["prefix_other", "prefix_none", "order_net", "order_bussiness_first", "empty_ResponseFor", "hollow_ResponseFor",
     "net_attributes", "content_id_without_cid", "content_id_cid_twice", "base64_lines", "w3c_Signature"],
)  # fmt: skip
def test_dialects_say_the_same(name: str):
    """Prefix, order, empty shells, foreign attributes, `cid:` and line breaks change no value."""
    assert without_notes(_vector(name)) == without_notes(read_bytes(sample("document_update")))


def test_a_missing_document_id_is_derived():
    """Without DocumentId the id is made of agency, date, number and notation, and said to be derived."""
    for name in ("no_DocumentId", "empty_DocumentId"):
        envelope = _vector(name)
        assert envelope.is_document_id_derived
        assert envelope.document_id == "000.00.00.G22,2018/09/28,7816/VPCP-TTĐT"


def test_cdata_and_comments_leave_the_whole_value():
    """CDATA and comments are no part of a value and do not cut it."""
    assert _vector("cdata_Subject").subject == "Kế hoạch & tiến độ"
    assert _vector("comment_in_Subject").subject == "Kế hoạch năm"


def test_codes_are_trimmed():
    """Blanks around an agency code or a number are no part of it."""
    envelope = _vector("padded_codes")
    assert (envelope.sender, envelope.urgency) == ("000.00.00.G22", 3)


def test_other_texts_are_kept_as_written():
    """A subject keeps its blanks."""
    assert read_bytes(value("Subject", " a\n b ")(sample("document_new").decode()).encode()).subject == " a\n b "


def test_no_break_spaces_are_text():
    """What Unicode calls a blank and XML does not is a value."""
    assert read_bytes(value("Subject", "\u00a0")(sample("document_new").decode()).encode()).subject == "\u00a0"


def test_an_impossible_date_keeps_its_text():
    """30 February stands in the value as written, without a day."""
    issued = _vector("impossible_date").promulgation.issued
    assert (issued.text, issued.day) == ("2018/02/30", None)
    assert _vector("impossible_time").sent_at is None


def test_without_a_trace_nothing_is_known_of_the_sending():
    """No TraceHeaderList: a new document, sent nobody knows when."""
    envelope = _vector("no_TraceHeaderList")
    assert (envelope.sent_at, envelope.business, envelope.reason, envelope.targets) == (None, "new", "", ())


def test_the_senders_own_hop_tells_when_it_was_sent():
    """The first hop of the sender itself counts before the first hop at all."""
    stamp = "<edXML:Timestamp>2018/09/27 00:00:00</edXML:Timestamp>"
    other = f"<edXML:TraceHeader><edXML:OrganId>X</edXML:OrganId>{stamp}</edXML:TraceHeader>"
    text = swap("<edXML:TraceHeader>", f"{other}<edXML:TraceHeader>")(sample("document_update").decode())
    assert read_bytes(text.encode()).sent_at == datetime(2018, 9, 27, 17, tzinfo=UTC)


def test_status_14_is_read_as_15():
    """One client's spelling of agreement is understood."""
    envelope = read_bytes(BY_NAME["status_14"].make())
    assert isinstance(envelope, StatusEnvelope)
    assert envelope.status_code is StatusCode.AGREED


def test_a_byte_order_mark_is_noted_when_the_caller_saw_one():
    """The tree does not know of the mark: who has the bytes tells."""
    envelope = read(parse(sample("dirty_bom")), received_at=RECEIVED_AT, has_byte_order_mark=True)
    assert envelope.notes[0].rule == "byte-order-mark"


def test_a_date_is_in_the_future_by_vietnamese_days():
    """At 17:00 UTC a new day has begun in Vietnam."""
    data = value("PromulgationDate", "2025/06/02")(sample("document_new").decode()).encode()
    read(parse(data), received_at=datetime(2025, 6, 1, 17, tzinfo=UTC))
    with pytest.raises(SchemaInvalid):
        read(parse(data), received_at=datetime(2025, 6, 1, 16, tzinfo=UTC))


def test_all_errors_are_told_at_once():
    """Structure, code lists, rules and attachments are refused together, each with path and line."""
    edit = chain(
        within("From", drop("OrganId")),
        value("CodeNumber", ""),
        value("Priority", "7"),
        value("PromulgationDate", "28/09/2018"),
        value("TypeName", "Mật"),
        drop("Subject"),
        value("SteeringType", ""),
        within("Attachment", value("AttachmentName", "../x.pdf")),
        within("edXMLBody", drop("Reference")),
    )
    text = edit(sample("document_new").decode())
    with pytest.raises(SchemaInvalid) as refused:
        read_bytes(text.encode())
    told = {(one.path.rpartition("/")[2], one.rule): one.line for one in refused.value.violations}
    assert told == {
        ("From", "missing"): _line(text, "From>"),
        ("CodeNumber", "empty"): _line(text, "CodeNumber>"),
        ("PromulgationDate", "wrong-form"): _line(text, "PromulgationDate>"),
        ("Priority", "not-listed"): _line(text, "Priority>"),
        ("SteeringType", "empty"): _line(text, "SteeringType>"),
        ("MessageHeader", "missing"): _line(text, "MessageHeader>"),
        ("TypeName", "secrecy-marking"): _line(text, "TypeName>"),
        ("Attachment", "name-path"): _line(text, "<Attachment>"),
        ("Attachment", "attachment-without-reference"): _line(text, "<Attachment>"),
    }


def _line(text: str, mark: str) -> int:
    return text[: text.index(mark)].count("\n") + 1


def test_a_path_numbers_what_stands_side_by_side():
    """The second To is To[2]."""
    with pytest.raises(SchemaInvalid) as refused:
        read_bytes(BY_NAME["repeated_recipient"].make())
    (violation,) = refused.value.violations
    assert violation.path == "/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]/OrganId"
    assert violation.line == 27
    assert "000.00.00.H41" in violation.vi
    assert "000.00.00.H41" in str(refused.value)


def test_at_most_a_hundred_violations_are_told():
    """A document of thousands of errors is refused quickly with the first hundred."""
    many = "<edXML:To><edXML:OrganId>a b</edXML:OrganId></edXML:To>" * 3000
    with pytest.raises(SchemaInvalid) as refused:
        read_bytes(swap("<edXML:To>", f"{many}<edXML:To>")(sample("document_new").decode()).encode())
    assert len(refused.value.violations) == MAX_VIOLATIONS


def test_at_most_a_hundred_notes_are_told():
    """A document of thousands of oddities is accepted with the first hundred notes."""
    many = "".join(f"<edXML:To><edXML:OrganId>odd.{n}</edXML:OrganId></edXML:To>" for n in range(3000))
    envelope = read_bytes(swap("<edXML:To>", f"{many}<edXML:To>")(sample("document_new").decode()).encode())
    assert len(envelope.recipients) == 3001
    assert len(envelope.notes) == MAX_VIOLATIONS


def test_a_senders_words_are_shown_short_and_printable():
    """A hostile value in a sentence is cut and stripped of control characters."""
    with pytest.raises(SchemaInvalid) as refused:
        read_bytes(value("OrganId", "\u202e" + "x\u0085" * 5000)(sample("document_new").decode()).encode())
    for violation in refused.value.violations:
        assert len(violation.en) < 300
        assert violation.en.isprintable()
        assert violation.vi.isprintable()


@pytest.mark.parametrize("data", [b"<a/>", b'<edXML xmlns="http://www.go.vn/eDoc"/>', b"<edXML/>"])
def test_another_root_is_named(data: bytes):
    """What is no edXML of QCVN 102:2016 is refused naming what was found, before anything else is asked."""
    root = parse(data)
    for ask in (identify, lambda root: read(root, received_at=RECEIVED_AT)):
        with pytest.raises(UnknownDocumentType) as refused:
            ask(root)
        assert root.tag in str(refused.value)


def test_a_bare_root_is_schema_invalid():
    """The right root with nothing in it misses its envelope."""
    with pytest.raises(SchemaInvalid, match="edXMLEnvelope"):
        read_bytes(b'<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"/>')


def test_several_targets_are_told_once_each_in_look_up_order():
    """Bussiness, ResponseFor, then the document itself; no id twice."""
    envelope = _vector("order_net")
    info = envelope.business_info
    assert info
    twice = replace(envelope, business_info=replace(info, document_id=envelope.document_id))
    assert twice.targets == (envelope.document_id,)
