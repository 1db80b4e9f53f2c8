"""New envelopes from little."""

from datetime import UTC, date, datetime

import pytest

from schemas.edxml import Business, DocumentEnvelope, StatusCode, encode
from schemas.edxml.archive import wrapped
from schemas.edxml.compose import NewFile, new_document, new_status, response_to
from schemas.edxml.document import Replaced
from schemas.edxml.parts import Organization, Staff
from tests.unit.schemas.support import read_bytes

SENT_AT = datetime(2025, 3, 14, 20, 0, tzinfo=UTC)  # the 15th in Vietnam


def _document(**changed) -> DocumentEnvelope:
    given = {"sender": "H37.01", "recipients": ["G22", Organization("H37.02", name="Phòng Mẫu")], "subject": " Báo cáo ",
             "number": "125", "notation": "BC-SM", "sent_at": SENT_AT}  # fmt: skip
    return new_document(**{**given, **changed}).envelope


def test_a_new_document_reads_back_equal():
    """What was composed is what is read."""
    draft = new_document(
        sender=Organization("H37.01", name="Sở Mẫu"),
        recipients=["G22", "H37.02"],
        subject="Báo cáo",
        number="125",
        notation="BC-SM",
        sent_at=SENT_AT,
        urgency=2,
        due_on=date(2025, 3, 21),
        files=[
            NewFile("a.pdf", b"%PDF-1.4", "Bản ký số"),
            NewFile("b.xlsx", b"PK\x03\x04 no zip at all"),
            NewFile("c.txt", "chữ".encode()),
            NewFile("khong-duoi", b"\0"),
            NewFile("d.zip", b"PK\x05\x06" + b"\0" * 18),
            NewFile("e.ba đờ", b"x"),
        ],
    )
    envelope = read_bytes(draft.encode())
    assert envelope == draft.envelope
    assert [one.is_zipped for one in draft.envelope.attachments] == [False, True, True, True, False, True]


def test_a_zip_under_another_name_is_wrapped():
    """A file whose bytes are a zip though its name says PDF comes back as it was, not unwrapped."""
    zipped = NewFile("a.pdf", wrapped("x.txt", b"abc"))
    draft = new_document(
        sender="A", recipients=["B"], subject="x", number="1", notation="y", sent_at=SENT_AT, files=[zipped]
    )
    assert read_bytes(draft.encode()).attachments == draft.envelope.attachments
    assert draft.envelope.attachments[0].media_type == "application/zip"


def test_the_defaults_of_a_document():
    """Date and id follow from the Vietnamese day of sending; nothing else is invented."""
    envelope = _document()
    assert envelope.document_id == "H37.01,2025/03/15,125/BC-SM"
    assert not envelope.is_document_id_derived
    assert envelope.promulgation.issued.day == date(2025, 3, 15)
    assert (envelope.subject, envelope.sent_at, envelope.business) == ("Báo cáo", SENT_AT, Business.NEW)
    assert envelope.recipients == ("G22", "H37.02")


def test_equal_arguments_give_equal_bytes():
    """No clock and no chance is asked."""
    files = [NewFile("a.txt", b"a"), NewFile("a.txt", b"a")]
    drafts = [
        new_document(sender="A", recipients=["B"], subject="x", number="1", notation="y", sent_at=SENT_AT, files=files)
        for _ in range(2)
    ]
    assert drafts[0].encode() == drafts[1].encode()
    assert len(drafts[0].contents) == 2


def test_a_recall_names_the_document_everywhere():
    """A recall points at its document in Bussiness and in ResponseFor, with the reason."""
    document = _document()
    recall = new_document(
        sender=document.issuer,
        recipients=document.addressees,
        subject="Thu hồi văn bản",
        number="131",
        notation="TB-SM",
        sent_at=SENT_AT,
        business=Business.RECALL,
        reason="Gửi nhầm",
        target_id=document.document_id,
        responses=[response_to(document, document.sender)],
    )
    envelope = read_bytes(recall.encode())
    assert envelope == recall.envelope
    assert (envelope.business, envelope.reason) == (Business.RECALL, "Gửi nhầm")
    assert envelope.targets[0] == document.document_id


def test_a_replacement_lists_what_it_replaces():
    """The replaced documents come first among the targets."""
    envelope = _document(business=Business.REPLACE, replaced=[Replaced("cu-1", ("G22",))], document_id="moi")
    assert envelope.targets == ("cu-1", "moi")


@pytest.mark.parametrize("code", list(StatusCode))
def test_a_status_reads_back_equal(code: StatusCode):
    """Every status code is written and read."""
    status = new_status(
        sender=Organization("G22", name="Văn phòng Mẫu"),
        response=response_to(_document()),
        code=code,
        at=SENT_AT,
        description=" lý do ",
        staff=Staff(department="Văn thư", name="Lê Văn Mẫu"),
    )
    envelope = read_bytes(encode(status))
    assert envelope == status
    assert (envelope.recipients, envelope.document_id) == (("H37.01",), "H37.01,2025/03/15,125/BC-SM")
    assert envelope.reason == "lý do"


def test_a_status_may_be_addressed_to_a_recipient():
    """For status 13 the addressee is the recipient."""
    response = response_to(_document(), "H37.02")
    assert new_status(sender="H37.01", response=response, code=StatusCode.RECALL_ASKED, at=SENT_AT).recipients == (
        "H37.02",
    )
