"""Every vector that is refused, with its problem code and rule."""

import re
from collections.abc import Iterator

from tests.vectors.edxml.edits import Edit, before, chain, content, drop, swap, twice, value, within
from tests.vectors.edxml.vector import LONGEST, STATUS, Vector, invalid
from tests.vectors.edxml.zips import zip_of

_XSI_ATTRIBUTES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"'
)


def refused_vectors() -> Iterator[Vector]:
    """Yield them all."""
    yield from _missing()
    yield from _repeated()
    yield from _misplaced()
    yield from _values()
    yield from _rules()
    yield from _attachments()


def _missing() -> Iterator[Vector]:
    for name in ("From", "Code", "PromulgationInfo", "DocumentType", "Subject", "edXMLHeader", "MessageHeader"):
        yield invalid("missing", f"no_{name}", drop(name))
    yield invalid("missing", "no_To", lambda text: re.sub(r"<edXML:To>.*?</edXML:To>", "", text, flags=re.DOTALL))
    yield invalid("missing", "no_From_OrganId", within("From", drop("OrganId")))
    yield invalid("missing", "no_To_OrganId", within("To", drop("OrganId")))
    for name in ("CodeNumber", "CodeNotation", "PromulgationDate", "Type", "TraceHeader", "Timestamp"):
        yield invalid("missing", f"no_{name}", drop(name))
    yield invalid("missing", "no_BussinessDocType", drop("BussinessDocType"))
    yield invalid("missing", "no_ReceiverType", drop("ReceiverType"))
    for name in ("ContentId", "AttachmentName"):
        yield invalid("missing", f"no_{name}_in_Reference", within("Reference", drop(name)))
    for name in ("ContentId", "AttachmentName", "ContentType", "ContentTransferEncoded"):
        yield invalid("missing", f"no_{name}_in_Attachment", within("Attachment", drop(name)))
    for name in ("From", "ResponseFor", "Timestamp"):
        yield invalid("missing", f"status_no_{name}", drop(name), STATUS)
    for name in ("OrganId", "Code", "DocumentId"):
        yield invalid("missing", f"status_no_ResponseFor_{name}", within("ResponseFor", drop(name)), STATUS)


def _repeated() -> Iterator[Vector]:
    for name in ("From", "Subject", "DocumentId", "Code", "OtherInfo", "Priority", "TraceHeaderList", "MessageHeader"):
        yield invalid("repeated", f"two_{name}", twice(name))
    yield invalid("repeated", "two_BussinessDocType", twice("BussinessDocType"))
    yield invalid("repeated", "two_OrganId_in_To", within("To", twice("OrganId")))
    yield invalid("repeated", "two_edXMLHeader", twice("edXMLHeader"))
    yield invalid("repeated", "status_two_ResponseFor", twice("ResponseFor"), STATUS)
    yield invalid("repeated", "status_two_StatusCode", twice("StatusCode"), STATUS)


def _misplaced() -> Iterator[Vector]:
    yield invalid("unexpected", "unknown_element", before("Subject", "<edXML:Sujbect>x</edXML:Sujbect>"))
    yield invalid(
        "unexpected", "unknown_element_in_From", within("From", before("OrganName", "<edXML:Nick>x</edXML:Nick>"))
    )
    yield invalid(
        "unexpected",
        "xinclude",
        before("Subject", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:9/x"/>'),
    )
    yield invalid("unexpected", "element_in_text", value("Place", "Hà <b>Nội</b>"))
    yield invalid("unexpected", "foreign_namespace", before("Subject", '<Subject xmlns="urn:other">x</Subject>'))
    yield invalid(
        "unexpected",
        "status_with_To",
        before("ResponseFor", "<edXML:To><edXML:OrganId>G22</edXML:OrganId></edXML:To>"),
        STATUS,
    )
    yield invalid("unexpected", "status_with_attachments", swap("</edXML>", "<AttachmentEncoded/></edXML>"), STATUS)
    yield invalid("unexpected-text", "text_between_elements", swap("<edXML:Code>", "<edXML:Code>abc"))
    yield invalid("unexpected-attribute", "attribute_on_Code", swap("<edXML:Code>", '<edXML:Code lang="vi">'))
    yield invalid("wrong-attribute", "manifest_version_2", swap('version="1.0">', 'version="2.0">'))
    yield invalid(
        "xsi-attribute",
        "schema_location",
        swap(
            "<edXML xmlns=",
            f"<edXML {_XSI_ATTRIBUTES} xmlns=",
        ),
    )
    yield Vector(
        "other_namespace", swap("QCVN_102_2016", "QCVN_102_2020", -1), code="document-type-unknown", rule="unknown-root"
    )
    yield Vector(
        "other_root",
        chain(swap("<edXML xmlns", "<edXMLEnvelope xmlns"), swap("\n</edXML>", "\n</edXMLEnvelope>")),
        code="document-type-unknown",
        rule="unknown-root",
    )
    yield Vector(
        "processing_instruction",
        swap("<edXML:Subject>", "<edXML:Subject><?x y?>"),
        code="signature-ambiguous-content",
        rule="processing-instruction",
    )
    yield Vector(
        "unbound_xlink",
        swap("<edXML:Reference>", '<edXML:Reference xlink:href="cid:209">'),
        code="xml-not-well-formed",
        rule="well-formed",
    )
    yield Vector(
        "doctype",
        swap("?>\n", '?>\n<!DOCTYPE edXML SYSTEM "file:///etc/hostname">\n'),
        code="xml-dtd-forbidden",
        rule="doctype",
    )
    yield Vector(
        "undeclared_entity",
        swap("<edXML:Subject>", "<edXML:Subject>&nbsp;"),
        code="xml-not-well-formed",
        rule="well-formed",
    )
    yield Vector(
        "declared_latin_1",
        swap('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
        code="xml-encoding-unsupported",
        rule="encoding",
    )


def _values() -> Iterator[Vector]:
    for name, limit in LONGEST.items():
        yield invalid("too-long", f"long_{name}", value(name, "đ" * (limit + 1)))
    yield invalid("too-long", "long_OrganId", value("OrganId", "H" * 36))
    yield invalid("too-long", "long_ToPlaces_Place", within("ToPlaces", value("Place", "đ" * 151)))
    for name in ("CodeNumber", "CodeNotation", "Subject", "OrganId", "PromulgationDate", "SteeringType"):
        yield invalid("empty", f"empty_{name}", value(name, ""))
    yield invalid("empty", "blank_Subject", value("Subject", " \n\t "))
    yield invalid("wrong-form", "OrganId_with_blank", value("OrganId", "000.00.00 G22"))
    yield invalid("wrong-form", "OrganId_with_path", value("OrganId", "../G22"))
    for number, text in enumerate(("28/09/2018", "2018-09-28", "20180928", "hôm nay", "2018/09/28 00:00:00")):
        yield invalid("wrong-form", f"PromulgationDate_form_{number}", value("PromulgationDate", text))
    yield invalid("wrong-form", "DueDate_form", value("DueDate", "28-09-2018"))
    for number, text in enumerate(("2018-09-28T00:00:00", "2018/09/28", "2018/09/28 00:00:00+07:00")):
        yield invalid("wrong-form", f"Timestamp_form_{number}", value("Timestamp", text))
    for number, text in enumerate((" 1", "1 ", "một", "1.5")):
        yield invalid("wrong-form", f"SteeringType_form_{number}", value("SteeringType", text))
    yield invalid("wrong-form", "Type_text", value("Type", "Công văn"))
    yield invalid("wrong-form", "PageAmount_1000", value("PageAmount", "1000"))
    for text in ("5", "-1", "9", "khẩn"):
        yield invalid("not-listed", f"Priority_{text}", value("Priority", text))
    yield invalid("not-listed", "BussinessDocType_4", value("BussinessDocType", "4"))
    yield invalid("not-listed", "Paper_2", value("Paper", "2"))
    yield invalid("not-listed", "ReceiverType_2", value("ReceiverType", "2"))
    for text in ("00", "07", "12", "17", "1", "abc"):
        yield invalid("not-listed", f"StatusCode_{text}", value("StatusCode", text), STATUS)
    yield invalid("wrong-form", "status_Timestamp_form", value("Timestamp", "2015-09-20T11:08:36Z"), STATUS)


def _rules() -> Iterator[Vector]:
    yield invalid(
        "repeated-recipient",
        "repeated_recipient",
        swap("<edXML:OrganId>000.00.00.H14<", "<edXML:OrganId>000.00.00.H41<"),
    )
    yield invalid(
        "repeated-recipient",
        "repeated_recipient_with_blanks",
        swap("<edXML:OrganId>000.00.00.H14<", "<edXML:OrganId> 000.00.00.H41\n<"),
    )
    yield invalid("issued-in-future", "issued_in_future", value("PromulgationDate", "2999/01/01"))
    for number, text in enumerate(("Mật", "TUYỆT MẬT", "Tối mật", "Công văn mật", "Công văn (Mật)")):
        yield invalid("secrecy-marking", f"secret_TypeName_{number}", value("TypeName", text))
    yield invalid("secrecy-marking", "secret_SphereOfPromulgation", value("SphereOfPromulgation", "Độ mật: Tối mật"))
    for number, text in enumerate(("Mật", "(Tối mật) Báo cáo", "MẬT: Kế hoạch", "Kế hoạch năm 2025 - Tuyệt mật")):
        yield invalid("secrecy-marking", f"secret_Subject_{number}", value("Subject", text))


def _attachments() -> Iterator[Vector]:
    def mismatch(rule: str, name: str, edit: Edit) -> Vector:
        return Vector(name, edit, code="attachment-mismatch", rule=rule)

    yield mismatch("attachment-without-reference", "no_manifest_reference", within("edXMLBody", drop("Reference")))
    yield mismatch("reference-without-attachment", "no_attachment", drop("Attachment"))
    yield mismatch(
        "reference-without-attachment", "other_content_id", within("Attachment", value("ContentId", "cid:210"))
    )
    yield mismatch("repeated-content-id", "repeated_content_id", chain(twice("Attachment"), twice("Reference")))
    yield mismatch("base64", "base64_foreign_letter", swap("UEsDBBQAAAAIA", "UEsDB*QAAAAIA"))
    yield mismatch("base64", "base64_cut", swap("</edXML:ContentTransferEncoded>", "A</edXML:ContentTransferEncoded>"))
    yield mismatch("base64", "base64_data_after_padding", swap("UEsDBBQAAAAIA", "UEs=BBQAAAAIA"))
    yield mismatch("archive-broken", "archive_cut", content(zip_of({"a.pdf": b"%PDF-1.4"})[:60]))
    yield mismatch(
        "archive-broken",
        "archive_wrong_checksum",
        content(zip_of({"a.txt": b"hello hello"}).replace(b"hello", b"jello", 1)),
    )
    for name, entry in (
        ("up", "../x.pdf"),
        ("absolute", "/x.pdf"),
        ("drive", "C:\\x.pdf"),
        ("backslash", "..\\x.pdf"),
        ("control", "a\x01.pdf"),
    ):
        yield Vector(
            f"archive_path_{name}", content(zip_of({entry: b"x"})), code="attachment-unsafe", rule="archive-unsafe"
        )
    yield Vector(
        "archive_link",
        content(zip_of({"a.pdf": b"/etc/passwd"}, is_link=True)),
        code="attachment-unsafe",
        rule="archive-unsafe",
    )
    for name, text in (
        ("path", "name-path"), ("backslash", "name-path"), ("bidi", "name-bidi"), ("reserved", "name-reserved"),
        ("dots", "name-reserved"), ("long", "name-too-long"), ("control", "name-control"), ("empty", "name-empty"),
    ):  # fmt: skip
        given = {
            "path": "a/b.pdf", "backslash": "a\\b.pdf", "bidi": "a\u202efdp.exe", "reserved": "CON.pdf", "dots": "..",
            "long": "a" * 501, "control": "a\tb.pdf", "empty": "",
        }[name]  # fmt: skip
        yield Vector(
            f"name_{name}",
            within("Attachment", value("AttachmentName", given)),
            code="attachment-name-invalid",
            rule=text,
        )
