"""What is told to people: one sentence in Vietnamese and one in English for each rule, saying what to do."""

from lxml.etree import _Element

from schemas.errors import Violation
from schemas.paths import line_of, local_name, path_of, tag_of

_SHOWN = 100  #: characters of a sender's own words in a sentence


def shown(text: str) -> str:
    """Return a sender's words fit for a sentence: short, on one line, printable."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text[: _SHOWN + 1]).strip()
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + "…"


def at(element: _Element, rule: str, vi: str, en: str) -> Violation:
    """Return a violation at `element`."""
    return Violation(path_of(element), line_of(element), rule, vi, en)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


# structure


def unknown_root(root: _Element) -> Violation:
    """The root is none that is exchanged here."""
    found = shown(tag_of(root))
    return at(
        root,
        "unknown-root",
        f"Phần tử gốc là {found}: hãy gửi edXML với namespace http://www.mic.gov.vn/TBT/QCVN_102_2016.",
        f"The root element is {found}: send edXML in the namespace http://www.mic.gov.vn/TBT/QCVN_102_2016.",
    )


def missing(parent: _Element, tag: str) -> Violation:
    """A required child is not there."""
    name, owner = _local(tag), local_name(parent)
    return at(parent, "missing", f"{owner} thiếu phần tử {name}: hãy bổ sung.", f"{owner} has no {name}: add it.")


def repeated(element: _Element) -> Violation:
    """An element stands more often than it may."""
    name = local_name(element)
    return at(
        element,
        "repeated",
        f"{name} chỉ được xuất hiện một lần: hãy xóa phần tử thừa.",
        f"{name} may stand only once here: remove the extra one.",
    )


def unexpected(element: _Element) -> Violation:
    """An element stands where the standard has none of its name."""
    name = shown(local_name(element))
    return at(
        element,
        "unexpected",
        f"Phần tử {name} không được phép ở đây: hãy xóa hoặc sửa tên, vị trí.",
        f"The element {name} is not allowed here: remove it, or mend its name or place.",
    )


def unexpected_attribute(element: _Element, name: str) -> Violation:
    """An attribute that the standard does not have."""
    return at(
        element,
        "unexpected-attribute",
        f"Thuộc tính {shown(name)} không được phép trên {local_name(element)}: hãy xóa.",
        f"The attribute {shown(name)} is not allowed on {local_name(element)}: remove it.",
    )


def wrong_attribute(element: _Element, name: str) -> Violation:
    """An attribute with a value that it must not have."""
    value = shown(element.get(name) or "")
    return at(
        element,
        "wrong-attribute",
        f"Thuộc tính {name} của {local_name(element)} có giá trị “{value}” không đúng: hãy sửa theo chuẩn.",
        f"The attribute {name} of {local_name(element)} is “{value}”, which the standard does not have: mend it.",
    )


def unexpected_text(element: _Element) -> Violation:
    """Text between elements."""
    name = local_name(element)
    return at(
        element,
        "unexpected-text",
        f"{name} chỉ được chứa phần tử con, không chứa chữ: hãy xóa phần chữ.",
        f"{name} holds elements only: remove the text between them.",
    )


# values


def empty(element: _Element) -> Violation:
    """A required text is blank."""
    name = local_name(element)
    return at(element, "empty", f"{name} đang trống: hãy điền giá trị.", f"{name} is empty: fill it in.")


def too_long(element: _Element, limit: int) -> Violation:
    """A text is longer than the standard allows."""
    name, length = local_name(element), len(element.text or "")
    return at(
        element,
        "too-long",
        f"{name} dài {length} ký tự, tối đa {limit}: hãy rút ngắn.",
        f"{name} has {length} characters, at most {limit} are allowed: shorten it.",
    )


def not_listed(element: _Element, allowed: str) -> Violation:
    """A value outside its code list."""
    name, value = local_name(element), shown(element.text or "")
    return at(
        element,
        "not-listed",
        f"{name} có giá trị “{value}” ngoài danh mục: hãy dùng một trong {allowed}.",
        f"{name} is “{value}”, which is not listed: use one of {allowed}.",
    )


def wrong_form(element: _Element, vi: str, en: str) -> Violation:
    """A value not written as it must be."""
    name, value = local_name(element), shown(element.text or "")
    return at(
        element,
        "wrong-form",
        f"{name} có giá trị “{value}” viết sai: hãy viết {vi}.",
        f"{name} is “{value}”, which is not well written: write {en}.",
    )


def wrong(element: _Element) -> Violation:
    """Something of this element breaks the schema in a way that has no sentence of its own."""
    name = local_name(element)
    return at(
        element,
        "invalid",
        f"{name} không đúng quy định edXML: hãy so với mẫu trong docs/packages.md.",
        f"{name} breaks the edXML schema: compare it with the sample in docs/packages.md.",
    )


# rules


def repeated_recipient(element: _Element, code: str) -> Violation:
    """One agency is addressed twice."""
    return at(
        element,
        "repeated-recipient",
        f"Nơi nhận {shown(code)} bị lặp: hãy giữ một phần tử To.",
        f"The recipient {shown(code)} is named twice: keep one To.",
    )


def issued_in_future(element: _Element) -> Violation:
    """The paper is dated after today."""
    value = shown(element.text or "")
    return at(
        element,
        "issued-in-future",
        f"Ngày ban hành {value} ở tương lai: hãy sửa ngày.",
        f"The date of issue {value} lies in the future: mend it.",
    )


def secrecy_marking(element: _Element) -> Violation:
    """The paper is marked secret."""
    name = local_name(element)
    return at(
        element,
        "secrecy-marking",
        f"{name} ghi độ mật: văn bản mật không được gửi qua trục liên thông, hãy gửi theo đường văn bản mật.",
        f"{name} carries a secrecy marking: secret papers must not travel here, send it by the channel for them.",
    )


# attachments


def bad_file_name(element: _Element, rule: str, vi: str, en: str) -> Violation:
    """A file name that would harm."""
    return at(element, rule, f"{vi[0].upper()}{vi[1:]}: hãy đổi tên tệp.", f"{en[0].upper()}{en[1:]}: rename the file.")


def reference_without_attachment(element: _Element, content_id: str) -> Violation:
    """The manifest names a content that is not there."""
    return at(
        element,
        "reference-without-attachment",
        f"Danh mục có ContentId {shown(content_id)} nhưng không có tệp đính kèm: hãy gửi kèm tệp hoặc xóa Reference.",
        f"The manifest names {shown(content_id)}, but there is no such Attachment: attach the file or remove the Reference.",
    )


def attachment_without_reference(element: _Element, content_id: str) -> Violation:
    """A content that the manifest does not name."""
    return at(
        element,
        "attachment-without-reference",
        f"Tệp đính kèm {shown(content_id)} không có trong edXMLManifest: hãy thêm Reference.",
        f"The attachment {shown(content_id)} is not in the manifest: add its Reference.",
    )


def repeated_content_id(element: _Element, content_id: str) -> Violation:
    """Two attachments, or two references, of one id."""
    return at(
        element,
        "repeated-content-id",
        f"ContentId {shown(content_id)} bị lặp: mỗi tệp phải có mã riêng.",
        f"The ContentId {shown(content_id)} stands twice: give each file its own.",
    )


def broken_base64(element: _Element, name: str) -> Violation:
    """A content that is no base64."""
    return at(
        element,
        "base64",
        f"Nội dung tệp {shown(name)} không phải base64 hợp lệ: hãy mã hóa và gửi lại.",
        f"The content of {shown(name)} is not valid base64: encode and send it again.",
    )


def bad_archive(element: _Element, name: str, rule: str) -> Violation:
    """A zip that is broken or dangerous."""
    if rule == "archive-broken":
        vi, en = "là tệp zip hỏng: hãy nén và gửi lại", "is a broken zip: pack and send it again"
    else:
        vi = "là tệp zip không an toàn (đường dẫn, liên kết hoặc dung lượng): hãy nén lại từng tệp"
        en = "is an unsafe zip (paths, links or size): pack the plain files again"
    return at(element, rule, f"Tệp {shown(name)} {vi}.", f"The file {shown(name)} {en}.")


# notes: accepted, but worth telling


def names_differ(element: _Element, name: str, referenced: str) -> Violation:
    """Manifest and attachment call the file differently."""
    return at(
        element,
        "names-differ",
        f"Tên tệp khác nhau: {shown(name)} và {shown(referenced)} trong danh mục; dùng tên thứ nhất.",
        f"The file is called {shown(name)}, in the manifest {shown(referenced)}; the first is used.",
    )


def empty_file(element: _Element, name: str) -> Violation:
    """A file of no bytes."""
    return at(
        element, "empty-file", f"Tệp {shown(name)} rỗng: hãy kiểm tra.", f"The file {shown(name)} is empty: check it."
    )


def damaged_file(element: _Element, name: str) -> Violation:
    """A binary file that somebody read as text."""
    return at(
        element,
        "damaged-file",
        f"Tệp {shown(name)} có dấu hiệu hỏng (byte bị đọc như chữ): hãy mở thử và gửi lại.",
        f"The file {shown(name)} looks damaged (its bytes were read as text): open it and send it again.",
    )


def unverifiable_signature(element: _Element) -> Violation:
    """A signature in the wrong namespace, as today's national SDK writes it."""
    return at(
        element,
        "unverifiable",
        "Phần tử Signature không phải chữ ký XML (sai namespace), không kiểm tra được: chỉ lưu lại.",
        "This Signature is no XML signature (wrong namespace) and cannot be verified: it is only kept.",
    )


def impossible_date(element: _Element) -> Violation:
    """A day or moment that no calendar has."""
    value = shown(element.text or "")
    return at(
        element,
        "impossible-date",
        f"{local_name(element)} ghi {value}, không có trong lịch: giữ nguyên chữ, không dùng làm ngày.",
        f"{local_name(element)} says {value}, which no calendar has: kept as text, not used as a date.",
    )


def unknown_code_form(element: _Element) -> Violation:
    """An agency code in neither official form."""
    value = shown(element.text or "")
    return at(
        element,
        "code-form",
        f"Mã cơ quan {value} không theo mẫu QCVN 102 hoặc QĐ 20/2020: vẫn tra theo danh bạ.",
        f"The agency code {value} has neither official form: it is looked up as it stands.",
    )


def reason_missing(element: _Element) -> Violation:
    """A refusal that gives no reason."""
    return at(
        element,
        "reason-missing",
        "Trạng thái từ chối (02) nên ghi lý do trong Description.",
        "A refusal (02) should give its reason in Description.",
    )


BYTE_ORDER_MARK = Violation(
    "",
    1,
    "byte-order-mark",
    "Tệp bắt đầu bằng BOM: vẫn nhận, nên lưu UTF-8 không BOM.",
    "The file begins with a byte-order mark: accepted, better saved without it.",
)
