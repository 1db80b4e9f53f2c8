"""What the official samples say."""

from datetime import UTC, date, datetime

import pytest

from schemas.edxml import Business, DocumentEnvelope, Kind, StatusCode, StatusEnvelope, extract
from schemas.edxml.document import Change, OtherInfo, Receiver, Replaced
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.times import WrittenDate
from schemas.parser import parse
from tests.unit.schemas.support import read_bytes, sample

THREE = ("000.00.00.H41", "000.00.00.H14", "000.00.00.G17")
ITSELF = "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"


def _document(name: str) -> DocumentEnvelope:
    envelope = read_bytes(sample(name))
    assert isinstance(envelope, DocumentEnvelope)
    return envelope


def _status(name: str) -> StatusEnvelope:
    envelope = read_bytes(sample(name))
    assert isinstance(envelope, StatusEnvelope)
    return envelope


@pytest.mark.parametrize(
    "name, business, sender, recipients, targets, reason",
    [
        ("document_new", Business.NEW, "000.00.00.A80", ("28.22.H17",), (), "Văn bản điện tử mới"),
        (
            "document_recall", Business.RECALL, "000.00.00.G22", THREE,
            ("000.00.04.G14,2012/08/06,267/VPCP-TTĐT", ITSELF), "Thu hồi văn bản điện tử",
        ),
        (
            "document_update", Business.UPDATE, "000.00.00.G22", THREE,
            ("000.00.00.G22,2014/02/30,7806/VPCP-TTĐT", ITSELF), "Cập nhật văn bản điện tử",
        ),
        (
            "document_replace", Business.REPLACE, "000.00.00.G22", THREE,
            ("000.00.00.G22,2014/01/30,7806/VPCP-TTĐT", ITSELF), "Văn bản thay thế",
        ),
    ],
)  # fmt: skip
def test_what_a_document_is_and_means(name, business, sender, recipients, targets, reason):
    """Each document sample tells its business, its ends, its earlier documents and its reason."""
    envelope = _document(name)
    assert envelope.kind is Kind.DOCUMENT
    assert (envelope.business, envelope.sender, envelope.recipients) == (business, sender, recipients)
    assert (envelope.targets, envelope.reason) == (targets, reason)
    assert envelope.document_id == ITSELF
    assert not envelope.is_document_id_derived


def test_the_header_of_a_new_document():
    """Every field of the header becomes the value it says."""
    envelope = _document("document_new")
    assert envelope.issuer.superior == "UBND xã Hòa Tiến - UBND huyện Hòa Vang - Thành phố Đà Nẵng"
    assert envelope.addressees[0] == Organization(
        agency_code="28.22.H17",
        superior="UBND xã Hòa Sơn - UBND huyện Hòa Vang - Thành phố Đà Nẵng",
        name="UBND xã Hòa Sơn - UBND huyện Hòa Vang - Thành phố Đà Nẵng",
        address="số 62 - Võ Thị Sáu - Ngô Quyền - Hải Phòng",
        email="vanthu@mau.example",
        telephone="024 0000 0000",
        fax="024 0000 0001",
        website="mau.example",
    )
    assert envelope.notation == "74fass22/VPCP-TTĐT"
    assert envelope.promulgation.place == "Hà Nội"
    assert envelope.promulgation.issued == WrittenDate("2019/01/16", date(2019, 1, 16))
    assert (envelope.document_type.type, envelope.document_type.detail, envelope.document_type.name) == (
        1,
        0,
        "Công văn",
    )
    assert envelope.subject == "V/v kết nối, liên thông phần mềm quản lý văn bản"
    assert envelope.signer
    assert envelope.signer.full_name == "Nguyễn Văn Mẫu"
    assert envelope.due
    assert envelope.due.day == date(2018, 9, 28)
    assert envelope.other == OtherInfo(
        priority=0,
        sphere="Liên thông văn bản quốc gia",
        typist="TVC",
        copies=2,
        pages=22,
        direction=False,
        appendixes=("Công văn về việc kết nối, liên thông phần mềm quản lý văn bản",),
    )
    assert envelope.steering_type == 1
    assert envelope.to_places == ("Cac bo va co quan ngang bo", "Uy ban nhan dan cac tinh, TP")
    assert envelope.urgency == 0


def test_the_trace_of_a_document():
    """Zone-less times are Vietnamese; the Bussiness block keeps its clerk and its impossible date inside an opaque id."""
    envelope = _document("document_new")
    assert envelope.sent_at == datetime(2018, 9, 27, 17, tzinfo=UTC)
    assert envelope.trace[0].agency_code == "000.00.00.G22"
    assert envelope.business_info
    assert envelope.business_info.document_id == "000.00.00.G22,2014/02/30,7806/VPCP-TTĐT"
    assert envelope.business_info.has_paper is False
    assert envelope.business_info.staff == (
        Staff(department="Văn thư văn phòng", name="Trần Thị Mẫu", email="vanthu@mau.example", mobile="0900000000"),
    )


def test_what_an_update_changes():
    """An update says which recipients were removed and added."""
    info = _document("document_update").business_info
    assert info
    assert info.changes == (
        Change(
            is_data_changed=True,
            is_receivers_changed=True,
            receivers=(Receiver("000.00.00.H41", is_added=False), Receiver("000.00.00.H14", is_added=True)),
        ),
    )


def test_what_a_replacement_replaces():
    """A replacement names each replaced document and who held it."""
    info = _document("document_replace").business_info
    assert info
    assert (
        info.replaced == (Replaced("000.00.00.G22,2014/01/30,7806/VPCP-TTĐT", ("000.00.00.H41", "000.00.00.H14")),) * 2
    )


def test_the_attachment():
    """The only entry of the zip is the file; its true type is told by its bytes, not by its name."""
    data = sample("document_new")
    envelope = _document("document_new")
    (attachment,) = envelope.attachments
    file = extract(parse(data), "cid:209")
    assert file.data.startswith(b"%PDF-")
    assert (attachment.content_id, attachment.name) == ("209", "1896_QD-TTg_m_294779.doc")
    assert (attachment.declared_type, attachment.media_type) == ("application/zip", "application/pdf")
    assert (attachment.is_zipped, attachment.entry_name) == (True, "5d0a1c1e-2f3b-4c4d-8e5f-6a7b8c9d0e1f.pdf")
    assert (attachment.size, file.media_type) == (len(file.data), "application/pdf")
    assert attachment.sha256 == "d6d1e9a3c95fad0de7edda5030ca7495577dedf7a3e00c4936f7f4fd10e498f8"


def test_the_dummy_signature_and_the_odd_code_are_noted():
    """What is accepted but worth telling stands in the notes."""
    assert {note.rule for note in _document("document_new").notes} == {"unverifiable", "code-form"}


@pytest.mark.parametrize(
    "name, code",
    [
        ("status_01_arrived", StatusCode.ARRIVED),
        ("status_02_refused", StatusCode.REFUSED),
        ("status_03_accepted", StatusCode.ACCEPTED),
        ("status_04_assigned", StatusCode.ASSIGNED),
        ("status_05_in_progress", StatusCode.IN_PROGRESS),
        ("status_06_finished", StatusCode.FINISHED),
        ("status_15_agreed", StatusCode.AGREED),
        ("status_16_disagreed", StatusCode.DISAGREED),
    ],
)
def test_a_status_of_a_recipient(name: str, code: StatusCode):
    """A status goes from the recipient to the agency that ResponseFor names, about the document it names."""
    envelope = _status(name)
    assert (envelope.kind, envelope.business, envelope.status_code) == (Kind.STATUS, Business.NEW, code)
    assert (envelope.sender, envelope.recipients) == ("000.00.00.H41", ("000.00.00.G22",))
    assert (envelope.document_id, envelope.notation) == (ITSELF, "7816/VPCP-TTĐT")
    assert envelope.targets == (ITSELF,)
    assert envelope.sent_at == datetime(2015, 9, 20, 4, 8, 36, tzinfo=UTC)
    assert envelope.response == ResponseFor(
        "000.00.00.G22", "7816/VPCP-TTĐT", ITSELF, WrittenDate("2015/09/30", date(2015, 9, 30))
    )
    assert envelope.staff == Staff("Phong hanh chinh", None, "Trần Thị Mẫu", None, "vanthu@mau.example", "0900000000")
    assert envelope.reason == envelope.subject == envelope.description
    assert envelope.attachments == ()
    assert (envelope.urgency, envelope.is_document_id_derived, envelope.notes) == (0, False, ())


def test_the_recall_status_goes_the_other_way():
    """Status 13 goes from the sender to the recipient."""
    envelope = _status("status_13_recall_asked")
    assert envelope.status_code is StatusCode.RECALL_ASKED
    assert (envelope.sender, envelope.recipients) == ("000.00.00.G22", ("000.00.00.H41",))
    assert envelope.reason == "Văn thư yêu cầu lấy lại văn bản điện tử kèm lý do"
