"""Every vector that is accepted, some with a note."""

import re
from collections.abc import Iterator

from tests.vectors.edxml.edits import before, chain, content, drop, swap, value, within
from tests.vectors.edxml.vector import LONGEST, STATUS, Vector, accepted
from tests.vectors.edxml.zips import zip_of

#: as the .NET SDK writes them
_TRACE_ATTRIBUTES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" id="1" version="1.0" mustUnderstand="1" s:actor="x"'
)
_XLINK_ATTRIBUTES = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:209" xlink:role="r" xlink:type="simple"'


def accepted_vectors() -> Iterator[Vector]:
    """Yield them all."""
    yield from _documents()
    yield from _statuses()


def _documents() -> Iterator[Vector]:
    for name, limit in LONGEST.items():
        yield accepted(f"longest_{name}", value(name, "đ" * limit))
    yield accepted("prefix_other", lambda text: text.replace("edXML:", "q:").replace("xmlns:edXML", "xmlns:q"))
    yield accepted(
        "prefix_none",
        lambda text: re.sub(r"edXML:(?!Envelope xmlns)", "", text).replace(' xmlns:edXML="', ' xmlns:x="'),
    )
    yield accepted("order_net", within("MessageHeader", _document_id_last))
    yield accepted("order_bussiness_first", _bussiness_first)
    yield accepted("cdata_Subject", value("Subject", "<![CDATA[Kế hoạch & tiến độ]]>"))
    yield accepted("comment_in_Subject", value("Subject", "Kế hoạch<!-- ẩn --> năm"))
    yield accepted("no_DocumentId", drop("DocumentId"))
    yield accepted("empty_DocumentId", value("DocumentId", ""))
    yield accepted("no_TraceHeaderList", drop("TraceHeaderList"))
    yield accepted(
        "empty_TraceHeaderList",
        lambda text: re.sub(
            r"<edXML:TraceHeaderList>.*</edXML:TraceHeaderList>", "<edXML:TraceHeaderList/>", text, flags=re.DOTALL
        ),
    )
    yield accepted("no_Bussiness", drop("Bussiness"))
    yield accepted(
        "empty_Bussiness",
        lambda text: re.sub(
            r"<edXML:Bussiness>.*</edXML:Bussiness>", "<edXML:Bussiness>\n</edXML:Bussiness>", text, flags=re.DOTALL
        ),
    )
    yield accepted("empty_ResponseFor", before("SteeringType", "<edXML:ResponseFor/>"))
    yield accepted(
        "hollow_ResponseFor",
        before("SteeringType", "<edXML:ResponseFor><edXML:OrganId>\n</edXML:OrganId><edXML:Code/></edXML:ResponseFor>"),
    )
    yield accepted(
        "empty_OtherInfo",
        lambda text: re.sub(r"<edXML:OtherInfo>.*</edXML:OtherInfo>", "<edXML:OtherInfo/>", text, flags=re.DOTALL),
    )
    yield accepted("empty_Priority", value("Priority", ""))
    yield accepted("empty_DueDate", value("DueDate", ""))
    yield accepted("no_attachments", chain(within("edXMLBody", drop("Reference")), drop("Attachment")))
    yield accepted("no_body_no_AttachmentEncoded", chain(drop("edXMLBody"), drop("AttachmentEncoded")))
    yield accepted("no_Signature", drop("Signature"))
    yield accepted("w3c_Signature", swap("<Signature>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">'))
    yield accepted(
        "digital_signature_shell",
        chain(drop("Signature"), before("TraceHeaderList", "<edXML:DigitalSignature/>")),
        note="unverifiable",
    )
    yield accepted("net_attributes", chain(
        swap("<edXML:TraceHeaderList>", f"<edXML:TraceHeaderList {_TRACE_ATTRIBUTES}>"),
        swap("<edXML:Reference>", f"<edXML:Reference {_XLINK_ATTRIBUTES}>"),
    ))  # fmt: skip
    yield accepted("content_id_without_cid", within("Attachment", value("ContentId", "209")))
    yield accepted("content_id_cid_twice", within("Attachment", value("ContentId", "cid:cid:209")))
    yield accepted(
        "base64_lines",
        lambda text: re.sub(r"(UEsDB[^<]*)", lambda m: "\n" + "\r\n ".join(re.findall(".{1,60}", m[1])) + "\n", text),
    )
    yield accepted("trace_null_agency", within("TraceHeader", value("OrganId", "null")))
    yield accepted("trace_no_agency", within("TraceHeader", drop("OrganId")))
    yield accepted("impossible_date", value("PromulgationDate", "2018/02/30"), note="impossible-date")
    yield accepted("impossible_time", value("Timestamp", "2018/09/28 25:00:00"), note="impossible-date")
    yield accepted("short_date", value("PromulgationDate", "2018/9/8"))
    yield accepted("odd_agency_code", value("OrganId", "vxp.saas.03"), note="code-form")
    yield accepted("Priority_4", value("Priority", "4"))
    yield accepted("padded_codes", chain(value("OrganId", " 000.00.00.G22\n"), value("Priority", " 3 ")))
    yield accepted("names_differ", within("Reference", value("AttachmentName", "khac.doc")), note="names-differ")
    yield accepted("plain_pdf", content(b"%PDF-1.4\nplain"))
    yield accepted("zip_of_two", content(zip_of({"a.pdf": b"a", "b.pdf": b"b"})))
    yield accepted("zip_entry_in_folder", content(zip_of({"d/one.pdf": b"a"})))
    yield accepted("damaged_pdf", content(b"%PDF-1.4\n" + b"\xef\xbf\xbd" * 10), note="damaged-file")
    yield accepted("empty_file", content(b""), note="empty-file")
    for number, text in enumerate((
        "Quy định về bảo vệ bí mật nhà nước", "Danh mục bí mật nhà nước độ Tối mật và Mật", "Mật độ xây dựng khu đô thị",
        "Dự án nuôi ong lấy mật", "V/v bảo mật thông tin", "Phòng chống tội phạm, ma túy",
    )):  # fmt: skip
        yield accepted(f"honest_Subject_{number}", value("Subject", text))
    yield accepted("honest_SphereOfPromulgation", value("SphereOfPromulgation", "Độ mật: Thường"))


def _statuses() -> Iterator[Vector]:
    yield accepted("status_no_PromulgationDate", drop("PromulgationDate"), STATUS)
    yield accepted("status_no_StaffInfo", drop("StaffInfo"), STATUS)
    yield accepted(
        "status_padded", chain(value("StatusCode", " 03 "), value("Timestamp", "\n2015/09/20 11:08:36 ")), STATUS
    )
    yield accepted("status_odd_code", value("OrganId", "01.02.G22"), STATUS, note="code-form")
    yield accepted("status_impossible_time", value("Timestamp", "2015/09/31 11:08:36"), STATUS, note="impossible-date")
    yield accepted("status_14", value("StatusCode", "14"), STATUS)
    yield accepted(
        "status_signed", before("MessageHeader", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'), STATUS
    )
    yield accepted(
        "status_02_without_reason", chain(value("StatusCode", "02"), drop("Description")), STATUS, note="reason-missing"
    )


def _document_id_last(text: str) -> str:
    found = re.search(r"\s*<edXML:DocumentId>.*?</edXML:DocumentId>", text, flags=re.DOTALL)
    assert found
    return text.replace(found[0], "", 1).replace("</edXML:MessageHeader>", f"{found[0]}</edXML:MessageHeader>")


def _bussiness_first(text: str) -> str:
    found = re.search(r"\s*<edXML:TraceHeader>.*?</edXML:TraceHeader>", text, flags=re.DOTALL)
    assert found
    return text.replace(found[0], "", 1).replace("</edXML:TraceHeaderList>", f"{found[0]}</edXML:TraceHeaderList>")
